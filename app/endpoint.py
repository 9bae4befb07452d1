"""`/graphql`: one request in, one answer out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.identity import actor_of, bearer
from app.protocol import SPECIAL, Question, answer_kind, read_body, read_question, refuse_content
from graph_schema.execute import execute, masked, write

PAGE = Path(__file__).parent / "pages" / "graphiql"
MOST_AT_ONCE = 10
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


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
        question = read_question(await read_body(request))
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


def _errors(error: dict[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"errors": [error]}, status, headers)
