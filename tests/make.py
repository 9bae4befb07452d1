"""Builders of rows with defaults, so that a test says only what matters to it."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from rbm.access import Actor, Permission
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.people import Office, OfficePlacement, Person
from rbm.model.projects import Project
from rbm.model.reporting import Measurement, Period, Report
from rbm.model.strategy import Framework, Result
from rbm.services import people
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Direction,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
)
from rbm.terms.people import Language, OfficeKind, Role
from rbm.terms.projects import ProjectStage
from rbm.terms.reporting import PeriodKind, PeriodStage, ReportStage, ValueStage, Verification
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, NodeKind, ResultLevel
from rbm.work import Work

INDICATOR = {
    "measure": Measure.NUMBER,
    "direction": Direction.INCREASE,
    "accumulation": Accumulation.PERIODIC,
    "over_units": OverUnits.SUM,
    "over_time": OverTime.SUM,
    "missing_policy": MissingPolicy.EXCLUDE,
    "composition": Composition.CONTRIBUTED_ONLY,
    "additivity": Additivity.YES,
    "counts_people": False,
    "fitness": Fitness.NOT_REVIEWED,
    "derived": False,
    "unit": "people",
    "rationale": "it counts what the result is about",
}

NUMBERS = count(1)


class Make:
    """Rows written straight into the transaction of a unit of work, past the services."""

    def __init__(self, work: Work) -> None:
        self.work = work
        work.asked.update(Permission)

    def code(self, stem: str) -> str:
        """A code nobody has used."""
        return f"{stem}{next(NUMBERS)}"

    def headquarters(self) -> Office:
        """The headquarters office as `rbm init` makes it."""
        return people.initialise(self.work)

    def office(self, parent: Office | None = None, **facts: Any) -> Office:
        """An office, under headquarters unless a parent is given."""
        above = parent or self.headquarters()
        row = self.work.add(Office(**({"code": self.code("O"), "name": "Office", "kind": OfficeKind.COUNTRY} | facts)))
        self.work.add(OfficePlacement(office=row, parent=above, valid_from=people.BEGINNING))
        return row

    def person(self, **facts: Any) -> Person:
        """A person without roles."""
        code = self.code("p")
        defaults = {"email": f"{code}@example.org", "name": code, "language": Language.ENGLISH, "active": True}
        return self.work.add(Person(**(defaults | facts)))

    def actor(self, role: Role, office: Office | None = None) -> Actor:
        """A person with a role in an office (headquarters unless given), as the actor of a unit of work."""
        person = self.person()
        people.grant_role(self.work, person.id, (office or self.headquarters()).id, role)
        return people.actor_of_person(self.work, person)

    def person_of(self, actor: Actor) -> Person:
        """The person who acts."""
        assert actor.person_id
        return self.work.get(Person, actor.person_id)

    def token(self, actor: Actor) -> str:
        """The secret of an API token of an actor that does not end: servers under test read the clock."""
        row, secret = people.issue_token(self.work, self.person_of(actor).id, "laptop")
        row.expires_at = None
        return secret

    def framework(self, level: FrameworkLevel = FrameworkLevel.COUNTRY, **facts: Any) -> Framework:
        """An approved framework of an office of its own."""
        office = facts.pop("office", None) or self.office()
        defaults = {
            "code": self.code("F"),
            "title": "Framework",
            "stage": FrameworkStage.APPROVED,
            "approved_on": date(2025, 1, 1),
            "public": False,
            "edition": 1,
            "period_start": date(2025, 1, 1),
            "period_end": date(2027, 12, 31),
        }
        return self.work.add(Framework(**(defaults | facts), level=level, office=office))

    def project(self, **facts: Any) -> Project:
        """A project under implementation."""
        office = facts.pop("office", None) or self.office()
        defaults = {"code": self.code("P"), "title": "Project", "stage": ProjectStage.IMPLEMENTATION}
        return self.work.add(Project(**(defaults | facts), office=office))

    def result(self, framework: Framework | None = None, **facts: Any) -> Result:
        """An outcome."""
        defaults = {
            "code": self.code("R"),
            "title": "Result",
            "kind": NodeKind.RESULT,
            "level": ResultLevel.OUTCOME,
            "derived": False,
        }
        return self.work.add(Result(**(defaults | facts), framework=framework or self.framework()))

    def indicator(self, result: Result | None = None, **facts: Any) -> Indicator:
        """A number that adds up over units."""
        defaults = INDICATOR | {"code": self.code("I"), "title": "Indicator"}
        return self.work.add(Indicator(**(defaults | facts), result=result or self.result()))

    def contribution(self, child: Indicator, parent: Indicator, **facts: Any) -> ContributionLink:
        """A link of full weight."""
        defaults = {"weight": Decimal(1), "factor": Decimal(1), "included": True, "non_overlapping": False}
        return self.work.add(ContributionLink(**(defaults | facts), child=child, parent=parent))

    def year(self, year: int = 2026, **facts: Any) -> Period:
        """A calendar year, open."""
        defaults = {"kind": PeriodKind.YEAR, "stage": PeriodStage.OPEN, "code": str(year)}
        return self.work.add(Period(start=date(year, 1, 1), end=date(year, 12, 31), **(defaults | facts)))

    def report(self, framework: Framework, period: Period, **facts: Any) -> Report:
        """A report that was begun."""
        defaults = {"code": self.code("REPORT"), "stage": ReportStage.DRAFT, "opened_at": self.work.now}
        return self.work.add(Report(**(defaults | facts), framework=framework, period=period))

    def measurement(self, indicator: Indicator, period: Period, value: object = None, **facts: Any) -> Measurement:
        """An approved, self-reported value of the total."""
        defaults = {
            "place_stated": False,
            "occurrence": 1,
            "value": None if value is None else Decimal(str(value)),
            "stage": ValueStage.APPROVED,
            "verification": Verification.SELF_REPORTED,
            "recorded_at": self.work.now,
        }
        return self.work.add(Measurement(**(defaults | facts), indicator=indicator, period=period))
