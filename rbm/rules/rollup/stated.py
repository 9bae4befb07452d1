"""Stated amounts, as they are meant: whole over time or not at all, and above what is rolled up from below."""

import numpy as np

from rbm.rules.arrays import Bools, Ints, distinct, spread
from rbm.rules.chain import topological_levels
from rbm.rules.rollup.calendar import calendar, outward
from rbm.rules.rollup.columns import Inputs
from rbm.rules.rollup.contributions import settle_levels
from rbm.rules.rollup.own import OwnWay, settle_own
from rbm.rules.rollup.parts import Parts, Space
from rbm.rules.rollup.plan import keys_of, ordered
from rbm.rules.rollup.preparing import Prepared, Settled
from rbm.rules.rollup.state import State, blank
from rbm.rules.rollup.words import NO_REASON, code, is_any
from rbm.terms.indicators import Composition, OverTime, OverUnits
from rbm.terms.rollup import Reason


def settle_stated(inputs: Inputs, prepared: Prepared, measured: Ints) -> Settled:
    """All figures of stated amounts; `measured` are the keys of figures for which something was measured."""
    plot, habits = prepared.plan, prepared.habits
    placed = bool(is_any(habits.operator, OverUnits.MAX_THEN_SUM).any())
    state = blank(len(plot.rows.key), placed=placed, bounded=False)
    everything = np.ones(len(inputs.cells.node), dtype=np.bool_)
    way = settle_own(inputs, habits, plot, prepared.own, (everything, state))
    _refuse_partial(inputs, prepared, measured, (way, state))
    return Settled(state, settle_levels(inputs, habits, plot, state, stated=True), way)


def measured_keys(inputs: Inputs, space: Space, parts: Parts) -> Ints:
    """Keys of figures for which an indicator has values in the period itself; or one below it, where it has none."""
    cells = inputs.cells
    filled = (cells.has_value | cells.has_parts) & ~cells.missing & ~cells.rejected
    own = distinct(parts.key[filled[parts.cell]])
    levels = topological_levels(inputs.links.child, inputs.links.parent, len(inputs.nodes.measure))
    every = keys_of(inputs, ordered(inputs.links), space, (own, levels))
    held = is_any(inputs.nodes.composition, Composition.CONTRIBUTED_ONLY)[space.split(every)[0]]
    return every[held | np.isin(every, own)]


def _refuse_partial(inputs: Inputs, prepared: Prepared, measured: Ints, settled: tuple[OwnWay, State]) -> None:
    """A longer period has no amount where one inside it was measured for which none is stated.

    Where the last one stands for all, only those after it are waited for.
    """
    way, state = settled
    made, source = way.nested
    if not len(made):
        return
    key, space, times = prepared.plan.rows.key, prepared.space, calendar(inputs.periods)
    nested = np.zeros(len(key), dtype=np.bool_)
    nested[made] = True
    at, offset = outward(space, times, measured)
    row, there = _found(key, measured[at] + offset)
    chosen = there & nested[row]
    row, inner = row[chosen], measured[at[chosen]]
    here, stated = _found(key, inner)
    stated &= state.reason[here + len(key)] == NO_REASON
    node, period, _ = space.split(inner)
    source_period = prepared.plan.rows.period[source]
    latest = np.full(len(key), -1, dtype=np.int64)
    np.maximum.at(latest, made, times.moment[source_period])
    lasting = is_any(inputs.nodes.over_time, OverTime.LAST)[node] & (times.moment[period] <= latest[row])
    order = np.argsort(made, kind="stable")
    first = np.searchsorted(made[order], row)
    counts = np.searchsorted(made[order], row, side="right") - first
    asked = np.repeat(np.arange(len(row)), counts)
    around = times.contains[source_period[order][spread(first, counts)], period[asked]]
    covered = np.zeros(len(row), dtype=np.bool_)
    covered[asked[around]] = True
    state.refuse(row[~(stated | lasting | covered)] + len(key), code(Reason.BLOCKED_BY_MISSING))


def _found(keys: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """The position of each wanted key, 0 where it is not there, and whether it is."""
    at = np.searchsorted(keys, wanted)
    there: Bools = np.append(keys, -1)[at] == wanted
    return np.where(there, at, 0), there
