"""Which indicators may go the short way: nothing about them needs more than arithmetic over cells and links."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Days, Ints
from rbm.rules.exact import ONE
from rbm.rules.rollup.calendar import accumulating
from rbm.rules.rollup.columns import Inputs, crossing_count
from rbm.rules.rollup.words import NO_REASON, Habits, is_any
from rbm.terms.indicators import Composition, MissingPolicy, OverUnits

KNOWN = (
    OverUnits.SUM,
    OverUnits.MEAN,
    OverUnits.WEIGHTED_MEAN,
    OverUnits.MIN,
    OverUnits.MAX,
    OverUnits.RATIO_OF_SUMS,
)
LARGEST_FACTOR = 10**12


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Indicators that go the short way (bool per node), the family of each (nodes joined by links), cells and slots.

    slot: of each crossing and, at the last position, of none: 0 is the total, then the categories; 0 too where the
    crossing is not of one category.
    """

    plain: Bools
    family: Ints
    slot: Ints


def choose(inputs: Inputs, habits: Habits, levels: Days) -> Chosen:
    """All indicators of families in which none needs the long way."""
    slot, single = _slots(inputs)
    odd = _odd_nodes(inputs, habits)
    odd |= _odd_by_links(inputs, habits)
    odd |= _odd_by_cells(inputs, habits, levels, single)
    family = families(inputs.links.child, inputs.links.parent, len(odd))
    spoilt = np.zeros(len(odd), dtype=np.bool_)
    spoilt[family[odd]] = True
    return Chosen(~spoilt[family], family, slot)


def families(children: Ints, parents: Ints, count: int) -> Ints:
    """The lowest node that each is joined with over any links."""
    family = np.arange(count, dtype=np.int64)
    while True:
        lowest = np.minimum(family[children], family[parents])
        joined = family.copy()
        np.minimum.at(joined, children, lowest)
        np.minimum.at(joined, parents, lowest)
        joined = joined[joined]
        if np.array_equal(joined, family):
            return family
        family = joined


def _slots(inputs: Inputs) -> tuple[Ints, Bools]:
    """The slot of each crossing, and whether it is of one category or none."""
    total = crossing_count(inputs.crossings)
    held = np.bincount(inputs.crossings.crossing, minlength=total + 1)
    slot = np.zeros(total + 1, dtype=np.int64)
    slot[inputs.crossings.crossing] = inputs.crossings.category + 1
    single = held == 1
    single[total] = True
    return np.where(single, slot, 0), single


def _odd_nodes(inputs: Inputs, habits: Habits) -> Bools:
    nodes = inputs.nodes
    odd: Bools = ~is_any(habits.operator, *KNOWN) | habits.text | nodes.unfit | habits.people
    odd |= habits.units_gate != NO_REASON
    odd |= accumulating(inputs) | ~is_any(nodes.missing_policy, MissingPolicy.EXCLUDE)
    return odd


def _odd_by_links(inputs: Inputs, habits: Habits) -> Bools:
    """Indicators with a link that is not valid in every period, left out, doubled, or between unlike ones."""
    links, periods, nodes = inputs.links, inputs.periods, inputs.nodes
    child, parent = links.child, links.parent
    weighed = is_any(habits.operator, OverUnits.SUM)[parent]
    strange = ~links.included | (habits.operator[child] != habits.operator[parent])
    strange |= habits.hundred[child] != habits.hundred[parent]
    strange |= is_any(nodes.composition, Composition.OWN_ONLY)[parent]
    strange |= (links.factor != ONE) & ~weighed
    strange |= (links.factor < 0) | (links.factor > LARGEST_FACTOR) | (links.weight < 0) | (links.weight > ONE)
    strange |= (links.weight == 0) & is_any(habits.operator, OverUnits.WEIGHTED_MEAN)[parent]
    if len(periods.first_day):
        strange |= (links.first_day > periods.last_day.min()) | (links.last_day < periods.first_day.max())
        strange |= links.outlived <= periods.last_day.max()
    pair = child * len(habits.operator) + parent
    order = np.argsort(pair, kind="stable")
    strange[order[1:]] |= pair[order[1:]] == pair[order[:-1]]
    odd = np.zeros(len(habits.operator), dtype=np.bool_)
    odd[parent[strange]] = True
    return odd


def _odd_by_cells(inputs: Inputs, habits: Habits, levels: Days, single: Bools) -> Bools:
    """Indicators with cells of their own above others, of several categories, of parts of periods, without parts.

    And those of which some cells have a place and some have none, or that are summed over what does not add up.
    """
    cells, periods, categories = inputs.cells, inputs.periods, inputs.categories
    odd = np.zeros(len(levels), dtype=np.bool_)
    has_cells = np.zeros(len(levels), dtype=np.bool_)
    has_cells[cells.node] = True
    odd |= has_cells & (levels > 0)
    _flag(odd, cells.node, ~single[cells.crossing])
    inside = (periods.first_day[:, None] <= periods.first_day) & (periods.last_day[:, None] >= periods.last_day)
    inside &= ~periods.life[:, None] & ~periods.life
    np.fill_diagonal(inside, val=False)
    if inside.any():
        inner: Bools = np.logical_or.reduce(inside, axis=0)
        _flag(odd, cells.node, inner[cells.period])
    ratio = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)
    if ratio.any():
        _flag(odd, cells.node, ratio[cells.node] & cells.has_value & ~cells.has_parts & ~cells.missing)
    placed = cells.place >= 0
    if placed.any():
        has_place = np.zeros(len(levels), dtype=np.bool_)
        has_place[cells.node[placed]] = True
        _flag(odd, cells.node, has_place[cells.node] & ~placed)
    if not categories.additive.all():
        apart = np.zeros(len(single), dtype=np.bool_)
        apart[inputs.crossings.crossing] = ~categories.additive[categories.dimension[inputs.crossings.category]]
        _flag(odd, cells.node, apart[cells.crossing] & is_any(habits.operator, OverUnits.SUM)[cells.node])
    return odd


def _flag(odd: Bools, node: Ints, where: Bools) -> None:
    if where.any():
        odd[node[where]] = True
