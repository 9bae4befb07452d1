"""The register that is given out: each recommendation with what every office answered and does, and how they stand."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from rbm import clock
from rbm.files.registers import COLUMNS, Sheet
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.rules.deadlines import overdue_days
from rbm.services.followup.conditions import REVISING
from rbm.services.followup.finding import RecommendationQuestion, find_recommendations
from rbm.services.followup.standing import Standing, standings
from rbm.settings import settings
from rbm.terms.followup import OPEN_STAGES, ActionStage, RecommendationStatus
from rbm.work import Work

CLAIMED = (ActionStage.REPORTED_COMPLETE, ActionStage.VERIFIED_COMPLETE)
"""The stages in which the day of completion stands; what was released or replaced was not completed."""
AT_ONCE = 2_000
"""Recommendations that are read at once."""
EVERYWHERE = "All recommendations"
OUTSIDE = ("Evaluation code", "Number", "Recommendation", "Addressed to")
Facts = dict[str, Any]
Unit = tuple[UUID, UUID]
"""A response and a recommendation."""


@dataclass
class _Answers:
    """What was answered and planned, by response and recommendation."""

    responses: dict[tuple[UUID, UUID], ManagementResponse]
    decisions: dict[Unit, list[RecommendationResponse]]
    actions: dict[Unit, list[Action]]


def register_sheets(work: Work, question: RecommendationQuestion | None = None) -> list[Sheet]:
    """The sheets of a register as the actor sees it: the response matrix, the status by office, who is asked outside.

    The matrix has a row for each action, in the order of evaluations, numbers, offices and actions; its columns are
    those that an import reads.
    """
    query = find_recommendations(work, question).where(Recommendation.issued_on.is_not(None))
    loaded = (
        selectinload(Recommendation.evaluation),
        selectinload(Recommendation.addressees).selectinload(Addressee.office),
    )
    rows = work.session.scalars(query.options(*loaded)).all()
    stand = standings(work, rows)
    matrix: list[Facts] = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        answers = _answers(work, part)
        for row, standing in zip(part, stand[start : start + AT_ONCE], strict=True):
            matrix += _lines(work, answers, row, standing)
    headings = [column.heading for column in COLUMNS]
    lines = [[facts.get(column.code) for column in COLUMNS] for facts in matrix]
    return [Sheet("Recommendations", headings, lines), _status(stand, matrix), _outside(rows)]


def _answers(work: Work, rows: Sequence[Recommendation]) -> _Answers:
    keys = {row.evaluation_id for row in rows}
    responses = work.session.scalars(sa.select(ManagementResponse).where(ManagementResponse.evaluation_id.in_(keys)))
    found = _Answers(
        {(one.evaluation_id, one.office_id): one for one in responses}, defaultdict(list), defaultdict(list)
    )
    ids = [row.id for row in rows]
    decisions = sa.select(RecommendationResponse).where(RecommendationResponse.recommendation_id.in_(ids))
    ordered = decisions.order_by(RecommendationResponse.edition, RecommendationResponse.id)
    for decision in work.session.scalars(ordered.options(selectinload(RecommendationResponse.part))):
        found.decisions[decision.response_id, decision.recommendation_id].append(decision)
    actions = sa.select(Action).where(Action.recommendation_id.in_(ids)).order_by(Action.number, Action.id)
    loaded = (
        selectinload(Action.owner),
        selectinload(Action.part),
        selectinload(Action.evidence),
        selectinload(Action.updates),
    )
    for action in work.session.scalars(actions.options(*loaded)):
        found.actions[action.response_id, action.recommendation_id].append(action)
    return found


def _lines(work: Work, answers: _Answers, row: Recommendation, standing: Standing) -> Iterator[Facts]:
    """A line for each action of each office; one for an office that has none."""
    status = {one.office.code: one.status for one in standing.offices}
    for office in sorted((one.office for one in row.addressees if one.office), key=lambda office: office.code):
        facts = _recommended(row) | {"office": office.code, "standing": status.get(office.code)}
        response = answers.responses.get((row.evaluation_id, office.id))
        if response is None:
            yield facts
            continue
        newest = _standing_decisions(response, answers.decisions[response.id, row.id])
        planned = answers.actions[response.id, row.id]
        for part in sorted({*newest, *(_letter(action) for action in planned)} or {""}):
            decided = facts | _decided(response, newest.get(part)) | {"part": part or None}
            own = [action for action in planned if _letter(action) == part]
            yield from (decided | _acted(work, action) for action in own)
            if not own:
                yield decided


def _recommended(row: Recommendation) -> Facts:
    evaluation = row.evaluation
    return {
        "evaluation": evaluation.code,
        "title": evaluation.title,
        "source": evaluation.source,
        "final_on": evaluation.final_on,
        "type": evaluation.type,
        "level": evaluation.level,
        "number": row.number,
        "text": row.text,
        "priority": row.priority,
        "language": row.language,
    }


def _standing_decisions(
    response: ManagementResponse, decisions: Sequence[RecommendationResponse]
) -> dict[str, RecommendationResponse]:
    """The decisions of the edition that stands, by the letter of the part; without parts, under none."""
    revised = response.edition > 1 and response.stage in REVISING
    standing = response.edition - revised
    return {_letter(decision): decision for decision in decisions if decision.edition == standing}


def _letter(row: RecommendationResponse | Action) -> str:
    return row.part.letter if row.part else ""


def _decided(response: ManagementResponse, decision: RecommendationResponse | None) -> Facts:
    if decision is None:
        return {}
    return {
        "decision": decision.decision,
        "reasons": "; ".join(decision.reasons or ()) or None,
        "explanation": decision.explanation,
        "responded_on": response.submitted_on,
    }


def _acted(work: Work, action: Action) -> Facts:
    newest = max(action.updates, key=lambda update: (update.reported_at, update.id), default=None)
    still_open = action.stage in OPEN_STAGES
    return {
        "action": action.text,
        "owner": action.owner.email,
        "original_due_on": action.original_due_on,
        "due_on": action.due_on,
        "status": action.stage,
        "completed_on": action.completed_on if action.stage in CLAIMED else None,
        "evidence": "\n".join(sorted(one.url for one in action.evidence)) or None,
        "milestone": action.milestone,
        "milestone_on": action.milestone_on,
        "overdue_days": overdue_days(action.due_on, work.today) if still_open else None,
        "updated_on": newest and clock.business_date(newest.reported_at, settings().time_zone),
        "update": newest and newest.text,
    }


def _status(stand: Sequence[Standing], matrix: Sequence[Facts]) -> Sheet:
    """How many recommendations stand where, by office and over all; how many have an overdue action."""
    counts: dict[str, Counter[RecommendationStatus]] = defaultdict(Counter)
    for one in stand:
        counts[EVERYWHERE][one.status] += 1
        for office in one.offices:
            counts[office.office.code][office.status] += 1
    overdue = {(each["office"], each["evaluation"], each["number"]) for each in matrix if each.get("overdue_days")}
    late = Counter(office for office, _, _ in overdue)
    late[EVERYWHERE] = len({(evaluation, number) for _, evaluation, number in overdue})
    codes = [*sorted(set(counts) - {EVERYWHERE}), EVERYWHERE]
    lines = [[code, *(counts[code][status] for status in RecommendationStatus), late[code]] for code in codes]
    words = [status.value.replace("_", " ").capitalize() for status in RecommendationStatus]
    return Sheet("Status", ["Office", *words, "With overdue actions"], lines)


def _outside(rows: Sequence[Recommendation]) -> Sheet:
    lines = [
        [row.evaluation.code, row.number, row.text, one.name]
        for row in rows
        for one in sorted(row.addressees, key=lambda one: one.name or "")
        if one.office is None
    ]
    return Sheet("Addressed outside", OUTSIDE, lines)
