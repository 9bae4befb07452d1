"""Words of the follow-up room: actions, their verification, and where recommendations stand."""

from enum import StrEnum


class ActionStage(StrEnum):
    """Life of an action. Overdue is derived, never a stage. Source: UNDP ERC, JIU, with claimed apart from verified."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    REPORTED_COMPLETE = "reported_complete"
    VERIFIED_COMPLETE = "verified_complete"
    NO_LONGER_APPLICABLE = "no_longer_applicable"
    SUPERSEDED = "superseded"


OPEN_STAGES = frozenset({ActionStage.NOT_STARTED, ActionStage.IN_PROGRESS})
"""The stages in which an action can be overdue; a claimed one waits for its verification."""


class RecommendationStatus(StrEnum):
    """Where a recommendation stands, derived from decisions and actions. Source: JIU, World Bank IEG, IFAD."""

    NOT_ISSUED = "not_issued"
    AWAITING_RESPONSE = "awaiting_response"
    UNDER_CONSIDERATION = "under_consideration"
    NOT_ACCEPTED = "not_accepted"
    NO_ACTION = "no_action"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AWAITING_VERIFICATION = "awaiting_verification"
    IMPLEMENTED = "implemented"
    CLOSED_WITHOUT_IMPLEMENTATION = "closed_without_implementation"
    SUPERSEDED = "superseded"


CLOSED_STATUSES = frozenset(
    {
        RecommendationStatus.NOT_ACCEPTED,
        RecommendationStatus.IMPLEMENTED,
        RecommendationStatus.CLOSED_WITHOUT_IMPLEMENTATION,
        RecommendationStatus.SUPERSEDED,
    }
)


class VerificationScope(StrEnum):
    """How far a claimed action is verified, by the priority of its recommendation."""

    FULL = "full"
    SAMPLE = "sample"
    NONE = "none"


class Verdict(StrEnum):
    """What a verification says of a claim."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REOPENED = "reopened"


class ActionRequestKind(StrEnum):
    """What the owner of an action asks of others."""

    EXTENSION = "extension"
    RELEASE = "release"


class ReleaseReason(StrEnum):
    """Why an action is no longer applicable. Source: UNEP, JIU."""

    OVERTAKEN_BY_EVENTS = "overtaken_by_events"
    NOT_FEASIBLE = "not_feasible"
    NO_LONGER_RELEVANT = "no_longer_relevant"
    MERGED = "merged"
    OTHER = "other"


class EscalationLevel(StrEnum):
    """To whom something overdue was brought, from its owner up. Source: UNEP recommendation compliance."""

    OWNER = "owner"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    SENIOR_MANAGEMENT = "senior_management"


class Ageing(StrEnum):
    """How long something has been open. Source: UNDP country office audits: 12 and 18 months."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class AgeBucket(StrEnum):
    """How many months ago an open recommendation was issued. Source: UNDP and JIU ageing of recommendations."""

    UP_TO_6 = "up_to_6"
    UP_TO_12 = "up_to_12"
    UP_TO_24 = "up_to_24"
    ABOVE_24 = "above_24"


class KeyFigure(StrEnum):
    """Figures of the evaluation function, by their numbers in the practice of UN organisations."""

    K1 = "K1"
    K2 = "K2"
    K3 = "K3"
    K4 = "K4"
    K5 = "K5"
    K6 = "K6"
    K7 = "K7"
    K8 = "K8"
    K9 = "K9"
    K10 = "K10"
    K11 = "K11"
    K12 = "K12"
    K13 = "K13"
    K14 = "K14"
    K15 = "K15"
    K16 = "K16"
    K17 = "K17"
    K18 = "K18"
    K19 = "K19"
    K20 = "K20"
    K21 = "K21"
    K23 = "K23"
    K24 = "K24"


class FigureUnit(StrEnum):
    """In what a figure of the evaluation function is counted."""

    PERCENT = "percent"
    DAYS = "days"
    POINTS = "points"


class NoValue(StrEnum):
    """Why a figure of the evaluation function has no value."""

    NOTHING_COUNTED = "nothing_counted"
    NO_EXPENDITURE_KNOWN = "no_expenditure_known"
    SEVERAL_CURRENCIES = "several_currencies"
    NOT_SEEN = "not_seen"


class Light(StrEnum):
    """How good a score is. Source: UNDP evaluation management, lower bounds inclusive."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
