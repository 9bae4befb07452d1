"""Own figures: what the cells of an indicator say by themselves, before any contribution."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, run_lengths, run_starts
from rbm.rules.exact import ONE
from rbm.rules.rollup.columns import Cells, Inputs
from rbm.rules.rollup.operators import Combined, Units, combine, quotient_parts
from rbm.rules.rollup.parts import Parts, best_pattern
from rbm.rules.rollup.plan import Rows
from rbm.rules.rollup.state import State, shared_place
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import MissingPolicy, OverUnits
from rbm.terms.rollup import Reason


@dataclass(frozen=True, slots=True, eq=False)
class OwnCells:
    """Cells by the own figure they are part of, ordered by (row, pattern, cell).

    filled: the cell holds what its measure needs; excuse: why a row without any usable cell is null (R rows).
    """

    row: Ints
    cell: Ints
    pattern: Ints
    axes: Ints
    additive: Bools
    filled: Bools
    excuse: Codes


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Chosen cells, the beginnings of their runs by row, and the node of each run."""

    row: Ints
    cell: Ints
    axes: Ints
    additive: Bools
    starts: Ints
    node: Ints


def own_cells(inputs: Inputs, habits: Habits, rows: Rows, parts: Parts) -> OwnCells:
    """The cells of all own figures, whatever was decided on them."""
    cells = inputs.cells
    quotient = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[cells.node]
    filled = ((cells.has_value | (quotient & cells.has_parts)) & ~cells.missing)[parts.cell]
    row = np.searchsorted(rows.key, parts.key)
    rejected = cells.rejected[parts.cell]
    excuse = np.full(len(rows.key), code(Reason.NO_VALUE), dtype=np.int8)
    excuse[row[filled & rejected]] = code(Reason.REJECTED)
    excuse[row[filled & ~rejected & ~cells.approved[parts.cell]]] = code(Reason.NOT_APPROVED)
    return OwnCells(row, parts.cell, parts.pattern, parts.axes, parts.additive, filled, excuse)


def settle_own(inputs: Inputs, habits: Habits, rows: Rows, own: OwnCells, truth: tuple[Bools, State]) -> None:
    """Write the own figures made of the cells that a truth admits (bool per cell) into the second part of its state."""
    admitted, state = truth
    count = len(rows.key)
    state.reason[count : 2 * count] = own.excuse
    runs, holed = _chosen(inputs, rows, own, admitted)
    if not len(runs.starts):
        return
    row = runs.row[runs.starts] + count
    state.place[row] = shared_place(inputs.cells.place[runs.cell], runs.starts)
    _write_single(inputs.cells, runs, state, row)
    _write_combined(inputs.cells, habits, runs, (state, count))
    gate = _gate(inputs.cells, habits, runs)
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
    chosen = usable[own.pattern[usable] == best]
    row = own.row[chosen]
    starts = run_starts(row)
    node = rows.node[row[starts]]
    pattern = np.full(len(rows.key), -1, dtype=np.int64)
    pattern[own.row[usable]] = best
    hole = ~own.filled & (pattern[own.row] == own.pattern)
    holed = np.zeros(len(rows.key), dtype=np.bool_)
    holed[own.row[hole]] = True
    blocks = is_any(inputs.nodes.missing_policy, MissingPolicy.BLOCK)[node]
    runs = _Runs(row, own.cell[chosen], own.axes[chosen], own.additive[chosen], starts, node)
    return runs, holed[row[starts]] & blocks


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


def _write_combined(cells: Cells, habits: Habits, runs: _Runs, target: tuple[State, int]) -> None:
    """Runs of several cells, and every quotient that has its parts: a value beside them is not believed."""
    state, offset = target
    lengths = run_lengths(runs.starts, len(runs.row))
    quotient = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[runs.node]
    whole = np.logical_and.reduceat(cells.has_parts[runs.cell], runs.starts)
    combined = np.where(quotient, whole, lengths > 1) & (_gate(cells, habits, runs) == NO_REASON)
    chosen = np.repeat(combined, lengths)
    cell, node = runs.cell[chosen], np.repeat(runs.node, lengths)[chosen]
    operator = habits.operator[node]
    amounts = (cells.value[cell], cells.numerator[cell], cells.denominator[cell])
    kept = is_any(operator, OverUnits.RATIO_OF_SUMS)
    numerator, denominator = quotient_parts(operator, (*amounts, kept))
    ones = np.full(len(cell), ONE, dtype=np.int64)
    units = Units(runs.row[chosen], amounts[0], numerator, denominator, ones, ones, cells.place[cell])
    for result in combine(units, operator, habits.hundred[node]):
        state.write(result.figure + offset, result)
