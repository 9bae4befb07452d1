"""An OpenID Connect provider on loopback: discovery, keys that rotate, outages, and every token one may want of it."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from rbm.settings import Settings

AUDIENCE = "https://rbm.example.org"
CLIENT = "rbm-web"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def private_key(name: str) -> PrivateKey:
    """A key by its name, made once: of the kind EC when the name says so, else RSA."""
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name.startswith("short") else 2048)


def public_entry(name: str) -> dict[str, Any]:
    """The entry of a key in a published set."""
    key = private_key(name)
    kind = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
    return kind.to_jwk(key.public_key(), as_dict=True) | {"kid": name, "use": "sig"}  # type: ignore[arg-type]


@dataclass
class Issuer:
    """A provider as a test sets it up; `asked` are the paths it was asked for."""

    address: str = ""
    names: list[str] = field(default_factory=lambda: ["rsa-1"])
    failing: bool = False
    documents: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def settings(self, **changed: Any) -> Settings:
        """Settings of a service that trusts this provider."""
        facts: dict[str, Any] = {"oidc_issuer": self.address, "oidc_audience": AUDIENCE, "oidc_clients": (CLIENT,)}
        return Settings(**(facts | changed))

    def times_asked(self) -> int:
        """How often the keys were asked for."""
        return self.asked.count("/keys")

    def claims(self, now: datetime, **changed: Any) -> dict[str, Any]:
        """The claims of a good access token; a claim that is None is left out."""
        begun = int(now.timestamp())
        facts: dict[str, Any] = {"iss": self.address, "aud": AUDIENCE, "sub": "anna", "client_id": CLIENT}
        facts |= {"iat": begun, "exp": begun + 600, "jti": str(uuid4())} | changed
        return {name: value for name, value in facts.items() if value is not None}

    def token(self, now: datetime, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A signed access token; `header` changes its header, the others its claims."""
        return signed(self.claims(now, **changed), header)

    def answer(self, path: str) -> bytes | None:
        """What is published at a path."""
        self.asked.append(path)
        if self.failing:
            return None
        if path in self.documents:
            return self.documents[path]
        published: dict[str, Any] = {
            "/.well-known/openid-configuration": {"issuer": self.address, "jwks_uri": f"{self.address}/keys"},
            "/keys": {"keys": [public_entry(name) for name in self.names]},
        }
        return json.dumps(published[path]).encode() if path in published else None


def signed(claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = None) -> str:
    """A token of claims, signed by the key that its header names unless one is given."""
    named = {"typ": "at+jwt", "kid": "rsa-1", "alg": "RS256"} | (header or {})
    named = {name: value for name, value in named.items() if value is not None}
    signer = key if key is not None else private_key(named.get("kid", "rsa-1"))
    return jwt.encode(claims, signer, algorithm=named["alg"], headers=named)


def assembled(header: Any, claims: Any, signature: bytes = b"") -> str:
    """A token of three parts as they are, whatever libraries think of them."""
    return ".".join(encoded(part) for part in (json.dumps(header).encode(), json.dumps(claims).encode(), signature))


def encoded(part: bytes) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[Issuer]:
    """A provider that answers inside the block."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = issuer.answer(self.path)
            if content is not None and content.startswith(b"->"):
                self.send_response(302)
                self.send_header("location", content[2:].decode())
            else:
                self.send_response(500 if content is None else 200)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
