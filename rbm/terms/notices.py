"""Words of notices: what people are told about."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about; each kind has a text in every language of `Language`."""

    REPORT_SUBMITTED = "report_submitted"
    REPORT_RETURNED = "report_returned"
    REPORT_APPROVED = "report_approved"
    REPORT_DUE = "report_due"
    REPORT_OVERDUE = "report_overdue"
    VALUE_VERIFIED = "value_verified"
    VALUE_REJECTED = "value_rejected"
    FLAG_RAISED = "flag_raised"
    FLAG_ESCALATED = "flag_escalated"
    FLAG_CLEARED = "flag_cleared"
    FIGURES_FAILED = "figures_failed"
    FIGURES_RECOVERED = "figures_recovered"
    FIGURES_GIVEN_UP = "figures_given_up"
    FIGURES_DIFFER = "figures_differ"
    RESPONSE_ASKED = "response_asked"
    RESPONSE_RETURNED = "response_returned"
    RESPONSE_DUE = "response_due"
    RESPONSE_OVERDUE = "response_overdue"
    RESPONSE_ESCALATED = "response_escalated"
    ACTION_DUE = "action_due"
    ACTION_OVERDUE = "action_overdue"
    ACTION_ESCALATED = "action_escalated"
    ACTION_STALE = "action_stale"
    VERIFICATION_DUE = "verification_due"
    VERIFICATION_OVERDUE = "verification_overdue"
    ROUND_OPENED = "round_opened"
    ROUND_CLOSING = "round_closing"
    ROUND_MISSED = "round_missed"
    COVERAGE_MISSING = "coverage_missing"
    STRATEGIC_MISSING = "strategic_missing"
    LONG_OUTSTANDING = "long_outstanding"
    EVALUATION_DISCLOSED = "evaluation_disclosed"
    PLAN_APPROVED = "plan_approved"
    PLAN_ENDORSED = "plan_endorsed"
    SUMMED_UP = "summed_up"


class NoticeStage(StrEnum):
    """Life of a notice in the outbox."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
