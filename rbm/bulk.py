"""Bulk statements: the only place that writes many rows past the session, with one audit entry per batch."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rbm import audit
from rbm.db import Row, table_of

Values = Mapping[str, Any]


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
    table = table_of(cls)
    statement = sa.delete(table).where(table.c[column] == sa.bindparam("the_value"))
    parameters = [{"the_value": value} for value in values]
    if parameters:
        session.connection().execute(statement, parameters)


def clear(session: Session, cls: type[Row]) -> None:
    """Take out every row of a derived table."""
    session.connection().execute(sa.delete(table_of(cls)))


def select(session: Session, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Rows of a Core SELECT over tables, past the session's narrowing: for jobs that work over everything."""
    session.flush()
    return session.connection().execute(statement).all()


def stream(session: Session, statement: sa.Select[Any], at_once: int = 1_000) -> Generator[sa.Row[Any], None, None]:
    """The same one after the other, `at_once` in memory: for what may be larger than it."""
    session.flush()
    with session.connection().execute(statement, execution_options={"yield_per": at_once}) as rows:
        yield from rows


def record(session: Session, entity: str, key: str, facts: Mapping[str, Any]) -> None:
    """Note the batch for the audit trail: what it was (for a file its SHA-256) and how many rows of what it wrote."""
    note = {"kind": audit.AuditKind.BATCH, "entity": entity, "entity_id": key, "changes": dict(facts)}
    session.info["notes"].append(note)
