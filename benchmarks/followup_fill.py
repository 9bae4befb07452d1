"""Writes the follow-up of a large organisation into a migrated, empty database, in bulk and from a seed.

Evaluations became final over the last years; each has eight recommendations to one office and twenty actions, which
moved along their stages on days from the seed. Every move stands in the log of transitions.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import SYSTEM
from rbm.db import Row
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action, ActionRequest
from rbm.model.people import Membership, Office, OfficePlacement, Person
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.services import people
from rbm.stages import Transition
from rbm.terms.evaluation import (
    ConductedBy,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    TextLanguage,
    Timing,
)
from rbm.terms.findings import AddresseeKind, RecommendationPriority, RecommendationStage
from rbm.terms.followup import ActionRequestKind, ActionStage, VerificationScope
from rbm.terms.people import Language, OfficeKind, Role
from rbm.terms.planning import RequestStage
from rbm.terms.responses import ResponseDecision, ResponseStage
from rbm.work import Work, begin

SEED, NOW = 20260601, datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = NOW.date()
OFFICES, REGIONS, OWNERS = 200, 10, 1_000
RECOMMENDATIONS, ACTIONS, AT_ONCE = 8, 20, 1_000
EXTENDED, ABANDONED = 0.15, 0.1
"""The share of actions put off, and of those left at each step of their way."""
DECIDED = [ResponseDecision.ACCEPTED] * 7 + [ResponseDecision.PARTIALLY_ACCEPTED, *list(ResponseDecision)[2:4]]
WAY = (ActionStage.NOT_STARTED, ActionStage.IN_PROGRESS, ActionStage.REPORTED_COMPLETE, ActionStage.VERIFIED_COMPLETE)
KIND = {
    "source": SourceKind.EVALUATION,
    "type": EvaluationType.COUNTRY_PROGRAMME,
    "level": EvaluationLevel.DECENTRALIZED,
    "timing": Timing.FINAL,
    "conducted_by": ConductedBy.EXTERNAL,
    "scope": EvaluationScope.COUNTRY,
    "joint": False,
    "version": 1,
}


@dataclass
class Block:
    """Rows of some evaluations by class, in the order in which they refer to one another."""

    rows: dict[type[Row], list[dict[str, Any]]] = field(
        default_factory=lambda: {
            cls: []
            for cls in (
                *(Evaluation, Recommendation, Addressee, ManagementResponse, RecommendationResponse),
                *(Action, ActionRequest, Transition),
            )
        }
    )

    def add(self, cls: type[Row], **facts: Any) -> UUID:
        """One more row; its key."""
        key = ids.new()
        self.rows[cls].append({"id": key, **facts})
        return key

    def move(self, entity: str, key: UUID, stages: tuple[str, str], on: date) -> None:
        """One more move."""
        words = dict(zip(("from_stage", "to_stage"), stages, strict=True))
        self.rows[Transition].append({"entity": entity, "entity_id": key, "at": _noon(on), **words})


def fill(engine: sa.Engine, evaluations: int) -> None:
    """The whole organisation, an evaluation after the other."""
    chance = random.Random(SEED)  # noqa: S311
    with begin(engine, SYSTEM, "fill", now=NOW) as work:
        offices, owners = _offices(work), _persons(work)
        _members(work, offices, owners)
    for first in range(0, evaluations, AT_ONCE):
        with begin(engine, SYSTEM, "fill", now=NOW) as work:
            block = Block()
            for number in range(first, min(first + AT_ONCE, evaluations)):
                _evaluation(block, chance, number, (offices[number % OFFICES], owners[number % OWNERS]))
            for cls, rows in block.rows.items():
                bulk.insert(work.session, cls, rows)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _offices(work: Work) -> list[UUID]:
    top = people.initialise(work).id
    work.flush()
    regions, offices = ([ids.new() for _ in range(count)] for count in (REGIONS, OFFICES))
    named = [(key, f"R{at}", OfficeKind.REGIONAL) for at, key in enumerate(regions)]
    named += [(key, f"C{at}", OfficeKind.COUNTRY) for at, key in enumerate(offices)]
    rows = [{"id": key, "code": code, "name": code, "kind": kind, "version": 1} for key, code, kind in named]
    bulk.insert(work.session, Office, rows)
    above = [(key, top) for key in regions] + [(key, regions[at % REGIONS]) for at, key in enumerate(offices)]
    placed = {"valid_from": people.BEGINNING, "valid_to": None}
    placements = [{"id": ids.new(), "office_id": key, "parent_id": over} | placed for key, over in above]
    bulk.insert(work.session, OfficePlacement, placements)
    return offices


def _persons(work: Work) -> list[UUID]:
    keys = [ids.new() for _ in range(OWNERS)]
    shared = {"language": Language.ENGLISH, "active": True, "version": 1}
    rows = [{"id": key, "email": f"p{at}@example.org", "name": f"P{at}"} | shared for at, key in enumerate(keys)]
    bulk.insert(work.session, Person, rows)
    return keys


def _members(work: Work, offices: list[UUID], owners: list[UUID]) -> None:
    facts = {"role": Role.APPROVER, "valid_from": people.BEGINNING, "valid_to": None}
    pairs = [(owner, offices[at % OFFICES]) for at, owner in enumerate(owners)]
    rows = [{"id": ids.new(), "person_id": owner, "office_id": office} | facts for owner, office in pairs]
    bulk.insert(work.session, Membership, rows)


def _evaluation(block: Block, chance: random.Random, number: int, who: tuple[UUID, UUID]) -> None:
    office, _ = who
    final = TODAY - timedelta(days=chance.randrange(10, 1_800))
    days = {"planned_on": final - timedelta(days=400), "final_on": final, "published_on": final}
    days |= {"planned_end": final, "original_end": final, "disclosed_on": final + timedelta(days=30)}
    named = {"code": f"E{number}", "title": f"Evaluation {number}", "office_id": office}
    evaluation = block.add(Evaluation, stage=EvaluationStage.PUBLISHED, **named, **KIND, **days)
    sent = final + timedelta(days=chance.randrange(5, 90))
    response = _response(block, evaluation, office, (final, sent))
    recommended = [
        _recommendation(block, chance, (evaluation, response, office), (final, sent, number, at))
        for at in range(RECOMMENDATIONS)
    ]
    taken = [key for key, decision in recommended if decision in DECIDED[:8]]
    for at in range(ACTIONS if taken else 0):
        _action(block, chance, (response, taken[at % len(taken)], *who), (max(sent, final), at))


def _response(block: Block, evaluation: UUID, office: UUID, days: tuple[date, date]) -> UUID:
    final, sent = days
    there = sent <= TODAY
    stage = ResponseStage.PUBLISHED if there else ResponseStage.DUE
    clock = {"transmitted_on": final, "due_on": final + timedelta(days=42), "rule_edition": 1}
    done = {"submitted_on": sent if there else None, "published_on": sent if there else None}
    facts = {"evaluation_id": evaluation, "office_id": office, "edition": 1, "version": 1}
    key = block.add(ManagementResponse, stage=stage, **facts, **clock, **done)
    if there:
        block.move("management_response", key, ("draft", "submitted"), sent)
        block.move("management_response", key, ("endorsed", "published"), sent)
    return key


def _recommendation(
    block: Block, chance: random.Random, keys: tuple[UUID, UUID, UUID], facts: tuple[date, date, int, int]
) -> tuple[UUID, ResponseDecision | None]:
    (evaluation, response, office), (final, sent, number, at) = keys, facts
    priority = chance.choice(list(RecommendationPriority))
    text = {"text": "Do what was found to be missing", "language": TextLanguage.ENGLISH, "priority": priority}
    named = {"evaluation_id": evaluation, "number": at + 1, "code": f"E{number}-{at + 1}", "edition": 1, "version": 1}
    issued = {"stage": RecommendationStage.ISSUED, "issued_on": final, "depends_on_funding": False}
    key = block.add(Recommendation, **text, **named, **issued)
    addressed = {"kind": AddresseeKind.HEAD_OF_OFFICE, "office_id": office, "leads": True}
    block.add(Addressee, recommendation_id=key, **addressed)
    if sent > TODAY:
        return key, None
    decision = chance.choice(DECIDED)
    stated = {"decision": decision, "decided_on": sent, "edition": 1, "language": TextLanguage.ENGLISH, "version": 1}
    block.add(RecommendationResponse, response_id=response, recommendation_id=key, **stated)
    return key, decision


def _action(block: Block, chance: random.Random, keys: tuple[UUID, UUID, UUID, UUID], facts: tuple[date, int]) -> None:
    (response, recommendation, office, owner), (planned, at) = keys, facts
    original = planned + timedelta(days=chance.randrange(60, 700))
    extended = chance.random() < EXTENDED
    due = original + timedelta(days=120) if extended else original
    moved = list(_moves(chance, planned))
    stage = moved[-1][0] if moved else WAY[0]
    days_of = dict(moved)
    claimed = days_of.get(ActionStage.REPORTED_COMPLETE)
    days = {"planned_on": planned, "original_due_on": original, "due_on": due, "claimed_on": claimed}
    days |= {"ended_on": days_of.get(ActionStage.VERIFIED_COMPLETE), "completed_on": claimed}
    shared = {"text": "Do it", "number": at + 1, "edition": 1, "depends_on_funding": False, "version": 1}
    named = {"response_id": response, "recommendation_id": recommendation, "office_id": office, "owner_id": owner}
    scope = {"verification_scope": VerificationScope.FULL}
    key = block.add(Action, stage=stage, **days, **shared, **named, **scope)
    for before, (after, on) in zip(WAY, moved, strict=False):
        block.move("action", key, (before, after), on)
    if extended:
        granted = {"kind": ActionRequestKind.EXTENSION, "stage": RequestStage.GRANTED, "reason": "late", "version": 1}
        day = original - timedelta(days=5)
        block.add(ActionRequest, action_id=key, due_wanted=due, decided_on=day, requested_at=_noon(day), **granted)


def _moves(chance: random.Random, planned: date) -> Iterator[tuple[ActionStage, date]]:
    """The moves along the way until today, or until nothing is done any more."""
    on = planned
    for stage in WAY[1:]:
        on += timedelta(days=chance.randrange(10, 400))
        if on > TODAY or chance.random() < ABANDONED:
            return
        yield stage, on


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)
