"""Who may do too much for too long: administrators, persons without roles, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rbm.model.people import ApiToken, Membership, Person, SignIn
from rbm.terms.people import Role
from rbm.work import Work


@dataclass(frozen=True)
class Token:
    """A token that still opens the door: whose it is, and when that person last signed in, if ever."""

    name: str
    email: str
    active: bool
    issued_at: datetime
    expires_at: datetime | None
    signed_in_at: datetime | None


def administrators(work: Work) -> Sequence[Person]:
    """Active persons who manage persons and roles today, by e-mail address."""
    query = sa.select(Person).join(Person.memberships)
    query = query.where(Membership.role == Role.ADMIN, _today(work), Person.active.is_(True))
    return work.session.scalars(query.distinct().order_by(Person.email)).all()


def without_roles(work: Work) -> Sequence[Person]:
    """Active persons who hold no role today, by e-mail address."""
    held = sa.select(Membership.person_id).where(_today(work))
    query = sa.select(Person).where(Person.active.is_(True), Person.id.not_in(held))
    return work.session.scalars(query.order_by(Person.email)).all()


def live_tokens(work: Work) -> Sequence[Token]:
    """Tokens that are neither revoked nor expired, the oldest first."""
    signed_in = sa.select(sa.func.max(SignIn.at)).where(SignIn.person_id == Person.id).scalar_subquery()
    query = sa.select(
        ApiToken.name, Person.email, Person.active, ApiToken.issued_at, ApiToken.expires_at, signed_in
    ).join(ApiToken.person)
    expired = sa.and_(ApiToken.expires_at.is_not(None), ApiToken.expires_at <= work.now)
    query = query.where(ApiToken.revoked_at.is_(None), ~expired)
    return [Token(*row) for row in work.session.execute(query.order_by(ApiToken.issued_at, ApiToken.id))]


def _today(work: Work) -> sa.ColumnElement[bool]:
    still = sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= work.today)
    return sa.and_(Membership.valid_from <= work.today, still)
