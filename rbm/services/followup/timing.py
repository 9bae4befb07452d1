"""How late actions are, derived from their dates on the day one asks; overdue is never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rbm import clock
from rbm.model.followup import Action, ActionUpdate
from rbm.rules.deadlines import Deadlines, overdue_days
from rbm.rules.followup.ageing import oldest
from rbm.services.deadlines import deadlines_on
from rbm.settings import settings
from rbm.terms.followup import OPEN_STAGES, ActionStage
from rbm.work import Work


@dataclass(frozen=True)
class Timing:
    """How late an action is: due today is not late, and what is claimed is late with its verifier, not its owner.

    `stale`: open, and nothing was reported on it for the interval of the follow-up rounds. `original_due_missed`: not
    done by the first due date, whatever was granted since.
    """

    overdue_days: int
    long_overdue: bool
    awaiting_verification: bool
    verification_overdue_days: int
    stale: bool
    original_due_missed: bool


def timings(work: Work, actions: Sequence[Action]) -> list[Timing]:
    """How late actions are today, in their order."""
    deadlines, told = deadlines_on(work, work.today), _told_on(work, [action.id for action in actions])
    return [_timing(action, told.get(action.id), deadlines, work.today) for action in actions]


def stale(work: Work) -> sa.ColumnElement[bool]:
    """The condition of open actions on which nothing was reported for the interval of the rounds."""
    since = oldest(deadlines_on(work, work.today).round_months, work.today)
    moment = datetime.combine(since, time(), ZoneInfo(settings().time_zone))
    told = sa.select(ActionUpdate.id).where(ActionUpdate.action_id == Action.id, ActionUpdate.reported_at >= moment)
    return sa.and_(Action.stage.in_(sorted(OPEN_STAGES)), Action.planned_on < since, ~sa.exists(told))


def _told_on(work: Work, keys: list[UUID]) -> dict[UUID, date]:
    """The day of the last report on each action that has one."""
    last = sa.select(ActionUpdate.action_id, sa.func.max(ActionUpdate.reported_at))
    rows = work.session.execute(last.where(ActionUpdate.action_id.in_(keys)).group_by(ActionUpdate.action_id))
    return {key: clock.business_date(moment, settings().time_zone) for key, moment in rows}


def _timing(action: Action, told_on: date | None, deadlines: Deadlines, today: date) -> Timing:
    still_open = action.stage in OPEN_STAGES
    days = overdue_days(action.due_on, today) if still_open else 0
    claimed = action.stage is ActionStage.REPORTED_COMPLETE
    owed = overdue_days(action.verify_by, today) if claimed and action.verify_by else 0
    silent = still_open and max(told_on or action.planned_on, action.planned_on) < oldest(deadlines.round_months, today)
    until = action.completed_on or action.ended_on or today
    return Timing(days, days > deadlines.long_overdue_days, claimed, owed, silent, until > action.original_due_on)
