"""Cells as parts of own figures: which cell may stand for which slice of a figure, and which are preferred."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Ints, run_lengths, run_starts, spread, stable_order
from rbm.rules.exact import LIMIT
from rbm.rules.rollup.columns import Inputs
from rbm.rules.rollup.slices import Slices


@dataclass(frozen=True, slots=True)
class Space:
    """Keys of figures: (node, period, slot) as one integer, in that order. Slot 0 is the total."""

    periods: int
    slots: int

    @property
    def stride(self) -> int:
        """How far the keys of two neighbouring nodes lie apart."""
        return self.periods * self.slots

    def keys(self, node: Ints, period: Ints, slot: Ints) -> Ints:
        """One key per row."""
        return node * self.stride + period * self.slots + slot

    def split(self, keys: Ints) -> tuple[Ints, Ints, Ints]:
        """Node, period and slot of each key."""
        above = keys // self.slots
        return above // self.periods, above % self.periods, keys - above * self.slots


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Cells seen from the figures they are part of, ordered by (key, pattern, cell).

    pattern: rank of (dimensions summed away, place stated); the lowest present makes the figure. axes: how many
    dimensions are summed away; additive: whether all of them add up; derived: it stands for a coarser crossing.
    """

    key: Ints
    pattern: Ints
    cell: Ints
    axes: Ints
    additive: Bools
    derived: Bools


def parts_of(inputs: Inputs, space: Space, slices: Slices) -> Parts:
    """Every cell once as part of its total, of each of its categories and of each crossing of some of them.

    A total is best stated without categories and places, then by fewest dimensions, then without places, then by the
    lowest dimension positions; other slices likewise, their own dimensions set aside.
    """
    cells = inputs.cells
    crossing = np.where(cells.crossing < 0, len(slices.same) - 1, cells.crossing)
    counts = slices.first[crossing + 1] - slices.first[crossing]
    view = spread(slices.first[crossing], counts)
    cell = np.repeat(np.arange(len(cells.node), dtype=np.int64), counts)
    key = space.keys(cells.node[cell], cells.period[cell], slices.slot[view])
    pattern = slices.rank[2 * view + (cells.place[cell] >= 0)]
    patterns = int(slices.rank.max()) + 1
    small = len(inputs.nodes.measure) * space.stride * patterns <= LIMIT
    order = stable_order(key * patterns + pattern) if small else np.lexsort((pattern, key))
    view = view[order]
    return Parts(
        key=key[order],
        pattern=pattern[order],
        cell=cell[order],
        axes=slices.axes[view],
        additive=slices.additive[view],
        derived=slices.derived[view],
    )


def best_pattern(key: Ints, pattern: Ints) -> Ints:
    """For parts ordered by (key, pattern): the lowest pattern of each part's key."""
    starts = run_starts(key)
    return np.repeat(pattern[starts], run_lengths(starts, len(key)))
