"""Figures of periods inside which others lie wholly: first over time within a unit, then over units."""

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, run_lengths, run_starts
from rbm.rules.exact import ONE
from rbm.rules.rollup.calendar import Nested, accumulating
from rbm.rules.rollup.columns import Inputs
from rbm.rules.rollup.operators import Units, combine, quotient_parts
from rbm.rules.rollup.state import State, shared_place
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import OverTime, OverUnits
from rbm.terms.rollup import Reason

AS_UNITS = {
    OverTime.SUM: OverUnits.SUM,
    OverTime.MEAN: OverUnits.MEAN,
    OverTime.MIN: OverUnits.MIN,
    OverTime.MAX: OverUnits.MAX,
    OverTime.LAST: OverUnits.NONE,
}


def settle_nested(
    inputs: Inputs, habits: Habits, node: Ints, nested: Nested, target: tuple[State, int]
) -> tuple[Ints, Ints]:
    """Write the own figures that follow from periods inside theirs; returns the pairs (row, source) that count.

    `node` is the node of each row; rows of the state are rows and an offset.
    """
    state, offset = target
    valued = state.reason[nested.source + offset] == NO_REASON
    kept = _counting(nested, valued, len(node))
    _explain(nested, state, offset)
    row, source = nested.target[kept], nested.source[kept]
    if not len(row):
        return row, source
    operator = _operators(inputs, habits)[node[row]]
    starts = run_starts(row)
    counts = run_lengths(starts, len(row))
    copied = (counts == 1) | is_any(operator[starts], OverUnits.NONE)
    last = (starts + counts - 1)[copied]
    places = shared_place(state.places(source + offset), starts)[~copied]
    several = np.repeat(~copied, counts)
    _combine(habits, state, (row[several] + offset, source[several] + offset), (operator[several], node[row[several]]))
    state.put_places(row[starts[~copied]] + offset, places)
    state.copy(source[last] + offset, row[last] + offset)
    several[last] = True
    return row[several], source[several]


def _counting(nested: Nested, valued: Bools, rows: int) -> Bools:
    """The pairs that count: sources with a value of their own period, none of which lies inside another."""
    renewed = np.zeros(rows, dtype=np.bool_)
    renewed[nested.target[valued]] = True
    live = valued & ~renewed[nested.source]
    kept = live.copy()
    kept[nested.lesser[live[nested.greater]]] = False
    return kept


def _explain(nested: Nested, state: State, offset: int) -> None:
    """The one reason for which all periods inside are null, until a value is written over it."""
    if not len(nested.target):
        return
    starts = run_starts(nested.target)
    target = nested.target[starts] + offset
    reason = state.reason[nested.source + offset]
    lowest, highest = np.minimum.reduceat(reason, starts), np.maximum.reduceat(reason, starts)
    null = (state.reason[target] != NO_REASON) & (lowest != NO_REASON)
    state.reason[target[null]] = np.where(lowest == highest, lowest, code(Reason.NO_VALUE))[null]


def _operators(inputs: Inputs, habits: Habits) -> Codes:
    """How the periods of each node combine, as over units; none takes the last. A total to date is the last one."""
    nodes = inputs.nodes
    operator = np.full(len(nodes.over_time), code(OverUnits.NONE), dtype=np.int8)
    for over_time, over_units in AS_UNITS.items():
        operator[is_any(nodes.over_time, over_time)] = code(over_units)
    quotient = is_any(habits.operator, OverUnits.RATIO_OF_SUMS, OverUnits.SHARE_YES)
    summed = quotient & is_any(operator, OverUnits.SUM, OverUnits.MEAN)
    operator = np.where(summed, habits.operator, operator)
    return np.where(accumulating(inputs), code(OverUnits.NONE), operator).astype(np.int8)


def _combine(habits: Habits, state: State, pairs: tuple[Ints, Ints], of: tuple[Codes, Ints]) -> None:
    """Write what several periods make: a mean of periods is one value, a quotient is taken over summed parts."""
    row, source = pairs
    operator, node = of
    whole = state.has_parts[source]
    partless = is_any(operator, OverUnits.RATIO_OF_SUMS) & ~whole
    state.refuse(row[partless], code(Reason.PERCENTAGE_WITHOUT_PARTS))
    kept = whole & is_any(operator, OverUnits.RATIO_OF_SUMS, OverUnits.SHARE_YES)
    amounts = (state.value[source], state.numerator[source], state.denominator[source])
    parts = quotient_parts(operator, (*amounts, kept))
    at = np.flatnonzero(~partless)
    shown = habits.hundred[node] & is_any(operator, OverUnits.RATIO_OF_SUMS, OverUnits.SHARE_YES)
    ones = np.full(len(row), ONE, dtype=np.int64)
    columns = (row, amounts[0], *parts, ones, ones, ones)
    for result in combine(operator[at], shown[at], lambda chosen, _: Units(*(each[at[chosen]] for each in columns))):
        state.write(result.figure, result)
    mean = row[is_any(operator, OverUnits.MEAN)]
    state.numerator[mean] = state.denominator[mean] = 0
    state.has_parts[mean] = False
