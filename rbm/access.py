"""Seeing: one predicate that says what an actor sees, by the rule that each row class declares."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from rbm.actors import ANYWHERE, PERMISSIONS, PUBLIC, SYSTEM, Actor, Grant, Permission, Reach
from rbm.db import Row
from rbm.narrowing import Narrowing

__all__ = [
    "ANYWHERE",
    "PERMISSIONS",
    "PUBLIC",
    "STAFF",
    "SYSTEM",
    "Actor",
    "Everyone",
    "Following",
    "Grant",
    "Holders",
    "Moves",
    "Own",
    "Permission",
    "Reach",
    "Scoped",
    "Seen",
    "Staff",
    "criteria",
    "narrow",
    "office_of",
    "reach",
    "staged_classes",
    "visible",
]
STAFF = (Permission.SEE, Permission.MANAGE_PEOPLE, Permission.GOVERN)
"""The governing body among them: it appoints the head of evaluation, and has to see whom."""
MOST_ACTORS = 128


class Seen(Protocol):
    """A rule of visibility, declared by each row class as `SEEN`."""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The condition under which `actor` sees rows of `cls`."""

    def told(self, cls: type[Row]) -> str:
        """Who sees rows of `cls`, for people."""


@dataclass(frozen=True)
class Everyone:
    """Reference data."""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """No condition."""
        return sa.true()

    def told(self, cls: type[Row]) -> str:
        """Who."""
        return "everyone"


@dataclass(frozen=True)
class Staff:
    """Rows about persons: for those who see the work of an office, administer persons or govern, and each one's own.

    `own` names the column that holds the person.
    """

    own: str

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """A permission of staff held anywhere by a role, or the row is the actor's own."""
        if any(actor.belonging(permission) for permission in STAFF):
            return sa.true()
        return _owned(cls, self.own, actor)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        return "staff, and the person it is about"


@dataclass(frozen=True)
class Holders:
    """Rows for those who hold a permission for all, and each person's own where a column names the person."""

    permission: Permission
    own: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """Permission held in a central office, or the row is the actor's own."""
        if actor.may(self.permission, None):
            return sa.true()
        return _owned(cls, self.own, actor) if self.own else sa.false()

    def told(self, cls: type[Row]) -> str:
        """Who."""
        holders = f"who may {self.permission.replace('_', ' ')} in a central office"
        return f"{holders}, and the person it is about" if self.own else holders


@dataclass(frozen=True)
class Own:
    """Rows of one person, whom a column names: nobody else's, whatever the role."""

    column: str

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The row is the actor's own."""
        return _owned(cls, self.column, actor)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        return "the person it is about, nobody else"


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
            return reach(cls, self.path, lambda end: sa.or_(*_open_at_end(end, actor, self), _released(end, self)))
        opened = reach(cls, self.path, lambda end: sa.or_(*_open_at_end(end, actor, self)))
        own: sa.ColumnElement[bool] = cls.__table__.c[self.released].is_not(None)
        return sa.or_(opened, own & reach(cls, self.path, lambda end: _released(end, self)) if self.shared else own)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        approved = self.shared and "approved_on" in self.end(cls).__table__.c
        above = ["the offices below once approved"] if approved else []
        everyone = ["everyone once released"] if self.shared or self.released else []
        return "; ".join(["its office and the offices above", *above, *everyone])

    def end(self, cls: type[Row]) -> type[Row]:
        """The class that `path` leads to."""
        for name in filter(None, self.path.split(".")):
            cls = sa.inspect(cls).relationships[name].mapper.class_
        return cls


@dataclass(frozen=True)
class Following:
    """Rows that are seen with the row they belong to, named by a relationship; `path` leads to their office, if any."""

    relation: str
    path: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The rule of the other row."""
        relation = sa.inspect(cls).relationships[self.relation]
        (local, remote) = relation.local_remote_pairs[0]
        seen, column = visible(relation.mapper.class_, actor), cls.__table__.c[local.name]
        if isinstance(seen, sa.True_) and not column.nullable:
            return seen
        followed: sa.ColumnElement[bool] = column.in_(sa.select(remote).where(seen))
        return followed

    def told(self, cls: type[Row]) -> str:
        """Who."""
        followed = sa.inspect(cls).relationships[self.relation].mapper.class_.__tablename__
        return f"who sees its {followed.replace('_', ' ')}"


@dataclass(frozen=True)
class Moves:
    """Rows that are seen with the staged row they tell of, which the columns `entity` and `entity_id` name."""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """For each staged class, its rule."""
        columns = cls.__table__.c
        told_of = (
            (columns.entity == staged.__tablename__)
            & columns.entity_id.in_(sa.select(staged.__table__.c.id).where(visible(staged, actor)))
            & _told_moves(staged, columns, actor)
            for staged in staged_classes()
        )
        return sa.or_(sa.false(), *told_of)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        return "who sees the row that moved"


def _told_moves(staged: type[Row], columns: Any, actor: Actor) -> sa.ColumnElement[bool]:
    """Which moves of the rows seen are told: all, unless the rule of the class says otherwise with `moves`."""
    limit: Any = getattr(_rule(staged), "moves", None)
    return sa.true() if limit is None or actor.system else limit(staged, columns, actor)


def staged_classes() -> list[type[Row]]:
    """The row classes that move along stages, in the order of their tables' names."""
    classes = (mapper.class_ for mapper in Row.registry.mappers if hasattr(mapper.class_, "FLOW"))
    return sorted(classes, key=lambda cls: str(cls.__tablename__))


def _owned(cls: type[Row], column: str, actor: Actor) -> sa.ColumnElement[bool]:
    owned: sa.ColumnElement[bool] = cls.__table__.c[column] == actor.person_id
    return owned if actor.person_id else sa.false()


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


def reach(cls: type[Row], path: str, at_end: Any) -> sa.ColumnElement[bool]:
    """The condition that `at_end` makes of the class at the end of `path`, as one of the rows of `cls`."""
    if not path:
        condition: sa.ColumnElement[bool] = at_end(cls)
        return condition
    name, _, rest = path.partition(".")
    relation = sa.inspect(cls).relationships[name]
    (local, remote) = relation.local_remote_pairs[0]
    target = relation.mapper.class_
    inner = sa.select(remote).where(reach(target, rest, at_end))
    reached: sa.ColumnElement[bool] = cls.__table__.c[local.name].in_(inner)
    return reached


def visible(cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """The predicate of the rows of `cls` that `actor` sees. The invisible does not exist for the actor."""
    return sa.true() if actor.system else _rule(cls).predicate(cls, actor)


def _rule(cls: type[Row]) -> Seen:
    """Who sees the rows of a class, as it says itself. AttributeError for one that does not: there is no default."""
    seen: Seen = cls.SEEN  # type: ignore[attr-defined]
    return seen


def office_of(session: Session, row: Row) -> UUID | None:
    """The office a row belongs to, or None where its class belongs to no office."""
    path: str | None = getattr(_rule(type(row)), "path", None)
    if path is None:
        return None
    table: type[Row] = type(row)
    current: Any = row
    for name in filter(None, path.split(".")):
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
    return () if actor.system else _criteria(actor, Row.registry.mappers)


@lru_cache(MOST_ACTORS)
def _criteria(actor: Actor, mappers: frozenset[Mapper[Any]]) -> tuple[Any, ...]:
    """Kept by the whole actor, roles and offices included: another actor, or the same with other roles, has its own."""
    classes: Iterable[Any] = (mapper.class_ for mapper in mappers)
    pairs = ((cls, visible(cls, actor)) for cls in classes)
    return tuple(
        Narrowing(cls, predicate, include_aliases=True)
        for cls, predicate in pairs
        if not isinstance(predicate, sa.True_)
    )


def narrow(state: ORMExecuteState) -> None:
    """Session listener: put the actor's limits on every SELECT, refuse every statement that would pass by them."""
    if not state.is_orm_statement or state.is_update or state.is_delete or state.is_insert:
        raise RuntimeError("only SELECTs of rows go through a session; bulk statements belong to rbm/bulk.py")
    if state.is_select and not state.is_column_load:
        state.statement = state.statement.options(*state.session.info["criteria"])
