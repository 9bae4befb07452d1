"""Verify: every block against its entries, the block before it, and heads that have left the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rbm.audit import AuditBlock
from rbm.services.audit.canonical import BEFORE_THE_FIRST, Stretch, Walk, is_moment, moment_of, walk
from rbm.services.audit.sealing import Head
from rbm.work import Work


@dataclass(frozen=True)
class Fault:
    """The number of the first block that is not as it was sealed, and what is wrong with it."""

    block: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """How many blocks and entries are as they were sealed, from the start up to the first fault, and the last of them.

    `unsealed` entries follow the last block; they are counted when there is no fault.
    """

    blocks: int
    entries: int
    unsealed: int
    head: Head | None
    fault: Fault | None


def verify(work: Work, heads: Mapping[int, str] | None = None) -> Verdict:
    """Read the whole trail once and compare; `heads` are hashes by number of block, kept outside of the database."""
    with walk(work.session) as along:
        return _judge(along, heads or {})


def _judge(along: Walk, known: Mapping[int, str]) -> Verdict:
    entries, last, fault = 0, None, None
    for block in along.blocks():
        stretch = Stretch()
        for entry in along.until(block.last_id):
            stretch.take(entry)
        fault = _fault(block, last, stretch, known)
        if fault is not None:
            break
        entries, last = entries + stretch.entries, block
    fault = fault or _cut(last, known)
    unsealed = 0 if fault else sum(1 for _ in along.until())
    return Verdict(last.number if last else 0, entries, unsealed, _head(last), fault)


def _head(block: AuditBlock | None) -> Head | None:
    if block is None:
        return None
    return Head(block.number, block.hash, block.last_id, datetime.fromisoformat(moment_of(block.sealed_at)))


def _fault(block: AuditBlock, last: AuditBlock | None, stretch: Stretch, known: Mapping[int, str]) -> Fault | None:
    number, previous = (last.number + 1, last.hash) if last else (1, BEFORE_THE_FIRST)
    if block.number != number:
        return Fault(number, f"the block is missing; the next one is {block.number}")
    reason = _differing(block, stretch)
    if reason is None and block.previous != previous:
        reason = "it does not follow the block before it: one of the two was made anew"
    if reason is None and known.get(number, block.hash) != block.hash:
        reason = "its hash is not that of the head that was kept: the chain was made anew"
    return None if reason is None else Fault(number, reason)


def _differing(block: AuditBlock, stretch: Stretch) -> str | None:
    lost = block.entries - stretch.entries
    if lost:
        return f"{abs(lost)} of its entries {'are missing' if lost > 0 else 'were put in after it was sealed'}"
    if (block.first_id, block.last_id) != (stretch.first_id, stretch.last_id):
        return "its entries are not those that were sealed"
    if not is_moment(block.sealed_at) or stretch.hash(block) != block.hash:
        return "an entry, or the block itself, was changed after it was sealed"
    return None


def _cut(last: AuditBlock | None, known: Mapping[int, str]) -> Fault | None:
    number = last.number if last else 0
    furthest = max(known, default=0)
    if furthest <= number:
        return None
    return Fault(number + 1, f"the block is missing: the trail ends before block {furthest}, whose head was kept")
