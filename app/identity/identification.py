"""Identification: from the headers of a request to the actor who asks, with what is kept of it."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NoReturn

import sqlalchemy as sa
import structlog
from starlette.exceptions import HTTPException

from app.identity.access_tokens import AccessTokens, Claims
from app.identity.bearer import Rejected, Unavailable, bearer
from app.identity.failures import Failures
from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.errors import Busy, Conflict
from rbm.services import people
from rbm.settings import Settings
from rbm.work import begin, perform

MOST_REMEMBERED = 10_000
log = structlog.get_logger("identity")


@dataclass(frozen=True)
class Caller:
    """Who asks, what the use of the credentials is kept under, and how the caller signed in."""

    actor: Actor
    credentials: str
    facts: dict[str, str]


class Identification:
    """Finds out who asks, in the database at every request, so that every change of a person counts at once."""

    def __init__(self, engine: sa.Engine, chosen: Settings) -> None:
        self._engine = engine
        self._links = chosen.oidc_link_by_email
        self._access_tokens = AccessTokens(chosen) if chosen.oidc_issuer else None
        self._failures = Failures(chosen)
        self._signed_in = Remembered(MOST_REMEMBERED)

    def identify(self, headers: Sequence[str], address: str, now: datetime) -> Actor:
        """Who asks, by the Authorization headers of a request from an address; the public without any.

        HTTPException: 401 when the credentials are not good, 429 when the address showed too many of those, 503 when
        it cannot be known now.
        """
        if not headers:
            return PUBLIC
        self._failures.refuse_more(address)
        try:
            caller = self._caller(bearer(headers), now)
            self._keep(caller, now)
        except Rejected as rejected:
            self._refuse(address, rejected)
        except (Unavailable, Busy):
            raise HTTPException(503, "who you are cannot be known now; try again", {"retry-after": "30"}) from None
        return caller.actor

    def _refuse(self, address: str, rejected: Rejected) -> NoReturn:
        self._failures.count(address)
        log.warning("sign-in refused", address=address, reason=str(rejected))
        headers = {"www-authenticate": 'Bearer error="invalid_token"'}
        raise HTTPException(401, "these credentials are not good", headers) from None

    def _caller(self, secret: str, now: datetime) -> Caller:
        if secret.startswith(people.PREFIX):
            return self._by_api_token(secret, now)
        if self._access_tokens is None:
            raise Rejected("no API token")
        return self._by_access_token(self._access_tokens.read(secret, now), now)

    def _by_api_token(self, secret: str, now: datetime) -> Caller:
        with begin(self._engine, SYSTEM, "sign_in", now=now, writes=False) as work:
            token = people.find_token(work, secret)
            if token is None:
                raise Rejected("no such API token")
            actor = people.actor_of_person(work, token.person, token.scopes)
            return Caller(actor, people.use_of_token(token, work.today), {"token": token.name})

    def _by_access_token(self, claims: Claims, now: datetime) -> Caller:
        return self._found(claims, now) or self._linked(claims, now)

    def _found(self, claims: Claims, now: datetime) -> Caller | None:
        with begin(self._engine, SYSTEM, "sign_in", now=now, writes=False) as work:
            person = people.person_of(work, claims.issuer, claims.subject)
            if person is None:
                return None
            if not person.active:
                raise Rejected("not active")
            return Caller(people.actor_of_person(work, person), claims.credentials, {"issuer": claims.issuer})

    def _linked(self, claims: Claims, now: datetime) -> Caller:
        """The caller after a subject nobody is was linked by its verified e-mail address, where that is wanted."""
        if self._links and claims.email is not None:
            self._link(claims.issuer, claims.subject, claims.email, now)
            caller = self._found(claims, now)
            if caller is not None:
                return caller
        raise Rejected("unknown subject")

    def _link(self, issuer: str, subject: str, email: str, now: datetime) -> None:
        """Link a subject when there is somebody to link it to; another request may do so at this moment."""
        with begin(self._engine, SYSTEM, "sign_in", now=now, writes=False) as work:
            if people.person_to_link(work, issuer, email) is None:
                return
        act = partial(people.link_by_email, issuer=issuer, subject=subject, email=email)
        with suppress(Conflict):
            perform(self._engine, SYSTEM, "link_by_email", act, now=now)

    def _keep(self, caller: Caller, now: datetime) -> None:
        """Keep the first use of credentials; when another process does so at this moment, it is kept as well."""
        if caller.credentials in self._signed_in:
            return
        act = partial(people.sign_in, credentials=caller.credentials, facts=caller.facts)
        with suppress(Conflict):
            perform(self._engine, caller.actor, "sign_in", act, now=now)
        self._signed_in.add(caller.credentials)


class Remembered:
    """The newest of what was added, up to a number of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, one: str) -> bool:
        """Whether it was added and is still kept."""
        return one in self._kept

    def add(self, one: str) -> None:
        """Keep it, and let go of the oldest when there are too many."""
        with self._lock:
            self._kept[one] = None
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
