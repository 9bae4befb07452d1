"""A world of two offices, the evaluation unit and oversight in which recommendations live, and what is kept of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM, Actor
from rbm.audit import AuditEntry
from rbm.db import Row
from rbm.errors import Refusal
from rbm.model.people import Person
from rbm.services import followup, people, responses
from rbm.services.responses import ActionPlan, RecommendationDecision
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.people import Role
from rbm.terms.responses import ResponseDecision
from rbm.work import begin
from tests.conftest import NOW
from tests.evaluating import Evaluating
from tests.make import Make

KEPT = (
    *("action", "action_update", "action_evidence", "action_verification", "action_request"),
    *("recommendation", "erratum", "management_response", "response_edition", "recommendation_response"),
    *("follow_up_round", "membership", "transition"),
)
"""The tables a life is written in."""
FINAL = NOW.date()
Rows = dict[Any, Mapping[str, Any]]
Snapshot = dict[str, Rows]
PRIORITIES = (RecommendationPriority.CRITICAL, RecommendationPriority.MEDIUM, RecommendationPriority.LOW)


@dataclass
class World:
    """Keys of the people by name, and of the offices; everything else is read from the database."""

    people: dict[str, UUID] = field(default_factory=dict)
    offices: dict[str, UUID] = field(default_factory=dict)


def build(engine: sa.Engine) -> World:
    """Three recommendations to both offices; the first office has published its answer and begun to act."""
    world = World()
    with begin(engine, SYSTEM, "build", now=NOW) as work:
        make = Make(work)
        evaluating = Evaluating(make)
        region = make.office()
        offices = [make.office(region), make.office(region)]
        unit = evaluating.unit()
        world.offices = {"first": offices[0].id, "second": offices[1].id, "unit": unit.id}
        cast = {"supervisor": (Role.ENDORSER, region), "auditor": (Role.OVERSIGHT, make.headquarters())}
        cast |= dict.fromkeys(("officer", "colleague"), (Role.EVALUATION_OFFICER, unit))
        cast |= {"director": (Role.EVALUATION_HEAD, unit), "reader": (Role.VIEWER, region)}
        for name, office in zip(("first", "second"), offices, strict=True):
            cast |= {f"{name} head": (Role.APPROVER, office), f"{name} owner": (Role.REPORTER, office)}
            cast |= {f"{name} focal point": (Role.MANAGEMENT_FOCAL_POINT, office)}
        world.people = {name: person_of(make.actor(role, office)) for name, (role, office) in cast.items()}
        evaluation = evaluating.evaluation(EvaluationStage.PUBLISHED, office=unit, final_on=FINAL)
        for priority in PRIORITIES:
            evaluating.recommendation(evaluation, *offices, priority=priority, issued_on=FINAL)
        for office in offices:
            evaluating.response(evaluation, office, transmitted_on=FINAL, due_on=FINAL + timedelta(days=42))
    _answer(engine, world)
    return world


def _answer(engine: sa.Engine, world: World) -> None:
    """The first office accepts everything, plans an action for each, and publishes that."""
    life = Life(engine, world)
    for key in life.keys("recommendation"):
        life.must("first focal point", responses.respond_to_recommendation, accepting(key, world.offices["first"]))
        plan = planning(key, world.people["first owner"], world.offices["first"], FINAL + timedelta(days=120))
        life.must("first focal point", responses.plan_action, plan)
    response = next(key for key, row in life.seen["management_response"].items() if _of(row, world, "first"))
    life.must("first head", responses.submit_response, response)
    life.must("supervisor", responses.endorse_response, response)
    life.must("officer", responses.publish_response, response)
    for key in life.keys("action"):
        life.must("first owner", followup.update_action, key, "begun")
        life.must("first owner", followup.add_evidence, key, "The register", "https://example.org/register")


def accepting(recommendation: UUID, office: UUID) -> RecommendationDecision:
    """An office accepts a recommendation."""
    return RecommendationDecision(recommendation, ResponseDecision.ACCEPTED, office_id=office)


def planning(recommendation: UUID, owner: UUID, office: UUID, due_on: date) -> ActionPlan:
    """An office plans an action with a milestone on its last day."""
    milestone = {"milestone": "half of it", "milestone_on": due_on}
    return ActionPlan(recommendation, "Set up the register", owner, due_on, office_id=office, **milestone)


def person_of(actor: Actor) -> UUID:
    """The key of whoever acts."""
    assert actor.person_id
    return actor.person_id


def _of(row: Mapping[str, Any], world: World, name: str) -> bool:
    return bool(row["office_id"] == world.offices[name])


@dataclass
class Life:
    """What happens in a world: one service after another, each by somebody on a day, and what was there before."""

    engine: sa.Engine
    world: World
    now: datetime = NOW
    seen: Snapshot = field(default_factory=dict)
    before: Snapshot = field(default_factory=dict)
    last_entry: int = 0
    audited: set[tuple[str, str]] = field(default_factory=set)
    refusal: Refusal | None = None
    cast: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what is there."""
        self.recast()
        self.look()
        self.before = self.seen

    def recast(self) -> None:
        """What each person may do today."""
        with begin(self.engine, SYSTEM, "cast", now=self.now, writes=False) as work:
            self.cast = {
                name: people.actor_of_person(work, work.get(Person, key)) for name, key in self.world.people.items()
            }

    def attempt(self, name: str, service: Callable[..., Any], *given: Any, **named: Any) -> bool:
        """Let somebody do something; False when it was refused."""
        self.before, self.refusal = self.seen, None
        try:
            with begin(self.engine, self.cast[name], service.__name__, now=self.now) as work:
                service(work, *given, **named)
        except Refusal as refusal:
            self.refusal = refusal
        self.look()
        if self.seen == self.before:
            self.seen = self.before
        return self.refusal is None

    def join(self, service: Callable[..., Any], *given: Any) -> None:
        """Let the system give or take a role, if that is not refused."""
        self.cast["system"] = SYSTEM
        self.attempt("system", service, *given)
        self.recast()

    def must(self, name: str, service: Callable[..., Any], *given: Any) -> None:
        """Let somebody do what is not refused."""
        done = self.attempt(name, service, *given)
        assert done, f"{name} {service.__name__}: {self.refusal}"

    def look(self) -> None:
        """Read the tables as they stand, and which rows the trail names since the last time."""
        trail = AuditEntry.__table__.c
        with self.engine.connect() as connection:
            self.seen = {name: _rows(connection, name) for name in KEPT}
            query = sa.select(trail.id, trail.entity, trail.entity_id).where(trail.id > self.last_entry)
            entries = connection.execute(query.order_by(trail.id)).all()
        self.audited = {(entity, key) for _, entity, key in entries}
        self.last_entry = entries[-1].id if entries else self.last_entry

    def keys(self, table: str, **facts: Any) -> list[Any]:
        """The keys of rows of a table on which these facts hold, the oldest first."""
        return [
            key for key, row in self.seen[table].items() if all(row[name] == value for name, value in facts.items())
        ]

    def changed(self) -> Iterator[tuple[str, Any]]:
        """Every row that is not as it was before: the table and its key."""
        for name, rows in self.seen.items():
            earlier = self.before[name]
            yield from ((name, key) for key in rows.keys() | earlier.keys() if rows.get(key) != earlier.get(key))

    def moves(self, entity: str) -> dict[UUID, list[Mapping[str, Any]]]:
        """The moves of the rows of a table, the oldest first."""
        found: dict[UUID, list[Mapping[str, Any]]] = {key: [] for key in self.seen[entity]}
        for move in self.seen["transition"].values():
            if move["entity"] == entity and move["entity_id"] in found:
                found[move["entity_id"]].append(move)
        return found

    def stages(self) -> dict[UUID, ActionStage]:
        """The stages of actions as the log of moves tells them."""
        return {
            key: ActionStage(moves[-1]["to_stage"]) if moves else ActionStage.NOT_STARTED
            for key, moves in self.moves("action").items()
        }


def _rows(connection: sa.Connection, name: str) -> Rows:
    table = Row.metadata.tables[name]
    return {row["id"]: row for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()}
