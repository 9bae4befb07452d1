"""Blocks of families that combine alike, indicators by periods by slices, and the cells of each in their order."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rbm.rules.arrays import Days, Ints
from rbm.rules.exact import ONE, shared_scale
from rbm.rules.rollup.columns import Cells, Inputs
from rbm.rules.rollup.dense.choosing import Chosen
from rbm.rules.rollup.dense.hands import Each
from rbm.rules.rollup.words import Habits, is_any
from rbm.terms.indicators import OverUnits

ROOM = 200_000
"""Slots of a block; a family that needs more has a block of its own."""
SPARSE = 64
"""A layout has room for at most so many times as many figures as there are cells."""
MOST_BITS = 62
AT_ONCE = 65_536
"""Cells whose places are found at once."""
SHARED = (OverUnits.SUM, OverUnits.WEIGHTED_MEAN, OverUnits.RATIO_OF_SUMS)
"""Operators that know weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The links into one level: parents [first, end), those of most children first, from the first node of the block.

    children, shares: for each turn the child of the first so many parents, and its share in `divisor` parts, None
    where all count fully. most: what a child can be multiplied with at most; lowest: the first child of all.
    """

    first: int
    end: int
    lowest: int
    children: list[Ints]
    shares: list[Ints] | None
    divisor: int
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Nodes [first, end) of a layout, lowest level first; leaves are the first so many of them."""

    operator: OverUnits
    hundred: bool
    first: int
    end: int
    leaves: int
    steps: list[Step]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Chosen nodes by block, quotients first, and what every one of them has room for.

    period, slot: positions of those that occur, in order (slot 0 always); dimension: of each slot, -1 for the total.
    quotients: how many nodes are quotients. place: of each node, -1 where it is not chosen.
    """

    node: Ints
    place: Ints
    blocks: list[Block]
    quotients: int
    period: Ints
    slot: Ints
    dimension: Ints

    @property
    def stride(self) -> int:
        """Slots of a node."""
        return len(self.period) * len(self.slot)

    @property
    def room(self) -> int:
        """Slots of all nodes."""
        return len(self.node) * self.stride


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Cells by their place in a layout: place and position of each in one number, in order."""

    packed: Ints
    bits: int
    stride: int

    def of(self, node: int, end: int) -> tuple[Ints, Ints]:
        """The place of each cell of some nodes, counted from the first of them, and the position of each."""
        bounds = np.array([node, end], dtype=np.int64) * self.stride << self.bits
        packed = self.packed[slice(*np.searchsorted(self.packed, bounds))]
        return (packed >> self.bits) - node * self.stride, packed & ((1 << self.bits) - 1)


def fits(layout: Layout, cells: int) -> bool:
    """Whether there are figures to lay out, the cells fill enough of the room, and a place fits beside a position."""
    room = layout.room
    return 0 < room <= SPARSE * cells and room.bit_length() + cells.bit_length() < MOST_BITS


def lay_out(inputs: Inputs, habits: Habits, levels: Days, chosen: Chosen) -> Layout:
    """Where the figures of the chosen nodes stand while they are worked out."""
    cells, slots = inputs.cells, len(inputs.categories.dimension) + 1
    period = _used(cells.period, len(inputs.periods.first_day))
    crossing = _used(cells.crossing, len(chosen.slot), last=True)
    slot = _used(np.append(chosen.slot[crossing], 0), slots)
    batch, counts = _batches(habits, chosen, len(period) * len(slot)), _children(inputs)
    node = np.lexsort((-counts, levels, batch))[np.count_nonzero(batch < 0) :]
    place = np.full(len(batch), -1, dtype=np.int64)
    place[node] = np.arange(len(node))
    bounds = np.searchsorted(batch[node], np.arange(int(batch.max(initial=-1)) + 2))
    links = _Links.by_place(inputs, place)
    blocks = [_block(habits, links, (node, levels), each) for each in pairwise(bounds.tolist())]
    return Layout(
        node=node,
        place=place,
        blocks=blocks,
        quotients=int(np.count_nonzero(_rank(habits)[node] < 0)),
        period=period,
        slot=slot,
        dimension=np.append(inputs.categories.dimension, -1)[slot - 1],
    )


def find(cells: Cells, chosen: Chosen, layout: Layout, each: Each) -> Found:
    """The cells of a layout by their place."""
    bits = max(1, len(cells.node).bit_length())
    base = layout.place * layout.stride
    at_period = _positions(layout.period) * len(layout.slot)
    at_slot = _positions(layout.slot)[np.minimum(chosen.slot, layout.slot[-1] + 1)]
    packed = np.empty(len(cells.node), dtype=np.int64)

    def pack(first: int) -> None:
        part = slice(first, first + AT_ONCE)
        place = base[cells.node[part]]
        place += at_period[cells.period[part]]
        place += at_slot[cells.crossing[part]]
        place <<= bits
        place += np.arange(first, first + len(place))
        packed[part] = place

    list(each(pack, range(0, len(packed), AT_ONCE)))
    packed.sort()
    return Found(packed, bits, layout.stride)


def _used(values: Ints, count: int, *, last: bool = False) -> Ints:
    """Those that occur, in order."""
    occurs = np.zeros(count, dtype=np.bool_)
    occurs[values] = True
    if last:
        occurs[-1] = True
    return np.flatnonzero(occurs)


def _positions(used: Ints) -> Ints:
    """The place of each among those that occur, 0 for others."""
    positions = np.zeros(int(used[-1]) + 2, dtype=np.int64)
    positions[used] = np.arange(len(used))
    return positions


def _children(inputs: Inputs) -> Ints:
    return np.bincount(inputs.links.parent, minlength=len(inputs.nodes.measure))


def _rank(habits: Habits) -> Ints:
    """A number for each way to combine, below 0 for quotients."""
    quotient = is_any(habits.operator, OverUnits.MEAN, OverUnits.WEIGHTED_MEAN, OverUnits.RATIO_OF_SUMS)
    return habits.operator.astype(np.int64) * 2 + habits.hundred - 100 * quotient


def _batches(habits: Habits, chosen: Chosen, stride: int) -> Ints:
    """The batch of every node, -1 where it is not chosen."""
    rank = _rank(habits)
    root, size = np.unique(chosen.family[chosen.plain], return_counts=True)
    order = np.argsort(rank[root], kind="stable")
    root, size = root[order], size[order] * stride
    full = (np.cumsum(size) - size) // ROOM
    _, number = np.unique(rank[root] * (int(full.max(initial=0)) + 1) + full, return_inverse=True)
    batch = np.full(len(rank), -1, dtype=np.int64)
    batch[root] = number
    return np.where(chosen.plain, batch[chosen.family], -1)


@dataclass(frozen=True, slots=True, eq=False)
class _Links:
    """Links of a layout by places, in the order of parent and child."""

    child: Ints
    parent: Ints
    weight: Ints
    factor: Ints

    @classmethod
    def by_place(cls, inputs: Inputs, place: Ints) -> "_Links":
        links = inputs.links
        child, parent = place[links.child], place[links.parent]
        order = np.lexsort((child, parent))
        order = order[parent[order] >= 0]
        return cls(child[order], parent[order], links.weight[order], links.factor[order])


def _block(habits: Habits, links: _Links, layout: tuple[Ints, Days], bounds: tuple[int, int]) -> Block:
    node, levels = layout
    first, end = bounds
    heights = levels[node[first:end]]
    ends = first + np.searchsorted(heights, np.arange(1, int(heights[-1]) + 2))
    operator = list(OverUnits)[int(habits.operator[node[first]])]
    steps = [_step(links, (start, stop), first, operator) for start, stop in pairwise(ends.tolist())]
    return Block(operator, bool(habits.hundred[node[first]]), first, end, int(ends[0]) - first, steps)


def _step(links: _Links, bounds: tuple[int, int], origin: int, operator: OverUnits) -> Step:
    starts = np.searchsorted(links.parent, np.arange(bounds[0], bounds[1] + 1))
    held = slice(int(starts[0]), int(starts[-1]))
    weight = links.weight[held] if operator in SHARED else np.full(held.stop - held.start, ONE, dtype=np.int64)
    divisor, (share,) = shared_scale(weight * links.factor[held])
    count, starts, child = np.diff(starts), starts[:-1] - starts[0], links.child[held] - origin
    turns = range(int(count[0]))
    picks = [starts[: np.searchsorted(-count, -turn)] + turn for turn in turns]
    return Step(
        first=bounds[0] - origin,
        end=bounds[1] - origin,
        lowest=int(child.min()),
        children=[child[pick] for pick in picks],
        shares=None if (share == 1).all() else [share[pick] for pick in picks],
        divisor=divisor,
        most=int(share.max()) * len(turns),
    )
