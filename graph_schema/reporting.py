"""Periods, reports on a plan for a period, and the values measured in them."""

import graphene

from graph_schema.derive import Where, figure, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.reporting import Evidence, Measurement, Period, Report
from rbm.services import reporting
from rbm.terms.reporting import PeriodStage, ReportStage, ValueStage
from rbm.terms.strategy import FrameworkStage

WRITABLE = (ReportStage.DRAFT, ReportStage.RETURNED, PeriodStage.OPEN)

node(Period, "code kind start end stage reports_due_on locks_on")
node(
    Report,
    "code stage due_on opened_at first_submitted_at submitted_at approved_at narrative version "
    "framework period submitted_by approved_by measurements",
)
node(
    Measurement,
    "place_stated place_text occurrence value numerator denominator text missing_reason comment stage verification "
    "causal_link origin released_on recorded_at correction_reason "
    "indicator period place disaggregation report supersedes recorded_by evidence",
)
node(Evidence, "url note added_at measurement added_by")


class Query(roots(Period, Report, Measurement, Evidence)):
    """What one may ask about values."""

    incomplete_splits = figure(reporting.incomplete_splits, weight=2_000)
    obligations = figure(reporting.obligations, weight=2_000)
    report_history = figure(reporting.report_history)


class Mutation(graphene.ObjectType):
    """What one may do with periods, reports and values."""

    open_period = mutation(reporting.open_period, needs(Permission.OPERATE, at=Where.HEADQUARTERS))
    close_period = mutation(
        reporting.close_period, needs(Permission.OPERATE, at=Where.HEADQUARTERS, stages=[PeriodStage.OPEN])
    )
    reopen_period = mutation(
        reporting.reopen_period, needs(Permission.OPERATE, at=Where.HEADQUARTERS, stages=[PeriodStage.CLOSED])
    )
    open_report = mutation(
        reporting.open_report, needs(Permission.REPORT, stages=[FrameworkStage.APPROVED, PeriodStage.OPEN])
    )
    record_measurement = mutation(reporting.record_measurement, needs(Permission.REPORT, stages=WRITABLE))
    record_measurements = mutation(reporting.record_measurements, needs(Permission.REPORT, stages=WRITABLE))
    correct_measurement = mutation(
        reporting.correct_measurement,
        needs(Permission.REPORT, stages=[*WRITABLE, ValueStage.DRAFT, ValueStage.RETURNED]),
    )
    submit_report = mutation(reporting.submit_report, needs(Permission.REPORT, stages=WRITABLE))
    withdraw_report = mutation(
        reporting.withdraw_report,
        needs(Permission.REPORT, stages=[ReportStage.DRAFT, ReportStage.SUBMITTED, ReportStage.RETURNED]),
    )
    return_report = mutation(reporting.return_report, needs(Permission.APPROVE, stages=[ReportStage.SUBMITTED]))
    approve_report = mutation(
        reporting.approve_report, needs(Permission.APPROVE, stages=[ReportStage.SUBMITTED, PeriodStage.OPEN])
    )
    unapprove_report = mutation(
        reporting.unapprove_report, needs(Permission.APPROVE, stages=[ReportStage.APPROVED, PeriodStage.OPEN])
    )
