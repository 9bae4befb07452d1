"""Guards of responses and rounds: what is still unanswered, who had a part in it, and what was not reported on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rbm import bulk
from rbm.audit import AuditEntry
from rbm.db import Row, table_of
from rbm.errors import Conflict, Forbidden
from rbm.settings import settings
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationPriority, RecommendationStage
from rbm.terms.followup import OPEN_STAGES
from rbm.terms.responses import REASONED, TAKEN_UP, ResponseDecision, ResponseStage
from rbm.work import Work

WRITTEN = {
    "response_edition": frozenset({"overall", "written_at"}),
    "recommendation_response": frozenset({"decision", "reasons", "explanation", "alternative", "decided_by_id"}),
    "action": frozenset({"text", "owner_id", "office_id", "original_due_on", "milestone", "milestone_on"}),
}
"""What of an edition is written by those who answer, by table."""
MOST_NAMED = 5
"""So many of the things that are missing are named in one refusal."""
Unit = tuple[UUID, UUID | None]
"""What is answered on its own: a recommendation, or one part of it."""


@dataclass(frozen=True)
class MissingAnswer:
    """What a response still lacks of a recommendation, or of one part of it: the field, and a message for people."""

    recommendation_id: UUID
    number: int
    part: str | None
    field: str
    message: str

    @property
    def path(self) -> str:
        """Where it is missing."""
        steps = ("recommendations", str(self.number), self.part, self.field)
        return ".".join(step for step in steps if step)


def missing_answers(work: Work, responses: Sequence[Any]) -> list[list[MissingAnswer]]:
    """What each response lacks before it can be submitted, by number and part, whoever asks."""
    asked, decided, planned = _asked(work, responses), _decided(work, responses), _planned(work, responses)
    return [
        [missing for one in asked[row.id] for missing in _missing(one, decided.get((row.id, *one.unit)), planned)]
        for row in responses
    ]


def refuse_incomplete(work: Work, response: Any) -> None:
    """Nothing, when every recommendation addressed to the office is decided, reasoned and planned for."""
    (missing,) = missing_answers(work, [response])
    if not missing:
        return
    named = "; ".join(one.message for one in missing[:MOST_NAMED])
    more = f"; and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    raise Conflict(f"{named}{more}", missing[0].path)


def refuse_own_decision(work: Work, response: Any) -> None:
    """Nothing, when the response is complete and whoever acts had no part in its edition.

    Conflict when something is unanswered; Forbidden for who wrote it, decided or planned an action in it, or submitted
    it, be it that somebody else did so again afterwards.
    """
    refuse_incomplete(work, response)
    if work.actor.person_id and (_wrote(work, response) or _submitted(work, response)):
        raise Forbidden("not by a person who had a part in it").on("management_response", response.id)


def refuse_before_report(work: Work, response: Any) -> None:
    """Nothing, when the report is published or open to everyone by now and nothing is unanswered. Conflict before."""
    refuse_incomplete(work, response)
    evaluation = _table("evaluation")
    query = sa.select(evaluation.stage, evaluation.disclosed_on, evaluation.withheld_until)
    (row,) = bulk.select(work.session, query.where(evaluation.id == response.evaluation_id))
    withheld = row.withheld_until is not None and row.withheld_until >= work.today
    open_to_all = row.disclosed_on is not None and row.disclosed_on <= work.today and not withheld
    if row.stage is not EvaluationStage.PUBLISHED and not open_to_all:
        raise Conflict("a response is published with the report or after it", "evaluation")


def refuse_answered(work: Work, response: Any) -> None:
    """Nothing, when a recommendation came to a response that was endorsed. Conflict when it lacks nothing."""
    if not missing_answers(work, [response])[0]:
        raise Conflict("it was endorsed, and every recommendation is answered", "stage")


def refuse_outside(work: Work, round_: Any) -> None:
    """Nothing, when today is between the days on which the round opens and closes. Conflict otherwise."""
    if work.today < round_.opens_on:
        raise Conflict(f"the round opens on {round_.opens_on}", "opens_on")
    if work.today > round_.closes_on:
        raise Conflict(f"the round closed on {round_.closes_on}", "closes_on")


def refuse_unreported(work: Work, round_: Any) -> None:
    """Nothing, when every open action of the response was reported on since the round opened. Conflict otherwise."""
    action, recommendation, update = _table("action"), _table("recommendation"), _table("action_update")
    since = datetime.combine(round_.opens_on, time(), ZoneInfo(settings().time_zone))
    told = sa.select(update.action_id).where(sa.or_(update.round_id == round_.id, update.reported_at >= since))
    query = (
        sa.select(recommendation.number, action.number.label("own"))
        .where(recommendation.id == action.recommendation_id, action.response_id == round_.response_id)
        .where(action.stage.in_(sorted(OPEN_STAGES)), action.id.not_in(told))
        .order_by(recommendation.number, action.number)
    )
    silent = [f"{row.number}.{row.own}" for row in bulk.select(work.session, query)]
    if silent:
        raise Conflict(f"nothing was reported on {', '.join(silent)} since the round opened", f"actions.{silent[0]}")


def _wrote(work: Work, response: Any) -> bool:
    """Whether whoever acts made or changed a text, a decision or the terms of an action of the edition."""
    keys: set[str] = set()
    for name in WRITTEN:
        row = _table(name)
        query = sa.select(row.id).where(row.response_id == response.id, row.edition == response.edition)
        keys |= {str(one.id) for one in bulk.select(work.session, query)}
    entry = table_of(AuditEntry).c
    own = sa.select(entry.entity, entry.changes).where(
        entry.person_id == work.actor.person_id, entry.entity_id.in_(sorted(keys)), entry.entity.in_(WRITTEN)
    )
    return any(WRITTEN[row.entity] & row.changes.keys() for row in bulk.select(work.session, own))


def _submitted(work: Work, response: Any) -> bool:
    """Whether whoever acts submitted the edition, once or again."""
    move = _table("transition")
    of_it = sa.and_(move.entity == "management_response", move.entity_id == response.id)
    published = sa.select(sa.func.max(move.id)).where(of_it, move.to_stage == ResponseStage.PUBLISHED.value)
    own = sa.select(move.id).where(
        of_it,
        move.to_stage == ResponseStage.SUBMITTED.value,
        move.person_id == work.actor.person_id,
        move.id > sa.func.coalesce(published.scalar_subquery(), 0),
    )
    return bool(bulk.select(work.session, own.limit(1)))


@dataclass(frozen=True)
class _Asked:
    """A recommendation or part that an office has to answer."""

    recommendation_id: UUID
    number: int
    priority: RecommendationPriority
    part_id: UUID | None
    letter: str | None

    @property
    def unit(self) -> Unit:
        return self.recommendation_id, self.part_id

    def lacks(self, field: str, words: str) -> MissingAnswer:
        part = f" ({self.letter})" if self.letter else ""
        message = f"recommendation {self.number}{part}: {words}"
        return MissingAnswer(self.recommendation_id, self.number, self.letter, field, message)


def _missing(one: _Asked, decision: Any, planned: dict[Any, list[Any]]) -> Iterator[MissingAnswer]:
    if decision is None:
        yield one.lacks("decision", "it has no decision")
    elif decision.decision is ResponseDecision.UNDER_CONSIDERATION:
        yield one.lacks("decision", "it is still under consideration")
    elif decision.decision in REASONED and not decision.reasons:
        yield one.lacks("reasons", "a reason is missing")
    elif decision.decision in REASONED and not (decision.explanation or "").strip():
        yield one.lacks("explanation", "the reason is not explained")
    if decision is not None and decision.decision in TAKEN_UP:
        actions = planned.get((decision.response_id, *one.unit), [])
        if not actions:
            yield one.lacks("actions", "it is taken up and no action with owner and due date is planned")
        elif one.priority is RecommendationPriority.CRITICAL and not any(row.milestone for row in actions):
            yield one.lacks("milestone", "it is critical and no action has a milestone")


def _asked(work: Work, responses: Sequence[Any]) -> dict[UUID, list[_Asked]]:
    response, recommendation = _table("management_response"), _table("recommendation")
    addressee, part = _table("addressee"), _table("recommendation_part")
    of_parts = sa.outerjoin(recommendation.id.table, part.id.table, part.recommendation_id == recommendation.id)
    columns = (response.id, recommendation.id, recommendation.number, recommendation.priority, part.id, part.letter)
    query = (
        sa.select(*columns)
        .select_from(of_parts, response.id.table, addressee.id.table)
        .where(response.id.in_([row.id for row in responses]), recommendation.evaluation_id == response.evaluation_id)
        .where(addressee.recommendation_id == recommendation.id, addressee.office_id == response.office_id)
        .where(recommendation.stage == RecommendationStage.ISSUED)
        .order_by(recommendation.number, part.letter)
    )
    found: dict[UUID, list[_Asked]] = defaultdict(list)
    for row in bulk.select(work.session, query):
        found[row[0]].append(_Asked(*tuple(row)[1:]))
    return found


def _decided(work: Work, responses: Sequence[Any]) -> dict[tuple[UUID, UUID, UUID | None], Any]:
    decision, response = _table("recommendation_response"), _table("management_response")
    query = sa.select(decision.id.table).where(
        decision.response_id == response.id,
        decision.edition == response.edition,
        response.id.in_([row.id for row in responses]),
    )
    rows = bulk.select(work.session, query)
    return {(row.response_id, row.recommendation_id, row.part_id): row for row in rows}


def _planned(work: Work, responses: Sequence[Any]) -> dict[Any, list[Any]]:
    action = _table("action")
    columns = (action.response_id, action.recommendation_id, action.part_id, action.milestone)
    query = sa.select(*columns).where(action.response_id.in_([row.id for row in responses]))
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in bulk.select(work.session, query):
        found[row.response_id, row.recommendation_id, row.part_id].append(row)
    return found


def _table(name: str) -> Any:
    """The columns of a table by its name: the rows of responses and actions stand on these guards."""
    return Row.metadata.tables[name].c
