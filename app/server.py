"""The HTTP door: `POST /graphql`, a GraphiQL page for browsers, and `/healthz`."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import orjson
import sqlalchemy as sa
import structlog
import uvicorn
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_schema.execute import execute, masked, write
from jobs.nudge import Refresher
from rbm.access import SYSTEM, Actor
from rbm.errors import NotFound
from rbm.services import people
from rbm.work import begin

PAGE = Path(__file__).parent / "pages" / "graphiql"
MOST_BYTES = 1_000_000
MOST_AT_ONCE = 10
PLAIN, SPECIAL = "application/json", "application/graphql-response+json"
ANSWERED_BY = {SPECIAL: SPECIAL, PLAIN: PLAIN, "application/*": PLAIN, "*/*": PLAIN}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Question:
    """The body of a request."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class GraphQLEndpoint:
    """`/graphql`: answers are computed in worker threads, since the database driver blocks."""

    def __init__(self, engine: sa.Engine, nudge: Callable[[], None]) -> None:
        self.engine = engine
        self.nudge = nudge
        self.threads: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except HTTPException as refused:
            response = _errors({"message": refused.detail}, refused.status_code, refused.headers)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  # the last guard: nothing of it reaches the caller
            response = _errors(masked(error), 500)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return FileResponse(PAGE / "index.html", headers={"content-security-policy": PAGE_POLICY})
        if request.method != "POST":
            raise HTTPException(405, "GraphQL is asked by POST", {"allow": "POST"})
        kind = answer_kind(request.headers.get("accept"))
        refuse_content(request.headers)
        question = read_question(await _body(request))
        self.threads = self.threads or CapacityLimiter(MOST_AT_ONCE)
        secret = bearer(request.headers.get("authorization"))
        answer = await to_thread.run_sync(self._answer, secret, question, limiter=self.threads)
        status = 400 if kind == SPECIAL and "data" not in answer else 200
        return Response(write(answer), status, media_type=f"{kind}; charset=utf-8")

    def _answer(self, secret: str | None, question: Question) -> dict[str, Any]:
        actor = actor_of(self.engine, secret)
        answer = execute(self.engine, actor, question.query, question.variables, question.operation_name)
        if "mutation" in question.query:
            self.nudge()
        return answer


class SafeHeaders:
    """Middleware: no answer is taken for another type than it says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                safe = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
                message["headers"] = [*message.get("headers", ()), *safe]
            await send(message)

        await self.app(scope, receive, send_safely)


def make_app(engine: sa.Engine) -> Starlette:
    """The application over a database."""
    log_as_json()
    refresher = Refresher(engine)
    assets = GZipMiddleware(StaticFiles(directory=PAGE))
    routes = [
        Route("/graphql", GraphQLEndpoint(engine, refresher.nudge)),
        Route("/healthz", _healthy),
        Mount("/graphiql", assets),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SafeHeaders)], lifespan=lambda _: _fresh(refresher))


@asynccontextmanager
async def _fresh(refresher: Refresher) -> AsyncIterator[None]:
    """While the server runs, figures follow every change soon."""
    refresher.start()
    yield
    await to_thread.run_sync(refresher.stop)


def serve(engine: sa.Engine, host: str, port: int) -> None:
    """Answer requests until the process is told to end."""
    uvicorn.run(make_app(engine), host=host, port=port, server_header=False, log_level="warning")


def log_as_json() -> None:
    """Log lines are JSON documents; a traceback carries no local variables."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def actor_of(engine: sa.Engine, secret: str | None) -> Actor:
    """The caller a token stands for; the public without one. HTTPException (401) when the token is not good."""
    try:
        with begin(engine, SYSTEM, "sign_in", writes=False) as work:
            return people.actor_of(work, secret)
    except NotFound:
        raise HTTPException(
            401, "this token is not good", {"www-authenticate": 'Bearer error="invalid_token"'}
        ) from None


def bearer(authorization: str | None) -> str | None:
    """The token in an Authorization header. HTTPException (401) when the header holds something else."""
    if authorization is None:
        return None
    scheme, _, secret = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise HTTPException(401, "a bearer token is expected", {"www-authenticate": "Bearer"})
    return secret.strip()


def answer_kind(accept: str | None) -> str:
    """The media type of the answer. HTTPException (406) when the caller takes none that there is."""
    if not accept or not accept.strip():
        return PLAIN
    for kind in _by_preference(accept):
        if kind in ANSWERED_BY:
            return ANSWERED_BY[kind]
    raise HTTPException(406, f"answers are {SPECIAL} or {PLAIN}")


def refuse_content(headers: Headers) -> None:
    """Nothing when the body is plain JSON in UTF-8 of a bearable size. HTTPException (415, 413) otherwise."""
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != PLAIN or charset not in {"", "utf-8"}:
        raise HTTPException(415, f"questions are {PLAIN} in UTF-8")
    if headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "questions are not compressed")
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length[:20]) > MOST_BYTES:
        raise HTTPException(413, f"a question is at most {MOST_BYTES} bytes")


def read_question(body: bytes) -> Question:
    """The question in a body. HTTPException (400) says what is wrong with it; of equal keys the last one counts."""
    content = _json(body)
    if isinstance(content, list):
        raise HTTPException(400, "one question at a time: batches are not taken")
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        raise HTTPException(400, "the body needs a query, which is text")
    for name, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
        if not isinstance(content.get(name), kind | None):
            raise HTTPException(400, f"{name} is of the wrong type")
    return Question(content["query"], content.get("variables"), content.get("operationName"))


def _json(body: bytes) -> Any:
    if rb"\u0000" in body:
        raise HTTPException(400, "text cannot hold a NUL")
    try:
        if rb"\ud" in body.lower():
            orjson.loads(body)  # refuses halves of surrogate pairs, which json lets through
        return json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_exact)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON in UTF-8") from None


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _exact(text: str) -> float | Decimal:
    """A float where it is exact, else the decimal: values of figures are never rounded on their way in."""
    number, decimal = float(text), Decimal(text)
    return number if Decimal(repr(number)) == decimal else decimal


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"a question is at most {MOST_BYTES} bytes")
    return bytes(body)


def _by_preference(accept: str) -> Iterable[str]:
    weighed = []
    for part in accept.lower().split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        weighed.append((kind, float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0))
    return (kind for kind, weight in sorted(weighed, key=lambda pair: -pair[1]) if weight > 0)


def _errors(error: dict[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"errors": [error]}, status, headers)


async def _healthy(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})
