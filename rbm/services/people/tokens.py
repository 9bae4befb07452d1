"""API tokens: shown once, kept as SHA-256, ending by themselves, and limited where that is wanted."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from rbm.access import Permission
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.people import ApiToken, Person
from rbm.rules.inputs import refuse_blank
from rbm.services.people.trusted import refuse_impersonation
from rbm.settings import settings
from rbm.work import Work

PREFIX = "rbm_"


def issue_token(
    work: Work, person_id: UUID, name: str, days: int | None = None, scopes: list[Permission] | None = None
) -> tuple[ApiToken, str]:
    """A new token of a person: its row and its secret, which is shown this once and kept only as SHA-256.

    It lives for `days`, the longest that is allowed unless they are named, and carries the permissions named as
    `scopes` as far as the person holds them, or else all of them. People issue tokens for themselves; for others
    they need to manage people for the whole organisation, and do it for nobody in a trusted role, whom nobody else
    speaks for. Invalid days, name or scopes; Conflict when the person is not
    active; Forbidden to limited credentials, which could outlive themselves by it.
    """
    _ask(work, person_id)
    if work.actor.scopes is not None:
        raise Forbidden("this token is limited, and makes no other one", "person_id")
    person = work.get(Person, person_id, "person_id")
    refuse_impersonation(work, person.id, "person_id")
    limits = _limits(scopes)
    if not person.active:
        raise Conflict(f"{person.name} is not active", "person_id")
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    row = ApiToken(person=person, name=refuse_blank(name, "name"), digest=_digest(secret), scopes=limits)
    row.issued_at, row.expires_at = work.now, work.now + _life(days)
    return work.add(row), secret


def revoke_token(work: Work, token_id: UUID) -> ApiToken:
    """End a token at once. People end their own; limited credentials end none that carries more than they do."""
    token = work.get(ApiToken, token_id, "token_id")
    _ask(work, token.person_id)
    if not work.actor.may(Permission.MANAGE_PEOPLE, None):
        _refuse_wider(work, token.scopes)
    token.revoked_at = token.revoked_at or work.now
    work.flush()
    return token


def find_token(work: Work, secret: str) -> ApiToken | None:
    """The token, with its person, or None when it is unknown, expired or revoked, or the person not active."""
    query = sa.select(ApiToken).join(ApiToken.person).options(contains_eager(ApiToken.person))
    query = query.where(ApiToken.digest == _digest(secret), ApiToken.revoked_at.is_(None), Person.active.is_(True))
    token = work.session.scalars(query).one_or_none()
    expired = token is not None and token.expires_at is not None and token.expires_at <= work.now
    return None if expired else token


def _ask(work: Work, person_id: UUID) -> None:
    """Ask to manage people, which nobody needs for what is one's own."""
    work.asked.add(Permission.MANAGE_PEOPLE)
    if person_id != work.actor.person_id:
        work.require(Permission.MANAGE_PEOPLE)


def _refuse_wider(work: Work, limits: Collection[str] | None) -> None:
    own = work.actor.scopes
    if own is not None and (limits is None or not own.issuperset(limits)):
        raise Forbidden("this token is limited, and the other one carries more than it does", "scopes")


def _limits(scopes: Collection[str] | None) -> list[str] | None:
    if scopes is None:
        return None
    known = {permission.value for permission in Permission}
    strange = sorted(set(scopes) - known)
    if strange or not scopes:
        raise Invalid(f"{strange[0]} is not a scope" if strange else "name a scope, or leave scopes out", "scopes")
    return sorted({str(scope) for scope in scopes})


def _life(days: int | None) -> timedelta:
    longest = settings().token_days
    chosen = longest if days is None else days
    if not 1 <= chosen <= longest:
        raise Invalid(f"a token lives for 1 to {longest} days", "days")
    return timedelta(days=chosen)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
