"""Finding responses by how they stand against their clock, and what is computed of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rbm.access import Permission
from rbm.disclosure import FOLLOWING_UP
from rbm.model import responses_guards
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse
from rbm.model.responses_guards import MissingAnswer
from rbm.rules import deadlines
from rbm.terms.evaluation import SourceKind
from rbm.terms.responses import ResponseStage, ResponseTiming
from rbm.work import Work


@dataclass(frozen=True)
class ResponseQuestion:
    """Which responses are asked for: how they stand today, of the office with a code, to a kind of source."""

    timing: ResponseTiming | None = None
    office: str | None = None
    source: SourceKind | None = None
    stage: ResponseStage | None = None


@dataclass(frozen=True)
class ResponseClock:
    """Days since the due day of a response that never came, and whether it came late; null while it did not come."""

    overdue_days: int
    was_late: bool | None


def find_responses(work: Work, question: ResponseQuestion | None = None) -> sa.Select[ManagementResponse]:
    """Responses, the earliest due first. On its due day a response is not overdue."""
    asked = question or ResponseQuestion()
    query = sa.select(ManagementResponse).join(ManagementResponse.evaluation).join(ManagementResponse.office)
    if asked.timing is not None:
        query = query.where(_standing(asked.timing, work.today))
    if asked.office is not None:
        query = query.where(Office.code == asked.office)
    if asked.source is not None:
        query = query.where(Evaluation.source == asked.source)
    if asked.stage is not None:
        query = query.where(ManagementResponse.stage == asked.stage)
    return query.order_by(ManagementResponse.due_on, Evaluation.code, Office.code)


def response_clocks(work: Work, responses: Sequence[ManagementResponse]) -> list[ResponseClock]:
    """How each response stands against its clock today. On its due day and once it came it is not overdue."""
    return [_clock(row, work.today) for row in responses]


def missing_answers(work: Work, responses: Sequence[ManagementResponse]) -> list[list[MissingAnswer]]:
    """What a response lacks before it can be submitted; null for those who do not see what is being written."""
    return responses_guards.missing_answers(work, responses)


def may_see_written(work: Work, responses: Sequence[ManagementResponse]) -> list[bool]:
    """Of each response, whether the caller sees what its office is writing."""
    following = any(work.actor.may(permission, None) for permission in FOLLOWING_UP)
    return [following or work.actor.may(Permission.SEE, row.office_id) for row in responses]


def _standing(timing: ResponseTiming, today: date) -> sa.ColumnElement[bool]:
    open_, due, came = (
        ManagementResponse.submitted_on.is_(None),
        ManagementResponse.due_on,
        ManagementResponse.submitted_on,
    )
    conditions = {
        ResponseTiming.DUE: sa.and_(open_, due >= today),
        ResponseTiming.OVERDUE: sa.and_(open_, due < today),
        ResponseTiming.IN_TIME: came <= due,
        ResponseTiming.LATE: came > due,
    }
    return conditions[timing]


def _clock(row: ManagementResponse, today: date) -> ResponseClock:
    if row.submitted_on is None:
        return ResponseClock(deadlines.overdue_days(row.due_on, today), None)
    return ResponseClock(0, row.submitted_on > row.due_on)
