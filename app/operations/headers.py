"""Headers of every answer, and which hosts and origins are answered."""

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rbm.settings import Mode, Settings

PROBES = ("/healthz", "/readyz")
DOOR = "/graphql"
PAGES = "/graphiql"
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
ONLY_BY_TLS = "max-age=31536000"
VARIES = ("Authorization", "Accept", "Origin")
ASKED_WITH = ("authorization", "content-type", "idempotency-key", "x-request-id")
TOLD = ("x-request-id", "retry-after")


class SafeHeaders:
    """Middleware: no answer is framed, sniffed, kept by caches or taken for another one; what is set already stays."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self.app = app
        self.headers = EVERYWHERE | ({"strict-transport-security": ONLY_BY_TLS} if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers."""
        path: str = scope.get("path", "")

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(path, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_safely)

    def _add(self, path: str, headers: MutableHeaders) -> None:
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        if not path.startswith(f"{PAGES}/"):
            headers["cache-control"] = "no-store"
        if path == DOOR:
            present = {word.strip().lower() for word in headers.get("vary", "").split(",")}
            for name in VARIES:
                if name.lower() not in present:
                    headers.add_vary_header(name)


class KnownHosts(TrustedHostMiddleware):
    """Middleware: requests are answered under the names of the settings; probes, which ask by address, always are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with 400."""
        probe = scope.get("path") in PROBES
        await (self.app if probe else super().__call__)(scope, receive, send)


def rings(chosen: Settings) -> list[Middleware]:
    """Middleware for headers, hosts and origins, outermost first. No origin may ask with cookies."""
    made = [
        Middleware(SafeHeaders, tls=chosen.mode is Mode.PRODUCTION),
        Middleware(KnownHosts, allowed_hosts=list(chosen.allowed_hosts), www_redirect=False),
    ]
    if chosen.allowed_origins:
        made.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(chosen.allowed_origins),
                allow_methods=["POST"],
                allow_headers=list(ASKED_WITH),
                expose_headers=list(TOLD),
                allow_credentials=False,
            )
        )
    return made
