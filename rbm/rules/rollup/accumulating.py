"""Totals to date: increments that are cumulated, and running totals that are carried through silent periods."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, spread
from rbm.rules.exact import apart, running_sums
from rbm.rules.rollup.calendar import Series
from rbm.rules.rollup.columns import Inputs
from rbm.rules.rollup.operators import Combined, quotients
from rbm.rules.rollup.state import State
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import Accumulation, OverUnits
from rbm.terms.rollup import Reason

SILENT = (Reason.NO_VALUE, Reason.NOT_APPROVED, Reason.REJECTED)
"""Reasons for which a period says nothing; for the others the total to date is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Series as they lie in a state: rows, where each begins, the reason and whether there is a value, summing or not.

    said, unknown: the last position so far with a value, and with something that is no value and not silence (-1).
    """

    row: Ints
    start: Ints
    reason: Codes
    valued: Bools
    summing: Bools
    said: Ints
    unknown: Ints

    @property
    def broken(self) -> Bools:
        """Where the total to date is not known: any gap spoils a sum, the last one a running total."""
        spoilt: Bools = np.where(self.summing, self.unknown >= 0, self.unknown > self.said)
        return spoilt


def settle_series(inputs: Inputs, habits: Habits, series: Series, target: tuple[State, int]) -> None:
    """Turn the own figures of a series into totals to date, in place.

    Rows of the state are those of the series and an offset.
    """
    state, offset = target
    lines = _lines(inputs, series, (state, offset))
    row = lines.row
    quiet = (lines.said < 0) & ~lines.broken & ~series.stated
    state.reason[row[quiet]] = lines.reason[_latest(series.stated, lines.start)[quiet]]
    counts, _ = running_sums(lines.valued.astype(np.int64), lines.start)
    several = lines.summing & ~lines.broken & (counts > 1)
    sums = _sums(habits, series, state, (lines, several, counts)) if several.any() else None
    carried = (lines.said >= 0) & ~lines.valued & ~lines.broken
    state.copy(row[lines.said[carried]], row[carried])
    if sums is not None:
        places = _places(lines, state.places(row))
        state.write(row[several], sums)
        state.put_places(row[several], places[several])
    state.refuse(row[lines.broken], lines.reason[lines.unknown[lines.broken]])


def series_sources(series: Series, valued: Bools, summing: Bools) -> tuple[Ints, Ints]:
    """Pairs (row, row whose own value entered its total to date).

    valued: which rows of figures have an own value; summing: which rows of the series take all so far, not the last.
    """
    start = series.start
    here = valued[series.row]
    said = _latest(here, start)
    alone = np.flatnonzero(~summing & (said >= 0))
    position = np.flatnonzero(summing)
    counts = position - start[position] + 1
    target, source = np.repeat(position, counts), spread(start[position], counts)
    entered = here[source]
    targets = np.concatenate((alone, target[entered]))
    return series.row[targets], series.row[np.concatenate((said[alone], source[entered]))]


def summing(inputs: Inputs, series: Series) -> Bools:
    """Which rows of the series are sums to date; the others take the last value."""
    return is_any(inputs.nodes.accumulation, Accumulation.INCREMENTS_CUMULATED)[series.node]


def _lines(inputs: Inputs, series: Series, target: tuple[State, int]) -> _Lines:
    state, offset = target
    row, start = series.row + offset, series.start
    reason = state.reason[row]
    valued = reason == NO_REASON
    sums = summing(inputs, series)
    silent = is_any(reason, *SILENT) | (sums & is_any(reason, Reason.DENOMINATOR_ZERO))
    unknown = _latest(~valued & ~silent, start)
    return _Lines(row, start, reason, valued, sums, _latest(valued, start), unknown)


def _latest(said: Bools, start: Ints) -> Ints:
    """The last position up to each at which something was said in its series, -1 for none."""
    position = np.arange(len(said), dtype=np.int64)
    latest = np.maximum.accumulate(np.where(said, position, -1))
    return np.where(latest >= start, latest, -1)


def _sums(habits: Habits, series: Series, state: State, chosen: tuple[_Lines, Bools, Ints]) -> Combined:
    """Sums to date of the chosen rows: of values, or of parts where the figure is a ratio of sums."""
    lines, several, counts = chosen
    row, start = lines.row, lines.start
    ratio = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[series.node]
    value, inside = running_sums(np.where(lines.valued & ~ratio, state.value[row], 0), start)
    numerator, above = running_sums(np.where(ratio, state.numerator[row], 0), start)
    denominator, below = running_sums(np.where(ratio, state.denominator[row], 0), start)
    whole = running_sums((lines.valued & state.has_parts[row]).astype(np.int64), start)[0] == counts
    hundred, ratio, whole = habits.hundred[series.node[several]], ratio[several], whole[several]
    value, numerator, denominator = value[several], numerator[several], denominator[several]
    quotient, divisible, fits = _quotients(numerator, denominator, hundred)
    fits &= (inside & above & below)[several]
    reason = np.select(
        [ratio & ~whole, ~fits, ratio & ~divisible],
        [code(Reason.PERCENTAGE_WITHOUT_PARTS), code(Reason.OUT_OF_RANGE), code(Reason.DENOMINATOR_ZERO)],
        NO_REASON,
    ).astype(np.int8)
    null = reason != NO_REASON
    return Combined(
        figure=row[several],
        value=np.where(null, 0, np.where(ratio, quotient, value)),
        numerator=np.where(null, 0, numerator),
        denominator=np.where(null, 0, denominator),
        has_parts=ratio & ~null,
        reason=reason,
    )


def _quotients(numerator: Ints, denominator: Ints, hundred: Bools) -> tuple[Ints, Bools, Bools]:
    """Quotients, where they can be divided, and where they are in range."""
    value = np.zeros(len(numerator), dtype=np.int64)
    divisible, fits = np.ones(len(numerator), dtype=np.bool_), np.ones(len(numerator), dtype=np.bool_)

    def some(first: int, end: int) -> tuple[Ints, Bools]:
        return quotients(numerator[first:end], denominator[first:end], hundred[first:end])

    for first, end, made in apart(some, 0, len(numerator)):
        if made is None:
            fits[first] = False
        else:
            value[first:end], divisible[first:end] = made
    return value, divisible, fits


def _places(lines: _Lines, place: Ints) -> Ints:
    """The place that all values so far share, -1 where they do not."""
    first = np.full(len(place), len(place), dtype=np.int64)
    position = np.flatnonzero(lines.valued)
    np.minimum.at(first, lines.start[position], position)
    common = np.append(place, -1)[first[lines.start]]
    others, _ = running_sums((lines.valued & (place != common)).astype(np.int64), lines.start)
    return np.where(others == 0, common, -1)
