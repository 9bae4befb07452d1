"""Trails to seal, and an attacker who has the rights of the database's owner."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import audit, bulk
from rbm.access import SYSTEM
from rbm.audit import AuditBlock, AuditEntry, AuditKind
from rbm.db import table_of
from rbm.services.audit import Verdict, verify
from rbm.services.audit.canonical import Stretch, trail
from rbm.work import begin
from tests.conftest import NOW

PERSON = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
EARLIER = datetime(2026, 1, 1, 8, 30, 15, 42, tzinfo=UTC)


def entries(engine: sa.Engine, number: int) -> None:
    """So many entries, one transaction each."""
    for at in range(number):
        with begin(engine, SYSTEM, "count", now=NOW) as work:
            audit.note(work.session, AuditKind.CHANGED, "report", str(at), {"value": [at, at + 1]})


def judged(engine: sa.Engine, heads: dict[int, str] | None = None) -> Verdict:
    """What verification says."""
    with begin(engine, SYSTEM, "verify", writes=False) as work:
        return verify(work, heads)


def blocks(engine: sa.Engine) -> Sequence[sa.Row[Any]]:
    """All blocks by number."""
    with engine.connect() as connection:
        return connection.execute(sa.select(table_of(AuditBlock)).order_by(table_of(AuditBlock).c.number)).all()


def kept(engine: sa.Engine) -> Sequence[sa.Row[Any]]:
    """All entries by id."""
    with engine.connect() as connection:
        return connection.execute(sa.select(table_of(AuditEntry)).order_by(table_of(AuditEntry).c.id)).all()


def tamper(engine: sa.Engine, *statements: str) -> None:
    """Run statements as the owner, who takes the triggers away and puts them back."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for statement in _disarming(connection):
            connection.exec_driver_sql(statement)
        for statement in statements:
            connection.exec_driver_sql(statement)
        audit.restore_triggers(connection)


def _disarming(connection: sa.Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [f"DROP TRIGGER {table}_no_change ON {table}" for table in audit.SEALED]
    return [f"DROP TRIGGER {table}_no_{act}" for table in audit.SEALED for act in ("update", "delete")]


def forge(engine: sa.Engine, first: int) -> None:
    """Compute the hashes of all blocks from this number on anew, as they would be if nothing had happened."""
    previous = next((each.hash for each in blocks(engine) if each.number == first - 1), None)
    for each in blocks(engine):
        if each.number >= first:
            previous = _reseal(engine, each, previous or each.previous)


def _reseal(engine: sa.Engine, row: sa.Row[Any], previous: str) -> str:
    block, stretch = AuditBlock(**row._asdict()), Stretch()
    inside = trail().where(table_of(AuditEntry).c.id.between(block.first_id, block.last_id))
    with begin(engine, SYSTEM, "look", writes=False) as work:
        for entry in bulk.stream(work.session, inside):
            stretch.take(entry)
    block.previous, block.entries = previous, stretch.entries
    block.first_id, block.last_id = stretch.first_id or 0, stretch.last_id or 0
    block.hash = stretch.hash(block)
    facts = f"entries = {block.entries}, first_id = {block.first_id}, last_id = {block.last_id}"
    words = f"previous = '{block.previous}', hash = '{block.hash}'"
    tamper(engine, f"UPDATE audit_block SET {facts}, {words} WHERE number = {block.number}")  # noqa: S608
    return block.hash
