"""The canonical form: the bytes of entries and blocks that are hashed, the same on every database and for ever.

A line is a JSON object in UTF-8 with its keys in order of their code points, without spaces, ended by a newline. Text
stays as it was written (no Unicode normalisation), moments are UTC in ISO 8601 with microseconds, keys are UUIDs in
lower case. The hash of a block is the SHA-256 of the lines of its entries, by id, followed by the line of the block.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rbm import bulk
from rbm.audit import AuditBlock, AuditEntry
from rbm.db import table_of

BEFORE_THE_FIRST = "0" * 64
"""What stands for the hash of a block before the first one."""

RAW = sa.types.NullType()
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
Entry = sa.Row[Any]


def trail() -> sa.Select[Any]:
    """All entries by id, as the database holds them: what cannot be read is no reason not to be told about it."""
    entry = table_of(AuditEntry).c
    return sa.select(
        *(entry.id, entry.actor, entry.operation, entry.entity, entry.entity_id),
        sa.type_coerce(entry.at, RAW).label("at"),
        sa.type_coerce(entry.person_id, RAW).label("person_id"),
        sa.type_coerce(entry.kind, RAW).label("kind"),
        sa.cast(entry.changes, sa.Text).label("changes"),
    ).order_by(entry.id)


def entry_line(entry: Entry) -> bytes:
    """The bytes of an entry, a row of `trail`."""
    return _line(
        {
            "actor": entry.actor,
            "at": moment_of(entry.at),
            "changes": _changes(entry.changes),
            "entity": entry.entity,
            "entity_id": entry.entity_id,
            "id": entry.id,
            "kind": entry.kind,
            "operation": entry.operation,
            "person_id": _key(entry.person_id),
        }
    )


def block_line(block: AuditBlock, **beside: str) -> bytes:
    """The bytes of a block: everything but its hash."""
    facts = {name: getattr(block, name) for name in ("number", "first_id", "last_id", "entries", "previous")}
    return _line(facts | beside | {"sealed_at": moment_of(block.sealed_at)})


def _line(facts: dict[str, Any]) -> bytes:
    return ENCODER.encode(facts).encode("utf-8", "surrogatepass") + b"\n"


def moment_of(value: datetime | str) -> str:
    """A moment in UTC, as it is hashed; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")


def is_moment(value: datetime | str) -> bool:
    """Whether it can be read as a moment, which SQLite does not promise of what somebody wrote there."""
    try:
        return isinstance(value, datetime) or bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _key(value: UUID | bytes | None) -> str | None:
    if isinstance(value, bytes):
        return str(UUID(bytes=value)) if len(value) == len(UUID(int=0).bytes) else value.hex()
    return None if value is None else str(value)


def _changes(text: str) -> Any:
    try:
        return DECODER.decode(text)
    except ValueError:
        return text


def _object(pairs: list[tuple[str, Any]]) -> Any:
    """An object; where a name stands twice, its pairs, since readers differ in which of the two they take."""
    made = dict(pairs)
    return made if len(made) == len(pairs) else pairs


DECODER = json.JSONDecoder(object_pairs_hook=_object)


class Stretch:
    """Entries that follow one another, hashed as they are taken."""

    def __init__(self) -> None:
        self.first_id: int | None = None
        self.last_id: int | None = None
        self.entries = 0
        self._digest = hashlib.sha256()

    def take(self, entry: Entry) -> bytes:
        """The line of an entry, which belongs to the stretch from now on."""
        line = entry_line(entry)
        self._digest.update(line)
        self.first_id = entry.id if self.first_id is None else self.first_id
        self.last_id = entry.id
        self.entries += 1
        return line

    def hash(self, block: AuditBlock) -> str:
        """The hash of a block of these entries."""
        whole = self._digest.copy()
        whole.update(block_line(block))
        return whole.hexdigest()


class Walk:
    """A walk along blocks by number and the entries of each, in one pass that holds a thousand rows."""

    def __init__(self, session: Session, kept: ExitStack) -> None:
        columns = [column for column in table_of(AuditBlock).c if column.name != "sealed_at"]
        sealed_at = sa.type_coerce(table_of(AuditBlock).c.sealed_at, RAW).label("sealed_at")
        blocks = sa.select(*columns, sealed_at).order_by(table_of(AuditBlock).c.number)
        self._blocks = kept.enter_context(closing(bulk.stream(session, blocks)))
        self._entries = kept.enter_context(closing(bulk.stream(session, trail())))
        self._next = next(self._entries, None)

    def blocks(self) -> Iterator[AuditBlock]:
        """Every block by its number."""
        return (AuditBlock(**row._asdict()) for row in self._blocks)

    def until(self, last_id: int | None = None) -> Iterator[Entry]:
        """The entries that come next, to the one with this id; without it, all that are left."""
        while self._next is not None and (last_id is None or self._next.id <= last_id):
            yield self._next
            self._next = next(self._entries, None)


@contextmanager
def walk(session: Session) -> Iterator[Walk]:
    """A walk from the start, which need not be walked to its end."""
    with ExitStack() as kept:
        yield Walk(session, kept)
