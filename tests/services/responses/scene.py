"""A published evaluation whose recommendations a country office has to answer, and those who act in and over it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Actor
from rbm.model.findings import RecommendationPart
from rbm.model.people import Office
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services import responses
from rbm.services.responses import ActionPlan, RecommendationDecision
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.people import OfficeKind, Role
from rbm.terms.responses import ResponseDecision, ResponseReason
from tests.conftest import NOW, Begin
from tests.evaluating import Evaluating
from tests.make import Make

DUE = date(2026, 3, 2)
LATER = date(2026, 12, 31)
REASONED = {"reasons": [ResponseReason.CONTRADICTS_POLICY], "explanation": "the policy says otherwise"}
OUTSIDE = ("officer", "director", "manager", "oversight", "governor", "administrator", "viewer", "elsewhere")
"""Those who decide nothing in a response of the office."""


@dataclass(frozen=True)
class Scene:
    """Recommendation 1 is of high priority; 2 is of medium priority and has the parts a and b."""

    start: Begin
    office: UUID
    under: UUID
    response: UUID
    evaluation: UUID
    recommendations: dict[int, UUID]
    owner: UUID
    actors: dict[str, Actor]

    def decide(self, number: int, decision: ResponseDecision, actor: str = "focal", **facts: Any) -> UUID:
        """Decide of a recommendation."""
        with self.start(self.actors[actor]) as work:
            stated = RecommendationDecision(self.recommendations[number], decision, **facts)
            return responses.respond_to_recommendation(work, stated).id

    def plan(self, number: int, now: datetime = NOW, **facts: Any) -> UUID:
        """Plan an action for a recommendation."""
        with self.start(self.actors["focal"], now=now) as work:
            return responses.plan_action(work, self.planned(number, **facts)).id

    def planned(self, number: int, **facts: Any) -> ActionPlan:
        """What is planned, unless said otherwise."""
        defaults = {"text": "Write a guide for all staff", "owner_id": self.owner, "due_on": LATER}
        return ActionPlan(self.recommendations[number], **(defaults | facts))

    def complete(self) -> None:
        """Answer everything: 1 and 2b are accepted with an action each, 2a is rejected."""
        self.decide(1, ResponseDecision.ACCEPTED)
        self.decide(2, ResponseDecision.REJECTED, part="a", **REASONED)
        self.decide(2, ResponseDecision.ACCEPTED, part="b")
        self.plan(1)
        self.plan(2, part="b")

    def submit(self, now: datetime = NOW) -> None:
        """Submit it."""
        with self.start(self.actors["head"], now=now) as work:
            responses.submit_response(work, self.response)

    def endorse(self, now: datetime = NOW) -> None:
        """Endorse it."""
        with self.start(self.actors["endorser"], now=now) as work:
            responses.endorse_response(work, self.response)

    def publish(self, now: datetime = NOW) -> None:
        """Complete, submit, endorse and publish it."""
        self.complete()
        self.submit()
        self.endorse()
        with self.start(self.actors["officer"], now=now) as work:
            responses.publish_response(work, self.response)

    def standing(self) -> ManagementResponse:
        """The response as it stands."""
        with self.start() as work:
            return work.get(ManagementResponse, self.response)

    def rounds(self) -> list[FollowUpRound]:
        """Its rounds in their order."""
        with self.start() as work:
            return list(work.session.scalars(sa.select(FollowUpRound).order_by(FollowUpRound.number)))


def set_scene(start: Begin) -> Scene:
    """Make it."""
    with start() as work:
        make = Make(work)
        evaluating = Evaluating(make)
        region = make.office(kind=OfficeKind.REGIONAL)
        office, elsewhere, unit = make.office(region, code="COUNTRY"), make.office(region), evaluating.unit()
        places: dict[str, tuple[Role, Office | None]] = {
            "focal": (Role.MANAGEMENT_FOCAL_POINT, office),
            "second": (Role.MANAGEMENT_FOCAL_POINT, office),
            "head": (Role.APPROVER, office),
            "endorser": (Role.ENDORSER, region),
            "region": (Role.MANAGEMENT_FOCAL_POINT, region),
            "officer": (Role.EVALUATION_OFFICER, unit),
            "director": (Role.EVALUATION_HEAD, unit),
            "manager": (Role.EVALUATION_MANAGER, office),
            "oversight": (Role.OVERSIGHT, None),
            "governor": (Role.GOVERNING_BODY, None),
            "administrator": (Role.ADMIN, None),
            "viewer": (Role.VIEWER, office),
            "elsewhere": (Role.APPROVER, elsewhere),
        }
        evaluation = evaluating.evaluation(EvaluationStage.PUBLISHED, office=unit)
        medium = {"number": 2, "priority": RecommendationPriority.MEDIUM}
        first = evaluating.recommendation(evaluation, office, number=1)
        second = evaluating.recommendation(evaluation, office, **medium)
        for letter in "ab":
            work.add(RecommendationPart(recommendation=second, letter=letter, text="one step"))
        under = make.office(office, kind=OfficeKind.SUB).id
        actors = {name: make.actor(*place) for name, place in places.items()}
        return Scene(
            start,
            office.id,
            under,
            evaluating.response(evaluation, office).id,
            evaluation.id,
            {1: first.id, 2: second.id},
            actors["head"].person_id,  # type: ignore[arg-type]
            actors,
        )


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
