"""The roll-up itself: three truths over one plan."""

from dataclasses import dataclass, replace

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, distinct
from rbm.rules.rollup.calendar import accumulating, calendar, own_keys
from rbm.rules.rollup.columns import Cells, Exclusions, Figures, Inputs
from rbm.rules.rollup.contributions import exclusions
from rbm.rules.rollup.dense import joined, only, roll_up_plain
from rbm.rules.rollup.parts import parts_of
from rbm.rules.rollup.plan import Plan
from rbm.rules.rollup.preparing import Prepared, Settled, prepare, settle, space_of
from rbm.rules.rollup.stated import measured_keys, settle_stated
from rbm.rules.rollup.tracing import trace_settled
from rbm.rules.rollup.words import NO_REASON, code
from rbm.terms.indicators import Accumulation, MissingPolicy, OverTime


def roll_up(inputs: Inputs) -> Figures:
    """Figures of all indicators, periods and slices: one row where a node, or one below it, has a cell or a total.

    `value` is made of approved cells that are not rejected, `self_reported` of all that are not rejected, `verified`
    of those of them that are verified; reported, expected, bounds, reason and exclusions speak of `value`. A null has a
    reason, never 0. Indicators of which nothing but arithmetic is asked go a shorter way to the same figures.
    Refusals: Invalid for columns that do not fit and links in a circle.
    Source: design section 6, requirements R045 to R051.
    """
    return _roll_up(inputs, None)[0]


def roll_up_resting(inputs: Inputs, asked: Bools) -> tuple[Figures, Bools]:
    """The same, and which figures (bool per figure) rest on one of the cells that are asked about (bool per cell).

    These are figures that such a cell entered, or left null, as `Trace.tainted` says: of `value` or `self_reported`.
    """
    return _roll_up(inputs, asked if asked.any() else None)


def roll_up_long(inputs: Inputs, asked: Bools | None = None) -> tuple[Figures, Bools]:
    """The same for all indicators by the long way, whatever is asked of them."""
    prepared = prepare(inputs)
    cells = inputs.cells
    standing = ~cells.rejected
    resting = np.zeros(np.count_nonzero(prepared.plan.rows.shown), dtype=np.bool_)
    approved = cells.approved & standing
    verified = _shortened(prepared, settle(inputs, prepared, cells.verified & approved))
    self_reported = None
    if not (cells.approved | cells.rejected).all():
        settled = settle(inputs, prepared, standing)
        self_reported = _shortened(prepared, settled)
        if asked is not None:
            resting |= trace_settled(inputs, prepared, (standing, settled)).tainted(asked)
        del settled
    bounded = bool(prepared.habits.people.any())
    value = settle(inputs, prepared, approved, bounded=bounded)
    if asked is not None:
        resting |= trace_settled(inputs, prepared, (approved, value)).tainted(asked)
    return _figures(prepared, value, self_reported or _shortened(prepared, value), verified), resting


def _roll_up(inputs: Inputs, asked: Bools | None) -> tuple[Figures, Bools]:
    space_of(inputs)
    short, rest, resting = roll_up_plain(inputs, asked)
    cells = rest[inputs.cells.node]
    if not cells.any():
        return short, resting
    if rest.all():
        return roll_up_long(inputs, asked)
    long = roll_up_long(only(inputs, rest, cells), None if asked is None else asked[cells])
    return joined((short, resting), long) if len(short.node) else long


def roll_up_stated(inputs: Inputs, stated: Cells) -> Figures:
    """Figures of stated amounts (targets or baselines) by the operators of the same indicators, over the same links.

    All `stated` cells count, whatever was decided on them, as they are meant: nothing is accumulated or carried.
    A figure has a value only where every included child that is valid in the period has one, and the indicator itself
    too where it has an amount of its own or measured cells in `inputs`; and, for a longer period, where each one inside
    it that was measured has one. Of an indicator of contributions alone its own amount stands before theirs. reported:
    how many of `expected` units have one. Refusals as of `roll_up`.
    """
    slices, space = space_of(inputs)
    parts = parts_of(inputs, space, slices)
    measured = own_keys(inputs, space, calendar(inputs.periods), distinct(parts.key)).key
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
    settled = settle_stated(meant, prepared, measured_keys(inputs, space, parts))
    beside = _shortened(prepared, settled)
    return _figures(prepared, settled, beside, beside)


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
