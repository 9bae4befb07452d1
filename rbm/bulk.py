"""Bulk statements: the only place that writes many rows past the session, with one audit entry per batch."""

import functools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.orm import Session

from rbm import audit, binding, copying
from rbm.copying import AT_ONCE, KEY, Array, Column
from rbm.db import Identifier, Row, table_of

Values = Mapping[str, Any]
KNOWN = 64
"""How many statements are kept as they were worked out."""
Wanted = tuple[Mapping[str, sa.Label[Any]], Mapping[str, str]]
NO_KEY = UUID(int=0)
FEW = 1_000
"""How many values a statement names at once."""


def insert(session: Session, cls: type[Row], rows: Sequence[Values]) -> int:
    """Write new rows, all with the same keys (column names); driver executemany on SQLite, COPY on PostgreSQL."""
    if not rows:
        return 0
    session.flush()
    connection = session.connection()
    columns = [table_of(cls).c[name] for name in rows[0]]
    records = _records(columns, rows, connection.dialect)
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            _copy(cursor, table_of(cls).name, columns, records)
        else:
            names = ", ".join(f'"{column.name}"' for column in columns)
            marks = ", ".join("?" * len(columns))
            statement = f'INSERT INTO "{table_of(cls).name}" ({names}) VALUES ({marks})'  # noqa: S608 - names of mapped tables
            cursor.executemany(statement, records)
    finally:
        cursor.close()
    return len(rows)


def _copy(cursor: Any, table: str, columns: Sequence[sa.Column[Any]], records: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in columns)
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for record in records:
            copy.write_row(record)


def _records(columns: Sequence[sa.Column[Any]], rows: Sequence[Values], dialect: sa.Dialect) -> Any:
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    names = [column.name for column in columns]
    steps: list[tuple[str, Callable[[Any], Any] | None]] = list(zip(names, processors, strict=True))
    return (tuple(step(row[name]) if step else row[name] for name, step in steps) for row in rows)


def put(session: Session, cls: type[Row], rows: Mapping[str, Column]) -> int:
    """Write new rows given as columns of one length: keys (zeros are null), whole numbers (masked is null), Picked.

    Fixed decimals are given as they are kept. Returns how many rows there are. Driver executemany on SQLite, binary
    COPY on PostgreSQL, which may take the rows in another order.
    """
    count = binding.length(rows)
    if not count:
        return 0
    session.flush()
    connection = session.connection()
    table, dialect = table_of(cls), connection.dialect
    cursor: Any = connection.connection.cursor()
    try:
        if dialect.name == "postgresql":
            names = ", ".join(f'"{name}"' for name in rows)
            kinds = [copying.kind_of(table.c[name].type, dialect) for name in rows]
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN (FORMAT binary)') as copy:
                _write(copy, copying.compose(rows, kinds, count))
        else:
            cursor.executemany(*binding.insertion(table, rows, dialect))
    finally:
        cursor.close()
    return count


def _write(copy: Any, blocks: Iterable[bytes]) -> None:
    for block in blocks:
        copy.write(block)


def change(session: Session, cls: type[Row], rows: Mapping[str, Column]) -> int:
    """Change rows by their whole number `id`, given as columns like those of `put`. Returns how many."""
    count = binding.length(rows)
    if not count:
        return 0
    session.flush()
    connection = session.connection()
    table = table_of(cls)
    ordered = {name: rows[name] for name in (*(name for name in rows if name != "id"), "id")}
    changed = [name for name in ordered if name != "id"]
    cursor: Any = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            kinds = [copying.kind_of(table.c[name].type, connection.dialect) for name in ordered]
            lists = ", ".join(f"%s::{kind}[]" for kind in kinds)
            sets = ", ".join(f'"{name}" = "new"."{name}"' for name in changed)
            names = ", ".join(f'"{name}"' for name in ordered)
            statement = f'UPDATE "{table.name}" AS "old" SET {sets} FROM unnest({lists}) AS "new" ({names})'  # noqa: S608 - names of mapped tables
            values = zip(*binding.tuples(table, ordered, connection.dialect), strict=True)
            cursor.execute(f'{statement} WHERE "old"."id" = "new"."id"', [list(each) for each in values])
        else:
            sets = ", ".join(f'"{name}" = ?' for name in changed)
            statement = f'UPDATE "{table.name}" SET {sets} WHERE "id" = ?'  # noqa: S608 - names of mapped tables
            cursor.executemany(statement, binding.tuples(table, ordered, connection.dialect))
    finally:
        cursor.close()
    return count


def numbers(session: Session, cls: type[Row], count: int) -> Array:
    """So many whole numbers for the `id` of new rows that are written next, by a transaction that writes.

    Nobody else will take them, whatever others write meanwhile.
    """
    table = table_of(cls)
    if not count:
        return np.zeros(0, dtype=np.int64)
    if session.connection().dialect.name == "sqlite":
        [row] = select(session, sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0).label("last")))
        return np.arange(row.last + 1, row.last + 1 + count, dtype=np.int64)
    name = sa.cast(sa.func.pg_get_serial_sequence(table.name, "id"), REGCLASS)
    taken = sa.func.nextval(sa.select(name).scalar_subquery(), type_=sa.BigInteger)
    each = sa.func.generate_series(1, count, type_=sa.Integer).alias("each")
    query = sa.select(sa.func.array_agg(taken).label("taken")).select_from(each).group_by(each.column // AT_ONCE)
    found = select(session, query)
    return np.concatenate([np.array(row.taken, dtype=np.int64) for row in found])


def update(session: Session, cls: type[Row], rows: Sequence[Values]) -> int:
    """Change rows by primary key `id`; every row names the same columns."""
    if not rows:
        return 0
    session.flush()
    table = table_of(cls)
    changed: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "id"}
    statement = sa.update(table).where(table.c.id == sa.bindparam("the_id")).values(changed)
    parameters = [{"the_id": row["id"]} | {f"new_{name}": row[name] for name in changed} for row in rows]
    session.connection().execute(statement, parameters)
    return len(rows)


def delete(session: Session, cls: type[Row], column: str, values: Iterable[Any]) -> None:
    """Take out the rows whose `column` is one of `values`."""
    session.flush()
    wanted, rows = table_of(cls).c[column], iter(values)
    statement = sa.delete(table_of(cls)).where(wanted.in_(sa.bindparam("the_values", expanding=True)))
    while some := list(islice(rows, FEW)):
        session.connection().execute(statement, {"the_values": some})


def clear(session: Session, cls: type[Row]) -> None:
    """Take out every row of a derived table."""
    session.connection().execute(sa.delete(table_of(cls)))


def select(
    session: Session,
    statement: sa.Select[Any] | sa.CompoundSelect[Any],
    parameters: Mapping[str, Any] | None = None,
) -> Sequence[sa.Row[Any]]:
    """Rows of a Core SELECT over tables, past the session's narrowing: for jobs that work over everything."""
    session.flush()
    return session.connection().execute(statement, parameters).all()


def columns(
    session: Session, statement: sa.Select[Any], parameters: Mapping[str, Any] | None = None
) -> dict[str, Array]:
    """What a Core SELECT of whole numbers, fixed decimals, booleans and keys finds, as one array per column.

    Numbers come as int64 (fixed decimals as they are kept), booleans as bool, keys as 16 bytes; null is 0, False or
    the key of zeros. Only some thousands of rows are objects at once, and none where PostgreSQL copies them out, as it
    does unless there are parameters: with these a statement asks for few rows.
    """
    session.flush()
    wanted = _wanted(statement)
    connection = session.connection()
    if connection.dialect.name == "postgresql" and parameters is None:
        parts = list(_copied(connection, statement, wanted))
    else:
        parts = list(_fetched(connection, _packed(statement, connection.dialect.name), wanted[1], parameters or {}))
    empty = {name: np.zeros(0, dtype=kind) for name, kind in wanted[1].items()}
    return {name: np.concatenate([part[name] for part in (parts or [empty])]) for name in wanted[1]}


@functools.lru_cache(maxsize=KNOWN)
def _wanted(statement: sa.Select[Any]) -> Wanted:
    filled = {column.name: _filled(column).label(column.name) for column in statement.selected_columns}
    return filled, {column.name: _kind(column.type) for column in statement.selected_columns}


@functools.lru_cache(maxsize=KNOWN)
def _packed(statement: sa.Select[Any], dialect: str) -> sa.Select[Any]:
    """The keys of a row come last; on SQLite laid end to end, so that they are one object."""
    filled, kinds = _wanted(statement)
    keys = [filled[name] for name, kind in kinds.items() if kind == KEY]
    order: list[Any] = [filled[name] for name, kind in kinds.items() if kind != KEY]
    if keys and dialect == "sqlite":
        joined = functools.reduce(lambda left, right: left.op("||")(right), [column.element for column in keys])
        keys = [sa.cast(joined, sa.LargeBinary).label("the keys")]
    return statement.with_only_columns(*order, *keys, maintain_column_froms=True)


def _kind(type_: sa.types.TypeEngine[Any]) -> str:
    return KEY if isinstance(type_, Identifier) else "?" if isinstance(type_, sa.Boolean) else "i8"


def _filled(column: Any) -> sa.ColumnElement[Any]:
    """The column without nulls, and every whole number of one width."""
    kind = _kind(column.type)
    wide = sa.cast(column, sa.BigInteger) if kind == "i8" else column
    if isinstance(column, sa.Column) and not column.nullable:
        return wide
    nothing: dict[str, Any] = {KEY: NO_KEY, "?": False, "i8": 0}
    filled: sa.ColumnElement[Any] = sa.func.coalesce(wide, sa.literal(nothing[kind], wide.type))
    return filled


def _fetched(
    connection: sa.Connection, statement: sa.Select[Any], kinds: Mapping[str, str], parameters: Mapping[str, Any]
) -> Iterator[dict[str, Array]]:
    keys = [name for name, kind in kinds.items() if kind == KEY]
    rest = {name: kind for name, kind in kinds.items() if kind != KEY}
    with connection.execute(statement, parameters) as result:
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(AT_ONCE):
            lists = list(zip(*rows, strict=True))
            found = {name: np.array(lists[at], dtype=kind) for at, (name, kind) in enumerate(rest.items())}
            blobs = lists[len(rest) :]
            if keys and connection.dialect.name == "sqlite":
                packed = np.frombuffer(b"".join(blobs[0]), dtype=KEY).reshape(len(rows), len(keys))
                found |= {name: np.ascontiguousarray(packed[:, at]) for at, name in enumerate(keys)}
            else:
                made = (b"".join(key.bytes for key in column) for column in blobs)
                found |= {name: np.frombuffer(data, dtype=KEY) for name, data in zip(keys, made, strict=True)}
            yield found


def _copied(connection: sa.Connection, statement: sa.Select[Any], wanted: Wanted) -> Iterator[dict[str, Array]]:
    filled, kinds = wanted
    every = statement.with_only_columns(*filled.values(), maintain_column_froms=True)
    query = every.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
            yield from copying.parse(iter(copy), kinds)
    finally:
        cursor.close()


def stream(session: Session, statement: sa.Select[Any], at_once: int = 1_000) -> Generator[sa.Row[Any], None, None]:
    """The same one after the other, `at_once` in memory: for what may be larger than it."""
    session.flush()
    with session.connection().execute(statement, execution_options={"yield_per": at_once}) as rows:
        yield from rows


def record(session: Session, entity: str, key: str, facts: Mapping[str, Any]) -> None:
    """Note the batch for the audit trail: what it was (for a file its SHA-256) and how many rows of what it wrote."""
    note = {"kind": audit.AuditKind.BATCH, "entity": entity, "entity_id": key, "changes": dict(facts)}
    session.info["notes"].append(note)
