"""The tree of offices on a day: what stands over what, and the office responsible where one has no post."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.model.people import OfficePlacement
from rbm.work import Work

Parents = Mapping[UUID, UUID]
"""The office over each office that has one."""


def parents(work: Work, on: date) -> Parents:
    """What stands over what on a day."""
    query = sa.select(OfficePlacement).where(
        OfficePlacement.valid_from <= on,
        sa.or_(OfficePlacement.valid_to.is_(None), OfficePlacement.valid_to >= on),
    )
    return {row.office_id: row.parent_id for row in work.session.scalars(query)}


def lower(over: Parents, offices: AbstractSet[UUID]) -> frozenset[UUID]:
    """The offices and every office below them."""
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for child, parent in over.items():
        children[parent].append(child)
    reached, waiting = set(offices), list(offices)
    while waiting:
        fresh = [child for child in children[waiting.pop()] if child not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return frozenset(reached)


def higher(over: Parents, offices: set[UUID]) -> frozenset[UUID]:
    """Every office above one of the offices."""
    reached: set[UUID] = set()
    for office in offices:
        current = over.get(office)
        while current is not None and current not in reached:
            reached.add(current)
            current = over.get(current)
    return frozenset(reached)


def below(work: Work, offices: set[UUID], on: date) -> frozenset[UUID]:
    """The offices and every office below them on a day."""
    return lower(parents(work, on), offices)


def upward(work: Work, office_id: UUID) -> list[UUID]:
    """An office and those above it today, nearest first."""
    over = parents(work, work.today)
    reached = [office_id]
    while (parent := over.get(reached[-1])) is not None and parent not in reached:
        reached.append(parent)
    return reached


def office_above(work: Work, office_id: UUID, on: date | None = None) -> UUID | None:
    """The office over an office on a day, today unless one is named; None at the top."""
    return parents(work, on or work.today).get(office_id)
