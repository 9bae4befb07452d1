"""Own figures: what the cells of an indicator say by themselves, before any contribution."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, run_lengths, run_starts
from rbm.rules.exact import ONE
from rbm.rules.rollup.accumulating import settle_series
from rbm.rules.rollup.columns import Cells, Inputs
from rbm.rules.rollup.operators import NOTHING, Combined, Units, combine, quotient_parts
from rbm.rules.rollup.over_time import settle_nested
from rbm.rules.rollup.parts import Parts, best_pattern
from rbm.rules.rollup.plan import Plan, Rows
from rbm.rules.rollup.slices import Slices
from rbm.rules.rollup.state import State, shared_place
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import Accumulation, MissingPolicy, OverUnits
from rbm.terms.rollup import Reason


@dataclass(frozen=True, slots=True, eq=False)
class OwnCells:
    """Cells by the own figure they are part of, ordered by (row, pattern, cell).

    filled: the cell holds what its measure needs; running: only the latest of several like it counts; same: its
    crossing, one for all crossings of the same categories; excuse: why a row without any usable cell is null (R rows).
    """

    row: Ints
    cell: Ints
    pattern: Ints
    axes: Ints
    additive: Bools
    filled: Bools
    running: Bools
    same: Ints
    excuse: Codes


@dataclass(frozen=True, slots=True, eq=False)
class OwnWay:
    """How own figures were settled: rows with a value of their own, and pairs (row, row of a period inside)."""

    valued: Bools
    nested: tuple[Ints, Ints]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Chosen cells, the beginnings of their runs by row, and the node of each run."""

    row: Ints
    cell: Ints
    axes: Ints
    additive: Bools
    starts: Ints
    node: Ints


def own_cells(inputs: Inputs, habits: Habits, rows: Rows, found: tuple[Parts, Slices]) -> OwnCells:
    """The cells of all own figures, whatever was decided on them."""
    parts, slices = found
    cells = inputs.cells
    running = is_any(inputs.nodes.accumulation, Accumulation.RUNNING_TOTAL)[cells.node]
    quotient = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[cells.node]
    filled = ((cells.has_value | (quotient & cells.has_parts)) & ~cells.missing)[parts.cell]
    starts = run_starts(parts.key)
    row = np.repeat(np.searchsorted(rows.key, parts.key[starts]), run_lengths(starts, len(parts.key)))
    rejected = cells.rejected[parts.cell]
    excuse = np.full(len(rows.key), code(Reason.NO_VALUE), dtype=np.int8)
    excuse[row[filled & rejected]] = code(Reason.REJECTED)
    excuse[row[filled & ~rejected & ~cells.approved[parts.cell]]] = code(Reason.NOT_APPROVED)
    return OwnCells(
        row=row,
        cell=parts.cell,
        pattern=parts.pattern,
        axes=parts.axes,
        additive=parts.additive,
        filled=filled,
        running=running[parts.cell],
        same=slices.same[cells.crossing[parts.cell]],
        excuse=excuse,
    )


def settle_own(inputs: Inputs, habits: Habits, plot: Plan, own: OwnCells, truth: tuple[Bools, State]) -> OwnWay:
    """Write the own figures of a truth into the second part of its state, from the cells it admits (bool per cell).

    First what the cells of a period say, then totals to date, then periods inside which others lie.
    """
    state = truth[1]
    count = len(plot.rows.key)
    state.reason[count : 2 * count] = own.excuse
    _settle_stated(inputs, habits, plot.rows, own, truth)
    valued = state.reason[count : 2 * count] == NO_REASON
    nothing = np.zeros(0, dtype=np.int64)
    nested = (nothing, nothing)
    if plot.ways.series is not None:
        settle_series(inputs, habits, plot.ways.series, (state, count))
    if plot.ways.nested is not None:
        nested = settle_nested(inputs, habits, plot.rows.node, plot.ways.nested, (state, count))
    return OwnWay(valued, nested)


def _settle_stated(inputs: Inputs, habits: Habits, rows: Rows, own: OwnCells, truth: tuple[Bools, State]) -> None:
    admitted, state = truth
    count = len(rows.key)
    runs, holed = _chosen(inputs, rows, own, admitted)
    if not len(runs.starts):
        return
    row = runs.row[runs.starts] + count
    if len(state.place):
        state.place[row] = shared_place(_standing(inputs, runs.cell), runs.starts)
    gate = _gate(inputs.cells, habits, runs)
    _write_single(inputs.cells, runs, state, row)
    _write_combined(inputs, habits, runs, (state, count, gate))
    gate = np.where(holed, code(Reason.BLOCKED_BY_MISSING), gate)
    refused = gate != NO_REASON
    state.refuse(row[refused], gate[refused])


def entered(inputs: Inputs, rows: Rows, own: OwnCells, admitted: Bools) -> tuple[Ints, Ints]:
    """The row and the cell of every admitted cell that its own figure is made of, where nothing refuses the figure."""
    runs, _ = _chosen(inputs, rows, own, admitted)
    return runs.row, runs.cell


def _chosen(inputs: Inputs, rows: Rows, own: OwnCells, admitted: Bools) -> tuple[_Runs, Bools]:
    """The filled cells of the best pattern of each row, and which of these rows miss a cell they may not miss."""
    usable = np.flatnonzero(own.filled & admitted[own.cell])
    best = best_pattern(own.row[usable], own.pattern[usable])
    chosen = _latest(inputs.cells, own, usable[own.pattern[usable] == best])
    row = own.row[chosen]
    starts = run_starts(row)
    node = rows.node[row[starts]]
    runs = _Runs(row, own.cell[chosen], own.axes[chosen], own.additive[chosen], starts, node)
    blocks = is_any(inputs.nodes.missing_policy, MissingPolicy.BLOCK)[node]
    if not blocks.any():
        return runs, blocks
    pattern = np.full(len(rows.key), -1, dtype=np.int64)
    pattern[own.row[usable]] = best
    hole = ~own.filled & ~own.running & (pattern[own.row] == own.pattern)
    holed = np.zeros(len(rows.key), dtype=np.bool_)
    holed[own.row[hole]] = True
    return runs, holed[row[starts]] & blocks


def _latest(cells: Cells, own: OwnCells, chosen: Ints) -> Ints:
    """The chosen parts without those of a running total that a later one of the same cell replaces."""
    running = chosen[own.running[chosen]]
    if not len(running):
        return chosen
    cell, same = own.cell[running], own.same[running]
    place = cells.place[cell]
    order = np.lexsort((cell, place, same, own.row[running]))
    identity = np.stack((own.row[running], same, place))[:, order]
    replaced = (identity[:, 1:] == identity[:, :-1]).all(axis=0)
    stands = np.ones(len(own.row), dtype=np.bool_)
    stands[running[order[:-1][replaced]]] = False
    return chosen[stands[chosen]]


def _gate(cells: Cells, habits: Habits, runs: _Runs) -> Codes:
    """Why the cells of each run do not become one value (-1 = they do); one cell alone always does."""
    several = run_lengths(runs.starts, len(runs.row)) > 1
    operator = habits.operator[runs.node]
    whole = np.logical_and.reduceat(cells.has_parts[runs.cell], runs.starts)
    overlapping = is_any(operator, OverUnits.SUM) & ~runs.additive[runs.starts]
    overlapping |= is_any(operator, OverUnits.MAX_THEN_SUM) & (runs.axes[runs.starts] > 0)
    gate = habits.parts_gate[runs.node]
    reasons = np.select(
        [gate != NO_REASON, is_any(operator, OverUnits.RATIO_OF_SUMS) & ~whole, overlapping],
        [gate, code(Reason.PERCENTAGE_WITHOUT_PARTS), code(Reason.DIMENSION_NOT_ADDITIVE)],
        NO_REASON,
    )
    return np.where(several, reasons, NO_REASON).astype(np.int8)


def _write_single(cells: Cells, runs: _Runs, state: State, row: Ints) -> None:
    """The first cell of each run as it was stated; right where it is the only one."""
    first = runs.cell[runs.starts]
    nothing = np.zeros(len(first), dtype=np.int64)
    reason = np.full(len(first), NO_REASON, dtype=np.int8)
    state.write(row, Combined(row, cells.value[first], nothing, nothing, np.zeros(len(first), dtype=np.bool_), reason))


def _write_combined(inputs: Inputs, habits: Habits, runs: _Runs, target: tuple[State, int, Codes]) -> None:
    """Runs of several cells, and every quotient that has its parts: a value beside them is not believed."""
    state, offset, gate = target
    lengths = run_lengths(runs.starts, len(runs.row))
    quotient = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[runs.node]
    whole = np.logical_and.reduceat(inputs.cells.has_parts[runs.cell], runs.starts)
    combined = np.where(quotient, whole, lengths > 1) & (gate == NO_REASON)
    chosen = np.flatnonzero(np.repeat(combined, lengths))
    node = np.repeat(runs.node[combined], lengths[combined])
    operator = habits.operator[node]
    made = combine(
        operator, habits.hundred[node], lambda at, parted: _units(inputs, runs, chosen[at], operator[at], parted=parted)
    )
    for result in made:
        state.write(result.figure + offset, result)


def _standing(inputs: Inputs, cell: Ints) -> Ints:
    """Where each cell stands: the place stated, else the office of its indicator (below -1), else nowhere (-1)."""
    place, home = inputs.cells.place[cell], inputs.nodes.home
    return np.where(place < 0, -2 - home[inputs.cells.node[cell]], place) if (home >= 0).any() else place


def _units(inputs: Inputs, runs: _Runs, chosen: Ints, operator: Codes, *, parted: bool) -> Units:
    """Cells as units of their own figure, with the parts of a quotient if asked for."""
    cells, cell = inputs.cells, runs.cell[chosen]
    value = cells.value[cell]
    parts = (NOTHING, NOTHING)
    if parted:
        kept = is_any(operator, OverUnits.RATIO_OF_SUMS)
        parts = quotient_parts(operator, (value, cells.numerator[cell], cells.denominator[cell], kept))
    ones = np.broadcast_to(np.int64(ONE), len(cell))
    return Units(runs.row[chosen], value, *parts, ones, ones, _standing(inputs, cell))
