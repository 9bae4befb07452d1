"""The world of the fault tests: a corporate indicator and desks that report to it, each with an office of its own."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm import clock
from rbm.access import SYSTEM
from rbm.services import people
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work, begin
from tests.make import Make

CELLS = 5


@dataclass(frozen=True)
class Desk:
    """What one client works on, and the tokens of the two persons it acts as."""

    framework: UUID
    result: UUID
    indicators: tuple[UUID, ...]
    period: UUID
    reporter: str
    approver: str


def build(engine: sa.Engine, desks: int) -> list[Desk]:
    """The desks, committed; the indicators of each add up to one corporate indicator."""
    with begin(engine, SYSTEM, "build", now=clock.read()) as work:
        make = Make(work)
        top = make.indicator(make.result(make.framework(FrameworkLevel.CORPORATE, office=make.headquarters())))
        period = make.year(2026)
        return [_desk(work, make, top, period.id) for _ in range(desks)]


def _desk(work: Work, make: Make, top: object, period: UUID) -> Desk:
    office = make.office()
    framework = make.framework(office=office)
    result = make.result(framework)
    indicators = [make.indicator(result) for _ in range(CELLS)]
    for indicator in indicators:
        make.contribution(indicator, top)
    tokens = [_token(work, make, role, office) for role in (Role.REPORTER, Role.APPROVER)]
    return Desk(framework.id, result.id, tuple(one.id for one in indicators), period, *tokens)


def _token(work: Work, make: Make, role: Role, office: object) -> str:
    person = make.actor(role, office).person_id
    assert person
    return people.issue_token(work, person, "faults")[1]
