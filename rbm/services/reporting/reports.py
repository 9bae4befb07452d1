"""Reports on a plan for a period: opened, submitted, returned, approved; their values go with them."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.people import Person
from rbm.model.reporting import Measurement, Period, Report, refuse_closed
from rbm.model.strategy import Framework
from rbm.rules.spans import overlaps
from rbm.services import marks, notices
from rbm.services.reporting.addressees import approvers
from rbm.services.reporting.splitting import refuse_exceeding_parts
from rbm.terms.notices import NoticeKind
from rbm.terms.reporting import PeriodStage, ReportStage, ValueStage
from rbm.terms.strategy import FrameworkStage
from rbm.work import Work

OVER = (ReportStage.WITHDRAWN, ReportStage.SUPERSEDED)
WRITABLE = (ReportStage.DRAFT, ReportStage.RETURNED)


def open_report(work: Work, framework_id: UUID, period_id: UUID) -> Report:
    """Begin the report on an approved framework for an open period that shares days with it.

    Conflict when either does not allow it, or a report that is neither withdrawn nor superseded is there already.
    """
    framework = work.get(Framework, framework_id, "framework_id")
    work.require(Permission.REPORT, framework)
    period = work.get(Period, period_id, "period_id")
    _refuse_report(framework, period)
    before = work.session.scalars(find_reports(framework.id, period.id)).all()
    if any(report.stage not in OVER for report in before):
        raise Conflict(f"{framework.code} has a report for {period.code} already", "period_id")
    number = f"/{len(before) + 1}" if before else ""
    return work.add(
        Report(
            code=f"{framework.code}/{period.code}{number}",
            framework=framework,
            period=period,
            stage=ReportStage.DRAFT,
            due_on=period.reports_due_on,
            opened_at=work.now,
        )
    )


def submit_report(work: Work, report_id: UUID, narrative: str | None = None) -> Report:
    """Send a report with at least one value to the head of office, with its narrative where one is stated.

    Conflict when its period is closed, or it holds no value; Invalid when parts of a split are more than the whole.
    """
    report = lock_report(work, report_id)
    work.move(report, ReportStage.SUBMITTED)
    refuse_exceeding_parts(work, current_values(work, report))
    report.submitted_at, report.submitted_by_id = work.now, work.actor.person_id
    report.first_submitted_at = report.first_submitted_at or work.now
    report.narrative = narrative if narrative is not None else report.narrative
    _carry(work, report, ValueStage.SUBMITTED, "submit_report")
    _tell(work, NoticeKind.REPORT_SUBMITTED, report, approvers(work, _framework(work, report).office_id))
    return report


def withdraw_report(work: Work, report_id: UUID, reason: str | None = None) -> Report:
    """Take back a report that is not approved, with its values; another one may be opened. Conflict once approved."""
    report = work.move(lock_report(work, report_id), ReportStage.WITHDRAWN, reason)
    _carry(work, report, ValueStage.WITHDRAWN, "withdraw_report")
    return report


def return_report(work: Work, report_id: UUID, reason: str) -> Report:
    """Give a submitted report back to be corrected. Invalid without a reason; Conflict when it is not submitted."""
    report = lock_report(work, report_id)
    if report.stage is ReportStage.APPROVED:
        raise Conflict("the report is approved: unapprove it", "stage")
    work.move(report, ReportStage.RETURNED, reason)
    _carry(work, report, ValueStage.RETURNED, "return_report")
    _tell(work, NoticeKind.REPORT_RETURNED, report, _submitter(report), {"reason": reason})
    return report


def approve_report(work: Work, report_id: UUID) -> Report:
    """Make the values of a submitted report count.

    Forbidden for whoever submitted it or recorded a value in it; Conflict when it is not submitted or its period is
    closed.
    """
    report = work.move(lock_report(work, report_id), ReportStage.APPROVED)
    report.approved_at, report.approved_by_id = work.now, work.actor.person_id
    _carry(work, report, ValueStage.APPROVED, "approve_report")
    _tell(work, NoticeKind.REPORT_APPROVED, report, _submitter(report))
    return report


def unapprove_report(work: Work, report_id: UUID, reason: str) -> Report:
    """Take an approval back, so that values can be corrected; what was verified stays so until it is corrected.

    Invalid without a reason; Conflict when the report is not approved or its period is closed.
    """
    report = lock_report(work, report_id)
    if report.stage is not ReportStage.APPROVED:
        raise Conflict(f"the report is {report.stage} and not approved", "stage")
    work.move(report, ReportStage.RETURNED, reason)
    report.approved_at = report.approved_by_id = None
    _carry(work, report, ValueStage.RETURNED, "unapprove_report")
    _tell(work, NoticeKind.REPORT_RETURNED, report, _submitter(report), {"reason": reason})
    return report


def find_reports(
    framework_id: UUID | None = None, period_id: UUID | None = None, stage: ReportStage | None = None
) -> sa.Select[Report]:
    """Reports, of one framework, for one period and at one stage where these are named."""
    query = sa.select(Report)
    if framework_id:
        query = query.where(Report.framework_id == framework_id)
    if period_id:
        query = query.where(Report.period_id == period_id)
    return query.where(Report.stage == stage) if stage else query


def lock_report(work: Work, report_id: UUID) -> Report:
    """The report as it stands now, and its period, held so that changes of either follow one another."""
    report = work.get(Report, report_id, "report_id", hold=True)
    period = sa.select(Period).where(Period.id == report.period_id).with_for_update(read=True)
    work.session.scalars(period.execution_options(populate_existing=True)).one()
    return report


def lock_writable(work: Work, report_id: UUID) -> Report:
    """A report that takes values, locked, once permission to report is asked. Conflict when it takes none."""
    report = lock_report(work, report_id)
    work.require(Permission.REPORT, report)
    if report.stage not in WRITABLE:
        way = {ReportStage.APPROVED: ": unapprove it first", ReportStage.SUBMITTED: ": return or withdraw it first"}
        raise Conflict(f"the report is {report.stage}{way.get(report.stage, '')}", "stage")
    refuse_closed(work, report)
    return report


def current_values(work: Work, report: Report) -> list[Measurement]:
    """The values of a report that no correction superseded."""
    query = sa.select(Measurement).where(Measurement.report_id == report.id)
    query = query.where(Measurement.stage != ValueStage.SUPERSEDED).order_by(Measurement.id)
    return list(work.session.scalars(query))


def _refuse_report(framework: Framework, period: Period) -> None:
    if framework.stage is not FrameworkStage.APPROVED:
        raise Conflict(f"{framework.code} is {framework.stage} and not approved", "framework_id")
    if period.stage is PeriodStage.CLOSED:
        raise Conflict(f"the period {period.code} is closed", "period")
    if not overlaps((framework.period_start, framework.period_end), (period.start, period.end)):
        raise Conflict(f"{framework.code} does not run in {period.code}", "period_id")


def _carry(work: Work, report: Report, stage: ValueStage, cause: str) -> None:
    values = current_values(work, report)
    for value in values:
        value.stage = stage
    work.flush()
    marks.mark(work, {value.indicator_id for value in values}, cause)


def _framework(work: Work, report: Report) -> Framework:
    return work.session.get_one(Framework, report.framework_id)


def _submitter(report: Report) -> list[UUID]:
    return [report.submitted_by_id] if report.submitted_by_id else []


def _tell(
    work: Work, kind: NoticeKind, report: Report, persons: Iterable[UUID], more: dict[str, str] | None = None
) -> None:
    by = work.session.get(Person, work.actor.person_id) if work.actor.person_id else None
    facts = {
        "report": report.code,
        "framework": _framework(work, report).title,
        "period": work.session.get_one(Period, report.period_id).code,
        "by": by.name if by else work.actor.label,
    }
    work.flush()
    others = [person for person in persons if person != work.actor.person_id]
    notices.tell(work, kind, others, f"{report.code} version {report.version}", facts | (more or {}))
