"""A country office with an action of its own, the evaluation unit, oversight, and what they do about the action."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from rbm.access import Actor
from rbm.errors import Refusal
from rbm.model.followup import Action
from rbm.model.people import Office, Person
from rbm.services import followup
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.people import Role
from rbm.terms.responses import ResponseStage
from tests.conftest import NOW, Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

TODAY = NOW.date()
ADDRESS = "https://example.org/register"
SUBMITTED = {"stage": ResponseStage.PUBLISHED, "submitted_on": FINAL, "published_on": FINAL}


@dataclass(frozen=True)
class Field:
    """Keys and actors. `owner` owns the action; `colleague`, `head` and `viewer` work in the office."""

    start: Begin
    office: UUID
    unit: UUID
    evaluation: UUID
    recommendation: UUID
    response: UUID
    action: UUID
    owner: Actor
    colleague: Actor
    head: Actor
    viewer: Actor
    stranger: Actor
    officer: Actor
    director: Actor
    oversight: Actor

    def do(self, actor: Actor, service: Callable[..., Any], *given: Any, now: datetime = NOW, **named: Any) -> Any:
        """What a service answers an actor."""
        with self.start(actor, service.__name__, now) as work:
            return service(work, *given, **named)

    def begun(self, now: datetime = NOW) -> UUID:
        """The action in progress."""
        self.do(self.owner, followup.update_action, self.action, "a clerk was found", now=now)
        return self.action

    def proven(self, now: datetime = NOW) -> None:
        """Evidence of it."""
        self.do(self.owner, followup.add_evidence, self.action, "The register", ADDRESS, now=now)

    def claimed(self, now: datetime = NOW) -> Action:
        """The action claimed complete by its owner, with evidence."""
        self.begun(now)
        self.proven(now)
        return self.do(self.owner, followup.claim_action_complete, self.action, now.date(), "it is kept", now=now)

    def verified(self, now: datetime = NOW) -> Action:
        """The action verified by the evaluation unit."""
        self.claimed(now)
        return self.do(self.officer, followup.verify_action, self.action, "as claimed", "the register", now=now)

    def read(self) -> Action:
        """The action as it stands."""
        with self.start() as work:
            return work.get(Action, self.action)


def build(start: Begin, priority: RecommendationPriority = RecommendationPriority.HIGH, **facts: Any) -> Field:
    """A recommendation of a priority that the office accepted, with one action, due at the end of 2026 unless said."""
    with start() as work:
        make = Make(work)
        evaluating = Evaluating(make)
        office, unit = make.office(), evaluating.unit()
        evaluation = evaluating.evaluation(EvaluationStage.PUBLISHED, office=unit)
        recommendation = evaluating.recommendation(evaluation, office, priority=priority)
        response = evaluating.response(evaluation, office, **SUBMITTED)
        evaluating.decision(response, recommendation)
        people = _people(make, office, unit)
        owner = work.get(Person, people["owner"].person_id)  # type: ignore[arg-type]
        action = evaluating.action(response, recommendation, owner=owner, **facts)
        keys = (office, unit, evaluation, recommendation, response, action)
        return Field(start, *(row.id for row in keys), **people)


def _people(make: Make, office: Office, unit: Office) -> dict[str, Actor]:
    elsewhere = make.office()
    roles = {
        "owner": (Role.REPORTER, office),
        "colleague": (Role.MANAGEMENT_FOCAL_POINT, office),
        "head": (Role.APPROVER, office),
        "viewer": (Role.VIEWER, office),
        "stranger": (Role.APPROVER, elsewhere),
        "officer": (Role.EVALUATION_OFFICER, unit),
        "director": (Role.EVALUATION_HEAD, unit),
        "oversight": (Role.OVERSIGHT, make.headquarters()),
    }
    return {name: make.actor(role, where) for name, (role, where) in roles.items()}


@contextmanager
def refused(kind: type[Refusal], field: str | None = None) -> Iterator[None]:
    """What happens in it is refused in this way, and names the field."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.type is kind
    if field is not None:
        assert caught.value.field == field


def day(year: int, month: int, number: int) -> datetime:
    """The same time of another day."""
    return NOW.replace(year=year, month=month, day=number)


def due(on: date) -> dict[str, date]:
    """A due date that was never moved."""
    return {"due_on": on, "original_due_on": on}
