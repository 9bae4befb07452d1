"""Seal: entries that are settled go into blocks, each chained by its hash to the one before."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rbm import bulk
from rbm.access import SYSTEM, Permission
from rbm.audit import AuditBlock, AuditEntry
from rbm.db import hold_writers, table_of
from rbm.services.audit.canonical import BEFORE_THE_FIRST, Stretch, trail
from rbm.work import Work, perform

MOST_ENTRIES = 10_000
"""The most entries of a block, and so of a transaction that seals one."""


@dataclass(frozen=True)
class Head:
    """The newest block: what has to leave the machine, so that a chain that is made anew is told from this one."""

    number: int
    hash: str
    last_id: int
    sealed_at: datetime


@dataclass(frozen=True)
class Sealed:
    """What was sealed, and the head of the chain by then; no head while there are no blocks."""

    blocks: int
    entries: int
    head: Head | None


def seal(engine: sa.Engine, now: datetime, most: int = MOST_ENTRIES) -> Sealed:
    """Seal all entries that are committed by now, in blocks of at most `most`, each in a transaction of its own.

    Any number of these may run at once, and may be broken off. Busy when writers leave no room for it.
    """
    newest = perform(engine, SYSTEM, "seal_audit", _settled, now=now)
    blocks, entries = 0, 0
    while block := perform(engine, SYSTEM, "seal_audit", lambda work: _seal_next(work, newest, most), now=now):
        blocks, entries = blocks + 1, entries + block.entries
    return Sealed(blocks, entries, perform(engine, SYSTEM, "seal_audit", newest_head, now=now))


def newest_head(work: Work) -> Head | None:
    """The head of the chain, or None while nothing is sealed."""
    block = _last(work)
    return None if block is None else Head(block.number, block.hash, block.last_id, block.sealed_at)


def _settled(work: Work) -> int:
    """The id up to which no entry can come in any more: every writer before it has ended."""
    hold_writers(work.session.connection(), AuditEntry)
    return work.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0


def _seal_next(work: Work, newest: int, most: int) -> AuditBlock | None:
    work.require(Permission.OPERATE)
    hold_writers(work.session.connection(), AuditBlock)
    before, stretch, entry = _last(work), Stretch(), table_of(AuditEntry).c
    statement = trail().where(entry.id <= newest).limit(most)
    if before is not None:
        statement = statement.where(entry.id > before.last_id)
    for each in bulk.stream(work.session, statement):
        stretch.take(each)
    return None if stretch.entries == 0 else work.add(_block(stretch, before, work.now))


def _last(work: Work) -> AuditBlock | None:
    newest = sa.select(AuditBlock).order_by(AuditBlock.number.desc()).limit(1)
    return work.session.scalars(newest).one_or_none()


def _block(stretch: Stretch, before: AuditBlock | None, now: datetime) -> AuditBlock:
    block = AuditBlock(
        number=1 if before is None else before.number + 1,
        first_id=stretch.first_id,
        last_id=stretch.last_id,
        entries=stretch.entries,
        sealed_at=now,
        previous=BEFORE_THE_FIRST if before is None else before.hash,
    )
    block.hash = stretch.hash(block)
    return block
