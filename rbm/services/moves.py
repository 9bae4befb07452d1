"""Moves: who moved staged rows along."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from rbm.model.people import Person
from rbm.stages import Transition
from rbm.work import Work


def movers(work: Work, moves: Sequence[Transition]) -> list[Person | None]:
    """The person behind each move, in their order; None where the system moved it, or the person is not seen."""
    named = sa.select(Person).where(Person.id.in_({move.person_id for move in moves}))
    found: dict[UUID | None, Person] = {person.id: person for person in work.session.scalars(named)}
    return [found.get(move.person_id) for move in moves]
