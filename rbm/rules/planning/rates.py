"""Shares in percent, with what is counted, of what, and why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from rbm.rules.planning.amounts import Sum, one_currency
from rbm.terms.planning import RateGap

EDITION = 1
"""The edition of the definitions of these figures."""
FINEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class PlanRate:
    """`value` percent: `numerator` of `denominator`, or null with the reason; `edition` is that of the definition."""

    numerator: Decimal
    denominator: Decimal
    value: Decimal | None
    reason: RateGap | None
    edition: int = EDITION


def rate(numerator: Decimal | int, denominator: Decimal | int) -> PlanRate:
    """The share in percent, rounded half to even to four decimals; null, never 0, when there is nothing to share."""
    part, whole = Decimal(numerator), Decimal(denominator)
    if not whole:
        return PlanRate(part, whole, None, RateGap.NOTHING_COUNTED)
    return PlanRate(part, whole, (100 * part / whole).quantize(FINEST, ROUND_HALF_EVEN), None)


def money_rate(sums: Iterable[Sum]) -> PlanRate:
    """The share of money in percent; null when the amounts are in different currencies, which nobody adds up."""
    found = one_currency(sums)
    if found is None:
        return PlanRate(Decimal(0), Decimal(0), None, RateGap.SEVERAL_CURRENCIES)
    return rate(found.part, found.whole)
