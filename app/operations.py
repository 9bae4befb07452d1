"""Operations: health, safe headers, and log lines that programs read."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


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


async def healthy(_request: Request) -> Response:
    """The process lives."""
    return JSONResponse({"status": "ok"})
