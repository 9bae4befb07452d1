"""Read: what happened to one row, and who it was."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from rbm.audit import AuditEntry
from rbm.db import Row
from rbm.errors import Invalid
from rbm.model.people import Person
from rbm.work import Work


def find_trail(entity: str, key: str) -> sa.Select[AuditEntry]:
    """The entries about one row, the newest first; `entity` is the word of its table, as entries have it.

    Invalid names `entity` when there is no such word. Whoever may not read the trail finds nothing.
    """
    if entity not in {mapper.local_table.name for mapper in Row.registry.mappers}:  # type: ignore[attr-defined]
        raise Invalid(f"there is no {entity[:40]!r} in the trail", "entity")
    if "\x00" in key:
        raise Invalid("text cannot hold a NUL", "id")
    about = (AuditEntry.entity == entity, AuditEntry.entity_id == _plain(key))
    return sa.select(AuditEntry).where(*about).order_by(AuditEntry.id.desc())


def person(work: Work, entries: Sequence[AuditEntry]) -> list[Person | None]:
    """The person who did it, where somebody was signed in and the caller sees persons."""
    keys = {entry.person_id for entry in entries if entry.person_id is not None}
    found = work.session.scalars(sa.select(Person).where(Person.id.in_(keys)))
    persons = {one.id: one for one in found}
    return [None if entry.person_id is None else persons.get(entry.person_id) for entry in entries]


def _plain(key: str) -> str:
    """The key as entries have it: a UUID may be written in several ways."""
    try:
        return str(UUID(key))
    except ValueError:
        return key
