"""Pages: a part of a list, read in one statement for all rows that ask for theirs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from graph_schema.derive.keyset import Key, at, beyond, read_cursor, write_cursor
from graph_schema.derive.registry import key
from graph_schema.derive.siblings import Item, portions, together
from rbm.db import Row
from rbm.errors import Invalid, Limited
from rbm.settings import settings
from rbm.work import Work


@dataclass(frozen=True)
class Slice:
    """Which part of a list: so many rows from its start or from its end, between two cursors.

    `stated`: whether the size was asked for, or is the usual one.
    """

    size: int
    forward: bool = True
    after: str | None = None
    before: str | None = None
    stated: bool = True


@dataclass(frozen=True)
class Wanted:
    """A list that is asked for: the statement without its order, the order, the part."""

    row: type[Row]
    statement: sa.Select[Any]
    keys: tuple[Key, ...]
    part: Slice


class Edge(NamedTuple):
    """A row in a list; `beside` are the keys of the order that the row does not hold itself."""

    node: Item
    keys: tuple[Key, ...]
    beside: tuple[Any, ...]

    @property
    def cursor(self) -> str:
        """Its place."""
        beside = iter(self.beside)
        values = [getattr(self.node.row, key.attribute) if key.attribute else next(beside) for key in self.keys]
        return write_cursor(self.keys, values)


@dataclass(frozen=True)
class Page:
    """A part of a list; rows, count, and whether rows stand at or past a cursor are read when they are asked for.

    What precedes and follows is told as the Relay specification of connections says.
    """

    part: Slice
    read: Callable[[], tuple[list[Edge], bool]]
    count: Callable[[], int]
    past: Callable[[str], bool]

    @property
    def edges(self) -> list[Edge]:
        """The rows with their places."""
        return self.read()[0]

    @property
    def more_after(self) -> bool:
        """Whether rows follow."""
        if self.part.forward and (self.part.stated or self.read()[1]):
            return self.read()[1]
        return self.part.before is not None and self.past("before")

    @property
    def more_before(self) -> bool:
        """Whether rows precede."""
        if not self.part.forward:
            return self.read()[1]
        return self.part.after is not None and self.past("after")


def part_of(
    first: int | None = None, last: int | None = None, after: str | None = None, before: str | None = None
) -> Slice:
    """The part the arguments of a list name. Invalid when they contradict, Limited when it is too large."""
    if first is not None and last is not None:
        raise Invalid("either first or last", "last")
    field, given = ("first", first) if last is None else ("last", last)
    size = settings().page_size if given is None else given
    if size < 0:
        raise Invalid(f"{field} is at least 0", field)
    if size > settings().page_limit:
        raise Limited(f"{field} is at most {settings().page_limit}", field)
    return Slice(size, forward=last is None, after=after, before=before, stated=given is not None)


def whole(work: Work, wanted: Wanted) -> Page:
    """A page of a list that belongs to nobody."""

    @cache
    def read() -> tuple[list[Edge], bool]:
        statement = _between(wanted, wanted.statement).order_by(*_order(wanted)).limit(wanted.part.size + 1)
        statement = statement.add_columns(*(key.expression for key in wanted.keys if key.attribute is None))
        found = [(row, tuple(beside)) for row, *beside in work.session.execute(statement)]
        kept, more = _cut(wanted.part, found)
        items = together([row for row, _ in kept])
        return [Edge(item, wanted.keys, beside) for item, (_, beside) in zip(items, kept, strict=True)], more

    @cache
    def count() -> int:
        return work.session.scalar(wanted.statement.with_only_columns(sa.func.count(key(wanted.row)))) or 0

    @cache
    def past(side: str) -> bool:
        statement = _past(wanted, side).with_only_columns(key(wanted.row)).limit(1)
        return work.session.scalars(statement).first() is not None

    return Page(wanted.part, read, count, past)


def each(work: Work, wanted: Wanted, owner: str, owners: Sequence[Any]) -> dict[Any, Page]:
    """The pages of the same list of several rows; `owner` is the attribute that names them."""
    column = getattr(wanted.row, owner)
    if len(owners) == 1:
        alone = Wanted(wanted.row, wanted.statement.where(column == owners[0]), wanted.keys, wanted.part)
        return {owners[0]: whole(work, alone)}
    read = cache(lambda: _shared_edges(wanted, owner, _ranked(work, wanted, owner, owners)))
    count = cache(lambda: _counts(work, wanted, column, owners))
    past = cache(lambda side: _owners_past(work, _past(wanted, side), column, owners))
    return {
        one: Page(wanted.part, _pick(read, one, ([], False)), _pick(count, one, 0), _belongs(past, one))
        for one in owners
    }


def _pick(read: Callable[[], dict[Any, Any]], one: Any, nothing: Any) -> Callable[[], Any]:
    return lambda: read().get(one, nothing)


def _belongs(past: Callable[[str], set[Any]], one: Any) -> Callable[[str], bool]:
    return lambda side: one in past(side)


def _order(wanted: Wanted) -> list[sa.ColumnElement[Any]]:
    return [clause for key in wanted.keys for clause in key.order(forward=wanted.part.forward)]


def _between(wanted: Wanted, statement: sa.Select[Any]) -> sa.Select[Any]:
    part, keys = wanted.part, wanted.keys
    if part.after is not None:
        statement = statement.where(beyond(keys, read_cursor(keys, part.after, "after"), forward=True))
    if part.before is not None:
        statement = statement.where(beyond(keys, read_cursor(keys, part.before, "before"), forward=False))
    return statement


def _past(wanted: Wanted, side: str) -> sa.Select[Any]:
    """Rows at the cursor of a side, and past it."""
    values = read_cursor(wanted.keys, getattr(wanted.part, side), side)
    past = beyond(wanted.keys, values, forward=side == "before")
    return wanted.statement.where(sa.or_(at(wanted.keys, values), past))


def _cut(part: Slice, found: list[Any]) -> tuple[list[Any], bool]:
    kept, more = found[: part.size], len(found) > part.size
    return (kept if part.forward else kept[::-1]), more


def _ranked(work: Work, wanted: Wanted, owner: str, owners: Iterable[Any]) -> dict[Any, list[Any]]:
    column, found = getattr(wanted.row, owner), defaultdict(list)
    rank = sa.func.row_number().over(partition_by=column, order_by=_order(wanted)).label("rank")
    ranks = _between(wanted, wanted.statement).with_only_columns(key(wanted.row).label("key"), rank)
    for some in portions(owners):
        inner = ranks.where(column.in_(some)).subquery()
        statement = sa.select(wanted.row).join(inner, inner.c.key == key(wanted.row))
        for row in work.session.scalars(statement.where(inner.c.rank <= wanted.part.size + 1).order_by(inner.c.rank)):
            found[getattr(row, owner)].append(row)
    return found


def _shared_edges(wanted: Wanted, owner: str, found: dict[Any, list[Any]]) -> dict[Any, tuple[list[Edge], bool]]:
    cut = {one: _cut(wanted.part, rows) for one, rows in found.items()}
    items = together([row for rows, _ in cut.values() for row in rows])
    edges: dict[Any, list[Edge]] = {one: [] for one in cut}
    for item in items:
        edges[getattr(item.row, owner)].append(Edge(item, wanted.keys, ()))
    return {one: (edges[one], more) for one, (_, more) in cut.items()}


def _counts(work: Work, wanted: Wanted, column: Any, owners: Iterable[Any]) -> dict[Any, int]:
    counted: dict[Any, int] = {}
    for some in portions(owners):
        statement = wanted.statement.with_only_columns(column, sa.func.count(key(wanted.row)))
        rows = work.session.execute(statement.where(column.in_(some)).group_by(column))
        counted.update((one, number) for one, number in rows)
    return counted


def _owners_past(work: Work, statement: sa.Select[Any], column: Any, owners: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for some in portions(owners):
        found.update(work.session.scalars(statement.with_only_columns(column).where(column.in_(some)).distinct()))
    return found
