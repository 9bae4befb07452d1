"""Who and what is there before a case begins: headquarters, offices, an approver, and one dimension."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM, Actor
from rbm.model.people import Person
from rbm.services import indicators, people
from rbm.terms.people import OfficeKind, Role
from rbm.work import Work, begin

OFFICES = 8
SPLIT = "SPLIT"
FOUNDED = datetime(2020, 1, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Company:
    """The organisation that plays cases: its offices, who approves what they report, and what they split it by."""

    offices: tuple[UUID, ...]
    approver: Actor
    split: UUID


def founded(engine: sa.Engine, offices: int = OFFICES) -> Company:
    """The organisation, made in a migrated, empty database."""
    with begin(engine, SYSTEM, "found", now=FOUNDED) as work:
        people.initialise(work)
        made = _offices(work, range(offices))
        person = people.create_person(work, "approver@example.org", "Approver")
        people.grant_role(work, person.id, people.headquarters(work).id, Role.APPROVER)
        split = indicators.define_dimension(work, SPLIT, "Split", additive=True).id
        return Company(made, people.actor_of_person(work, person), split)


def enlarged(engine: sa.Engine, company: Company, offices: int) -> Company:
    """The organisation with as many offices as are needed."""
    present = len(company.offices)
    if present >= offices:
        return company
    with begin(engine, SYSTEM, "enlarge", now=FOUNDED) as work:
        made = company.offices + _offices(work, range(present, offices))
        approver = people.actor_of_person(work, work.get(Person, company.approver.person_id))
        return Company(made, approver, company.split)


def _offices(work: Work, places: Iterable[int]) -> tuple[UUID, ...]:
    above, kind = people.headquarters(work).id, OfficeKind.COUNTRY
    return tuple(people.create_office(work, f"U{place}", f"Unit {place}", kind, above).id for place in places)
