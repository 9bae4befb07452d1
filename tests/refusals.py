"""Expecting a refusal: of this kind, naming this field, and leaving every row as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM, Actor
from rbm.audit import AuditEntry
from rbm.db import Row
from rbm.errors import Refusal
from rbm.work import Work, begin
from tests.conftest import NOW


@contextmanager
def refused(engine: sa.Engine, kind: type[Refusal], field: str | None, actor: Actor = SYSTEM) -> Iterator[Work]:
    """A unit of work that must end in this refusal and change nothing but the audit trail."""
    before = rows(engine)
    with pytest.raises(Refusal) as refusal, begin(engine, actor, "refused", now=NOW) as work:
        yield work
    assert (type(refusal.value), refusal.value.field) == (kind, field), refusal.value.message
    assert rows(engine) == before


def rows(engine: sa.Engine) -> dict[str, list[Any]]:
    """Every row of every table but the audit trail."""
    tables = [table for table in Row.metadata.sorted_tables if table is not AuditEntry.__table__]
    with engine.connect() as connection:
        filled = set(connection.exec_driver_sql(which_are_filled(tables)).scalars())
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in tables
            if table.name in filled
        }


def which_are_filled(tables: list[sa.Table]) -> str:
    """One statement that names the tables that hold rows: asking each of them takes longer than a test."""
    asked = (f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")" for table in tables)  # noqa: S608
    return " UNION ALL ".join(asked)
