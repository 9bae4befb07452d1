"""Rows that refer to another row: moved to the one that takes its place, so that nothing is lost with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import Row, table_of
from rbm.work import Work

Reference = tuple[type[Row], str]


def move_references(work: Work, cls: type[Row], moved: Mapping[UUID, UUID]) -> int:
    """Let every row that refers to one of the keys of `moved` refer to its value; how many rows there were.

    Where the new place has the same row already (a unique constraint says so), the old one goes.
    """
    count = 0
    for holder, column in _references(cls):
        table, unique = table_of(holder), _unique(holder, column)
        columns = [
            table.c[name] for name in dict.fromkeys(("id", column, *(name for names in unique for name in names)))
        ]
        found = bulk.select(work.session, sa.select(*columns).where(table.c[column].in_(moved)))
        rows = [dict(row._mapping) for row in found]  # noqa: SLF001
        moves = [row | {column: moved[row[column]]} for row in rows]
        doubled = {row["id"] for names in unique for row in _doubled(work, table, names, moves)}
        bulk.delete(work.session, holder, "id", doubled)
        kept = [{"id": row["id"], column: row[column]} for row in moves if row["id"] not in doubled]
        count += bulk.update(work.session, holder, kept) + len(doubled)
    return count


def referred_to(work: Work, cls: type[Row], keys: Collection[UUID], apart: Collection[Reference] = ()) -> set[UUID]:
    """Which of the keys any row refers to, columns in `apart` left out."""
    found: set[UUID] = set()
    for holder, column in _references(cls):
        if (holder, column) not in apart:
            held = table_of(holder).c[column]
            query = sa.select(held.label("held")).where(held.in_(keys)).distinct()
            found |= {row.held for row in bulk.select(work.session, query)}
    return found


def _references(cls: type[Row]) -> Iterator[Reference]:
    key = table_of(cls).c.id
    for mapper in sorted(Row.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        table = table_of(mapper.class_)
        for column in table.columns:
            if any(foreign.column is key for foreign in column.foreign_keys):
                yield mapper.class_, column.name


def _unique(holder: type[Row], column: str) -> list[tuple[str, ...]]:
    """The columns of each unique constraint that holds the column."""
    constraints = (each for each in table_of(holder).constraints if isinstance(each, sa.UniqueConstraint))
    named = (tuple(each.name for each in constraint.columns) for constraint in constraints)
    return [names for names in named if column in names]


def _doubled(
    work: Work, table: sa.Table, names: tuple[str, ...], moves: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Rows that would stand twice where they are moved to."""
    there = bulk.select(work.session, sa.select(*(table.c[name] for name in names))) if moves else []
    taken = {tuple(row) for row in there}
    for row in moves:
        place = tuple(row[name] for name in names)
        if place in taken:
            yield row
        taken.add(place)
