"""What all truths of one roll-up share, and one truth settled over it."""

from dataclasses import dataclass

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Codes, Ints
from rbm.rules.exact import LIMIT
from rbm.rules.rollup.columns import Inputs, refuse_misfits
from rbm.rules.rollup.contributions import settle_levels
from rbm.rules.rollup.own import OwnCells, OwnWay, own_cells, settle_own
from rbm.rules.rollup.parts import Space, parts_of
from rbm.rules.rollup.plan import Plan, plan
from rbm.rules.rollup.slices import Slices, slices_of
from rbm.rules.rollup.state import State, blank
from rbm.rules.rollup.words import Habits, habits, is_any
from rbm.terms.indicators import OverUnits

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
    slices, space = space_of(inputs)
    habit = habits(inputs.nodes)
    parts = parts_of(inputs, space, slices)
    plot = plan(inputs, habit, space, (parts, waited))
    return Prepared(space, slices, habit, plot, own_cells(inputs, habit, plot.rows, (parts, slices)))


def settle(inputs: Inputs, prepared: Prepared, admitted: Bools, *, bounded: bool = False) -> Settled:
    """All figures from the admitted cells (bool per cell), with bounds if asked for."""
    placed = bool(is_any(prepared.habits.operator, OverUnits.MAX_THEN_SUM).any())
    state = blank(len(prepared.plan.rows.key), placed=placed, bounded=bounded)
    way = settle_own(inputs, prepared.habits, prepared.plan, prepared.own, (admitted, state))
    return Settled(state, settle_levels(inputs, prepared.habits, prepared.plan, state), way)


def space_of(inputs: Inputs) -> tuple[Slices, Space]:
    """The slices and keys of figures there can be. Invalid for columns that do not fit, and for too many figures."""
    refuse_misfits(inputs)
    slices = slices_of(inputs.crossings, inputs.categories)
    space = Space(len(inputs.periods.first_day), len(slices.category))
    if len(inputs.nodes.measure) * space.stride > LIMIT:
        raise Invalid("too many figures at once", "nodes", "out_of_range")
    return slices, space
