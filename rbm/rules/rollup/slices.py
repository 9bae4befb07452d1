"""Slices of figures: the total, each category, each crossing of several; and which cell may stand for which slice."""

from dataclasses import dataclass

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Ints
from rbm.rules.rollup.columns import Categories, Crossings, crossing_count


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """Slots of figures (0 the total, then categories, then crossings of several), and the views of each crossing.

    category, crossing: what each slot is, -1 where it is none. same: the first crossing of the same categories, for
    each crossing and, at the last position, none. A view looks at a crossing as part of a slot: first (by crossing, one
    more at the end), slot, axes: how many dimensions are summed away, additive: whether all of them add up, rank:
    preference among views, without places at even positions and with places at odd ones.
    """

    category: Ints
    crossing: Ints
    same: Ints
    first: Ints
    slot: Ints
    axes: Ints
    additive: Bools
    rank: Ints

    @property
    def derived(self) -> Bools:
        """Where a view stands for a crossing that the cell does not name itself."""
        made: Bools = (self.crossing[self.slot] >= 0) & (self.axes > 0)
        return made


def slices_of(crossings: Crossings, categories: Categories) -> Slices:
    """The slices there can be. Invalid when a crossing names two categories of one dimension."""
    whole, dimensions = _whole(crossings, categories)
    same = _same(whole)
    own = np.arange(len(whole)) == same
    several = np.flatnonzero(own & (_held(whole, categories) > 1))
    count = len(categories.dimension)
    owner, slot, away = _views(whole, dimensions, (several, count, len(categories.additive)))
    order = np.lexsort((slot, owner))
    owner, slot, away = owner[order], slot[order], np.sort(away[order], axis=1)
    axes = (away < len(categories.additive)).sum(axis=1)
    nothing = np.full(len(several), -1, dtype=np.int64)
    return Slices(
        category=np.concatenate((np.arange(-1, count), nothing)),
        crossing=np.concatenate((np.full(count + 1, -1, dtype=np.int64), several)),
        same=same,
        first=np.searchsorted(owner, np.arange(len(whole) + 1)),
        slot=slot,
        axes=axes,
        additive=np.logical_and.reduce(np.append(categories.additive, True)[away], axis=1),
        rank=_ranks(axes, away),
    )


def _whole(crossings: Crossings, categories: Categories) -> tuple[Ints, Ints]:
    """The categories and dimensions of each crossing, a row each, filled up at the end; the last row is of none."""
    order = np.lexsort((crossings.category, categories.dimension[crossings.category], crossings.crossing))
    crossing, category = crossings.crossing[order], crossings.category[order]
    dimension = categories.dimension[category]
    if ((crossing[1:] == crossing[:-1]) & (dimension[1:] == dimension[:-1])).any():
        raise Invalid("a crossing names two categories of one dimension", "crossings.category")
    total = crossing_count(crossings)
    column = np.arange(len(crossing)) - np.searchsorted(crossing, np.arange(total))[crossing]
    width = int(column.max()) + 1 if len(column) else 0
    whole = np.full((total + 1, width), len(categories.dimension), dtype=np.int64)
    dimensions = np.full((total + 1, width), len(categories.additive), dtype=np.int64)
    whole[crossing, column] = category
    dimensions[crossing, column] = dimension
    return whole, dimensions


def _held(whole: Ints, categories: Categories) -> Ints:
    held: Ints = (whole < len(categories.dimension)).sum(axis=1)
    return held


def _same(whole: Ints) -> Ints:
    """The first row equal to each row."""
    if not whole.shape[1]:
        return np.zeros(len(whole), dtype=np.int64)
    _, first, group = np.unique(whole, axis=0, return_index=True, return_inverse=True)
    return first[group.reshape(-1)].astype(np.int64)


def _views(whole: Ints, dimensions: Ints, limits: tuple[Ints, int, int]) -> tuple[Ints, Ints, Ints]:
    """Owner, slot and dimensions summed away of every view: as the total, each category, each crossing that there is.

    limits: the crossings of several categories, how many categories and how many dimensions there are.
    """
    several, count, nothing = limits
    owners, slots, aways = [], [], []
    for kept in _subsets(whole.shape[1], crossed=len(several) > 0):
        owner = np.flatnonzero((whole[:, kept] < count).all(axis=1))
        away = dimensions[owner].copy()
        away[:, kept] = nothing
        slot = _slots(whole, owner, kept, (several, count))
        owners.append(owner[slot >= 0])
        aways.append(away[slot >= 0])
        slots.append(slot[slot >= 0])
    return np.concatenate(owners), np.concatenate(slots), np.concatenate(aways)


def _subsets(width: int, *, crossed: bool) -> list[list[int]]:
    """The columns that a view can keep: none, one, and any several where there are crossings of several."""
    if not crossed:
        return [[], *([column] for column in range(width))]
    return [[column for column in range(width) if mask >> column & 1] for mask in range(2**width)]


def _slots(whole: Ints, owner: Ints, kept: list[int], limits: tuple[Ints, int]) -> Ints:
    """The slot of the kept columns of each owner, -1 where no crossing of the cells is made of them."""
    several, count = limits
    if not kept:
        return np.zeros(len(owner), dtype=np.int64)
    if len(kept) == 1:
        alone: Ints = whole[owner, kept[0]] + 1
        return alone
    wanted = np.full((len(owner), whole.shape[1]), count, dtype=np.int64)
    wanted[:, : len(kept)] = whole[owner][:, kept]
    first = _same(np.concatenate((whole[several], wanted)))[len(several) :]
    return np.where(first < len(several), first + 1 + count, -1)


def _ranks(count: Ints, axes: Ints) -> Ints:
    """Rank of each view without places (even positions) and with places (odd positions)."""
    place = np.tile(np.array([0, 1], dtype=np.int64), len(count))
    rows = np.column_stack((np.repeat(count, 2), place, np.repeat(axes, 2, axis=0)))
    order = np.lexsort(rows.T[::-1])
    changed = (rows[order][1:] != rows[order][:-1]).any(axis=1)
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[order] = np.append(0, np.cumsum(changed))
    return ranks
