"""The roll-up itself: three truths over one plan."""

from dataclasses import dataclass, replace

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Codes, Ints, distinct
from rbm.rules.exact import LIMIT
from rbm.rules.rollup.calendar import accumulating, calendar, own_keys
from rbm.rules.rollup.columns import Cells, Exclusions, Figures, Inputs, refuse_misfits
from rbm.rules.rollup.contributions import exclusions, settle_levels
from rbm.rules.rollup.dense import joined, only, roll_up_plain
from rbm.rules.rollup.own import OwnCells, OwnWay, own_cells, settle_own
from rbm.rules.rollup.parts import Space, parts_of
from rbm.rules.rollup.plan import Plan, plan
from rbm.rules.rollup.slices import Slices, slices_of
from rbm.rules.rollup.state import State, blank
from rbm.rules.rollup.words import NO_REASON, Habits, code, habits, is_any
from rbm.terms.indicators import Accumulation, MissingPolicy, OverTime, OverUnits

NOWHERE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What all truths of one roll-up share."""

    space: Space
    slices: Slices
    habits: Habits
    plan: Plan
    own: OwnCells


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """One truth: all figures, the reason of each pair (-1 = it enters), and the way of own figures."""

    state: State
    reasons: Codes
    way: OwnWay


def prepare(inputs: Inputs, waited: Ints = NOWHERE) -> Prepared:
    """Lay out the figures, their units and their cells; `waited` are keys of totals that wait for an own figure.

    Invalid for columns that do not fit and links in a circle.
    """
    slices, space = _space(inputs)
    habit = habits(inputs.nodes)
    parts = parts_of(inputs, space, slices)
    plot = plan(inputs, habit, space, (parts, waited))
    return Prepared(space, slices, habit, plot, own_cells(inputs, habit, plot.rows, (parts, slices)))


def roll_up(inputs: Inputs) -> Figures:
    """Figures of all indicators, periods and slices: one row where a node, or one below it, has a cell or a total.

    `value` is made of approved cells that are not rejected, `self_reported` of all that are not rejected, `verified`
    of verified ones alone; reported, expected, bounds, reason and exclusions speak of `value`. A null has a reason,
    never 0. Indicators of which nothing but arithmetic is asked go a shorter way to the same figures.
    Refusals: Invalid for columns that do not fit, links in a circle, and totals out of range.
    Source: design section 6, requirements R045 to R051.
    """
    _space(inputs)
    short, rest = roll_up_plain(inputs)
    cells = rest[inputs.cells.node]
    if not cells.any():
        return short
    long = roll_up_long(inputs if rest.all() else only(inputs, rest, cells))
    return joined(short, long) if len(short.node) else long


def roll_up_long(inputs: Inputs) -> Figures:
    """The same for all indicators, whatever is asked of them."""
    prepared = prepare(inputs)
    cells = inputs.cells
    standing = ~cells.rejected
    verified = _shortened(prepared, settle(inputs, prepared, cells.verified & standing))
    self_reported = None
    if not (cells.approved | cells.rejected).all():
        self_reported = _shortened(prepared, settle(inputs, prepared, standing))
    bounded = bool(prepared.habits.people.any())
    value = settle(inputs, prepared, cells.approved & standing, bounded=bounded)
    return _figures(prepared, value, self_reported or _shortened(prepared, value), verified)


def roll_up_stated(inputs: Inputs, stated: Cells) -> Figures:
    """Figures of stated amounts (targets or baselines) by the operators of the same indicators, over the same links.

    All `stated` cells count, whatever was decided on them, as they are meant: nothing is accumulated or carried.
    A figure has a value only where every included child that is valid in the period has one, and the indicator itself
    too where it has an amount of its own or measured cells in `inputs`. reported: how many of `expected` units have
    one. Refusals as of `roll_up`.
    """
    slices, space = _space(inputs)
    measured = own_keys(inputs, space, calendar(inputs.periods), distinct(parts_of(inputs, space, slices).key)).key
    nodes = inputs.nodes
    last = np.where(accumulating(inputs), code(OverTime.LAST), nodes.over_time).astype(np.int8)
    nodes = replace(
        nodes,
        missing_policy=np.full_like(nodes.missing_policy, code(MissingPolicy.BLOCK)),
        accumulation=np.full_like(nodes.accumulation, code(Accumulation.PERIODIC)),
        over_time=last,
    )
    meant = replace(inputs, nodes=nodes, cells=stated)
    prepared = prepare(meant, measured[measured % space.slots == 0])
    settled = settle(meant, prepared, np.ones(len(stated.node), dtype=np.bool_))
    beside = _shortened(prepared, settled)
    return _figures(prepared, settled, beside, beside)


def settle(inputs: Inputs, prepared: Prepared, admitted: Bools, *, bounded: bool = False) -> Settled:
    """All figures from the admitted cells (bool per cell), with bounds if asked for."""
    placed = bool(is_any(prepared.habits.operator, OverUnits.MAX_THEN_SUM).any())
    state = blank(len(prepared.plan.rows.key), placed=placed, bounded=bounded)
    way = settle_own(inputs, prepared.habits, prepared.plan, prepared.own, (admitted, state))
    return Settled(state, settle_levels(inputs, prepared.habits, prepared.plan, state), way)


def _space(inputs: Inputs) -> tuple[Slices, Space]:
    refuse_misfits(inputs)
    slices = slices_of(inputs.crossings, inputs.categories)
    space = Space(len(inputs.periods.first_day), len(slices.category))
    if len(inputs.nodes.measure) * space.stride > LIMIT:
        raise Invalid("too many figures at once", "nodes", "out_of_range")
    return slices, space


@dataclass(frozen=True, slots=True, eq=False)
class _Beside:
    """What stands beside the value of each row: another truth, whether it is there, and which pairs enter it."""

    value: Ints
    has_value: Bools
    entering: Bools


def _shortened(prepared: Prepared, settled: Settled) -> _Beside:
    """The little of a truth that is shown beside the value: the rest of it need not be kept."""
    count = len(prepared.plan.rows.key)
    state = settled.state
    return _Beside(state.value[:count].copy(), state.reason[:count] == NO_REASON, settled.reasons == NO_REASON)


def _figures(prepared: Prepared, settled: Settled, self_reported: _Beside, verified: _Beside) -> Figures:
    rows, slices, state = prepared.plan.rows, prepared.slices, settled.state
    shown: Ints | slice = slice(0, len(rows.key)) if rows.shown.all() else np.flatnonzero(rows.shown)
    valued = state.reason[: len(rows.key)] == NO_REASON
    has_value = valued[shown]
    entering = settled.reasons == NO_REASON
    zero = np.broadcast_to(np.int64(0), len(has_value))
    bounded = has_value & prepared.habits.people[rows.node[shown]] & (len(state.lower) > 0)
    return Figures(
        node=rows.node[shown],
        period=rows.period[shown],
        category=slices.category[rows.slot[shown]],
        crossing=slices.crossing[rows.slot[shown]],
        value=state.value[shown].copy(),
        has_value=has_value,
        numerator=state.numerator[shown].copy(),
        denominator=state.denominator[shown].copy(),
        has_parts=state.has_parts[shown].copy(),
        verified=verified.value[shown],
        has_verified=verified.has_value[shown],
        self_reported=self_reported.value[shown],
        has_self_reported=self_reported.has_value[shown],
        lower=np.where(bounded, state.lower[shown], 0) if len(state.lower) else zero,
        upper=np.where(bounded, state.upper[shown], 0) if len(state.lower) else zero,
        has_bounds=bounded,
        reported=_entered(prepared.plan, entering, valued)[shown],
        expected=prepared.plan.expected[shown],
        verified_units=_entered(prepared.plan, entering & verified.entering, valued & verified.has_value)[shown],
        reason=state.reason[shown].copy(),
        exclusions=_shown_exclusions(prepared.plan, settled.reasons),
    )


def _entered(plot: Plan, entering: Bools, valued: Bools) -> Ints:
    """How many units of each figure enter it (bool per pair); one where it stands alone with a value."""
    rows, pairs = plot.rows, plot.pairs
    entered = np.bincount(pairs.figure[entering], minlength=len(rows.key)).astype(np.int64)
    entered[rows.alone] = valued[rows.alone]
    return entered


def _shown_exclusions(plot: Plan, reasons: Codes) -> Exclusions:
    out = exclusions(plot.pairs, reasons, 2 * len(plot.rows.key))
    if plot.rows.shown.all():
        return out
    kept = plot.rows.shown[out.figure]
    figure = np.searchsorted(np.flatnonzero(plot.rows.shown), out.figure[kept])
    return Exclusions(figure, out.reason[kept], out.count[kept])
