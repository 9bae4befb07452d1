"""The roll-up itself: three truths over one plan."""

from dataclasses import dataclass

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Codes
from rbm.rules.exact import LIMIT
from rbm.rules.rollup.columns import Figures, Inputs, refuse_misfits
from rbm.rules.rollup.contributions import exclusions, settle_levels
from rbm.rules.rollup.own import OwnCells, own_cells, settle_own
from rbm.rules.rollup.parts import Space, parts_of
from rbm.rules.rollup.plan import Plan, plan
from rbm.rules.rollup.state import State, blank
from rbm.rules.rollup.words import NO_REASON, Habits, habits


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What all truths of one roll-up share."""

    space: Space
    habits: Habits
    plan: Plan
    own: OwnCells


def prepare(inputs: Inputs) -> Prepared:
    """Lay out the figures, their units and their cells. Invalid for columns that do not fit and links in a circle."""
    refuse_misfits(inputs)
    space = Space(len(inputs.periods.first_day), len(inputs.categories.dimension))
    if len(inputs.nodes.measure) * space.stride > LIMIT:
        raise Invalid("too many figures at once", "nodes", "out_of_range")
    habit = habits(inputs.nodes)
    parts = parts_of(inputs, space)
    plot = plan(inputs, habit, space, parts)
    return Prepared(space, habit, plot, own_cells(inputs, habit, plot.rows, parts))


def roll_up(inputs: Inputs) -> Figures:
    """Figures of all indicators, periods and categories: one row where a node, or one below it, has a cell.

    `value` is made of approved cells that are not rejected, `self_reported` of all that are not rejected, `verified`
    of verified ones alone; reported, expected, reason and exclusions speak of `value`. A null has a reason, never 0.
    Refusals: Invalid for columns that do not fit, links in a circle, and totals out of range.
    Source: design section 6, requirements R045 to R051.
    """
    prepared = prepare(inputs)
    cells = inputs.cells
    standing = ~cells.rejected
    value, reasons = settle(inputs, prepared, cells.approved & standing)
    self_reported = value
    if not (cells.approved | cells.rejected).all():
        self_reported, _ = settle(inputs, prepared, standing)
    verified, _ = settle(inputs, prepared, cells.verified & standing)
    return _figures(prepared.plan, (value, self_reported, verified), reasons)


def settle(inputs: Inputs, prepared: Prepared, admitted: Bools) -> tuple[State, Codes]:
    """All figures from the admitted cells (bool per cell), and the reason of each pair."""
    state = blank(len(prepared.plan.rows.key))
    settle_own(inputs, prepared.habits, prepared.plan.rows, prepared.own, (admitted, state))
    return state, settle_levels(inputs, prepared.habits, prepared.plan, state)


def _figures(plot: Plan, truths: tuple[State, State, State], reasons: Codes) -> Figures:
    value, self_reported, verified = truths
    rows, pairs = plot.rows, plot.pairs
    count = len(rows.key)
    reported = np.bincount(pairs.figure[reasons == NO_REASON], minlength=count)
    reported[rows.alone] = value.has_value[:count][rows.alone]
    return Figures(
        node=rows.node,
        period=rows.period,
        category=rows.category,
        crossing=np.full(count, -1, dtype=np.int64),
        value=value.value[:count],
        has_value=value.has_value[:count],
        numerator=value.numerator[:count],
        denominator=value.denominator[:count],
        has_parts=value.has_parts[:count],
        verified=verified.value[:count],
        has_verified=verified.has_value[:count],
        self_reported=self_reported.value[:count],
        has_self_reported=self_reported.has_value[:count],
        lower=np.zeros(count, dtype=np.int64),
        upper=np.zeros(count, dtype=np.int64),
        has_bounds=np.zeros(count, dtype=np.bool_),
        reported=reported.astype(np.int64),
        expected=plot.expected,
        verified_units=np.zeros(count, dtype=np.int64),
        reason=value.reason[:count],
        exclusions=exclusions(pairs, reasons, 2 * count),
    )
