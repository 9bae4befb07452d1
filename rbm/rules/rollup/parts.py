"""Cells as parts of own figures: which cell may stand for which total or category, and which are preferred."""

from dataclasses import dataclass

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Ints, run_lengths, run_starts, spread
from rbm.rules.rollup.columns import Categories, Crossings, Inputs, crossing_count


@dataclass(frozen=True, slots=True)
class Space:
    """Keys of figures: (node, period, category) as one integer, in that order."""

    periods: int
    categories: int

    @property
    def stride(self) -> int:
        """How far the keys of two neighbouring nodes lie apart."""
        return self.periods * (self.categories + 1)

    def keys(self, node: Ints, period: Ints, category: Ints) -> Ints:
        """One key per row."""
        return node * self.stride + period * (self.categories + 1) + category + 1

    def split(self, keys: Ints) -> tuple[Ints, Ints, Ints]:
        """Node, period and category of each key."""
        within = keys % self.stride
        return keys // self.stride, within // (self.categories + 1), within % (self.categories + 1) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Cells seen from the figures they are part of, ordered by (key, pattern, cell).

    pattern: rank of (dimensions summed away, place stated); the lowest present makes the figure. axes: how many
    dimensions are summed away; additive: whether all of them add up.
    """

    key: Ints
    pattern: Ints
    cell: Ints
    axes: Ints
    additive: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """Ways to look at a crossing: as part of the total (one per crossing), as part of a category (one per pair)."""

    axes: Ints
    additive: Bools
    rank: Ints
    first_pair: Ints
    category: Ints


def parts_of(inputs: Inputs, space: Space) -> Parts:
    """Every cell once as part of its total and once as part of each of its categories.

    A total is best stated without categories and places, then by fewest dimensions, then without places, then by the
    lowest dimension positions; a category likewise, its own dimension set aside. Invalid when a crossing names two
    categories of one dimension.
    """
    cells = inputs.cells
    views = _views(inputs.crossings, inputs.categories)
    crossings = crossing_count(inputs.crossings)
    crossing = np.where(cells.crossing < 0, crossings, cells.crossing)
    counts = views.first_pair[crossing + 1] - views.first_pair[crossing]
    pairs = spread(views.first_pair[crossing], counts)
    rows = np.arange(len(cells.node), dtype=np.int64)
    cell = np.concatenate((rows, np.repeat(rows, counts)))
    view = np.concatenate((crossing, crossings + 1 + pairs))
    category = np.concatenate((np.full(len(rows), -1, dtype=np.int64), views.category[pairs]))
    key = space.keys(cells.node[cell], cells.period[cell], category)
    pattern = views.rank[2 * view + (cells.place[cell] >= 0)]
    order = np.lexsort((cell, pattern, key))
    return Parts(key[order], pattern[order], cell[order], views.axes[view][order], views.additive[view][order])


def _views(crossings: Crossings, categories: Categories) -> _Views:
    """The views of all crossings and, at the last crossing position, of none; views of pairs follow."""
    total = crossing_count(crossings)
    order = np.lexsort((crossings.category, categories.dimension[crossings.category], crossings.crossing))
    crossing, category = crossings.crossing[order], crossings.category[order]
    dimension = categories.dimension[category]
    if ((crossing[1:] == crossing[:-1]) & (dimension[1:] == dimension[:-1])).any():
        raise Invalid("a crossing names two categories of one dimension", "crossings.category")
    first_pair = np.append(np.searchsorted(crossing, np.arange(total + 1)), len(crossing))
    column = np.arange(len(crossing)) - first_pair[crossing]
    width = int(column.max()) + 1 if len(column) else 0
    nothing = len(categories.additive)
    whole = np.full((total + 1, width), nothing, dtype=np.int64)
    whole[crossing, column] = dimension
    reduced = whole[crossing]
    reduced[np.arange(len(crossing)), column] = nothing
    axes = np.sort(np.concatenate((whole, reduced)), axis=1)
    count = (axes < nothing).sum(axis=1)
    return _Views(
        axes=count,
        additive=np.logical_and.reduce(np.append(categories.additive, True)[axes], axis=1),
        rank=_ranks(count, axes),
        first_pair=first_pair,
        category=category,
    )


def _ranks(count: Ints, axes: Ints) -> Ints:
    """Rank of each view without places (even positions) and with places (odd positions)."""
    place = np.tile(np.array([0, 1], dtype=np.int64), len(count))
    rows = np.column_stack((np.repeat(count, 2), place, np.repeat(axes, 2, axis=0)))
    order = np.lexsort(rows.T[::-1])
    changed = (rows[order][1:] != rows[order][:-1]).any(axis=1)
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[order] = np.append(0, np.cumsum(changed))
    return ranks


def best_pattern(key: Ints, pattern: Ints) -> Ints:
    """For parts ordered by (key, pattern): the lowest pattern of each part's key."""
    starts = run_starts(key)
    return np.repeat(pattern[starts], run_lengths(starts, len(key)))
