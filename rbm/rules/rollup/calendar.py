"""Time in the roll-up: the order of periods, which lie inside which, and which figures follow from others by dates."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints, distinct, run_lengths, run_starts, spread
from rbm.rules.rollup.chains import chained
from rbm.rules.rollup.columns import Inputs, Periods
from rbm.rules.rollup.parts import Space
from rbm.rules.rollup.words import is_any
from rbm.terms.indicators import Accumulation


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Periods by position. rank: order by dates, those of one kind together; moment: order by dates alone.

    by_rank: periods in the order of their ranks; last: the highest rank of the kind. contains: (outer, inner) pairs of
    periods that are not of a life, the inner one shorter: periods of the same days stand beside each other. precedes:
    (first, second) pairs of which the second counts only without the first, which contains it or has the same days.
    """

    kind: Codes
    life: Bools
    begun: Bools
    rank: Ints
    moment: Ints
    by_rank: Ints
    last: Ints
    contains: Bools
    precedes: Bools


def calendar(periods: Periods) -> Calendar:
    """The calendar of these periods."""
    count = len(periods.kind)
    by_rank = np.lexsort((periods.first_day, periods.last_day, periods.kind))
    by_date = np.lexsort((periods.first_day, periods.last_day))
    rank, moment = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    rank[by_rank] = moment[by_date] = np.arange(count)
    inside = (periods.first_day[:, None] <= periods.first_day) & (periods.last_day[:, None] >= periods.last_day)
    inside &= ~periods.life[:, None] & ~periods.life
    same = inside & inside.T
    return Calendar(
        kind=periods.kind,
        life=periods.life,
        begun=periods.begun,
        rank=rank,
        moment=moment,
        by_rank=by_rank.astype(np.int64),
        last=np.searchsorted(periods.kind[by_rank], periods.kind, side="right") - 1,
        contains=inside & ~same,
        precedes=(inside & ~same) | np.triu(same, k=1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class OwnKeys:
    """Keys of own figures, in order. stated: there are cells; based: there are, or a total is carried there."""

    key: Ints
    stated: Bools
    based: Bools


def own_keys(inputs: Inputs, space: Space, times: Calendar, stated: Ints) -> OwnKeys:
    """All own figures that follow from the stated keys (different, in order) by accumulation and by dates."""
    carried = _carried(inputs, space, times, stated)
    based = distinct(np.concatenate((stated, carried))) if len(carried) else stated
    derived = _derived(space, times, based)
    key = distinct(np.concatenate((based, derived))) if len(derived) else based
    return OwnKeys(key, _among(key, stated), _among(key, based))


def _among(key: Ints, some: Ints) -> Bools:
    """Which keys are among some of them; both in order."""
    if len(key) == len(some):
        return np.ones(len(key), dtype=np.bool_)
    found = np.zeros(len(key), dtype=np.bool_)
    found[np.searchsorted(key, some)] = True
    return found


def _carried(inputs: Inputs, space: Space, times: Calendar, stated: Ints) -> Ints:
    """Keys of the later periods that totals to date are carried into."""
    nodes = accumulating(inputs)
    if not nodes.any():
        return np.zeros(0, dtype=np.int64)
    node, period, slot = space.split(stated)
    kept = np.flatnonzero(nodes[node] & ~times.life[period])
    order = kept[np.lexsort((times.rank[period[kept]], slot[kept], node[kept]))]
    node, period, slot = node[order], period[order], slot[order]
    line = (node * space.slots + slot) * len(times.rank) + times.last[period]
    first = run_starts(line)
    node, period, slot = node[first], period[first], slot[first]
    counts = times.last[period] - times.rank[period]
    later = times.by_rank[spread(times.rank[period] + 1, counts)]
    keys = space.keys(np.repeat(node, counts), later, np.repeat(slot, counts))
    return keys[times.begun[later]]


def _derived(space: Space, times: Calendar, based: Ints) -> Ints:
    """Keys of periods that others lie wholly inside."""
    if not times.contains.any():
        return np.zeros(0, dtype=np.int64)
    source, offset = outward(space, times, based)
    return distinct(based[source] + offset)


def outward(space: Space, times: Calendar, keys: Ints) -> tuple[Ints, Ints]:
    """For each key and each period around its own: the row of the key, and how far the key of that period lies off."""
    inner, outer = np.nonzero(times.contains.T)
    _, period, _ = space.split(keys)
    first = np.searchsorted(inner, np.arange(len(times.rank) + 1))
    counts = np.diff(first)[period]
    found = outer[spread(first[period], counts)].astype(np.int64)
    source = np.repeat(np.arange(len(keys), dtype=np.int64), counts)
    return source, (found - period[source]) * space.slots


def accumulating(inputs: Inputs) -> Bools:
    """Nodes whose figures are totals to date."""
    return ~is_any(inputs.nodes.accumulation, Accumulation.PERIODIC)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Own figures of totals to date, in the order of their periods within (node, slot, kind), and where each begins.

    Periods that overlap are never in one sum.
    row: rows of figures; node: of each; stated: there are cells.
    """

    row: Ints
    node: Ints
    stated: Bools
    starts: Ints

    @property
    def start(self) -> Ints:
        """Where the series of each row begins."""
        return np.repeat(self.starts, run_lengths(self.starts, len(self.row)))


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """Own figures that follow from those of periods inside: pairs ordered by (target, date of the source).

    lesser, greater: pairs of one target, of which the first lies inside the second and counts only without it.
    """

    target: Ints
    source: Ints
    lesser: Ints
    greater: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """How own figures follow from others over time; None where none do."""

    series: Series | None
    nested: Nested | None


def ways(inputs: Inputs, space: Space, times: Calendar, layout: tuple[OwnKeys, Ints]) -> Ways:
    """The ways among own figures, whose rows are the second of `layout`."""
    own, row = layout
    return Ways(_series(inputs, space, times, layout), _nested(space, times, own, row))


def _series(inputs: Inputs, space: Space, times: Calendar, layout: tuple[OwnKeys, Ints]) -> Series | None:
    own, row = layout
    nodes = accumulating(inputs)
    if not nodes.any():
        return None
    node, period, slot = space.split(own.key)
    kept = np.flatnonzero(own.based & nodes[node] & ~times.life[period])
    order = kept[np.lexsort((times.rank[period[kept]], slot[kept], node[kept]))]
    line = (node[order] * space.slots + slot[order]) * len(times.rank) + times.last[period[order]]
    if not len(order):
        return None
    summing = is_any(inputs.nodes.accumulation, Accumulation.INCREMENTS_CUMULATED)[node[order]]
    days = inputs.periods.first_day[period[order]], inputs.periods.last_day[period[order]]
    chain, starts = chained(run_starts(line), days, own.stated[order], summing)
    order = order[chain]
    return Series(row[order], node[order], own.stated[order], starts)


def _nested(space: Space, times: Calendar, own: OwnKeys, row: Ints) -> Nested | None:
    if own.stated.all() or not times.contains.any():
        return None
    based = np.flatnonzero(own.based)
    at, offset = outward(space, times, own.key[based])
    source = based[at]
    target = np.searchsorted(own.key, own.key[source] + offset)
    open_to = ~own.stated[target]
    source, target = source[open_to], target[open_to]
    _, period, _ = space.split(own.key)
    order = np.lexsort((times.moment[period[source]], target))
    source, target = source[order], target[order]
    lesser, greater = _inside_another(times, (target, period[source]), period)
    return Nested(row[target], row[source], lesser, greater)


def _inside_another(times: Calendar, pairs: tuple[Ints, Ints], period: Ints) -> tuple[Ints, Ints]:
    """Pairs of (target, inner period) of which the first counts only without the second."""
    target, inner = pairs
    lower, upper = np.nonzero(times.precedes.T)
    first = np.searchsorted(lower, np.arange(len(times.rank) + 1))
    counts = np.diff(first)[inner]
    lesser = np.repeat(np.arange(len(target), dtype=np.int64), counts)
    outer = upper[spread(first[inner], counts)]
    fits = times.contains[period[target[lesser]], outer]
    lesser, outer = lesser[fits], outer[fits]
    codes = target * len(times.rank) + inner
    order = np.argsort(codes, kind="stable")
    wanted = target[lesser] * len(times.rank) + outer
    place = np.searchsorted(codes[order], wanted)
    found = np.append(codes[order], -1)[place] == wanted
    return lesser[found], order[place[found]].astype(np.int64)
