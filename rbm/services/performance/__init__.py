"""Performance: ratings of what was reached, flags on interventions that do poorly, and what is done about them."""

from rbm.services.performance.acting import (
    acknowledge_flag,
    fail_flag,
    plan_improvement,
    report_progress_on_flag,
    resolve_flag,
)
from rbm.services.performance.bands import Band, band
from rbm.services.performance.figures import (
    HitRateFigure,
    RatingCounts,
    hit_rates,
    rating_counts,
)
from rbm.services.performance.finding import FlagQuestion, find_flags
from rbm.services.performance.flagging import flag_interventions
from rbm.services.performance.loading import load, reach
from rbm.services.performance.rulesets import RuleParameters, revise_rule, revise_thresholds, thresholds_on

__all__ = [
    "Band",
    "FlagQuestion",
    "HitRateFigure",
    "RatingCounts",
    "RuleParameters",
    "acknowledge_flag",
    "band",
    "fail_flag",
    "find_flags",
    "flag_interventions",
    "hit_rates",
    "load",
    "plan_improvement",
    "rating_counts",
    "reach",
    "report_progress_on_flag",
    "resolve_flag",
    "revise_rule",
    "revise_thresholds",
    "thresholds_on",
]
