"""Which figures there are, and which unit may enter which figure: the part of a roll-up that all truths share."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Days, Ints, distinct, spread, stable_order
from rbm.rules.chain import topological_levels
from rbm.rules.exact import ONE
from rbm.rules.rollup.calendar import Ways, calendar, own_keys, ways
from rbm.rules.rollup.columns import Inputs, Links, Periods
from rbm.rules.rollup.parts import Parts, Space
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import Composition, MissingPolicy, OverUnits
from rbm.terms.rollup import Reason

AMOUNTS = (OverUnits.SUM, OverUnits.MAX_THEN_SUM, OverUnits.COUNT_YES, OverUnits.SHARE_YES, OverUnits.RATIO_OF_SUMS)
"""Operators over amounts, of which a weight takes a share; a weighted mean weighs; the others know no weight."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Figures by row, R rows in the order of their keys.

    own: the node has an own figure there; alone: its own figure is its figure; level: height of the node above the
    leaves; shown: it is a figure, and not only a step to a crossing that is stated elsewhere.
    """

    key: Ints
    node: Ints
    period: Ints
    slot: Ints
    own: Bools
    alone: Bools
    level: Days
    shown: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Units of figures, ordered by (level of the figure, figure, unit), the own one last.

    source: row of the unit's figure, R + row for the figure's own cells, 2R for a unit without any figure.
    standing: why it stays out whatever its value; addable: why its value may not be added (-1 = none).
    """

    figure: Ints
    source: Ints
    weight: Ints
    factor: Ints
    standing: Codes
    addable: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The figures, their units, how many units are expected in each, and how own figures follow from others."""

    rows: Rows
    pairs: Pairs
    expected: Ints
    ways: Ways


@dataclass(frozen=True, slots=True, eq=False)
class _Joined:
    """Links as they meet figures, before they are judged."""

    figure: Ints
    link: Ints
    source: Ints


def plan(inputs: Inputs, habits: Habits, space: Space, found: tuple[Parts, Ints]) -> Plan:
    """The plan of a roll-up, from the cells and the keys of totals at which an own figure is waited for.

    Invalid when the links close a circle.
    """
    parts, waited = found
    levels = topological_levels(inputs.links.child, inputs.links.parent, len(inputs.nodes.measure))
    links, times = ordered(inputs.links), calendar(inputs.periods)
    own = own_keys(inputs, space, times, distinct(parts.key))
    key = keys_of(inputs, links, space, (own.key, levels))
    shown = np.ones(len(key), dtype=np.bool_)
    if parts.derived.any():
        stated = own_keys(inputs, space, times, distinct(parts.key[~parts.derived]))
        shown = np.isin(key, keys_of(inputs, links, space, (stated.key, levels)))
    rows, joined, own_units = _rows(inputs, space, (key, own.key, waited, shown), (links, levels))
    expected = np.bincount(joined.figure[links.included[joined.link]], minlength=len(key))
    expected[own_units] += 1
    expected[rows.alone] = 1
    pairs = _judged(inputs, habits, rows, (links, joined, own_units))
    order = ways(inputs, space, times, (own, np.searchsorted(key, own.key)))
    return Plan(rows, pairs, expected.astype(np.int64), order)


def _rows(
    inputs: Inputs, space: Space, keys: tuple[Ints, Ints, Ints, Bools], graph: tuple[Links, Days]
) -> tuple[Rows, _Joined, Ints]:
    """The rows of all figures, the links as they meet them, and the rows that are units of themselves.

    keys: of all figures, of own ones, of those waited for, and which are shown.
    """
    key, own, waited, shown = keys
    links, levels = graph
    node, period, slot = space.split(key)
    composition = inputs.nodes.composition
    lonely = is_any(composition, Composition.OWN_ONLY) | (levels == 0)
    joined = _join(links, inputs.periods, space, (key, lonely))
    has_units = np.zeros(len(key), dtype=np.bool_)
    has_units[joined.figure[links.included[joined.link]]] = True
    own_total = np.isin(key - slot, np.concatenate((own, waited)))
    both = own_total & is_any(composition, Composition.OWN_PLUS_CONTRIBUTED)[node] & ~lonely[node]
    linked = np.bincount(joined.figure, minlength=len(key)) > 0
    bare = is_any(composition, Composition.CONTRIBUTED_ONLY)[node] & ~linked
    alone = lonely[node] | (both & ~has_units) | bare
    rows = Rows(key, node, period, slot, np.isin(key, own), alone, levels[node], shown)
    return rows, joined, np.flatnonzero(both & has_units)


def ordered(links: Links) -> Links:
    """Links by parent and child; of several links of one pair the one that is valid longest comes last."""
    order = np.lexsort(
        (links.included, links.factor, links.weight, links.first_day, links.last_day, links.child, links.parent)
    )
    return Links(
        child=links.child[order],
        parent=links.parent[order],
        weight=links.weight[order],
        factor=links.factor[order],
        included=links.included[order],
        first_day=links.first_day[order],
        last_day=links.last_day[order],
        outlived=links.outlived[order],
    )


def keys_of(inputs: Inputs, links: Links, space: Space, start: tuple[Ints, Days]) -> Ints:
    """Keys of all figures: where a node has cells, and where one below it has, over links that count in the period.

    Slices rise only over included links, and into figures that hold contributions.
    """
    keys, levels = start
    carries = links.included & ~is_any(inputs.nodes.composition, Composition.OWN_ONLY)[links.parent]
    heights = levels[links.parent]
    for level in range(1, int(levels.max(initial=0)) + 1):
        chosen = np.flatnonzero(heights == level)
        first = np.searchsorted(keys, links.child[chosen] * space.stride)
        counts = np.searchsorted(keys, (links.child[chosen] + 1) * space.stride) - first
        link = np.repeat(chosen, counts)
        below = keys[spread(first, counts)]
        _, period, slot = space.split(below)
        rises = _meets(links, inputs.periods, link, period) & ((slot == 0) | carries[link])
        risen = (below + (links.parent - links.child)[link] * space.stride)[rises]
        keys = distinct(np.concatenate((keys, risen)))
    return keys


def _meets(links: Links, periods: Periods, link: Ints, period: Ints) -> Bools:
    """Where a link counts: it is valid on the last day of the period on which any link of its child is."""
    last_day = periods.last_day[period]
    meets: Bools = (links.first_day[link] <= last_day) & (links.last_day[link] >= periods.first_day[period])
    return meets & (links.outlived[link] > last_day)


def _join(links: Links, periods: Periods, space: Space, figures: tuple[Ints, Bools]) -> _Joined:
    """Every link that counts in the period of each figure that holds contributions; one link per child."""
    key, lonely = figures
    node, period, _ = space.split(key)
    composed = np.flatnonzero(~lonely[node])
    first = np.searchsorted(links.parent, node[composed])
    counts = np.searchsorted(links.parent, node[composed] + 1) - first
    figure, link = np.repeat(composed, counts), spread(first, counts)
    valid = _meets(links, periods, link, period[figure])
    figure, link = figure[valid], link[valid]
    last = np.ones(len(link), dtype=np.bool_)
    last[:-1] = (figure[1:] != figure[:-1]) | (links.child[link[1:]] != links.child[link[:-1]])
    figure, link = figure[last], link[last]
    wanted = key[figure] + (links.child - links.parent)[link] * space.stride
    source = np.searchsorted(key, wanted)
    found = np.append(key, -1)[source] == wanted
    return _Joined(figure, link, np.where(found, source, 2 * len(key)))


def _judged(inputs: Inputs, habits: Habits, rows: Rows, found: tuple[Links, _Joined, Ints]) -> Pairs:
    """The pairs of links and own units, with all that can be said before values are known."""
    links, joined, own_units = found
    nodes = inputs.nodes
    silent = is_any(nodes.missing_policy, MissingPolicy.EXCLUDE)[rows.node[joined.figure]]
    kept = ~silent | (joined.source < 2 * len(rows.key))
    figure, link, source = joined.figure[kept], joined.link[kept], joined.source[kept]
    child, parent = links.child[link], links.parent[link]
    weighed = is_any(habits.operator, OverUnits.WEIGHTED_MEAN)[parent]
    standing = np.select(
        [~links.included[link], nodes.unfit[child], habits.text[child], habits.units_gate[parent] != NO_REASON],
        [code(Reason.OPTED_OUT), code(Reason.UNFIT), code(Reason.NOT_NUMERIC), habits.units_gate[parent]],
        np.where(weighed & (links.weight[link] == 0), code(Reason.WEIGHT_MISSING), NO_REASON),
    )
    weight = np.where(is_any(habits.operator, *AMOUNTS)[parent] | weighed, links.weight[link], ONE)
    factor = np.where(is_any(habits.operator, OverUnits.SHARE_YES)[parent], ONE, links.factor[link])
    added = is_any(habits.operator, OverUnits.SUM)[parent]
    whole = np.full(len(own_units), ONE, dtype=np.int64)
    pairs = Pairs(
        figure=np.concatenate((figure, own_units)),
        source=np.concatenate((source, np.where(rows.own[own_units], own_units + len(rows.key), 2 * len(rows.key)))),
        weight=np.concatenate((weight, whole)),
        factor=np.concatenate((factor, whole)),
        standing=np.concatenate((standing, habits.units_gate[rows.node[own_units]])).astype(np.int8),
        addable=np.concatenate(
            (np.where(added, habits.contribution_gate[child], NO_REASON), np.full(len(own_units), NO_REASON))
        ).astype(np.int8),
    )
    return _by_level(pairs, rows.level)


def _by_level(pairs: Pairs, level: Days) -> Pairs:
    order = stable_order(level[pairs.figure] * np.int64(len(level)) + pairs.figure)
    return Pairs(
        pairs.figure[order],
        pairs.source[order],
        pairs.weight[order],
        pairs.factor[order],
        pairs.standing[order],
        pairs.addable[order],
    )
