"""How several units become one value: exact sums, quotients of sums, order statistics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, Wide, run_lengths, run_starts
from rbm.rules.exact import (
    LIMIT,
    ONE,
    OutOfRange,
    apart,
    divided,
    fits,
    narrow,
    ratios,
    rounded,
    shared_scale,
    sums,
    wide,
    wide_sums,
    within,
)
from rbm.rules.rollup.words import NO_REASON, code, is_any
from rbm.terms.indicators import OverUnits
from rbm.terms.rollup import Reason

NOWHERE = -1
"""The place of a unit that stands at none: stated places are above it, offices of units without one below."""
QUOTIENTS = (OverUnits.RATIO_OF_SUMS, OverUnits.WEIGHTED_MEAN, OverUnits.MEAN, OverUnits.SHARE_YES)
TOTALS = (OverUnits.SUM, OverUnits.COUNT_YES)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units that enter figures, one row each, ordered by figure. Amounts, weight and factor in micros.

    For a quotient, numerator and denominator are what it adds up, else they are empty; place -1 = none.
    """

    figure: Ints
    value: Ints
    numerator: Ints
    denominator: Ints
    weight: Ints
    factor: Ints
    place: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """One row per figure: its value, its parts where it is a quotient, why it is null (-1 = it is not)."""

    figure: Ints
    value: Ints
    numerator: Ints
    denominator: Ints
    has_parts: Bools
    reason: Codes


Take = Callable[[Ints, bool], Units]
NOTHING = np.zeros(0, dtype=np.int64)


def quotient_parts(operator: Codes, units: tuple[Ints, Ints, Ints, Bools]) -> tuple[Ints, Ints]:
    """What each unit adds to the numerator and denominator of a quotient, from (value, numerator, denominator, kept).

    Where kept, its own parts: a mean or share of units below is taken over their underlying units, never over means.
    Otherwise its value counts once, and for a share once when it is a yes.
    """
    value, numerator, denominator, kept = units
    yes = np.where(value != 0, ONE, 0)
    alone = np.where(is_any(operator, OverUnits.SHARE_YES), yes, value)
    return np.where(kept, numerator, alone), np.where(kept, denominator, ONE)


def combine(operator: Codes, hundred: Bools, take: Take) -> list[Combined]:
    """Figures of units by their operators (one per unit, as is `hundred`); nothing for the operator none.

    take: the units at some positions, with the parts of a quotient where these are needed. A figure that is out of
    range is null and says so; the others are what they are without it.
    """
    result = []
    for words, kernel in _KERNELS:
        chosen = np.flatnonzero(is_any(operator, *words))
        if len(chosen):
            units = take(chosen, kernel is _quotient)
            result += _in_range(kernel, units, hundred[chosen])
    return result


def _in_range(kernel: "Kernel", units: Units, hundred: Bools) -> list[Combined]:
    """What a kernel makes of units, figures that are out of range apart."""
    starts = run_starts(units.figure)
    bounds = np.append(starts, len(units.figure))
    shown = hundred[starts]

    def some(first: int, end: int) -> Combined:
        rows = slice(bounds[first], bounds[end])
        part = Units(*(getattr(units, name)[rows] for name in Units.__slots__))
        return kernel(part, starts[first:end] - starts[first], shown[first:end])

    found = apart(some, 0, len(starts))
    return [made or refused(units.figure[starts[first:end]], Reason.OUT_OF_RANGE) for first, end, made in found]


def refused(figure: Ints, reason: Reason) -> Combined:
    """Figures that are null for a reason."""
    nothing = np.zeros(len(figure), dtype=np.int64)
    nowhere = np.zeros(len(figure), dtype=np.bool_)
    return Combined(figure, nothing, nothing, nothing, nowhere, np.full(len(figure), code(reason), dtype=np.int8))


def _total(units: Units, starts: Ints, _: Bools) -> Combined:
    return _plain(units.figure[starts], _exact_total(units, starts))


def _exact_total(units: Units, starts: Ints) -> Ints:
    """Sum of value * weight * factor per run, rounded once; in 64 bits where that is enough."""
    if (units.weight == ONE).all() and (units.factor == ONE).all():
        return sums(units.value, starts)
    if _narrow(units):
        scale, (times,) = shared_scale(units.weight * units.factor)
        if fits(units.value, times, _longest(starts, len(times))):
            return rounded(np.add.reduceat(units.value * times, starts), scale)
    return _from_squares(wide_sums(wide(units.value) * wide(units.weight) * wide(units.factor), starts))


def _narrow(units: Units) -> bool:
    """Whether weight * factor fits into 62 bits everywhere."""
    return max(int(units.factor.max()), -int(units.factor.min())) * int(units.weight.max()) < 2**62


def _longest(starts: Ints, total: int) -> int:
    return int(run_lengths(starts, total).max(initial=0))


def _quotient(units: Units, starts: Ints, hundred: Bools) -> Combined:
    """Sum of numerator * weight * factor over sum of denominator * weight; a denominator of 0 gives null."""
    short = _short_quotient(units, starts, hundred)
    value, numerator, denominator, whole = short or _long_quotient(units, starts, hundred)
    return Combined(
        figure=units.figure[starts],
        value=value,
        numerator=numerator,
        denominator=denominator,
        has_parts=np.ones(len(starts), dtype=np.bool_),
        reason=np.where(whole, NO_REASON, code(Reason.DENOMINATOR_ZERO)).astype(np.int8),
    )


_Quotient = tuple[Ints, Ints, Ints, Bools]


def _short_quotient(units: Units, starts: Ints, hundred: Bools) -> _Quotient | None:
    """Value, numerator, denominator and where it is not 0, in 64 bits; None where that is not enough."""
    if not _narrow(units):
        return None
    scale, (above, below) = shared_scale(units.weight * units.factor, units.weight * ONE)
    runs = _longest(starts, len(above))
    if not (fits(units.numerator, above, runs) and fits(units.denominator, below, runs)):
        return None
    numerator = np.add.reduceat(units.numerator * above, starts)
    denominator = np.add.reduceat(units.denominator * below, starts)
    whole: Bools = denominator != 0
    found = ratios(numerator[whole], denominator[whole], hundred[whole])
    if found is None:
        return None
    value = np.zeros(len(starts), dtype=np.int64)
    value[whole] = found
    return value, rounded(numerator, scale), rounded(denominator, scale), whole


def _long_quotient(units: Units, starts: Ints, hundred: Bools) -> _Quotient:
    """The same in any width."""
    weight = wide(units.weight)
    numerators = wide_sums(wide(units.numerator) * weight * wide(units.factor), starts)
    denominators = wide_sums(wide(units.denominator) * weight * ONE, starts)
    whole = (denominators != 0).astype(np.bool_)
    times = np.where(hundred, 100 * ONE, ONE).astype(np.object_)
    value = np.zeros(len(starts), dtype=np.int64)
    value[whole] = divided(numerators[whole] * times[whole], denominators[whole])
    return value, _from_squares(numerators), _from_squares(denominators), whole


def quotients(numerator: Ints, denominator: Ints, hundred: Bools) -> tuple[Ints, Bools]:
    """Quotients of parts in micros, times 100 where asked, rounded once; and where the denominator is not 0.

    OutOfRange when one is.
    """
    whole: Bools = denominator != 0
    value = np.zeros(len(numerator), dtype=np.int64)
    found = ratios(numerator[whole], denominator[whole], hundred[whole])
    if found is None:
        times = np.where(hundred[whole], 100 * ONE, ONE).astype(np.object_)
        found = divided(wide(numerator[whole]) * times, wide(denominator[whole]))
    value[whole] = found
    return value, whole


def _lowest(units: Units, starts: Ints, _: Bools) -> Combined:
    return _plain(units.figure[starts], np.minimum.reduceat(converted(units.value, units.weight, units.factor), starts))


def _highest(units: Units, starts: Ints, _: Bools) -> Combined:
    return _plain(units.figure[starts], np.maximum.reduceat(converted(units.value, units.weight, units.factor), starts))


def _middle(units: Units, starts: Ints, _: Bools) -> Combined:
    """The middle value, or half the sum of the two in the middle."""
    values = converted(units.value, units.weight, units.factor)
    values = values[np.lexsort((values, units.figure))]
    counts = run_lengths(starts, len(values))
    both = wide(values[starts + (counts - 1) // 2]) + wide(values[starts + counts // 2])
    return _plain(units.figure[starts], divided(both, np.full(len(both), 2, dtype=np.object_)))


def _highest_per_place(units: Units, starts: Ints, _: Bools) -> Combined:
    """The highest value at each place, then the sum over places; a unit that stands nowhere has a place to itself.

    Source: two-stage aggregation of ActivityInfo, a lower bound of people reached.
    """
    values = converted(units.value, units.weight, units.factor)
    place = np.where(units.place == NOWHERE, LIMIT - np.arange(len(values)), units.place)
    order = np.lexsort((place, units.figure))
    figure, place, values = units.figure[order], place[order], values[order]
    changes = np.union1d(run_starts(figure), run_starts(place))
    highest = np.maximum.reduceat(values, changes)
    return _plain(units.figure[starts], sums(highest, run_starts(figure[changes])))


def _plain(figure: Ints, value: Ints) -> Combined:
    nothing = np.zeros(len(figure), dtype=np.int64)
    reason = np.full(len(figure), NO_REASON, dtype=np.int8)
    return Combined(figure, value, nothing, nothing, np.zeros(len(figure), dtype=np.bool_), reason)


def converted(value: Ints, weight: Ints, factor: Ints) -> Ints:
    """Each value * weight * factor, rounded once. OutOfRange when one is."""
    changed = np.flatnonzero((weight != ONE) | (factor != ONE))
    if not len(changed):
        return value
    values = value.copy()
    units = Units(changed, value[changed], NOTHING, NOTHING, weight[changed], factor[changed], NOTHING)
    values[changed] = _exact_total(units, np.arange(len(changed)))
    return values


def bounds_of(bounds: tuple[Ints, Ints], shares: tuple[Ints, Ints], starts: Ints) -> tuple[Ints, Ints]:
    """The highest of the lower bounds of each run and the sum of the upper ones, with weight and factor.

    What is out of range becomes the furthest there is.
    """
    weight, factor = shares
    try:
        lower, upper = (converted(bound, weight, factor) for bound in bounds)
        return np.maximum.reduceat(lower, starts), sums(upper, starts)
    except OutOfRange:
        squares = np.full(len(weight), ONE * ONE, dtype=np.object_)
        least, most = (within(wide(bound) * wide(weight) * wide(factor), squares) for bound in bounds)
        total = wide_sums(wide(most), starts)
        return np.maximum.reduceat(least, starts), within(total, np.ones_like(total))


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
