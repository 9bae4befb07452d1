"""Words of the strategy room: frameworks, results and the links between them."""

from enum import StrEnum


class FrameworkLevel(StrEnum):
    """Where a results framework stands in the chain, highest first. Source: UN RBM handbook 2011, MOPAN KPI 7."""

    CORPORATE = "corporate"
    REGIONAL = "regional"
    COUNTRY = "country"
    PROJECT = "project"


class FrameworkStage(StrEnum):
    """Life of a framework: drafted, approved by its body, closed when its period is over."""

    DRAFT = "draft"
    APPROVED = "approved"
    CLOSED = "closed"


class ResultLevel(StrEnum):
    """Levels of the results chain, highest first. Source: OECD-DAC glossary 2022 (impact counts as goal)."""

    GOAL = "goal"
    OUTCOME = "outcome"
    OUTPUT = "output"
    ACTIVITY = "activity"
    OTHER = "other"


class NodeKind(StrEnum):
    """What a node of a framework is: a principle, an objective, or a result of the chain. Source: MiGOF 2015."""

    PRINCIPLE = "principle"
    OBJECTIVE = "objective"
    RESULT = "result"


class NormativeFramework(StrEnum):
    """External normative frameworks that results contribute to."""

    SDG = "sdg"
    GLOBAL_COMPACT_MIGRATION = "global_compact_migration"
    GLOBAL_COMPACT_REFUGEES = "global_compact_refugees"


class ExternalPlanKind(StrEnum):
    """Plans of others that a strategy or project joins."""

    UNDAF = "undaf"
    UNSDCF = "unsdcf"
    HUMANITARIAN_RESPONSE_PLAN = "humanitarian_response_plan"
    NATIONAL_PLAN = "national_plan"


class ReviewOutcome(StrEnum):
    """What a review of a framework concluded."""

    CONTINUED = "continued"
    REVISED = "revised"
    ENDED = "ended"


class StrategyGap(StrEnum):
    """What a strategy lacks. Source: requirements R003 to R005, R007, R010, R011 and R016."""

    NO_CURRENT_PUBLIC_PLAN = "no_current_public_plan"
    REVIEW_OVERDUE = "review_overdue"
    NO_INTENDED_RESULT = "no_intended_result"
    MISSING_CAUSAL_STATEMENT = "missing_causal_statement"
    NO_OWNER = "no_owner"
    NO_INTENDED_CONTRIBUTION = "no_intended_contribution"
    EXPIRED = "expired"
    NO_RESULTS_STATEMENT = "no_results_statement"
    NO_MONITORING_PLAN = "no_monitoring_plan"
