"""`/graphql`: one request in, one answer out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.identity import Identification
from app.protocol import SPECIAL, answer_kind, idempotency_key, read_body, read_question, refuse_content
from app.turns import Turns
from graph_schema import facts
from graph_schema.execute import masked, reply, told
from graph_schema.limits import Limits
from graph_schema.limits.rates import Rates, TooOften, caller_of
from graph_schema.limits.terms import Terms
from graph_schema.once import Replied
from graph_schema.question import Question
from rbm import clock
from rbm.access import Actor
from rbm.errors import Refusal
from rbm.settings import Settings

PAGE = Path(__file__).parent / "pages" / "graphiql"
MOST_AT_ONCE = 10
MOST_OF_ONE_CALLER = 4
"""Of these threads; a person, or an address of the public."""
LATER = {"retry-after": "5"}
STATUSES = {"in_progress": 409, "key_reused": 422}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class GraphQLEndpoint:
    """`/graphql`: answers are computed in worker threads, since the database driver blocks."""

    def __init__(self, engine: sa.Engine, nudge: Callable[[], None], configured: Settings) -> None:
        self.engine = engine
        self.nudge = nudge
        self.terms = Terms(Limits.of(configured), Rates.of(configured))
        self.most_body_bytes = configured.most_body_bytes
        self.identification = Identification(engine, configured)
        self.turns: Turns | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except HTTPException as refused:
            response = _errors({"message": refused.detail}, refused.status_code, refused.headers)
        except TooOften as refusal:
            facts.current().refusals.append(refusal.code)
            response = _errors(told(refusal), 429, {"retry-after": str(refusal.seconds)})
        except Refusal as refusal:
            error = {"message": refusal.message, "extensions": {"code": refusal.code, "field": refusal.field}}
            facts.current().refusals.append(refusal.code)
            response = _errors(error, STATUSES.get(refusal.code, 400))
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  # the last guard: nothing of it reaches the caller
            response = _errors(masked(error), 503 if _away() else 500, LATER if _away() else None)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return FileResponse(PAGE / "index.html", headers={"content-security-policy": PAGE_POLICY})
        if request.method != "POST":
            raise HTTPException(405, "GraphQL is asked by POST", {"allow": "POST"})
        kind = answer_kind(request.headers.get("accept"))
        refuse_content(request.headers, self.most_body_bytes)
        question = read_question(await read_body(request, self.most_body_bytes))
        self.turns = self.turns or Turns(MOST_AT_ONCE, MOST_OF_ONE_CALLER)
        credentials = request.headers.getlist("authorization")
        address = request.client.host if request.client else ""
        key = idempotency_key(request.headers.getlist("idempotency-key"))
        actor = await to_thread.run_sync(self._identify, credentials, address, limiter=self.turns.threads)
        async with self.turns.of(caller_of(actor, address)) as threads:
            replied = await to_thread.run_sync(self._reply, actor, question, key, address, limiter=threads)
        status = 503 if _away() else 400 if kind == SPECIAL and not replied.executed else 200
        headers = ({"idempotency-replayed": "true"} if replied.replayed else {}) | (LATER if _away() else {})
        return Response(replied.body, status, headers, media_type=f"{kind}; charset=utf-8")

    def _identify(self, credentials: list[str], address: str) -> Actor:
        actor = self.identification.identify(credentials, address, clock.read())
        facts.current().person_id = actor.person_id
        return actor

    def _reply(self, actor: Actor, question: Question, key: UUID | None, address: str) -> Replied:
        replied = reply(self.engine, actor, question, key, replace(self.terms, address=address))
        if "mutation" in question.query:
            self.nudge()
        return replied


def _away() -> bool:
    """Whether a part of the answer is missing since the database is not there."""
    return facts.UNAVAILABLE in facts.current().refusals


def _errors(error: dict[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"errors": [error]}, status, headers)
