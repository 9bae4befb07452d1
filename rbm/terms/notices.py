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


class NoticeStage(StrEnum):
    """Life of a notice in the outbox."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
