"""Access tokens of the identity provider, after RFC 9068 and RFC 8725: everything is checked, nothing is guessed."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from app.identity.bearer import Rejected
from app.identity.keys import Keys, published
from rbm.errors import Invalid
from rbm.production import FAMILIES
from rbm.services import people
from rbm.settings import PREFIX, Settings

LEEWAY = 60
LONGEST_NAME = 255
SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
REQUIRED = ("exp", "iat", "iss", "aud", "sub")
STRANGE_HEADERS = ("crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc")
"""What would change how a token is read, or bring a key along."""
OF_ID_TOKENS = ("nonce", "at_hash", "c_hash", "s_hash")
OPTIONS: Any = {f"verify_{claim}": False for claim in (*REQUIRED, "nbf", "jti")} | {
    "verify_signature": True,
    "require": list(REQUIRED),
}


@dataclass(frozen=True)
class Claims:
    """What a good access token says. `email` is there when the provider has verified it."""

    issuer: str
    subject: str
    credentials: str
    email: str | None


class AccessTokens:
    """Looks at the access tokens of the provider that the settings name. Invalid names a setting that is not enough."""

    def __init__(self, chosen: Settings) -> None:
        families = {FAMILIES.get(algorithm[:2]) for algorithm in chosen.oidc_algorithms}
        if len(families) != 1 or None in families:
            raise Invalid("take algorithms of one family with public keys", f"{PREFIX}OIDC_ALGORITHMS", "setting")
        if not chosen.oidc_audience:
            raise Invalid("name this service as the provider does", f"{PREFIX}OIDC_AUDIENCE", "setting")
        self._chosen = chosen
        self._keys = Keys(lambda: published(chosen))

    def read(self, token: str, now: datetime) -> Claims:
        """What a token says. Rejected when it is not good now; Unavailable when that cannot be known."""
        header, claims = self._signed(token, now)
        self._refuse_other_parties(claims)
        self._refuse_other_times(claims, now.timestamp())
        self._refuse_other_kinds(header, claims)
        return _read(claims)

    def _signed(self, token: str, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
        """The header and the claims, when one of the provider's keys signed them."""
        if not SHAPE.fullmatch(token):
            raise Rejected("no token of three parts")
        header = _understood(lambda: jwt.get_unverified_header(token))
        key, algorithms = self._key(header, now), list(self._chosen.oidc_algorithms)
        return header, _understood(lambda: jwt.decode(token, key, algorithms=algorithms, options=OPTIONS))

    def _key(self, header: dict[str, Any], now: datetime) -> jwt.PyJWK:
        algorithm, name = header.get("alg"), header.get("kid")
        if algorithm not in self._chosen.oidc_algorithms:
            raise Rejected("another algorithm")
        if any(word in header for word in STRANGE_HEADERS):
            raise Rejected("a header that is not taken")
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
            raise Rejected("no name of a key")
        key = self._keys.find(name, algorithm, now)
        if key is None:
            raise Rejected("unknown key")
        return key

    def _refuse_other_parties(self, claims: dict[str, Any]) -> None:
        if claims["iss"] != self._chosen.oidc_issuer:
            raise Rejected("another issuer")
        if self._chosen.oidc_audience not in _audiences(claims):
            raise Rejected("another audience")
        clients = [claims[name] for name in ("client_id", "azp") if name in claims]
        allowed = self._chosen.oidc_clients
        if allowed and not (clients and all(client in allowed for client in clients)):
            raise Rejected("another client")

    def _refuse_other_times(self, claims: dict[str, Any], now: float) -> None:
        issued, ends, begins = (_moment(claims, name) for name in ("iat", "exp", "nbf"))
        if ends <= now - LEEWAY:
            raise Rejected("expired")
        if issued > now + LEEWAY or begins > now + LEEWAY:
            raise Rejected("not good yet")
        if not 0 < ends - issued <= self._chosen.oidc_most_hours * 3600:
            raise Rejected("too long a life")

    def _refuse_other_kinds(self, header: dict[str, Any], claims: dict[str, Any]) -> None:
        """Of what is not marked as an access token, only what cannot be an ID token: those are for their client."""
        kind = header.get("typ", "jwt")
        kind = kind.lower().removeprefix("application/") if isinstance(kind, str) else ""
        if kind == "at+jwt":
            return
        clients = [claims[name] for name in ("client_id", "azp") if name in claims]
        own = not clients or any(client in _audiences(claims) for client in clients)
        marked = str(claims.get("typ", "bearer")).lower() != "bearer" or any(name in claims for name in OF_ID_TOKENS)
        if kind != "jwt" or own or marked:
            raise Rejected("no access token")


def _understood(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Rejected(type(error).__name__) from None


def _audiences(claims: dict[str, Any]) -> list[Any]:
    audience = claims["aud"]
    return audience if isinstance(audience, list) else [audience]


def _moment(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name, 0)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, float) and math.isfinite(value)):
        raise Rejected(f"{name} is no moment")
    number: float = value
    return number


def _read(claims: dict[str, Any]) -> Claims:
    subject, email = claims["sub"], claims.get("email")
    if not _is_name(subject):
        raise Rejected("no subject")
    verified = claims.get("email_verified") is True and _is_name(email)
    named = claims.get("jti") or [claims["iat"], claims["exp"], claims.get("azp"), claims.get("client_id")]
    credentials = people.hashed("access token", claims["iss"], subject, named)
    return Claims(claims["iss"], subject, credentials, email if verified else None)


def _is_name(value: object) -> bool:
    """Whether it is text that can be kept and compared exactly."""
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_NAME and value.isprintable()
