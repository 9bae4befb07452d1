"""The distribution of an indicator over its reporting units, for what does not add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rbm.rules.achievement import Case, achievement
from rbm.rules.inputs import PLACES
from rbm.terms.indicators import Direction


@dataclass(frozen=True, slots=True)
class Distribution:
    """`units` contribute and `n` of them have a value; the five numbers are None when none has.

    `met` of `rated` units have reached their target. Of the `compared` ones, which have a baseline and a direction,
    `improved` lie on its better side and `worsened` on its worse one.
    """

    units: int
    n: int
    minimum: Decimal | None
    lower_quartile: Decimal | None
    median: Decimal | None
    upper_quartile: Decimal | None
    maximum: Decimal | None
    rated: int
    met: int
    compared: int
    improved: int
    worsened: int


def distribution(units: Sequence[Case]) -> Distribution:
    """The distribution of the units' actual values; a unit without a value is counted and left out, never 0."""
    valued = [unit for unit in units if unit.actual is not None]
    values = sorted(unit.actual for unit in valued if unit.actual is not None)
    minimum, lower, median, upper, maximum = (
        quantile(values, Fraction(quarter, 4)) if values else None for quarter in range(5)
    )
    verdicts = [achievement(unit).met for unit in valued]
    sides = [_side(unit) for unit in valued]
    return Distribution(
        units=len(units),
        n=len(valued),
        minimum=minimum,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        maximum=maximum,
        rated=sum(verdict is not None for verdict in verdicts),
        met=verdicts.count(True),
        compared=sum(side is not None for side in sides),
        improved=sides.count(1),
        worsened=sides.count(-1),
    )


def quantile(ordered: Sequence[Decimal], share: Fraction) -> Decimal:
    """The value below which a share of ascending values lies, between two of them in proportion.

    Definition 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996):
    position 1 + (n - 1) share. Exact, rounded once to six decimals, half to even.
    """
    position = (len(ordered) - 1) * share
    below = position.numerator // position.denominator
    above = min(below + 1, len(ordered) - 1)
    first, last = Fraction(ordered[below]), Fraction(ordered[above])
    exact = first + (last - first) * (position - below)
    return Decimal(round(exact * 10**PLACES)).scaleb(-PLACES)


def _side(unit: Case) -> int | None:
    """1 better than the baseline, -1 worse, 0 equal; None where that cannot be said."""
    if unit.actual is None or unit.baseline is None:
        return None
    signs = {Direction.INCREASE: 1, Direction.DECREASE: -1}
    if unit.direction not in signs:
        return None
    apart = unit.actual - unit.baseline
    return signs[unit.direction] * ((apart > 0) - (apart < 0))
