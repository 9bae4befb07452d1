"""Rows given as columns, as drivers bind them: tuples, and what all rows have alike as a word of the statement."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.copying import AT_ONCE, KEY, Column, Picked, absent

MANY = 1_000
"""From so many rows on it is worth a statement of its own to bind fewer values."""


def length(rows: Mapping[str, Column]) -> int:
    """How many rows there are."""
    first = next(iter(rows.values()))
    return len(first.position if isinstance(first, Picked) else first)


def tuples(table: sa.Table, rows: Mapping[str, Column], dialect: sa.Dialect) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver takes them, some thousands at once in memory."""
    parts = (slice(first, first + AT_ONCE) for first in range(0, length(rows), AT_ONCE))
    return chain.from_iterable(
        zip(*[_listed(table.c[name], column, part, dialect) for name, column in rows.items()], strict=True)
        for part in parts
    )


def insertion(
    table: sa.Table, rows: Mapping[str, Column], dialect: sa.Dialect
) -> tuple[str, Iterator[tuple[Any, ...]]]:
    """A statement of SQLite that writes the rows one by one, and what is bound: of many only what tells them apart."""
    bound = {name: column for name, column in rows.items() if length(rows) < MANY or not _alike(column)} or rows
    words = {
        name: "?" if name in bound else _literal(_listed(table.c[name], column, slice(1), dialect)[0])
        for name, column in rows.items()
    }
    names = ", ".join(f'"{name}"' for name in words)
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(words.values())})'  # noqa: S608 - names of mapped tables, and quoted values
    return statement, tuples(table, bound, dialect)


def _alike(column: Column) -> bool:
    if isinstance(column, Picked):
        return bool((column.position == column.position[0]).all())
    gone = absent(column)
    return bool(gone.all() or (not gone.any() and (column == column[0]).all()))


def _literal(value: Any) -> str:
    """A value of the driver as a word of SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    return f"X'{value.hex()}'" if isinstance(value, bytes) else "'" + str(value).replace("'", "''") + "'"


def _listed(column: sa.Column[Any], values: Column, part: slice, dialect: sa.Dialect) -> list[Any]:
    if isinstance(values, Picked):
        processor = column.type.dialect_impl(dialect).bind_processor(dialect)
        known = [processor(value) if processor else value for value in values.values]
        return [*map([*known, None].__getitem__, values.position[part].tolist())]
    if values.dtype == KEY:
        keys = values[part].view("V16").tolist()
        made = [UUID(bytes=key) for key in keys] if dialect.name == "postgresql" else keys
        gone = absent(values[part])
        return [None if none else key for key, none in zip(made, gone.tolist(), strict=True)] if gone.any() else made
    listed: list[Any] = values[part].tolist()
    return listed
