"""Who owes which report, and whether it came in time: derived from plans and open periods, never stored."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from rbm import clock
from rbm.access import Permission
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period, Report
from rbm.model.strategy import Framework, Result
from rbm.rules.spans import overlaps
from rbm.services.reporting.reports import OVER
from rbm.settings import settings
from rbm.terms.reporting import PeriodKind, PeriodStage, ReportStage
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from rbm.work import Work

OWING = (FrameworkLevel.COUNTRY, FrameworkLevel.PROJECT)
DELIVERED = (ReportStage.SUBMITTED, ReportStage.APPROVED)
NOTICE_DAYS = 14
"""So many days before its due day a report counts as due; the first reminder goes out then."""


class Timeliness(StrEnum):
    """Where a report that is owed stands on a day; on its due day it is not overdue."""

    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    LATE = "late"


@dataclass(frozen=True)
class Obligation:
    """A report that a plan owes for a period; `report` is the live one where it was begun."""

    framework: Framework
    period: Period
    report: Report | None
    due_on: date
    timeliness: Timeliness


def obligations(work: Work, on: date, office_ids: Collection[UUID] | None = None) -> list[Obligation]:
    """Every report owed for an open period, of some offices where they are named, the earliest due first.

    An approved country strategy or project plan owes one for each period of its days with a day on which reports are
    due, when at least one indicator of it was not made by consolidation. Only offices are counted that the caller sees.
    """
    periods = work.session.scalars(_periods()).all()
    reports = _reports(work, periods)
    found = [
        obligation
        for framework in _frameworks(work, office_ids)
        for obligation in _owed(framework, periods, reports, on)
    ]
    return sorted(found, key=lambda one: (one.due_on, one.framework.code, one.period.code))


def timeliness(report: Report | None, due_on: date, on: date) -> Timeliness:
    """Where a report stands on a day. A delivered one is late when its first submission came after the due day."""
    if report is not None and report.stage in DELIVERED and report.first_submitted_at is not None:
        came = clock.business_date(report.first_submitted_at, settings().time_zone)
        return Timeliness.LATE if came > due_on else Timeliness.SUBMITTED
    if on > due_on:
        return Timeliness.OVERDUE
    return Timeliness.DUE if on >= due_on - timedelta(days=NOTICE_DAYS) else Timeliness.NOT_DUE


def _periods() -> sa.Select[Period]:
    query = sa.select(Period).where(Period.stage == PeriodStage.OPEN, Period.kind != PeriodKind.LIFE)
    return query.where(Period.reports_due_on.is_not(None))


def _frameworks(work: Work, office_ids: Collection[UUID] | None) -> list[Framework]:
    """Approved plans with something to report; plans that the caller sees because they are shared owe others."""
    reporting = sa.select(Result.framework_id).join(Indicator, Indicator.result_id == Result.id)
    reporting = reporting.where(Indicator.derived.is_(False)).distinct()
    query = sa.select(Framework).where(
        Framework.level.in_(OWING), Framework.stage == FrameworkStage.APPROVED, Framework.id.in_(reporting)
    )
    seen = None if work.actor.system else work.actor.offices(Permission.SEE)
    wanted = work.session.scalars(query.options(joinedload(Framework.office))).all()
    scopes = [set(scope) for scope in (office_ids, seen) if scope is not None]
    return [framework for framework in wanted if all(framework.office_id in scope for scope in scopes)]


def _reports(work: Work, periods: Collection[Period]) -> dict[tuple[UUID, UUID], Report]:
    live = sa.select(Report).where(Report.stage.not_in(OVER), Report.period_id.in_([period.id for period in periods]))
    return {(report.framework_id, report.period_id): report for report in work.session.scalars(live)}


def _owed(
    framework: Framework, periods: Collection[Period], reports: dict[tuple[UUID, UUID], Report], on: date
) -> Iterator[Obligation]:
    span = (framework.period_start, framework.period_end)
    for period in periods:
        if period.reports_due_on is None or not overlaps(span, (period.start, period.end)):
            continue
        report = reports.get((framework.id, period.id))
        due_on = report.due_on if report and report.due_on else period.reports_due_on
        yield Obligation(framework, period, report, due_on, timeliness(report, due_on, on))
