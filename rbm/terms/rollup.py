"""Words of the roll-up: why a figure is null, why a contribution is left out."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a figure has no value, or why a contribution does not enter it."""

    NO_VALUE = "no_value"
    NO_CONTRIBUTION = "no_contribution"
    NOT_ADDITIVE = "not_additive"
    ADDITIVITY_UNDECLARED = "additivity_undeclared"
    PERCENTAGE_WITHOUT_PARTS = "percentage_without_parts"
    DENOMINATOR_ZERO = "denominator_zero"
    DIMENSION_NOT_ADDITIVE = "dimension_not_additive"
    UNFIT = "unfit"
    OPTED_OUT = "opted_out"
    NOT_APPROVED = "not_approved"
    REJECTED = "rejected"
    BLOCKED_BY_MISSING = "blocked_by_missing"
    WEIGHT_MISSING = "weight_missing"
    OUT_OF_RANGE = "out_of_range"
    NOT_NUMERIC = "not_numeric"
