"""Words of the performance room: ratings against targets, and the rules that find poorly performing interventions."""

from enum import StrEnum


class Rating(StrEnum):
    """How a value stands against its target. Source: results scorecards of UNDP (IRRF, CPD)."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_RATED = "not_rated"


class RatingGap(StrEnum):
    """Why a cell has no rating; for the first, its achievement says more."""

    NO_ACHIEVEMENT = "no_achievement"
    WINDOW_OPEN = "window_open"


class FlagRule(StrEnum):
    """Rules that find poorly performing interventions. Source: requirement R060."""

    OFF_TRACK = "off_track"
    MISSED_TARGET_TWICE = "missed_target_twice"
    NO_BASELINE = "no_baseline"
    STALE_INDICATOR = "stale_indicator"
    REPORT_OVERDUE = "report_overdue"
