"""What happened and is told of once: responses asked for, rounds, silence on actions, reports that became public."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rbm import bulk, clock
from rbm.db import table_of
from rbm.model.evaluation import Evaluation
from rbm.model.followup import Action, ActionUpdate
from rbm.model.notices import Reminder
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.rules.deadlines import Deadlines, months_after
from rbm.services.followup.owing import (
    OWING,
    Ladder,
    Owed,
    actions,
    responses,
    rounds,
    said_of_action,
    said_of_response,
    said_of_round,
    untaken,
)
from rbm.settings import settings
from rbm.stages import Transition
from rbm.terms.followup import OPEN_STAGES
from rbm.terms.responses import ResponseStage, RoundStage
from rbm.work import Work

RECENT = timedelta(days=31)
"""How long after the day it is still told that a report was transmitted or became public."""
_round, _action, _update = table_of(FollowUpRound).c, table_of(Action).c, table_of(ActionUpdate).c
_evaluation, _response, _taken = table_of(Evaluation).c, table_of(ManagementResponse).c, table_of(Reminder).c
_move = table_of(Transition).c


def responses_asked(work: Work) -> list[Owed]:
    """Responses that are due since a report was transmitted to the office of late."""
    recent = _response.transmitted_on.between(work.today - RECENT, work.today)
    fresh = untaken(Ladder.TRANSMITTED, _response.id, _response.transmitted_on, 0)
    query = responses().where(_response.stage.in_(OWING), _response.submitted_on.is_(None), recent, fresh)
    return [
        Owed(
            Ladder.TRANSMITTED,
            row.id,
            row.transmitted_on,
            0,
            (row.office_id,),
            None,
            said_of_response(row, work.today),
        )
        for row in bulk.select(work.session, query.order_by(_response.due_on, _response.id))
    ]


def responses_returned(work: Work) -> list[Owed]:
    """Responses that stand returned as incomplete, each return of one on its own."""
    return responses_at(work, ResponseStage.RETURNED, Ladder.RETURNED)


def responses_at(work: Work, stage: ResponseStage, ladder: Ladder) -> list[Owed]:
    """Responses that stand at a stage nobody was told of since they came to it; with the reason where one was given."""
    moves = (
        _move.entity == ManagementResponse.__tablename__,
        _move.entity_id == _response.id,
        _move.to_stage == stage.value,
    )
    moved = sa.select(sa.func.count()).where(*moves).correlate(table_of(ManagementResponse))
    number = moved.scalar_subquery()
    last = sa.select(_move.reason).where(*moves).order_by(_move.id.desc()).limit(1)
    reason = last.correlate(table_of(ManagementResponse)).scalar_subquery()
    fresh = untaken(ladder, _response.id, _response.due_on, number)
    query = responses().add_columns(number.label("number"), reason.label("reason"))
    query = query.where(_response.stage == stage, fresh)
    return [
        Owed(
            ladder,
            row.id,
            row.due_on,
            row.number,
            (row.office_id,),
            None,
            said_of_response(row, work.today) | {"reason": row.reason or ""},
        )
        for row in bulk.select(work.session, query.order_by(_response.due_on, _response.id))
    ]


def rounds_opened(work: Work) -> list[Owed]:
    """Rounds that are open and nobody was told of."""
    return _rounds(work, Ladder.ROUND_OPENED, RoundStage.OPEN, _round.opens_on)


def rounds_missed(work: Work) -> list[Owed]:
    """Rounds that were missed and nobody was told of."""
    return _rounds(work, Ladder.ROUND_MISSED, RoundStage.MISSED, _round.closes_on)


def actions_without_news(work: Work, deadlines: Deadlines) -> list[Owed]:
    """Open actions on which nothing was reported for one interval of rounds; each again after another interval."""
    until = silent_since(work.today, deadlines.round_months)
    after = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(settings().time_zone))
    last = sa.select(sa.func.max(_update.reported_at)).where(_update.action_id == _action.id).scalar_subquery()
    told = sa.select(_taken.id).where(
        _taken.ladder == Ladder.STALE.value, _taken.subject_id == _action.id, _taken.sent_on > until
    )
    query = (
        actions()
        .add_columns(_action.planned_on, last.label("last"))
        .where(
            _action.stage.in_(OPEN_STAGES),
            _action.planned_on <= until,
            ~sa.exists(sa.select(_update.id).where(_update.action_id == _action.id, _update.reported_at >= after)),
            ~sa.exists(told),
        )
    )
    return [_without_news(work, row) for row in bulk.select(work.session, query.order_by(_action.due_on, _action.id))]


def silent_since(today: date, months: int) -> date:
    """The last day after which an interval of so many months has passed by today."""
    day = months_after(today, -months)
    while months_after(day + timedelta(days=1), months) <= today:
        day += timedelta(days=1)
    return day


def reports_disclosed(work: Work) -> list[Owed]:
    """Evaluations whose report became public of late, with the offices that answer them."""
    since = work.today - RECENT
    opened = sa.or_(_evaluation.withheld_until.is_(None), _evaluation.withheld_until < work.today)
    late = sa.or_(_evaluation.disclosed_on > since, _evaluation.withheld_until >= since)
    columns = (_evaluation.id, _evaluation.code, _evaluation.title, _evaluation.manager_id)
    days = (_evaluation.disclosed_on, _evaluation.withheld_until)
    query = sa.select(*columns, *days, _response.office_id).select_from(
        table_of(Evaluation).outerjoin(table_of(ManagementResponse), _response.evaluation_id == _evaluation.id)
    )
    fresh = untaken(Ladder.DISCLOSURE, _evaluation.id, _evaluation.disclosed_on, 0)
    found = bulk.select(
        work.session,
        query.where(_evaluation.disclosed_on <= work.today, opened, late, fresh).order_by(
            _evaluation.disclosed_on, _evaluation.id, _response.office_id
        ),
    )
    offices, rows = defaultdict[UUID, list[UUID]](list), {row.id: row for row in found}
    for row in found:
        offices[row.id] += [row.office_id] if row.office_id else []
    return [_disclosed(row, tuple(offices[key])) for key, row in rows.items()]


def _rounds(work: Work, ladder: Ladder, stage: RoundStage, on: Any) -> list[Owed]:
    query = rounds().where(_round.stage == stage, untaken(ladder, _round.id, on, 0)).order_by(on, _round.id)
    found = bulk.select(work.session, query)
    opened = ladder is Ladder.ROUND_OPENED
    return [
        Owed(ladder, row.id, row.opens_on if opened else row.closes_on, 0, (row.office_id,), None, said_of_round(row))
        for row in found
    ]


def _without_news(work: Work, row: sa.Row[Any]) -> Owed:
    since = clock.business_date(row.last, settings().time_zone) if row.last else row.planned_on
    facts = said_of_action(row, row.due_on, work.today) | {"since": str(since)}
    return Owed(Ladder.STALE, row.id, work.today, 0, (row.office_id,), row.owner_id, facts)


def _disclosed(row: sa.Row[Any], offices: tuple[UUID, ...]) -> Owed:
    withheld = row.withheld_until is not None and row.withheld_until >= row.disclosed_on
    public_on = row.withheld_until + timedelta(days=1) if withheld else row.disclosed_on
    facts = {"evaluation": f"{row.code} {row.title}", "due": str(public_on)}
    return Owed(Ladder.DISCLOSURE, row.id, row.disclosed_on, 0, offices, row.manager_id, facts)
