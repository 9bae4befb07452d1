"""Words of the reporting room: periods, reports and measured values."""

from enum import StrEnum


class PeriodKind(StrEnum):
    """Length of a reporting period; a life period covers a whole project and enters no annual figure."""

    YEAR = "year"
    SEMESTER = "semester"
    QUARTER = "quarter"
    MONTH = "month"
    LIFE = "life"
    OTHER = "other"


class PeriodStage(StrEnum):
    """Whether a period still takes values."""

    OPEN = "open"
    CLOSED = "closed"


class ReportStage(StrEnum):
    """Life of a report. Source: DHIS2 data approval, UNICEF partner reporting."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ValueStage(StrEnum):
    """Life of a reported value; it follows its report."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Verification(StrEnum):
    """How far a value has been checked by somebody of another unit. Source: requirement R054."""

    SELF_REPORTED = "self_reported"
    UNDER_CHECK = "under_check"
    VERIFIED = "verified"
    REJECTED = "rejected"


class MissingReason(StrEnum):
    """Why there is no number."""

    NOT_REPORTED = "not_reported"
    NOT_AVAILABLE = "not_available"
    NOT_APPLICABLE = "not_applicable"
    NOT_COLLECTED = "not_collected"
    TEXT_ONLY = "text_only"


class CausalLink(StrEnum):
    """Evidence that the value was caused by the intervention (requirement R030)."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    NOT_APPLICABLE = "not_applicable"
