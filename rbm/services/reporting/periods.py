"""Periods: opened, closed to further values by hand or by the day, opened again with a reason."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.reporting import Period
from rbm.rules.inputs import refuse_blank
from rbm.rules.spans import months_later, refuse_reversed
from rbm.services import marks
from rbm.services.people import headquarters
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work

MONTHS = {PeriodKind.YEAR: 12, PeriodKind.SEMESTER: 6, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
"""Whole calendar months of each kind; life and other have any length."""


@dataclass(frozen=True)
class PeriodPlan:
    """A period to be opened, first and last day inclusive: when its reports are due, and the last day for changes."""

    code: str
    kind: PeriodKind
    start: date
    end: date
    reports_due_on: date | None = None
    locks_on: date | None = None


def open_period(work: Work, plan: PeriodPlan) -> Period:
    """Add a period, open for values, for the whole organisation.

    Invalid when its days do not make a period of its kind, or its reports were due before it ends or after it locks;
    Conflict when it is there already.
    """
    work.require(Permission.OPERATE, headquarters(work).id)
    code = refuse_blank(plan.code, "code")
    _refuse_days(plan)
    _refuse_due(plan)
    period = work.add(Period(**(vars(plan) | {"code": code}), stage=PeriodStage.OPEN))
    marks.mark_periods(work, [period.id], "open_period")
    return period


def close_period(work: Work, period_id: UUID) -> Period:
    """Take no more values for a period. Conflict when it is closed."""
    work.require(Permission.OPERATE, headquarters(work).id)
    return work.move(work.get(Period, period_id, "period_id"), PeriodStage.CLOSED)


def reopen_period(work: Work, period_id: UUID, reason: str, locks_on: date | None = None) -> Period:
    """Take values for a closed period again, until a new last day where one is named. Invalid without a reason."""
    work.require(Permission.OPERATE, headquarters(work).id)
    period = work.get(Period, period_id, "period_id")
    if locks_on and locks_on < work.today:
        raise Invalid(f"{locks_on} is over", "locks_on")
    work.move(period, PeriodStage.OPEN, reason)
    period.locks_on = locks_on
    work.flush()
    return period


def lock_periods(work: Work) -> dict[str, int]:
    """Close every open period whose last day for changes is over; how many were closed. A job."""
    work.require(Permission.OPERATE, headquarters(work).id)
    query = sa.select(Period).where(Period.stage == PeriodStage.OPEN, Period.locks_on < work.today)
    over = work.session.scalars(query.order_by(Period.id).with_for_update()).all()
    for period in over:
        work.move(period, PeriodStage.CLOSED)
    return {"closed": len(over)}


def find_periods(kind: PeriodKind | None = None, stage: PeriodStage | None = None) -> sa.Select[Period]:
    """Periods, of one kind and at one stage where these are named."""
    query = sa.select(Period)
    if kind:
        query = query.where(Period.kind == kind)
    return query.where(Period.stage == stage) if stage else query


def _refuse_days(plan: PeriodPlan) -> None:
    refuse_reversed((plan.start, plan.end), "end")
    months = MONTHS.get(plan.kind)
    if months is None:
        return
    if plan.start.day != 1:
        raise Invalid(f"a {plan.kind} starts on the first day of a month", "start")
    last = months_later(plan.start, months) - timedelta(days=1)
    if plan.end != last:
        raise Invalid(f"a {plan.kind} from {plan.start} ends on {last}", "end")


def _refuse_due(plan: PeriodPlan) -> None:
    if plan.reports_due_on and plan.reports_due_on < plan.end:
        raise Invalid(f"the period ends on {plan.end} only", "reports_due_on")
    if plan.locks_on and plan.locks_on < (plan.reports_due_on or plan.end):
        raise Invalid("it would lock before its reports are due", "locks_on")
