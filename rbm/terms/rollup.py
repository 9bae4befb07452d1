"""Words of the roll-up: why a figure is null or a contribution left out, and which figure leads."""

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
    FORMULA_PART_MISSING = "formula_part_missing"


class LeadBasis(StrEnum):
    """Which figure leads in a publication; the other stands beside it. Source: requirement R048."""

    VERIFIED_ONLY = "verified_only"
    APPROVED_NOT_REJECTED = "approved_not_rejected"
