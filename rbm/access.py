"""Permission: who may do what in which office, and one predicate that says what an actor sees."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from rbm.db import Row
from rbm.terms.people import Role


class Permission(StrEnum):
    """What a role lets a person do in its office and the offices below."""

    SEE = "see"
    PLAN = "plan"
    APPROVE_STRATEGY = "approve_strategy"
    DEFINE = "define"
    SET_TARGET = "set_target"
    REVIEW = "review"
    REPORT = "report"
    APPROVE = "approve"
    VERIFY = "verify"
    IMPROVE = "improve"
    RELEASE = "release"
    IMPORT = "import"
    OPERATE = "operate"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    READ_ATTEMPTS = "read_attempts"


_SEE = frozenset({Permission.SEE})
_PLANNING = _SEE | {Permission.PLAN, Permission.DEFINE, Permission.SET_TARGET}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _SEE,
    Role.REPORTER: _PLANNING | {Permission.REPORT},
    Role.APPROVER: _PLANNING | {Permission.APPROVE_STRATEGY, Permission.APPROVE, Permission.IMPROVE},
    Role.MANAGEMENT_FOCAL_POINT: _SEE | {Permission.IMPROVE},
    Role.VERIFIER: _SEE | {Permission.REVIEW, Permission.VERIFY},
    Role.ENDORSER: _SEE | {Permission.APPROVE_STRATEGY},
    Role.HQ_RESULTS: _PLANNING
    | {Permission.REVIEW, Permission.IMPORT, Permission.OPERATE, Permission.RELEASE, Permission.APPROVE_STRATEGY}
    | {Permission.IMPROVE},
    Role.EVALUATION_MANAGER: _SEE,
    Role.EVALUATOR: _SEE,
    Role.EVALUATION_OFFICER: _SEE,
    Role.EVALUATION_HEAD: _SEE | {Permission.READ_ATTEMPTS},
    Role.QUALITY_ASSESSOR: _SEE,
    Role.OVERSIGHT: _SEE | {Permission.READ_AUDIT, Permission.READ_ATTEMPTS},
    Role.SENIOR_MANAGEMENT: _SEE,
    Role.GOVERNING_BODY: frozenset({Permission.READ_ATTEMPTS}),
    Role.DONOR: frozenset(),
    Role.PUBLIC: frozenset(),
    Role.ADMIN: frozenset({Permission.MANAGE_PEOPLE}),
}


@dataclass(frozen=True)
class Grant:
    """A role in an office, and the offices it reaches: that one and every office below it today."""

    role: Role
    office_id: UUID
    offices: frozenset[UUID]


@dataclass(frozen=True)
class Actor:
    """Whoever acts. `above` are the offices over those in which the actor holds a role.

    `scopes` are the permissions the credentials are limited to; without them they carry all the person has.
    """

    label: str
    person_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    above: frozenset[UUID] = frozenset()
    system: bool = False
    scopes: frozenset[Permission] | None = None
    _offices: dict[Permission, frozenset[UUID]] = field(default_factory=dict, compare=False, repr=False)

    def offices(self, permission: Permission) -> frozenset[UUID]:
        """The offices in which the actor holds `permission`."""
        if permission not in self._offices:
            usable = self.scopes is None or permission in self.scopes
            reached = (grant.offices for grant in self.grants if usable and permission in PERMISSIONS[grant.role])
            self._offices[permission] = frozenset().union(*reached)
        return self._offices[permission]

    def may(self, permission: Permission, office_id: UUID | None) -> bool:
        """Whether the actor holds `permission` in the office, or anywhere when no office is named."""
        if self.system:
            return True
        held = self.offices(permission)
        return bool(held) if office_id is None else office_id in held


PUBLIC = Actor("public")
SYSTEM = Actor("system", system=True)


class Seen(Protocol):
    """A rule of visibility, declared by each row class as `SEEN`."""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The condition under which `actor` sees rows of `cls`."""


@dataclass(frozen=True)
class Everyone:
    """Reference data."""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """No condition."""
        return sa.true()


@dataclass(frozen=True)
class Members:
    """Rows that everyone who is signed in sees."""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """Signed in or not."""
        return sa.true() if actor.person_id else sa.false()


@dataclass(frozen=True)
class Holders:
    """Rows for those who hold a permission somewhere, and each person's own where a column names the person."""

    permission: Permission
    own: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """Permission held anywhere, or the row is the actor's own."""
        if actor.may(self.permission, None):
            return sa.true()
        if self.own and actor.person_id:
            owned: sa.ColumnElement[bool] = cls.__table__.c[self.own] == actor.person_id
            return owned
        return sa.false()


@dataclass(frozen=True)
class Own:
    """Rows of one person, whom a column names: nobody else's, whatever the role."""

    column: str

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The row is the actor's own."""
        owned: sa.ColumnElement[bool] = cls.__table__.c[self.column] == actor.person_id
        return owned if actor.person_id else sa.false()


@dataclass(frozen=True)
class Scoped:
    """Rows of an office, found by following `path`; lower offices are seen, other offices are not.

    `shared`: what is approved in an office above, or released, is seen as well.
    `released`: a column of the row itself that opens it to everyone once it is set; of what is shared, it has to be set
    beside the release of what the row belongs to.
    """

    path: str = ""
    shared: bool = False
    released: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """Own and lower offices, and what is shared or released."""
        if self.released is None:
            return _reach(cls, self.path, lambda end: sa.or_(*_open_at_end(end, actor, self), _released(end, self)))
        opened = _reach(cls, self.path, lambda end: sa.or_(*_open_at_end(end, actor, self)))
        own: sa.ColumnElement[bool] = cls.__table__.c[self.released].is_not(None)
        return sa.or_(opened, own & _reach(cls, self.path, lambda end: _released(end, self)) if self.shared else own)


@dataclass(frozen=True)
class Following:
    """Rows that are seen with the row they belong to, named by a relationship."""

    relation: str

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The rule of the other row."""
        relation = sa.inspect(cls).relationships[self.relation]
        (local, remote) = relation.local_remote_pairs[0]
        seen = sa.select(remote).where(visible(relation.mapper.class_, actor))
        followed: sa.ColumnElement[bool] = cls.__table__.c[local.name].in_(seen)
        return followed


def _open_at_end(end: type[Row], actor: Actor, rule: Scoped) -> Iterator[sa.ColumnElement[bool]]:
    columns = end.__table__.c
    office = columns["id"] if end.__tablename__ == "office" else columns["office_id"]
    yield office.in_(actor.offices(Permission.SEE))
    if rule.shared and "approved_on" in columns:
        yield sa.and_(office.in_(actor.above), columns["approved_on"].is_not(None))


def _released(end: type[Row], rule: Scoped) -> sa.ColumnElement[bool]:
    known = rule.shared and "released_on" in end.__table__.c
    released: sa.ColumnElement[bool] = end.__table__.c["released_on"].is_not(None) if known else sa.false()
    return released


def _reach(cls: type[Row], path: str, at_end: Any) -> sa.ColumnElement[bool]:
    if not path:
        condition: sa.ColumnElement[bool] = at_end(cls)
        return condition
    name, _, rest = path.partition(".")
    relation = sa.inspect(cls).relationships[name]
    (local, remote) = relation.local_remote_pairs[0]
    target = relation.mapper.class_
    inner = sa.select(remote).where(_reach(target, rest, at_end))
    reached: sa.ColumnElement[bool] = cls.__table__.c[local.name].in_(inner)
    return reached


def visible(cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """The predicate of the rows of `cls` that `actor` sees. The invisible does not exist for the actor."""
    seen: Seen = cls.SEEN  # type: ignore[attr-defined]
    return sa.true() if actor.system else seen.predicate(cls, actor)


def office_of(session: Session, row: Row) -> UUID | None:
    """The office a row belongs to, or None where its class belongs to no office."""
    seen = type(row).SEEN  # type: ignore[attr-defined]
    if not isinstance(seen, Scoped):
        return None
    table: type[Row] = type(row)
    current: Any = row
    for name in filter(None, seen.path.split(".")):
        relation = sa.inspect(table).relationships[name]
        (local, _) = relation.local_remote_pairs[0]
        table = relation.mapper.class_
        current = _parent(session, current, name, table, local.name)
    office: UUID = current.id if table.__tablename__ == "office" else current.office_id
    return office


def _parent(session: Session, row: Any, name: str, target: type[Row], local: str) -> Any:
    loaded = sa.inspect(row).dict.get(name)
    return loaded if loaded is not None else session.get_one(target, getattr(row, local))


def criteria(actor: Actor) -> tuple[Any, ...]:
    """Loader criteria that narrow every SELECT of every row class to what `actor` sees."""
    if actor.system:
        return ()
    classes: Iterable[Any] = (mapper.class_ for mapper in Row.registry.mappers)
    pairs = ((cls, visible(cls, actor)) for cls in classes)
    return tuple(
        with_loader_criteria(cls, predicate, include_aliases=True)
        for cls, predicate in pairs
        if not isinstance(predicate, sa.True_)
    )


def narrow(state: ORMExecuteState) -> None:
    """Session listener: put the actor's limits on every SELECT, refuse every statement that would pass by them."""
    if not state.is_orm_statement or state.is_update or state.is_delete or state.is_insert:
        raise RuntimeError("only SELECTs of rows go through a session; bulk statements belong to rbm/bulk.py")
    if state.is_select and not state.is_column_load:
        state.statement = state.statement.options(*state.session.info["criteria"])
