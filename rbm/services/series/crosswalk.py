"""Crosswalks: a person accepts what is proposed, or records which indicator follows which and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict, Invalid
from rbm.model.indicators import Indicator
from rbm.model.people import Office
from rbm.model.series import CrosswalkLink
from rbm.rules.inputs import refuse_blank
from rbm.rules.series import refuse_another
from rbm.services.people import HEADQUARTERS
from rbm.services.series.members import sense_of
from rbm.services.series.pairing import CrosswalkPair, Follower, Proposal, proposals
from rbm.services.strategy.edges import queue_up
from rbm.terms.series import CrosswalkRelation
from rbm.work import Work

SHARED = {CrosswalkRelation.SPLIT: "before_id", CrosswalkRelation.MERGED: "after_id"}
"""At which end several links of one relation may meet."""


@dataclass(frozen=True)
class AcceptedCrosswalk:
    """How many links were made, for which pairs, and which pairs wait for a person to say what they are."""

    links: int
    pairs: list[CrosswalkPair]
    waiting: list[CrosswalkPair]


@dataclass(frozen=True)
class Succession:
    """Which indicator follows another one, and how, from a day on (today without one)."""

    before_id: UUID
    relation: CrosswalkRelation
    reason: str
    after_id: UUID | None = None
    valid_from: date | None = None


def accept_crosswalk(work: Work, earlier: str, later: str, keys: Sequence[str] = ()) -> AcceptedCrosswalk:
    """Accept what is proposed between two frameworks or years: all of it, or the pairs of some keys.

    What is linked already stays as it is, and so does a pair with a hindrance. Invalid when a key is not proposed, and
    when a pair with a hindrance is named.
    """
    work.require(Permission.DEFINE, work.find(Office, HEADQUARTERS).id)
    queue_up(work)
    found = proposals(work, earlier, later)
    chosen = _chosen(found, keys) if keys else [each for each in found if not each.pair.hindrance]
    preceding, following = _linked(work)
    rows = [
        _row(work, each.pair, follower)
        for each in chosen
        for follower in each.followers
        if follower.before.id not in preceding and (follower.after is None or follower.after.id not in following)
    ]
    work.session.add_all(CrosswalkLink(**row) for row in rows)
    work.flush()
    waiting = [each.pair for each in found if each.pair.hindrance]
    return AcceptedCrosswalk(len(rows), [each.pair for each in chosen], waiting)


def record_crosswalk(work: Work, succession: Succession) -> CrosswalkLink:
    """Say which indicator follows another one, and how.

    Invalid naming measure, unit, direction or accumulation when it changed and is said to be the same, and `after_id`
    when something follows a discontinued indicator or nothing another one. Conflict when it contradicts what is
    recorded, or closes a circle.
    """
    work.require(Permission.DEFINE, work.find(Office, HEADQUARTERS).id)
    before = work.get(Indicator, succession.before_id, "before_id")
    after = work.get(Indicator, succession.after_id, "after_id") if succession.after_id else None
    _refuse_odd(succession, before, after)
    queue_up(work)
    _refuse_contradiction(work, succession)
    facts = {name: value for name, value in vars(succession).items() if name not in {"reason", "valid_from"}}
    return work.add(
        CrosswalkLink(
            **facts,
            reason=refuse_blank(succession.reason, "reason"),
            valid_from=succession.valid_from or work.today,
            decided_at=work.now,
            decided_by_id=work.actor.person_id,
        )
    )


def _chosen(found: Sequence[Proposal], keys: Sequence[str]) -> list[Proposal]:
    by_key = {each.pair.key: each for each in found}
    for key in keys:
        if key not in by_key:
            raise Invalid(f"no pair with the key {key} is proposed", "keys")
        if by_key[key].pair.hindrance:
            raise Invalid(f"{key}: {by_key[key].pair.hindrance}", "keys")
    return [by_key[key] for key in dict.fromkeys(keys)]


def _linked(work: Work) -> tuple[set[UUID], set[UUID]]:
    """Earlier indicators of which it is said what follows, and later ones of which it is said what they follow."""
    table = table_of(CrosswalkLink).c
    rows = bulk.select(work.session, sa.select(table.before_id, table.after_id))
    return {row.before_id for row in rows}, {row.after_id for row in rows if row.after_id}


def _row(work: Work, pair: CrosswalkPair, follower: Follower) -> dict[str, Any]:
    return {
        "id": ids.new(),
        "before_id": follower.before.id,
        "after_id": follower.after.id if follower.after else None,
        "relation": pair.relation,
        "valid_from": follower.valid_from or work.today,
        "reason": pair.reason,
        "decided_at": work.now,
        "decided_by_id": work.actor.person_id,
    }


def _refuse_odd(succession: Succession, before: Indicator, after: Indicator | None) -> None:
    ended = succession.relation is CrosswalkRelation.DISCONTINUED
    if ended and after:
        raise Invalid("nothing follows a discontinued indicator", "after_id")
    if not ended and after is None:
        raise Invalid(f"which indicator follows one that was {succession.relation}?", "after_id")
    if after is before:
        raise Invalid("an indicator does not follow itself", "after_id")
    if after and succession.relation is CrosswalkRelation.SAME:
        refuse_another(sense_of(before), sense_of(after))


def _refuse_contradiction(work: Work, succession: Succession) -> None:
    """Refuse a second word on either end, unless both say that it was split or merged."""
    table = table_of(CrosswalkLink).c
    rows = bulk.select(work.session, sa.select(table.before_id, table.after_id, table.relation))
    for end in ("before_id", "after_id"):
        key = getattr(succession, end)
        others = {row.relation for row in rows if key and getattr(row, end) == key}
        alike = others <= {succession.relation} and SHARED.get(succession.relation) == end
        if others and not alike:
            words = "what follows it" if end == "before_id" else "what it follows"
            raise Conflict(f"it is recorded already {words}: {', '.join(sorted(others))}", end)
    pairs = [(row.before_id, row.after_id) for row in rows if row.after_id]
    if (succession.before_id, succession.after_id) in pairs:
        raise Conflict("this succession is recorded already", "after_id")
    if succession.after_id and succession.before_id in _reached(pairs, succession.after_id):
        raise Conflict("the later indicator leads back to the earlier one", "after_id")


def _reached(pairs: Sequence[tuple[UUID, UUID]], first: UUID) -> set[UUID]:
    """Everything that follows an indicator, however far."""
    found, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        further = {after for before, after in pairs if before == here} - found
        found |= further
        waiting.extend(further)
    return found
