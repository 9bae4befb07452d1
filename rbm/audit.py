"""The audit trail: one entry per changed row, written in the transaction of the change, append only."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from rbm import access
from rbm.db import Row, Serial


class AuditKind(StrEnum):
    """What an entry records."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    BATCH = "batch"
    REFUSED = "refused"
    SIGNED_IN = "signed_in"
    EXPORTED = "exported"


class Trail:
    """Entries of every kind for those who read the trail; refused attempts alone for those who read attempts.

    The trail is that of the whole organisation, so that both are held in a central office.
    """

    def predicate(self, cls: type[Row], actor: access.Actor) -> sa.ColumnElement[bool]:
        """All, what was refused, or nothing."""
        if actor.may(access.Permission.READ_AUDIT, None):
            return sa.true()
        refused: sa.ColumnElement[bool] = cls.__table__.c["kind"] == AuditKind.REFUSED
        return refused if actor.may(access.Permission.READ_ATTEMPTS, None) else sa.false()

    def told(self, cls: type[Row]) -> str:
        """Who."""
        return "who may read audit in a central office; refused attempts, who may read attempts in one"


class AuditEntry(Row):
    """Who changed which row in which operation, old and new. Never changed, never deleted."""

    __tablename__ = "audit_entry"
    SEEN: ClassVar[access.Seen] = Trail()
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    actor: Mapped[str]
    operation: Mapped[str]
    kind: Mapped[AuditKind]
    entity: Mapped[str]
    entity_id: Mapped[str | None] = mapped_column(index=True)
    changes: Mapped[dict[str, Any]]


class AuditBlock(Row):
    """A sealed stretch of the trail: all entries from `first_id` to `last_id`, chained to the block before by hash."""

    __tablename__ = "audit_block"
    SEEN: ClassVar[access.Seen] = access.Holders(access.Permission.READ_AUDIT)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    first_id: Mapped[int] = mapped_column(sa.BigInteger)
    last_id: Mapped[int] = mapped_column(sa.BigInteger)
    entries: Mapped[int]
    sealed_at: Mapped[datetime]
    previous: Mapped[str]
    hash: Mapped[str]


SEALED = ("audit_entry", "audit_block")
REFUSAL = "the audit trail is append only"
TAKEN = {
    "audit_entry": "SELECT 1 FROM audit_entry WHERE id = NEW.id",
    "audit_block": "SELECT 1 FROM audit_block WHERE id = NEW.id OR number = NEW.number",
}
"""Rows that `INSERT OR REPLACE` would take away on SQLite, which fires no DELETE trigger for them."""
TRIGGERS = {
    "sqlite": tuple(
        statement
        for table in SEALED
        for name, when in (
            ("no_update", f"UPDATE ON {table}"),
            ("no_delete", f"DELETE ON {table}"),
            ("no_replace", f"INSERT ON {table} WHEN EXISTS ({TAKEN[table]})"),
        )
        for statement in (
            f"DROP TRIGGER IF EXISTS {table}_{name}",
            f"CREATE TRIGGER {table}_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        )
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        ),
        *(
            statement
            for table in SEALED
            for statement in (
                f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
                (
                    f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ),
            )
        ),
    ),
}


ROWS = {AuditKind.CREATED, AuditKind.CHANGED, AuditKind.DELETED}
HIDDEN = "changed"
"""What is told of a change that is nobody's to read."""
Note = dict[str, Any]


def restore_triggers(connection: sa.Connection) -> None:
    """Put the triggers in place that make the trail append only; migrations call it after every run."""
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def gather(session: Session, _: UOWTransaction) -> None:
    """Session listener after each flush: note what changed in audited rows."""
    notes: list[Note] = session.info["notes"]
    for kind, rows in (
        (AuditKind.CREATED, session.new),
        (AuditKind.CHANGED, session.dirty),
        (AuditKind.DELETED, session.deleted),
    ):
        notes.extend(note for row in rows if audited(row) and (note := _note(kind, row)))


def audited(row: Row) -> bool:
    """Whether changes of this row belong in the trail: derived rows do not."""
    return getattr(type(row), "AUDITED", True)


def _note(kind: AuditKind, row: Any) -> Note | None:
    changes = dict(_changes(kind, row))
    if kind is AuditKind.CHANGED and not changes:
        return None
    return {"kind": kind, "entity": row.__tablename__, "entity_id": str(row.id), "changes": changes}


def _changes(kind: AuditKind, row: Any) -> Iterator[tuple[str, Any]]:
    secret = getattr(type(row), "SECRET", ())
    state = sa.inspect(row)
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if kind is AuditKind.DELETED:
            old, new = state.dict.get(column.key), None
        if (history.has_changes() or kind is AuditKind.DELETED) and old != new:
            yield column.key, HIDDEN if column.key in secret else [plain(old), plain(new)]


def plain(value: Any) -> Any:
    """A value as JSON holds it: exact numbers and moments as text."""
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def note(session: Session, kind: AuditKind, entity: str, entity_id: str | None, facts: Mapping[str, Any]) -> None:
    """Note what is no change of a row: the unit of work writes it with the rest."""
    session.info["notes"].append({"kind": kind, "entity": entity, "entity_id": entity_id, "changes": dict(facts)})


def write(session: Session, notes: list[Note], stamp: dict[str, Any]) -> None:
    """Append entries; `stamp` holds at, person_id, actor and operation."""
    entries = [stamp | note for note in merged(notes)]
    if entries:
        session.connection().execute(sa.insert(AuditEntry), entries)


def merged(notes: Iterable[Note]) -> list[Note]:
    """One note for each changed row, from before it was first sent to the database to after it was last sent.

    What was made and taken away again, or changed and changed back, leaves none.
    """
    kept: list[Note] = []
    rows: dict[tuple[str, str], Note] = {}
    for each in notes:
        row = (each["entity"], each["entity_id"])
        if each["kind"] in ROWS and row in rows:
            _follow(rows[row], each)
            continue
        copy = each | {"changes": dict(each["changes"])}
        kept.append(copy)
        if each["kind"] in ROWS:
            rows[row] = copy
    return [each for each in kept if each["kind"] is not None]


def _follow(first: Note, then: Note) -> None:
    """Put what was done to a row later to what was done to it before; without a kind nothing came of it."""
    if first["kind"] is None:
        first |= then
        return
    made, gone = first["kind"] is AuditKind.CREATED, then["kind"] is AuditKind.DELETED
    for name, change in then["changes"].items():
        first["changes"][name] = _joined(first["changes"].get(name, [None, None] if made else change), change)
    kept = {name: change for name, change in first["changes"].items() if change == HIDDEN or change[0] != change[1]}
    kind = AuditKind.DELETED if gone else first["kind"]
    first |= {"changes": kept, "kind": kind if kept and not (made and gone) else None}


def _joined(before: Any, after: Any) -> Any:
    return HIDDEN if HIDDEN in (before, after) else [before[0], after[1]]
