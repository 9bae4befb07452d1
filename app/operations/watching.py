"""The outermost ring of the server: correlation id, access line and figures of each request, and the last guard."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.operations.logs import SECRET
from app.operations.metrics import Metrics
from graph_schema import facts
from graph_schema.execute import masked

log = structlog.get_logger("app")
CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_PATH = 200
HEADER = "x-request-id"
REFUSED = 400


class Watching:
    """Middleware: every request has a correlation id, its own or a new one, and leaves one access line."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and tell of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation = correlation_of(Headers(scope=scope).getlist(HEADER))
        known, statuses, started = facts.begin(), list[int](), time.perf_counter()

        async def send_known(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                MutableHeaders(scope=message)[HEADER] = correlation
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation), self.metrics.in_progress():
            try:
                await self._guarded(scope, receive, send_known, statuses)
            finally:
                seconds = time.perf_counter() - started
                status = statuses[0] if statuses else None
                if status is not None and status >= REFUSED and not known.refusals:
                    known.refusals.append(f"http_{status}")
                self.metrics.count(known, status, seconds)
                _tell(scope, known, status, seconds)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, statuses: list[int]) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            told = masked(error)
            if statuses:
                raise
            await JSONResponse({"errors": [told]}, 500)(scope, receive, send)


def correlation_of(given: list[str]) -> str:
    """The id a client gave, when it is one: 1 to 64 letters, digits, dots, dashes and underscores, and no secret."""
    fits = len(given) == 1 and CORRELATION.fullmatch(given[0]) and not SECRET.search(given[0])
    return given[0] if fits else uuid4().hex


def _tell(scope: Scope, known: facts.Facts, status: int | None, seconds: float) -> None:
    """The access line. Neither query string nor headers, documents or variables are in it."""
    log.info(
        "request",
        method=scope["method"][:16],
        path=scope["path"][:LONGEST_PATH],
        status=status,
        duration_ms=round(seconds * 1000, 1),
        kind=known.kind,
        operation=known.operation,
        cost=known.cost,
        refusals=sorted(set(known.refusals)) or None,
        person_id=None if known.person_id is None else str(known.person_id),
        statements=known.statements,
        sql_ms=round(known.sql_seconds * 1000, 1),
    )
