"""Finding responses by how they stand against their clock, and what is computed of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.disclosure import FOLLOWING_UP
from rbm.model import responses_guards
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse
from rbm.model.responses_guards import MissingAnswer
from rbm.rules import deadlines
from rbm.services.responses.addressed import came_since
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
    """Days since the due day of a response that never came, and whether it came late; null while it did not come.

    A first edition that stands returned is owed again by the same day; that it came stays as it was.

    `awaited_by` is the day by which the first recommendation is to be answered that was issued after the response came;
    null without one. Past that day the response is overdue again.
    """

    overdue_days: int
    was_late: bool | None
    awaited_by: date | None


def find_responses(work: Work, question: ResponseQuestion | None = None) -> sa.Select[ManagementResponse]:
    """Responses, the earliest due first. On its due day a response is not overdue.

    One that came is due or overdue again by what was issued since, whether it came in time or late.
    """
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
    """How each response stands against its clock today. On its due day and once it came it is not overdue.

    What was issued after it came makes it overdue again past the day of its own.
    """
    since = sa.select(ManagementResponse.id, sa.func.min(Addressee.due_on).label("due_on")).where(
        came_since(), ManagementResponse.id.in_([row.id for row in responses])
    )
    found = work.session.execute(since.group_by(ManagementResponse.id))
    awaited: dict[UUID, date] = {one.id: one.due_on for one in found}
    return [_clock(row, awaited.get(row.id), work.today) for row in responses]


def missing_answers(work: Work, responses: Sequence[ManagementResponse]) -> list[list[MissingAnswer]]:
    """What a response lacks before it can be submitted; null for those who do not see what is being written."""
    return responses_guards.missing_answers(work, responses)


def may_see_written(work: Work, responses: Sequence[ManagementResponse]) -> list[bool]:
    """Of each response, whether the caller sees what its office is writing."""
    following = any(work.actor.may(permission, None) for permission in FOLLOWING_UP)
    return [following or work.actor.may(Permission.SEE, row.office_id) for row in responses]


def owed() -> sa.ColumnElement[bool]:
    """Whether a response is owed by its due day: it never came, or what came first stands returned."""
    returned = sa.and_(ManagementResponse.stage == ResponseStage.RETURNED, ManagementResponse.edition == 1)
    return sa.or_(ManagementResponse.submitted_on.is_(None), returned)


def is_owed(row: ManagementResponse) -> bool:
    """The same of one response."""
    return row.submitted_on is None or (row.stage is ResponseStage.RETURNED and row.edition == 1)


def _standing(timing: ResponseTiming, today: date) -> sa.ColumnElement[bool]:
    open_, due, came = owed(), ManagementResponse.due_on, ManagementResponse.submitted_on
    since = sa.select(Addressee.id).where(came_since()).correlate(ManagementResponse)
    late = sa.exists(since.where(Addressee.due_on < today))
    conditions = {
        ResponseTiming.DUE: sa.or_(sa.and_(open_, due >= today), sa.and_(sa.exists(since), ~late)),
        ResponseTiming.OVERDUE: sa.or_(sa.and_(open_, due < today), late),
        ResponseTiming.IN_TIME: came <= due,
        ResponseTiming.LATE: came > due,
    }
    return conditions[timing]


def _clock(row: ManagementResponse, awaited_by: date | None, today: date) -> ResponseClock:
    if row.submitted_on is None:
        return ResponseClock(deadlines.overdue_days(row.due_on, today), None, None)
    if is_owed(row):
        late = deadlines.overdue_days(row.due_on, today)
        return ResponseClock(late, row.submitted_on > row.due_on, awaited_by)
    overdue = deadlines.overdue_days(awaited_by, today) if awaited_by else 0
    return ResponseClock(overdue, row.submitted_on > row.due_on, awaited_by)
