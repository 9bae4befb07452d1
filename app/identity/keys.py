"""Keys of the identity provider: kept, fetched again seldom, and used for a day at most while it cannot be asked."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from jwt import PyJWK, PyJWTError

from app.identity.bearer import Unavailable
from app.identity.fetching import fetch, scheme_of
from rbm.settings import Settings

PAUSE = timedelta(seconds=30)
"""The least between two attempts to fetch, whatever is asked for meanwhile."""
FRESH = timedelta(hours=1)
"""How long keys serve before they are fetched again."""
KEPT = timedelta(hours=24)
"""How long keys serve while the provider cannot be asked."""

Published = Mapping[tuple[str, str], PyJWK]
"""Keys by their id and the algorithm they are used with."""

log = structlog.get_logger("identity")


@dataclass(frozen=True)
class Fetched:
    """What the provider published, and when it was last asked successfully."""

    keys: Published = field(default_factory=dict)
    at: datetime | None = None


class Keys:
    """The keys of a provider. `source` asks for them; it raises Unavailable when they cannot be had."""

    def __init__(self, source: Callable[[], Published]) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._fetched = Fetched()
        self._tried_at: datetime | None = None

    def find(self, name: str, algorithm: str, now: datetime) -> PyJWK | None:
        """The key of this id for this algorithm, or None when the provider publishes none.

        Unavailable when the provider has not been asked successfully for a day.
        """
        fetched = self._fetched
        if (name, algorithm) not in fetched.keys:
            with self._lock:
                self._fetch(now)
        elif fetched.at is None or now - fetched.at >= FRESH:
            self._fetch_unless_busy(now)
        fetched = self._fetched
        if fetched.at is None or now - fetched.at > KEPT:
            raise Unavailable("the keys of the identity provider")
        return fetched.keys.get((name, algorithm))

    def _fetch_unless_busy(self, now: datetime) -> None:
        """One asks while the others go on with the keys there are."""
        if self._lock.acquire(blocking=False):
            try:
                self._fetch(now)
            finally:
                self._lock.release()

    def _fetch(self, now: datetime) -> None:
        if self._tried_at is not None and now - self._tried_at < PAUSE:
            return
        self._tried_at = now
        try:
            self._fetched = Fetched(self._source(), now)
        except Unavailable as error:
            log.warning("identity provider unavailable", reason=str(error))


def published(chosen: Settings) -> Published:
    """The keys the provider publishes for the algorithms of the settings. Unavailable when they cannot be had."""
    content = fetch(chosen.oidc_keys_url or _discovered(chosen.oidc_issuer)).get("keys")
    if not isinstance(content, list):
        raise Unavailable("the identity provider publishes no list of keys")
    found: dict[tuple[str, str], PyJWK] = {}
    for entry in content:
        for algorithm in chosen.oidc_algorithms:
            key = _usable(entry, algorithm)
            if key is not None:
                found.setdefault((entry["kid"], algorithm), key)
    return found


def _discovered(issuer: str) -> str:
    """Where the keys are, by the provider's discovery document, which has to be the issuer's own."""
    document = fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    address = document.get("jwks_uri")
    if document.get("issuer") != issuer:
        raise Unavailable("the discovery document is of another issuer")
    if not isinstance(address, str) or scheme_of(address) not in {"https", scheme_of(issuer)}:
        raise Unavailable("the discovery document names no safe address of keys")
    return address


def _usable(entry: Any, algorithm: str) -> PyJWK | None:
    """The key of an entry, or None when it is none for signatures by this algorithm, or too short."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm:
        return None
    try:
        key = PyJWK(entry, algorithm)
    except (PyJWTError, ValueError, TypeError):
        return None
    return None if key.Algorithm.check_key_length(key.key) else key
