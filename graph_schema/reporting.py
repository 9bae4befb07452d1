"""Periods, reports on a plan for a period, and the values measured in them."""

import graphene

from graph_schema.derive import figure, mutation, node, roots
from rbm.model.reporting import Evidence, Measurement, Period, Report
from rbm.services import reporting

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

    obligations = figure(reporting.obligations)
    report_history = figure(reporting.report_history)


class Mutation(graphene.ObjectType):
    """What one may do with periods, reports and values."""

    open_period = mutation(reporting.open_period)
    close_period = mutation(reporting.close_period)
    reopen_period = mutation(reporting.reopen_period)
    open_report = mutation(reporting.open_report)
    record_measurement = mutation(reporting.record_measurement)
    record_measurements = mutation(reporting.record_measurements)
    correct_measurement = mutation(reporting.correct_measurement)
    submit_report = mutation(reporting.submit_report)
    withdraw_report = mutation(reporting.withdraw_report)
    return_report = mutation(reporting.return_report)
    approve_report = mutation(reporting.approve_report)
    unapprove_report = mutation(reporting.unapprove_report)
