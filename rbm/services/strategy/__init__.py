"""Strategy: frameworks at every level, their results, the links between them and to what others plan."""

from rbm.services.strategy.coverage import (
    LevelCoverage,
    LinkCoverage,
    link_coverage,
    offices_on_corporate_framework,
    reaching_corporate,
)
from rbm.services.strategy.frameworks import (
    FrameworkPlan,
    FrameworkRevision,
    approve_framework,
    close_framework,
    create_framework,
    find_frameworks,
    refuse_closed,
    release_framework,
    review_framework,
    revise_framework,
)
from rbm.services.strategy.gaps import Gap, GapCount, StrategyGaps, strategy_gaps
from rbm.services.strategy.links import link_results, state_cause, unlink_results
from rbm.services.strategy.normative import (
    ContributionIntent,
    NormativeContribution,
    intend_contribution,
    normative_report,
    withdraw_contribution,
)
from rbm.services.strategy.plans import (
    create_external_plan,
    find_external_plans,
    join_external_plan,
    leave_external_plan,
)
from rbm.services.strategy.progress import NormativeProgress, VerifiedContribution, normative_progress
from rbm.services.strategy.results import (
    ResultPlan,
    assign_owner,
    find_results,
    plan_result,
    result_as_of,
    revise_result,
)

__all__ = [
    "ContributionIntent",
    "FrameworkPlan",
    "FrameworkRevision",
    "Gap",
    "GapCount",
    "LevelCoverage",
    "LinkCoverage",
    "NormativeContribution",
    "NormativeProgress",
    "ResultPlan",
    "StrategyGaps",
    "VerifiedContribution",
    "approve_framework",
    "assign_owner",
    "close_framework",
    "create_external_plan",
    "create_framework",
    "find_external_plans",
    "find_frameworks",
    "find_results",
    "intend_contribution",
    "join_external_plan",
    "leave_external_plan",
    "link_coverage",
    "link_results",
    "normative_progress",
    "normative_report",
    "offices_on_corporate_framework",
    "plan_result",
    "reaching_corporate",
    "refuse_closed",
    "release_framework",
    "result_as_of",
    "review_framework",
    "revise_framework",
    "revise_result",
    "state_cause",
    "strategy_gaps",
    "unlink_results",
    "withdraw_contribution",
]
