"""Reporting: periods, reports, their values, who owes which report, and values published by others."""

from rbm.services.reporting.measurements import (
    CorrectionInput,
    Revision,
    correct_measurement,
    find_measurements,
    record_measurement,
    record_measurements,
    report_history,
)
from rbm.services.reporting.obligations import Obligation, Timeliness, obligations, timeliness
from rbm.services.reporting.periods import (
    PeriodPlan,
    close_period,
    find_periods,
    lock_periods,
    open_period,
    reopen_period,
)
from rbm.services.reporting.publishing import Published, PublishedCell, publish_cells
from rbm.services.reporting.reminders import remind_reports
from rbm.services.reporting.reports import (
    approve_report,
    find_reports,
    open_report,
    return_report,
    submit_report,
    unapprove_report,
    withdraw_report,
)
from rbm.services.reporting.splitting import IncompleteSplit, incomplete_splits
from rbm.services.reporting.stating import EvidenceInput, MeasurementInput, StatedValue, ValueInput

__all__ = [
    "CorrectionInput",
    "EvidenceInput",
    "IncompleteSplit",
    "MeasurementInput",
    "Obligation",
    "PeriodPlan",
    "Published",
    "PublishedCell",
    "Revision",
    "StatedValue",
    "Timeliness",
    "ValueInput",
    "approve_report",
    "close_period",
    "correct_measurement",
    "find_measurements",
    "find_periods",
    "find_reports",
    "incomplete_splits",
    "lock_periods",
    "obligations",
    "open_period",
    "open_report",
    "publish_cells",
    "record_measurement",
    "record_measurements",
    "remind_reports",
    "reopen_period",
    "report_history",
    "return_report",
    "submit_report",
    "timeliness",
    "unapprove_report",
    "withdraw_report",
]
