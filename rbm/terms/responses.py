"""Words of the responses room: what management answers to recommendations."""

from enum import StrEnum


class ResponseStage(StrEnum):
    """Life of a management response. Source: UNEG standard 1.4, UN-Habitat, UNEP."""

    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ENDORSED = "endorsed"
    PUBLISHED = "published"


class ResponseTiming(StrEnum):
    """How a response stands against its clock on a day. A late one stays late when it has come."""

    DUE = "due"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    LATE = "late"


class ResponseDecision(StrEnum):
    """What management decides of a recommendation. Source: JIU, UNDP, WFP, FAO."""

    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially_accepted"
    REJECTED = "rejected"
    UNDER_CONSIDERATION = "under_consideration"
    NOT_RELEVANT = "not_relevant"


TAKEN_UP = frozenset({ResponseDecision.ACCEPTED, ResponseDecision.PARTIALLY_ACCEPTED})
"""The decisions that need an action."""
REASONED = frozenset({ResponseDecision.PARTIALLY_ACCEPTED, ResponseDecision.REJECTED, ResponseDecision.NOT_RELEVANT})
"""The decisions that need a reason."""


class ResponseReason(StrEnum):
    """Why a recommendation is not fully accepted. Source: WFP review of ten evaluations; UNEP for the last ones."""

    CONTRADICTS_POLICY = "contradicts_policy"
    RESOURCE_CONSTRAINTS_IGNORED = "resource_constraints_ignored"
    EXCEEDS_FINDING = "exceeds_finding"
    DOES_NOT_FIT_OPERATIONS = "does_not_fit_operations"
    ALREADY_DONE = "already_done"
    OVERTAKEN_BY_EVENTS = "overtaken_by_events"
    CONTESTED_EVIDENCE = "contested_evidence"
    OUTSIDE_MANDATE = "outside_mandate"
    OTHER = "other"


class Incompleteness(StrEnum):
    """Why the evaluation unit may return a response: never because it disagrees."""

    MISSING_DECISION = "missing_decision"
    MISSING_REASON = "missing_reason"
    ACTION_NOT_ACTIONABLE = "action_not_actionable"
    WRONG_FORMAT = "wrong_format"


class RoundStage(StrEnum):
    """Life of a follow-up round. Source: UNEP recommendation compliance."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    MISSED = "missed"
