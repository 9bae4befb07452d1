"""Words of the indicators room. Sources: UN RBM handbook 2011, OECD-DAC glossary 2022, IATI 2.03 IndicatorMeasure."""

from enum import StrEnum


class Measure(StrEnum):
    """What kind of value an indicator holds."""

    NUMBER = "number"
    PERCENTAGE = "percentage"
    RATIO = "ratio"
    SCORE = "score"
    YES_NO = "yes_no"
    MILESTONE = "milestone"
    NARRATIVE = "narrative"


class Direction(StrEnum):
    """The side on which improvement lies."""

    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain"
    NONE = "none"


class Accumulation(StrEnum):
    """What a reported value covers; a running total is keyed by reporting unit, never by person."""

    PERIODIC = "periodic"
    INCREMENTS_CUMULATED = "increments_cumulated"
    RUNNING_TOTAL = "running_total"


class OverUnits(StrEnum):
    """How values of several reporting units become one."""

    SUM = "sum"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    MIN = "min"
    MAX = "max"
    RATIO_OF_SUMS = "ratio_of_sums"
    MEDIAN = "median"
    COUNT_YES = "count_yes"
    SHARE_YES = "share_yes"
    MAX_THEN_SUM = "max_then_sum"
    NONE = "none"


class OverTime(StrEnum):
    """How values of several periods become one."""

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"


class MissingPolicy(StrEnum):
    """What a missing contribution does to the figure above it."""

    EXCLUDE = "exclude"
    ZERO = "zero"
    BLOCK = "block"


class Composition(StrEnum):
    """What a parent indicator's figure is made of."""

    OWN_ONLY = "own_only"
    CONTRIBUTED_ONLY = "contributed_only"
    OWN_PLUS_CONTRIBUTED = "own_plus_contributed"


class Additivity(StrEnum):
    """Whether values of an indicator may be added over units. Undeclared waits for a decision and is never guessed."""

    YES = "yes"
    NO = "no"
    UNDECLARED = "undeclared"


class Fitness(StrEnum):
    """A reviewer's judgement of an indicator (fit for purpose review)."""

    NOT_REVIEWED = "not_reviewed"
    FIT = "fit"
    UNFIT = "unfit"


class ChangeReason(StrEnum):
    """Why a baseline or target was revised. Source: reason codes of adaptive management practice (USAID ADS 201)."""

    ADAPTIVE_MANAGEMENT = "adaptive_management"
    CONTEXT_CHANGE = "context_change"
    BUDGET_CHANGE = "budget_change"
    COST_EXTENSION = "cost_extension"
    DONOR_REQUIREMENT = "donor_requirement"
    DELAY = "delay"
    DATA_CORRECTION = "data_correction"
    OTHER = "other"


class Topic(StrEnum):
    """Cross-cutting topics an indicator can be tagged with. Source: MOPAN KPI 2."""

    GENDER = "gender"
    ENVIRONMENT = "environment"
    GOVERNANCE = "governance"
    RIGHTS = "rights"
    PROTECTION = "protection"
