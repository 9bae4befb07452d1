"""Words of flags on interventions."""

from enum import StrEnum


class FlagStage(StrEnum):
    """Life of a flag. Source: requirement R061; `cleared` when its cause is gone, `resolved` when people say so."""

    WATCH = "watch"
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACTION = "action"
    IMPROVING = "improving"
    RESOLVED = "resolved"
    CLEARED = "cleared"
    CLOSED_AS_FAILED = "closed_as_failed"
