"""A country office under a region that owes a response and an action, and everybody who may be told of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Actor
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation
from rbm.model.notices import Notice
from rbm.model.people import Office, Person
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services import followup, people
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.people import OfficeKind, Role
from rbm.terms.responses import ResponseStage, RoundStage
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

PLANNED, DUE = date(2026, 6, 1), date(2026, 6, 30)
SUBMITTED = date(2026, 3, 1)
Seats = dict[str, tuple[str, Role]]
SEATS: Seats = {
    "focal": ("country", Role.MANAGEMENT_FOCAL_POINT),
    "head": ("country", Role.APPROVER),
    "regional head": ("region", Role.APPROVER),
    "endorser": ("region", Role.ENDORSER),
    "senior": ("headquarters", Role.SENIOR_MANAGEMENT),
    "officer": ("unit", Role.EVALUATION_OFFICER),
    "director": ("unit", Role.EVALUATION_HEAD),
    "oversight": ("headquarters", Role.OVERSIGHT),
}
"""Who holds which role in which office."""


def moment(day: date) -> datetime:
    """Nine o'clock on a day."""
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Hall:
    """Keys of offices and persons by their names in the story."""

    start: Begin
    offices: dict[str, UUID]
    persons: dict[str, UUID]
    response: UUID
    recommendation: UUID
    told_before: set[UUID] = field(default_factory=set)

    def build(self, build: Callable[[Evaluating], Any]) -> Any:
        """What is built in a unit of work of its own: the key of the row."""
        with self.start() as work:
            return build(Evaluating(Make(work))).id

    def action(self, owner: str = "owner", due_on: date = DUE, **facts: Any) -> UUID:
        """An action of the country office."""
        with self.start() as work:
            rows = {"owner": work.get(Person, self.persons[owner])}
            if "office" in facts:
                rows["office"] = work.get(Office, self.offices[facts.pop("office")])
            response = work.get(ManagementResponse, self.response)
            recommendation = work.get(Recommendation, self.recommendation)
            response.office = work.get(Office, response.office_id)
            dates = {"due_on": due_on, "original_due_on": due_on, "planned_on": PLANNED}
            return Evaluating(Make(work)).action(response, recommendation, **(dates | facts), **rows).id

    def round(self, **facts: Any) -> UUID:
        """A round of follow-up on the response that is open in July 2026."""
        defaults = {"number": 1, "stage": RoundStage.OPEN, "opens_on": date(2026, 7, 1), "closes_on": date(2026, 7, 31)}
        with self.start() as work:
            Make(work)
            return work.add(FollowUpRound(**(defaults | facts), response_id=self.response)).id

    def change(self, cls: type[Any], key: UUID, **facts: Any) -> None:
        """Set columns of a row."""
        with self.start() as work:
            Make(work)
            row = work.get(cls, key)
            for name, value in facts.items():
                setattr(row, name, value)

    def remind(self, day: date) -> dict[str, int]:
        """The counts of the job that are not zero."""
        with self.start(now=moment(day)) as work:
            return {name: count for name, count in followup.remind_follow_up(work).items() if count}

    def told(self) -> dict[str, list[str]]:
        """Who was told of which kinds since it was asked last, by names."""
        names, found = {key: name for name, key in self.persons.items()}, dict[str, list[str]]()
        with self.start() as work:
            rows = work.session.scalars(sa.select(Notice).order_by(Notice.kind)).all()
            for row in rows:
                if row.id not in self.told_before:
                    found.setdefault(names[row.person_id], []).append(str(row.kind))
            self.told_before.update(row.id for row in rows)
        return found

    def texts(self, name: str) -> list[str]:
        """The lines of a person, the first told first."""
        with self.start() as work:
            mine = sa.select(Notice.text).where(Notice.person_id == self.persons[name])
            return list(work.session.scalars(mine.order_by(Notice.told_at, Notice.id)))

    def actor(self, name: str) -> Actor:
        """Somebody as the actor of a unit of work."""
        with self.start() as work:
            return people.actor_of_person(work, work.get(Person, self.persons[name]))


def build(start: Begin, *, answered: bool = True) -> Hall:
    """The country's response was submitted in time unless it is not `answered`; no action is planned yet."""
    with start() as work:
        make = Make(work)
        evaluating = Evaluating(make)
        region = make.office(kind=OfficeKind.REGIONAL, code="REGION", name="Region")
        country = make.office(region, code="COUNTRY", name="Country")
        unit = evaluating.unit()
        offices = {"headquarters": make.headquarters(), "region": region, "country": country, "unit": unit}
        persons = {"owner": _seated(work, make, country, Role.REPORTER, "owner")}
        for name, (office, role) in SEATS.items():
            persons[name] = _seated(work, make, offices[office], role, name)
        evaluation = evaluating.evaluation(EvaluationStage.PUBLISHED, office=unit, code="E-1", title="The programme")
        recommendation = evaluating.recommendation(evaluation, country, code="REC-1")
        facts = {"stage": ResponseStage.PUBLISHED, "submitted_on": SUBMITTED} if answered else {"due_on": DUE}
        response = evaluating.response(evaluation, country, **facts)
        _quieten(work, evaluation)
        keys = {name: office.id for name, office in offices.items()}
        return Hall(start, keys, persons, response.id, recommendation.id)


def _seated(work: Work, make: Make, office: Office, role: Role, name: str) -> UUID:
    person = make.person(name=name)
    people.grant_role(work, person.id, office.id, role, valid_from=people.BEGINNING)
    return person.id


def _quieten(work: Work, evaluation: Evaluation) -> None:
    """The day of disclosure is long past, so that nobody is told of it."""
    evaluation.disclosed_on = FINAL - timedelta(days=60)
    work.flush()
