"""What was handed on: a response to endorse, a claim refused, a request to decide or decided, a draft to comment on."""

from collections import defaultdict
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.followup import Action, ActionRequest, ActionVerification
from rbm.services.evaluation.commenting import COMMENTED
from rbm.services.followup.happening import RECENT, responses_at
from rbm.services.followup.owing import Ladder, Owed, actions, said_of_action, untaken
from rbm.settings import settings
from rbm.terms.followup import OPEN_STAGES, Verdict
from rbm.terms.planning import RequestStage
from rbm.terms.responses import ResponseStage
from rbm.work import Work

DECIDED = {RequestStage.GRANTED: Ladder.GRANTED, RequestStage.DECLINED: Ladder.DECLINED}
_action, _verdict, _request = table_of(Action).c, table_of(ActionVerification).c, table_of(ActionRequest).c
_evaluation, _subject = table_of(Evaluation).c, table_of(EvaluationSubject).c


def responses_submitted(work: Work) -> list[Owed]:
    """Responses that wait to be endorsed, each submission of one on its own."""
    return responses_at(work, ResponseStage.SUBMITTED, Ladder.SUBMITTED)


def claims_refused(work: Work) -> list[Owed]:
    """Actions that are open again, since what was claimed of them was refused of late."""
    since = datetime.combine(work.today - RECENT, time(), ZoneInfo(settings().time_zone))
    query = actions().add_columns(_verdict.id.label("verdict_id"), _verdict.note)
    query = query.join(table_of(ActionVerification), _verdict.action_id == _action.id).where(
        _verdict.verdict != Verdict.CONFIRMED,
        _verdict.verified_at >= since,
        _action.stage.in_(OPEN_STAGES),
        untaken(Ladder.REFUSED, _verdict.id, _action.original_due_on, 0),
    )
    return [
        _of_action(work, Ladder.REFUSED, row.verdict_id, row, row.owner_id, row.note)
        for row in bulk.select(work.session, query.order_by(_action.due_on, _verdict.id))
    ]


def requests_asked(work: Work) -> list[Owed]:
    """Requests for a later day or a release that wait to be decided."""
    fresh = untaken(Ladder.ASKED, _request.id, _action.original_due_on, 0)
    query = _requests().where(_request.stage == RequestStage.OPEN, fresh)
    return [
        _of_action(work, Ladder.ASKED, row.request_id, row, row.requested_by_id, row.reason)
        for row in bulk.select(work.session, query)
    ]


def requests_decided(work: Work) -> list[Owed]:
    """Requests that were granted or declined of late."""
    fresh = [
        sa.and_(_request.stage == stage, untaken(ladder, _request.id, _action.original_due_on, 0))
        for stage, ladder in DECIDED.items()
    ]
    query = _requests().where(sa.or_(*fresh), _request.decided_on >= work.today - RECENT)
    return [
        _of_action(
            work, DECIDED[row.stage], row.request_id, row, row.requested_by_id, row.decision_reason or row.reason
        )
        for row in bulk.select(work.session, query)
    ]


def comments_asked(work: Work) -> list[Owed]:
    """Evaluations whose draft is open to comments today, with the offices that they judge."""
    query = (
        sa.select(_evaluation.id, _evaluation.code, _evaluation.title, _subject.office_id)
        .add_columns(_evaluation.comments_from, _evaluation.comments_until)
        .select_from(table_of(Evaluation).join(table_of(EvaluationSubject), _subject.evaluation_id == _evaluation.id))
        .where(_evaluation.stage.in_(COMMENTED), _subject.office_id.is_not(None))
        .where(_evaluation.comments_from <= work.today, _evaluation.comments_until >= work.today)
        .where(untaken(Ladder.COMMENTS, _evaluation.id, _evaluation.comments_from, 0))
    )
    found = bulk.select(work.session, query.order_by(_evaluation.comments_until, _evaluation.id, _subject.office_id))
    offices, rows = defaultdict[UUID, list[UUID]](list), {row.id: row for row in found}
    for row in found:
        offices[row.id].append(row.office_id)
    return [_open_to_comments(row, tuple(dict.fromkeys(offices[key]))) for key, row in rows.items()]


def _requests() -> sa.Select[Any]:
    """Requests with what notices say of their actions."""
    columns = (_request.reason, _request.stage, _request.requested_by_id, _request.decision_reason)
    query = actions().add_columns(_request.id.label("request_id"), *columns)
    joined = query.join(table_of(ActionRequest), _request.action_id == _action.id)
    return joined.order_by(_request.requested_at, _request.id)


def _of_action(
    work: Work, ladder: Ladder, subject_id: UUID, row: sa.Row[Any], person_id: UUID | None, reason: str
) -> Owed:
    facts = said_of_action(row, row.due_on, work.today) | {"reason": reason}
    return Owed(ladder, subject_id, row.original_due_on, 0, (row.office_id,), person_id, facts)


def _open_to_comments(row: sa.Row[Any], offices: tuple[UUID, ...]) -> Owed:
    facts = {"evaluation": f"{row.code} {row.title}", "due": str(row.comments_until)}
    return Owed(Ladder.COMMENTS, row.id, row.comments_from, 0, offices, None, facts)
