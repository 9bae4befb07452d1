"""How several units become one value: exact sums, quotients of sums, order statistics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, Wide, run_lengths, run_starts
from rbm.rules.exact import ONE, divided, narrow, sums, wide, wide_sums
from rbm.rules.rollup.words import NO_REASON, code, is_any
from rbm.terms.indicators import OverUnits
from rbm.terms.rollup import Reason

QUOTIENTS = (OverUnits.RATIO_OF_SUMS, OverUnits.WEIGHTED_MEAN, OverUnits.MEAN, OverUnits.SHARE_YES)
TOTALS = (OverUnits.SUM, OverUnits.COUNT_YES)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units that enter figures, one row each, ordered by figure. Amounts, weight and factor in micros.

    For a quotient, numerator and denominator are what it adds up; place -1 = none.
    """

    figure: Ints
    value: Ints
    numerator: Ints
    denominator: Ints
    weight: Ints
    factor: Ints
    place: Ints

    def where(self, chosen: Bools) -> "Units":
        """Only the chosen rows."""
        return Units(
            self.figure[chosen],
            self.value[chosen],
            self.numerator[chosen],
            self.denominator[chosen],
            self.weight[chosen],
            self.factor[chosen],
            self.place[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """One row per figure: its value, its parts where it is a quotient, why it is null (-1 = it is not)."""

    figure: Ints
    value: Ints
    numerator: Ints
    denominator: Ints
    has_parts: Bools
    reason: Codes


def quotient_parts(operator: Codes, units: tuple[Ints, Ints, Ints, Bools]) -> tuple[Ints, Ints]:
    """What each unit adds to the numerator and denominator of a quotient, from (value, numerator, denominator, kept).

    Where kept, its own parts: a mean or share of units below is taken over their underlying units, never over means.
    Otherwise its value counts once, and for a share once when it is a yes.
    """
    value, numerator, denominator, kept = units
    yes = np.where(value != 0, ONE, 0)
    alone = np.where(is_any(operator, OverUnits.SHARE_YES), yes, value)
    return np.where(kept, numerator, alone), np.where(kept, denominator, ONE)


def combine(units: Units, operator: Codes, hundred: Bools) -> list[Combined]:
    """Figures of the units by their operators (one per unit row, as is `hundred`); nothing for the operator none.

    Invalid when a total is out of range.
    """
    result = []
    for words, kernel in _KERNELS:
        chosen = is_any(operator, *words)
        if chosen.any():
            kept = units.where(chosen)
            starts = run_starts(kept.figure)
            result.append(kernel(kept, starts, hundred[chosen][starts]))
    return result


def _total(units: Units, starts: Ints, _: Bools) -> Combined:
    return _plain(units.figure[starts], _exact_total(units, starts))


def _exact_total(units: Units, starts: Ints) -> Ints:
    """Sum of value * weight * factor per run, rounded once; int64 all the way where nothing is weighed."""
    weighed = np.logical_or.reduceat((units.weight != ONE) | (units.factor != ONE), starts)
    if not weighed.any():
        return sums(units.value, starts)
    long = np.repeat(weighed, run_lengths(starts, len(units.figure)))
    totals = np.zeros(len(starts), dtype=np.int64)
    kept = units.where(~long)
    totals[~weighed] = sums(kept.value, run_starts(kept.figure))
    kept = units.where(long)
    products = wide(kept.value) * wide(kept.weight) * wide(kept.factor)
    totals[weighed] = _from_squares(wide_sums(products, run_starts(kept.figure)))
    return totals


def _quotient(units: Units, starts: Ints, hundred: Bools) -> Combined:
    """Sum of numerator * weight * factor over sum of denominator * weight; a denominator of 0 gives null."""
    numerators, numerator = _both_sums(units.numerator, (units.weight, units.factor), starts)
    denominators, denominator = _both_sums(units.denominator, (units.weight, np.full_like(units.weight, ONE)), starts)
    whole = (denominators != 0).astype(np.bool_)
    times = np.where(hundred, 100 * ONE, ONE).astype(np.object_)
    value = np.zeros(len(starts), dtype=np.int64)
    value[whole] = divided(numerators[whole] * times[whole], denominators[whole])
    return Combined(
        figure=units.figure[starts],
        value=value,
        numerator=numerator,
        denominator=denominator,
        has_parts=np.ones(len(starts), dtype=np.bool_),
        reason=np.where(whole, NO_REASON, code(Reason.DENOMINATOR_ZERO)).astype(np.int8),
    )


def _both_sums(amounts: Ints, shares: tuple[Ints, Ints], starts: Ints) -> tuple[Wide, Ints]:
    """Sum of amount * share * share per run: exact, and rounded once to micros."""
    weight, factor = shares
    if (weight == ONE).all() and (factor == ONE).all():
        totals = sums(amounts, starts)
        return wide(totals) * (ONE * ONE), totals
    exact = wide_sums(wide(amounts) * wide(weight) * wide(factor), starts)
    return exact, _from_squares(exact)


def _lowest(units: Units, starts: Ints, _: Bools) -> Combined:
    return _plain(units.figure[starts], np.minimum.reduceat(_converted(units), starts))


def _highest(units: Units, starts: Ints, _: Bools) -> Combined:
    return _plain(units.figure[starts], np.maximum.reduceat(_converted(units), starts))


def _middle(units: Units, starts: Ints, _: Bools) -> Combined:
    """The middle value, or half the sum of the two in the middle."""
    values = _converted(units)
    values = values[np.lexsort((values, units.figure))]
    counts = run_lengths(starts, len(values))
    both = wide(values[starts + (counts - 1) // 2]) + wide(values[starts + counts // 2])
    return _plain(units.figure[starts], divided(both, np.full(len(both), 2, dtype=np.object_)))


def _highest_per_place(units: Units, starts: Ints, _: Bools) -> Combined:
    """The highest value at each place, then the sum over places; a unit without a place has one to itself.

    Source: two-stage aggregation of ActivityInfo, a lower bound of people reached.
    """
    values = _converted(units)
    place = np.where(units.place < 0, -1 - np.arange(len(values)), units.place)
    order = np.lexsort((place, units.figure))
    figure, place, values = units.figure[order], place[order], values[order]
    changes = np.union1d(run_starts(figure), run_starts(place))
    highest = np.maximum.reduceat(values, changes)
    return _plain(units.figure[starts], sums(highest, run_starts(figure[changes])))


def _plain(figure: Ints, value: Ints) -> Combined:
    nothing = np.zeros(len(figure), dtype=np.int64)
    reason = np.full(len(figure), NO_REASON, dtype=np.int8)
    return Combined(figure, value, nothing, nothing, np.zeros(len(figure), dtype=np.bool_), reason)


def _converted(units: Units) -> Ints:
    """Each value * weight * factor, rounded once."""
    changed = (units.weight != ONE) | (units.factor != ONE)
    values = units.value.copy()
    products = wide(values[changed]) * wide(units.weight[changed]) * wide(units.factor[changed])
    values[changed] = _from_squares(products)
    return values


def _from_squares(values: Wide) -> Ints:
    """Micros of sums of value * micros * micros."""
    if not len(values):
        return narrow(values)
    return divided(values, np.full(len(values), ONE * ONE, dtype=np.object_))


Kernel = Callable[[Units, Ints, Bools], Combined]
_KERNELS: tuple[tuple[tuple[OverUnits, ...], Kernel], ...] = (
    (TOTALS, _total),
    (QUOTIENTS, _quotient),
    ((OverUnits.MIN,), _lowest),
    ((OverUnits.MAX,), _highest),
    ((OverUnits.MEDIAN,), _middle),
    ((OverUnits.MAX_THEN_SUM,), _highest_per_place),
)
