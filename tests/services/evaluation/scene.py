"""A country office that is evaluated by the evaluation office, and the persons of both, as the tests find them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from rbm.access import Actor
from rbm.model.appraisal import Evaluator
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office, Person
from rbm.services import evaluation, people
from rbm.terms.evaluation import EvaluationStage, TeamRole
from rbm.terms.people import OfficeKind, Role
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make

TODAY = date(2026, 3, 2)
"""The day of the units of work of the tests."""
OPEN = {"comments_from": TODAY, "comments_until": date(2026, 3, 16)}
OVER = {"comments_from": date(2026, 2, 1), "comments_until": date(2026, 2, 15)}


def at(day: date) -> datetime:
    """Noon of a day."""
    return datetime.combine(day, time(12), UTC)


@dataclass(frozen=True)
class Scene:
    """Keys and actors: `manager`, `officer`, `head` and `evaluator` in the evaluation office, `chief` and `focal` in
    the country office, `senior` at headquarters, `board` in the governing body.
    """

    start: Begin
    unit: UUID
    region: UUID
    office: UUID
    project: UUID
    manager: Actor
    officer: Actor
    head: Actor
    evaluator: Actor
    chief: Actor
    focal: Actor
    senior: Actor
    board: Actor

    def made(self, stage: EvaluationStage, **facts: Any) -> UUID:
        """An evaluation of the country office at a stage, with nothing but its subject."""
        with self.start() as work:
            of = Evaluating(Make(work))
            row = of.evaluation(stage, office=work.get(Office, self.unit), **facts)
            of.subject(row, work.get(Office, self.office))
            return row.id

    def complete(self, stage: EvaluationStage, **facts: Any) -> UUID:
        """The same with all it needs for its next stage."""
        with self.start() as work:
            of = Evaluating(Make(work))
            row = of.evaluation(stage, office=work.get(Office, self.unit), **facts)
            return of.complete(row, work.get(Office, self.office)).id

    def person(self, *roles: tuple[Role, UUID], trained: bool = False) -> Person:
        """A person with roles in offices, on the roster and trained where it is said."""
        with self.start() as work:
            row = Make(work).person()
            for role, office_id in roles:
                people.grant_role(work, row.id, office_id, role)
            if trained:
                work.add(Evaluator(person=row, external=False, trained_on=date(2025, 1, 1)))
            return row

    def declared(self, evaluation_id: UUID, person: Person, *, conflict: bool = False) -> UUID:
        """A person put into the team by the manager, who declared interests."""
        with self.start(self.manager) as work:
            member = evaluation.add_team_member(work, evaluation_id, person.id).id
        with self.start(self.actor(person)) as work:
            return evaluation.declare_interest(work, member, "stated", conflict=conflict).id

    def joined(self, evaluation_id: UUID) -> Actor:
        """The evaluator, in the team of an evaluation."""
        with self.start() as work:
            row, person = work.get(Evaluation, evaluation_id), work.session.get_one(Person, self.evaluator.person_id)
            Evaluating(Make(work)).member(row, person=person, role=TeamRole.MEMBER)
        return self.evaluator

    def actor(self, person: Person | Actor) -> Actor:
        """What a person may do by now."""
        key = person.person_id if isinstance(person, Actor) else person.id
        with self.start() as work:
            return people.actor_of_person(work, work.session.get_one(Person, key))


def build(start: Begin) -> Scene:
    """The scene, committed."""
    with start() as work:
        make = Make(work)
        unit = Evaluating(make).unit()
        region = make.office(kind=OfficeKind.REGIONAL, code="REGION")
        office = make.office(region, code="OFFICE")
        board = make.office(kind=OfficeKind.GOVERNING_BODY, code="COUNCIL")
        return Scene(
            start=start,
            unit=unit.id,
            region=region.id,
            office=office.id,
            project=make.project(office=office, code="PROJECT").id,
            manager=make.actor(Role.EVALUATION_MANAGER, unit),
            officer=make.actor(Role.EVALUATION_OFFICER, unit),
            head=make.actor(Role.EVALUATION_HEAD, unit),
            evaluator=make.actor(Role.EVALUATOR, unit),
            chief=make.actor(Role.APPROVER, office),
            focal=make.actor(Role.MANAGEMENT_FOCAL_POINT, office),
            senior=make.actor(Role.SENIOR_MANAGEMENT),
            board=make.actor(Role.GOVERNING_BODY, board),
        )


def stage_of(work: Work, evaluation_id: UUID) -> EvaluationStage:
    """Where an evaluation stands."""
    return work.get(Evaluation, evaluation_id).stage
