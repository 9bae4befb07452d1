"""The way back: which cells entered which figures, with which share, and why other units stayed out."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, spread
from rbm.rules.exact import ONE
from rbm.rules.rollup.accumulating import series_sources, summing
from rbm.rules.rollup.columns import Inputs
from rbm.rules.rollup.own import OwnWay, entered
from rbm.rules.rollup.parts import Space
from rbm.rules.rollup.plan import Pairs, Rows
from rbm.rules.rollup.preparing import Prepared, Settled, prepare, settle
from rbm.rules.rollup.slices import Slices
from rbm.rules.rollup.words import NO_REASON


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A unit of a figure: its node (the figure's own where `own`), and its value or the reason it stays out.

    `value` is in micros, before weight and factor; `reason` is a position in Reason, None where the unit enters.
    """

    node: int
    own: bool
    value: int | None
    reason: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One truth, settled: R figures, their units, and the cells of their R own figures.

    entering: which pairs enter a figure that has a value; value and has_value: 2R + 1 rows as in State; part_row and
    part_cell: every cell and the own figures it could be part of; own_row and own_cell: those that make own values, in
    their own period or, over time, in others.
    """

    space: Space
    slices: Slices
    rows: Rows
    pairs: Pairs
    reasons: Codes
    entering: Bools
    value: Ints
    has_value: Bools
    part_row: Ints
    part_cell: Ints
    own_row: Ints
    own_cell: Ints

    def row(self, node: int, period: int, category: int, crossing: int = -1) -> int | None:
        """The row of a figure, None where there is no such figure; -1 for no category, for no crossing."""
        wanted = crossing if crossing < 0 else int(self.slices.same[crossing])
        slot = np.flatnonzero((self.slices.category == category) & (self.slices.crossing == wanted))
        if not len(slot):
            return None
        key = node * self.space.stride + period * self.space.slots + int(slot[0])
        row = int(np.searchsorted(self.rows.key, key))
        return row if row < len(self.rows.key) and self.rows.key[row] == key and self.rows.shown[row] else None

    def cells(self, row: int) -> Ints:
        """Positions of the cells that entered a figure, each once, in their order; none where it has no value."""
        count = len(self.rows.key)
        reached = np.zeros(2 * count + 1, dtype=np.bool_)
        reached[row] = self.has_value[row]
        for level in range(int(self.rows.level[row]), -1, -1):
            chosen = self._of_level(level) & reached[self.pairs.figure]
            reached[self.pairs.source[chosen]] = True
        alone = np.flatnonzero(self.rows.alone & reached[:count])
        reached[alone + count] = True
        return np.unique(self.own_cell[reached[self.own_row + count]])

    def shares(self, row: int) -> dict[int, Fraction]:
        """The share with which each cell entered a figure: the products of weight and factor, summed over all ways."""
        own = self.own_shares(row)
        held = np.flatnonzero(np.isin(self.own_row, list(own)))
        return {int(self.own_cell[at]): own[int(self.own_row[at])] for at in held}

    def own_shares(self, row: int) -> dict[int, Fraction]:
        """The share with which each own figure, by its row, entered a figure."""
        count, alone = len(self.rows.key), self.rows.alone
        arriving = self._arriving(row)
        own = {key - count: share for key, share in arriving.items() if key >= count}
        return own | {key: share for key, share in arriving.items() if key < count and alone[key]}

    def steps(self, row: int) -> Ints:
        """The figures on the way of one that are made of units, itself included: their rows."""
        count = len(self.rows.key)
        steps = [key for key in self._arriving(row) if key < count and not self.rows.alone[key]]
        return np.array(steps, dtype=np.int64)

    def units(self, row: int) -> list[Unit]:
        """The units of a figure that are there; none where it stands alone."""
        count = len(self.rows.key)
        chosen = np.flatnonzero((self.pairs.figure == row) & (self.pairs.source < 2 * count))
        return [] if self.rows.alone[row] else [self._unit(int(pair), count) for pair in chosen]

    def tainted(self, cells: Bools) -> Bools:
        """Figures of a roll-up (bool per figure) that one of these cells (bool per cell) entered, or left null."""
        count = len(self.rows.key)
        touched = np.zeros(2 * count + 1, dtype=np.bool_)
        touched[self.own_row[cells[self.own_cell]] + count] = True
        touched[:count] = touched[count : 2 * count] & self.rows.alone
        for level in range(int(self.rows.level.max(initial=0)) + 1):
            chosen = self._of_level(level) & touched[self.pairs.source]
            touched[self.pairs.figure[chosen]] = True
        null = ~self.has_value[self.part_row + count] & ~self.has_value[self.part_row]
        touched[self.part_row[null & cells[self.part_cell]]] = True
        figures: Bools = touched[:count][self.rows.shown]
        return figures

    def _arriving(self, row: int) -> dict[int, Fraction]:
        """The figures (by row) and own figures (R + row) that entered one, itself included, each with its share."""
        arriving = {row: Fraction(1)} if self.has_value[row] else {}
        for level in range(int(self.rows.level[row]), -1, -1):
            chosen = self._of_level(level) & np.isin(self.pairs.figure, list(arriving))
            for pair in np.flatnonzero(chosen):
                share = Fraction(int(self.pairs.weight[pair]) * int(self.pairs.factor[pair]), ONE * ONE)
                source, onward = int(self.pairs.source[pair]), arriving[int(self.pairs.figure[pair])]
                arriving[source] = arriving.get(source, Fraction(0)) + onward * share
        return arriving

    def _of_level(self, level: int) -> Bools:
        chosen: Bools = self.entering & (self.rows.level[self.pairs.figure] == level)
        return chosen

    def _unit(self, pair: int, count: int) -> Unit:
        source, reason = int(self.pairs.source[pair]), int(self.reasons[pair])
        value = int(self.value[source]) if self.has_value[source] else None
        node = int(self.rows.node[source % count])
        return Unit(node, own=source >= count, value=value, reason=None if reason == NO_REASON else reason)


def trace(inputs: Inputs, admitted: Bools) -> Trace:
    """Settle the truth that the admitted cells (bool per cell) make, and keep the way it went.

    Refusals as of `roll_up`, whose `value` is the truth of approved cells that are not rejected.
    """
    prepared = prepare(inputs)
    return trace_settled(inputs, prepared, (admitted, settle(inputs, prepared, admitted)))


def trace_settled(inputs: Inputs, prepared: Prepared, truth: tuple[Bools, Settled]) -> Trace:
    """The way of a truth that is settled already, from the cells it admitted."""
    admitted, settled = truth
    rows, pairs = prepared.plan.rows, prepared.plan.pairs
    has_value, reasons = settled.state.has_value, settled.reasons
    own_row, own_cell = _over_time(inputs, prepared, settled.way, entered(inputs, rows, prepared.own, admitted))
    part_row, part_cell = _possible(prepared)
    kept = has_value[own_row + len(rows.key)]
    return Trace(
        space=prepared.space,
        slices=prepared.slices,
        rows=rows,
        pairs=pairs,
        reasons=reasons,
        entering=(reasons == NO_REASON) & has_value[pairs.figure] & ~rows.alone[pairs.figure],
        value=settled.state.value,
        has_value=has_value,
        part_row=part_row,
        part_cell=part_cell,
        own_row=own_row[kept],
        own_cell=own_cell[kept],
    )


def _over_time(inputs: Inputs, prepared: Prepared, way: OwnWay, made: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """The cells that made each own figure, from those that made it in its own period: pairs (row, cell)."""
    ways = prepared.plan.ways
    row, cell = made
    row, cell = row[way.valued[row]], cell[way.valued[row]]
    if ways.series is not None:
        chosen = summing(inputs, ways.series)
        row, cell = _replaced((row, cell), ways.series.row, series_sources(ways.series, way.valued, chosen))
    target, source = way.nested
    return _replaced((row, cell), target, (target, source))


def _possible(prepared: Prepared) -> tuple[Ints, Ints]:
    """Every cell and the own figures it could be part of, in its own period or, over time, in others."""
    ways = prepared.plan.ways
    made = (prepared.own.row, prepared.own.cell)
    if ways.series is not None:
        said = np.zeros(len(prepared.plan.rows.key), dtype=np.bool_)
        said[ways.series.row] = ways.series.stated
        made = _replaced(
            made, ways.series.row, series_sources(ways.series, said, np.ones(len(ways.series.row), dtype=np.bool_))
        )
    if ways.nested is not None:
        made = _joined(made, _through(made, (ways.nested.target, ways.nested.source)))
    return made


def _replaced(made: tuple[Ints, Ints], rows: Ints, pairs: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Pairs (row, cell), those of some rows replaced by the cells of their sources."""
    if not len(rows):
        return made
    kept = ~np.isin(made[0], rows)
    return _joined((made[0][kept], made[1][kept]), _through(made, pairs))


def _through(made: tuple[Ints, Ints], pairs: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Pairs (row, cell) by way of pairs (row, source)."""
    order = np.argsort(made[0], kind="stable")
    row, cell = made[0][order], made[1][order]
    first = np.searchsorted(row, pairs[1])
    counts = np.searchsorted(row, pairs[1], side="right") - first
    return np.repeat(pairs[0], counts), cell[spread(first, counts)]


def _joined(one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    return np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))
