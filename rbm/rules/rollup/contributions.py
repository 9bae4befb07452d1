"""Figures of parents: what their units add up to, level by level from the leaves."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, run_starts
from rbm.rules.rollup.columns import Exclusions, Inputs
from rbm.rules.rollup.operators import NOTHING, Units, bounds_of, combine, quotient_parts
from rbm.rules.rollup.plan import Pairs, Plan
from rbm.rules.rollup.state import State, shared_place
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import Composition, MissingPolicy, OverUnits
from rbm.terms.rollup import Reason

MISSING = (
    Reason.NO_VALUE,
    Reason.NO_CONTRIBUTION,
    Reason.NOT_APPROVED,
    Reason.REJECTED,
    Reason.BLOCKED_BY_MISSING,
)
"""Reasons that mean a value has not come yet; the others mean that it cannot be used."""


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Units of one level with the reason each stays out (-1 = it enters), and which count as zero instead."""

    pairs: Pairs
    reason: Codes
    present: Bools
    zero: Bools
    missing: Bools


def settle_levels(inputs: Inputs, habits: Habits, plan: Plan, state: State, *, stated: bool = False) -> Codes:
    """Write all figures into the first part of the state, from its own figures; returns each pair's reason.

    One pass per level: a level reads only figures of lower levels and own figures. Where amounts are stated, that of
    an indicator of contributions stands in the place of theirs.
    """
    rows, pairs = plan.rows, plan.pairs
    count = len(rows.key)
    state.reason[:count] = code(Reason.NO_CONTRIBUTION)
    if len(state.lower):
        state.lower[:] = state.upper[:] = state.value
        _cap(inputs, habits, plan, state, np.arange(count, 2 * count))
    alone = np.flatnonzero(rows.alone)
    state.copy(alone + count, alone)
    heights = rows.level[pairs.figure]
    bounds = np.searchsorted(heights, np.arange(int(rows.level.max(initial=0)) + 2))
    outcome = [np.zeros(0, dtype=np.int8)]
    above = is_any(inputs.nodes.composition, Composition.CONTRIBUTED_ONLY)[rows.node] & stated
    above &= state.reason[count : 2 * count] == NO_REASON
    for level, (first, end) in enumerate(pairwise(bounds)):
        outcome.append(_settle(inputs, habits, plan, state, slice(first, end)))
        standing = np.flatnonzero(above & (rows.level == level)) if stated else NOTHING
        state.copy(standing + count, standing)
    return np.concatenate(outcome)


def exclusions(pairs: Pairs, reason: Codes, nothing: int) -> Exclusions:
    """How many units stayed out of each figure and why; units without a figure (source `nothing`) are only missing."""
    out = (reason != NO_REASON) & (pairs.source != nothing)
    kinds = len(Reason)
    groups, counts = np.unique(pairs.figure[out] * kinds + reason[out], return_counts=True)
    return Exclusions(groups // kinds, (groups % kinds).astype(np.int8), counts.astype(np.int64))


def _settle(inputs: Inputs, habits: Habits, plan: Plan, state: State, level: slice) -> Codes:
    if level.start == level.stop:
        return np.zeros(0, dtype=np.int8)
    judged = _judge(inputs, habits, plan, state, level)
    figure = judged.pairs.figure
    _write_reasons(plan, state, judged)
    entering = (judged.reason == NO_REASON) & ~plan.rows.alone[figure]
    valued = np.zeros(len(plan.rows.key), dtype=np.bool_)
    valued[figure[entering]] = True
    _write_values(inputs, habits, plan, state, (judged, entering | (judged.zero & valued[figure])))
    blocks = is_any(inputs.nodes.missing_policy, MissingPolicy.BLOCK)[plan.rows.node[figure]]
    state.refuse(figure[judged.missing & blocks], code(Reason.BLOCKED_BY_MISSING))
    return judged.reason


def _judge(inputs: Inputs, habits: Habits, plan: Plan, state: State, level: slice) -> _Judged:
    """Which units of a level enter: those nothing speaks against, that have a value, and the parts a quotient needs."""
    pairs = Pairs(*(getattr(plan.pairs, name)[level] for name in Pairs.__slots__))
    parent = plan.rows.node[pairs.figure]
    present = pairs.source < 2 * len(plan.rows.key)
    null = state.reason[pairs.source]
    partless = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[parent] & ~state.has_parts[pairs.source]
    reason = np.select(
        [pairs.standing != NO_REASON, null != NO_REASON, pairs.addable != NO_REASON, partless],
        [pairs.standing, null, pairs.addable, code(Reason.PERCENTAGE_WITHOUT_PARTS)],
        NO_REASON,
    ).astype(np.int8)
    missing = (pairs.standing == NO_REASON) & is_any(null, *MISSING)
    zero = missing & is_any(inputs.nodes.missing_policy, MissingPolicy.ZERO)[parent]
    return _Judged(pairs, reason, present, zero & ~partless, missing)


def _write_reasons(plan: Plan, state: State, judged: _Judged) -> None:
    """The one reason for which all present units stay out, until a value is written over it."""
    present = judged.present & ~plan.rows.alone[judged.pairs.figure]
    figure, reason = judged.pairs.figure[present], judged.reason[present]
    if not len(figure):
        return
    starts = run_starts(figure)
    lowest, highest = np.minimum.reduceat(reason, starts), np.maximum.reduceat(reason, starts)
    agreed = np.where(lowest == highest, lowest, code(Reason.NO_CONTRIBUTION))
    state.refuse(figure[starts], agreed)


def _write_values(inputs: Inputs, habits: Habits, plan: Plan, state: State, chosen: tuple[_Judged, Bools]) -> None:
    judged, entering = chosen
    pairs, at = judged.pairs, np.flatnonzero(entering)
    figure = pairs.figure[at]
    if not len(figure):
        return
    if len(state.place):
        starts = run_starts(figure)
        state.place[figure[starts]] = shared_place(state.place[pairs.source[at]], starts)
    node = plan.rows.node[figure]
    made = combine(
        habits.operator[node],
        habits.hundred[node],
        lambda chosen, parted: _units(habits, plan, state, judged, (at[chosen], parted)),
    )
    for result in made:
        state.write(result.figure, result)
    if len(state.lower):
        bounded = judged.zero[at], pairs.weight[at], pairs.factor[at]
        _write_bounds(habits, plan, state, (figure, pairs.source[at], bounded))
        _cap(inputs, habits, plan, state, figure[run_starts(figure)])


def _units(habits: Habits, plan: Plan, state: State, judged: _Judged, asked: tuple[Ints, bool]) -> Units:
    """The units at some pairs, with the parts of a quotient if asked for."""
    pair, parted = asked
    figure, source = judged.pairs.figure[pair], judged.pairs.source[pair]
    value = state.value[source]
    parts = (NOTHING, NOTHING)
    if parted:
        operator = habits.operator[plan.rows.node[figure]]
        kept = _kept(habits, plan, source, operator) & state.has_parts[source] & ~judged.zero[pair]
        parts = quotient_parts(operator, (value, state.numerator[source], state.denominator[source], kept))
    return Units(figure, value, *parts, judged.pairs.weight[pair], judged.pairs.factor[pair], state.places(source))


def _write_bounds(habits: Habits, plan: Plan, state: State, units: tuple[Ints, Ints, tuple[Bools, Ints, Ints]]) -> None:
    """How many different people stand behind a figure: the most of any unit at least, those of all at most.

    A highest value per place, summed over places, is itself the least. Other figures are as they are.
    """
    figure, source, (zero, weight, factor) = units
    people = habits.people[plan.rows.node[figure]]
    state.lower[figure] = state.upper[figure] = state.value[figure]
    figure, source, zero = figure[people], source[people], zero[people]
    if not len(figure):
        return
    starts = run_starts(figure)
    row = figure[starts]
    least, most = (np.where(zero, 0, bound[source]) for bound in (state.lower, state.upper))
    lower, upper = bounds_of((least, most), (weight[people], factor[people]), starts)
    staged = is_any(habits.operator, OverUnits.MAX_THEN_SUM)[plan.rows.node[row]]
    state.lower[row] = np.where(staged, state.value[row], lower)
    state.upper[row] = upper


def _cap(inputs: Inputs, habits: Habits, plan: Plan, state: State, row: Ints) -> None:
    """No more different people than there are, and no fewer at most than at least."""
    node = plan.rows.node[row % len(plan.rows.key)]
    people = np.where(habits.people, inputs.nodes.population, 0)[node]
    state.upper[row] = np.where((people > 0) & (state.upper[row] > people), people, state.upper[row])
    state.lower[row] = np.minimum(state.lower[row], state.upper[row])


def _kept(habits: Habits, plan: Plan, source: Ints, operator: Codes) -> Bools:
    """Where a unit's own parts enter: always in ratios, in means and shares where the unit is one itself."""
    below = plan.rows.node[source % len(plan.rows.node)]
    alike = is_any(operator, OverUnits.MEAN, OverUnits.SHARE_YES) & (habits.operator[below] == operator)
    kept: Bools = is_any(operator, OverUnits.RATIO_OF_SUMS) | alike
    return kept
