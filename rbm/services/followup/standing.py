"""Where recommendations stand: read in columns for many at once, of what the caller sees."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation, RecommendationPart
from rbm.model.followup import Action
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.rules.followup.ageing import ageing
from rbm.rules.followup.status import Addressed, Answered, recommendation_status
from rbm.services.followup.conditions import counted, standing_edition, status_of
from rbm.terms.followup import CLOSED_STATUSES, OPEN_STAGES, ActionStage, Ageing, RecommendationStatus
from rbm.terms.responses import ResponseDecision
from rbm.work import Work

AT_ONCE = 5_000
Planned = tuple[ActionStage, date]


@dataclass(frozen=True)
class OfficeStanding:
    """Where a recommendation stands with one of the offices it is addressed to."""

    office: Office
    status: RecommendationStatus


@dataclass(frozen=True)
class Standing:
    """Where a recommendation stands; `ageing` is the colour of its age while it is open.

    Derived from the responses and actions that the caller sees: one that nobody published yet is not answered for those
    outside.
    """

    status: RecommendationStatus
    offices: list[OfficeStanding]
    open_actions: int
    overdue_actions: int
    ageing: Ageing | None


@dataclass(frozen=True)
class StatusCount:
    """How many recommendations stand at a status."""

    status: RecommendationStatus
    count: int


@dataclass(frozen=True)
class _Read:
    """What is known of recommendations, by their keys and those of the responses."""

    offices: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    answered: dict[tuple[UUID, UUID], UUID] = field(default_factory=dict)
    decided: dict[tuple[UUID, UUID, UUID | None], ResponseDecision] = field(default_factory=dict)
    planned: dict[tuple[UUID, UUID], list[tuple[UUID | None, Planned]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    responses: dict[tuple[UUID, UUID], UUID] = field(default_factory=dict)
    awaited: set[tuple[UUID, UUID]] = field(default_factory=set)


def standings(work: Work, recommendations: Sequence[Recommendation]) -> list[Standing]:
    """Where recommendations stand today, in their order."""
    known = _Read()
    for start in range(0, len(recommendations), AT_ONCE):
        _read(work, known, recommendations[start : start + AT_ONCE])
    keys = {office for offices in known.offices.values() for office in offices}
    offices = {row.id: row for row in work.session.scalars(sa.select(Office).where(Office.id.in_(keys)))}
    return [_standing(work.today, known, offices, row) for row in recommendations]


def status_counts(work: Work, evaluations: Sequence[Evaluation]) -> list[list[StatusCount]]:
    """How many of the recommendations that the caller sees stand at each status; statuses without any are left out."""
    status = status_of().label("status")
    query = sa.select(Recommendation.evaluation_id, status, sa.func.count(Recommendation.id))
    query = query.where(Recommendation.evaluation_id.in_({row.id for row in evaluations}))
    found: dict[UUID, dict[RecommendationStatus, int]] = defaultdict(dict)
    for key, word, count in work.session.execute(query.group_by(Recommendation.evaluation_id, status)):
        found[key][RecommendationStatus(word)] = count
    return [
        [StatusCount(word, found[row.id][word]) for word in RecommendationStatus if word in found[row.id]]
        for row in evaluations
    ]


def _read(work: Work, known: _Read, recommendations: Sequence[Recommendation]) -> None:
    keys, evaluations = {row.id for row in recommendations}, {row.evaluation_id for row in recommendations}
    awaited = sa.and_(Addressee.due_on.is_not(None), Addressee.answered_on.is_(None))
    addressed = sa.select(Addressee.recommendation_id, Addressee.office_id, awaited).order_by(Addressee.id)
    for key, office, since in _rows(work, addressed.where(Addressee.office_id.is_not(None)), Addressee, keys):
        known.offices[key].append(office)
        if since:
            known.awaited.add((key, office))
    parts = sa.select(RecommendationPart.recommendation_id, RecommendationPart.id)
    for key, part in _rows(work, parts.order_by(RecommendationPart.letter), RecommendationPart, keys):
        known.parts[key].append(part)
    response = ManagementResponse
    responses = sa.select(response.id, response.evaluation_id, response.office_id, response.submitted_on)
    for key, evaluation, office, submitted in work.session.execute(
        responses.where(response.evaluation_id.in_(evaluations))
    ):
        known.responses[evaluation, office] = key
        if submitted is not None:
            known.answered[evaluation, office] = key
    made = RecommendationResponse
    decided = sa.select(made.response_id, made.recommendation_id, made.part_id, made.decision).join(made.response)
    for response_id, key, part, decision in _rows(work, decided.where(made.edition == standing_edition()), made, keys):
        known.decided[response_id, key, part] = decision
    planned = sa.select(Action.response_id, Action.recommendation_id, Action.part_id, Action.stage, Action.due_on)
    planned = planned.where(counted())
    for response_id, key, part, stage, due_on in _rows(work, planned, Action, keys):
        known.planned[response_id, key].append((part, (stage, due_on)))


def _rows(work: Work, query: Any, cls: Any, keys: set[UUID]) -> Iterator[Any]:
    yield from work.session.execute(query.where(cls.recommendation_id.in_(keys)))


def _standing(today: date, known: _Read, offices: dict[UUID, Office], row: Recommendation) -> Standing:
    each = {key: _addressed(known, row, key) for key in known.offices[row.id]}
    status = recommendation_status(row.stage, list(each.values()))
    planned = [plan for key in each for _, plan in _planned(known, row, key)]
    open_on = [due_on for stage, due_on in planned if stage in OPEN_STAGES]
    aged = row.issued_on is not None and status not in CLOSED_STATUSES
    return Standing(
        status,
        [OfficeStanding(offices[key], recommendation_status(row.stage, [one])) for key, one in each.items()],
        len(open_on),
        sum(due_on < today for due_on in open_on),
        ageing(row.issued_on, today) if aged and row.issued_on else None,
    )


def _addressed(known: _Read, row: Recommendation, office: UUID) -> Addressed:
    """What an office answered, part by part; an action of no part stands with the first."""
    response = known.responses.get((row.evaluation_id, office))
    parts: list[UUID | None] = [*known.parts[row.id]] or [None]
    planned = _planned(known, row, office)
    answers = []
    for place, part in enumerate(parts):
        mine = {part, None} if place == 0 else {part}
        decision = None if response is None else known.decided.get((response, row.id, part))
        answers.append(Answered(decision, tuple(stage for of, (stage, _) in planned if of in mine)))
    submitted = (row.evaluation_id, office) in known.answered and (row.id, office) not in known.awaited
    return Addressed(submitted, tuple(answers))


def _planned(known: _Read, row: Recommendation, office: UUID) -> list[tuple[UUID | None, Planned]]:
    response = known.responses.get((row.evaluation_id, office))
    return [] if response is None else known.planned[response, row.id]
