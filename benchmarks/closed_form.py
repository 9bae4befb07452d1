"""What the strategic figures of a synthetic organisation must be, found without the roll-up: shares along whole paths.

The share of a leaf in its strategic indicator is the product of the weights and factors on its way up, so that one
pass over the values gives every strategic figure. Only a weighted mean has no such form: it goes level by level, in
floating point.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.generate import World, admitted, families_of, operator_of
from rbm.rules.arrays import Bools, Ints
from rbm.rules.exact import ONE
from rbm.rules.rollup import Figures, Links
from rbm.terms.indicators import OverUnits

Floats = NDArray[np.float64]
TRUTHS = ("value", "self_reported", "verified")
TOLERANCE = 10
"""Of a weighted mean, in micros: each of its levels is rounded."""
PARTS = 8
"""Weights are halves on three levels, so that a share is a whole number of eighths."""


@dataclass(frozen=True)
class Paths:
    """One way up for each leaf of `leaf`: the share that arrives, with factor, in eighths."""

    leaf: Ints
    share: Ints


def paths(world: World) -> list[Paths]:
    """The first way of every leaf, and the second of those that have two."""
    country, links = world.shape.firsts[1], world.inputs.links
    end = world.shape.firsts[4]
    weight = np.zeros(end, dtype=np.int64)
    above = np.zeros(end, dtype=np.int64)
    upper = links.child >= country
    weight[links.child[upper]], above[links.child[upper]] = links.weight[upper], links.parent[upper]
    found = []
    lower = np.flatnonzero(~upper)
    for chosen in (lower[:country], lower[country:]):
        at = links.parent[chosen]
        share = (links.weight[chosen] * 2 // ONE) * (weight[at] * 2 // ONE) * (weight[above[at]] * 2 // ONE)
        found.append(Paths(links.child[chosen], share * (links.factor[chosen] // ONE)))
    return found


def expected(world: World, truth: str) -> tuple[Ints, Bools]:
    """Micros of every slot of every strategic indicator (row after row) and whether there is a value."""
    families = world.shape.families
    value = np.zeros((families, world.stride), dtype=np.int64)
    present = np.zeros((families, world.stride), dtype=np.bool_)
    operators = np.array([list(OverUnits).index(operator_of(family)) for family in range(families)])
    rows = np.flatnonzero(admitted(world.inputs.cells)[truth] & ~world.inputs.cells.missing)
    kind = operators[world.inputs.cells.node[rows] % families]
    for operator in {operator_of(family) for family in range(families)}:
        code = list(OverUnits).index(operator)
        chosen, own = rows[kind == code], np.flatnonzero(operators == code)
        micros, there = _BY_OPERATOR[operator](world, chosen)
        value[own] = micros.reshape(families, -1)[own]
        present[own] = there.reshape(families, -1)[own]
    return value.ravel(), present.ravel()


def check(world: World, figures: Figures) -> int:
    """How many strategic values of all three truths there are; AssertionError when one is not what it must be."""
    root = world.shape.firsts[3]
    rows = np.flatnonzero(figures.node >= root)
    slot = (figures.node[rows] - root) * world.stride
    slot += figures.period[rows] * (world.categories + 1) + figures.category[rows] + 1
    values = 0
    for truth in TRUTHS:
        value, present = expected(world, truth)
        found = getattr(figures, truth)[rows], getattr(figures, f"has_{truth}")[rows]
        compare(world, slot, found, (value, present))
        values += int(present.sum())
    return values


def compare(world: World, slot: Ints, found: tuple[Ints, Bools], wanted: tuple[Ints, Bools]) -> None:
    """Nothing, when the values found in slots are those wanted. AssertionError otherwise."""
    value, present = np.zeros_like(wanted[0]), np.zeros_like(wanted[1])
    value[slot], present[slot] = found
    assert (present == wanted[1]).all(), "values are missing or too many"
    rounded = [operator_of(family) is OverUnits.WEIGHTED_MEAN for family in range(world.shape.families)]
    allowed = np.repeat(np.where(rounded, TOLERANCE, 0), world.stride)
    wrong = np.flatnonzero(present & (np.abs(value - wanted[0]) > allowed))
    assert not len(wrong), f"{len(wrong)} figures are wrong: {value[wrong[:3]]}, not {wanted[0][wrong[:3]]}"


def _slots(world: World, rows: Ints, node: Ints) -> Iterator[Ints]:
    """The slots of values at a node each: that of the category, and that of the total."""
    cells = world.inputs.cells
    first = node * world.stride + cells.period[rows] * (world.categories + 1)
    yield first + cells.crossing[rows] + 1
    yield first


def _ways(world: World, rows: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Values along each of their ways: the rows, the strategic indicator (from 0), the share in eighths."""
    node = world.inputs.cells.node
    for each in paths(world):
        share = np.zeros(world.shape.leaves, dtype=np.int64)
        share[each.leaf] = each.share
        kept = rows[share[node[rows]] > 0]
        yield kept, node[kept] % world.shape.families, share[node[kept]]


def _totals(world: World, rows: Ints, amount: Ints, *, shared: bool) -> Floats:
    """Sums of whole numbers (in eighths where shared) by slot: exact, being far below 2**53."""
    total = np.zeros(world.shape.families * world.stride)
    for kept, root, share in _ways(world, rows):
        weights = amount[kept] // ONE * (share if shared else 1)
        for slot in _slots(world, kept, root):
            total += np.bincount(slot, weights, minlength=len(total))
    return total


def _sum(world: World, rows: Ints) -> tuple[Ints, Bools]:
    total = _totals(world, rows, world.inputs.cells.value, shared=True)
    return total.astype(np.int64) * (ONE // PARTS), _present(world, rows)


def _mean(world: World, rows: Ints) -> tuple[Ints, Bools]:
    total = _totals(world, rows, world.inputs.cells.value, shared=False)
    count = _totals(world, rows, np.full_like(world.inputs.cells.value, ONE), shared=False)
    return _divided(total, count, ONE), count > 0


def _ratio(world: World, rows: Ints) -> tuple[Ints, Bools]:
    cells = world.inputs.cells
    above = _totals(world, rows, cells.numerator, shared=True)
    below = _totals(world, rows, cells.denominator, shared=True)
    return _divided(above, below, 100 * ONE), below > 0


def _divided(above: Floats, below: Floats, times: int) -> Ints:
    """Quotients rounded half to even, one by one in whole numbers."""
    pairs = zip(above.astype(np.int64).tolist(), below.astype(np.int64).tolist(), strict=True)
    return np.array([_rounded(times * top, bottom) if bottom else 0 for top, bottom in pairs], dtype=np.int64)


def _rounded(above: int, below: int) -> int:
    whole, rest = divmod(above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))


def _present(world: World, rows: Ints) -> Bools:
    count = np.zeros(world.shape.families * world.stride, dtype=np.int64)
    for kept, root, _ in _ways(world, rows):
        for slot in _slots(world, kept, root):
            count += np.bincount(slot, minlength=len(count))
    return count > 0


def _lowest(world: World, rows: Ints) -> tuple[Ints, Bools]:
    found = np.full(world.shape.families * world.stride, np.iinfo(np.int64).max)
    for kept, root, _ in _ways(world, rows):
        for slot in _slots(world, kept, root):
            np.minimum.at(found, slot, world.inputs.cells.value[kept])
    present = _present(world, rows)
    return np.where(present, found, 0), present


def _highest(world: World, rows: Ints) -> tuple[Ints, Bools]:
    found = np.full(world.shape.families * world.stride, -1)
    for kept, root, _ in _ways(world, rows):
        for slot in _slots(world, kept, root):
            np.maximum.at(found, slot, world.inputs.cells.value[kept])
    present = _present(world, rows)
    return np.where(present, found, 0), present


def _weighted_mean(world: World, rows: Ints) -> tuple[Ints, Bools]:
    """Level by level: the mean of the values of a leaf, then the means weighed by the links."""
    end, value = world.shape.firsts[4], world.inputs.cells.value
    size = end * world.stride
    total, count = np.zeros(size), np.zeros(size)
    for slot in _slots(world, rows, world.inputs.cells.node[rows]):
        total += np.bincount(slot, value[rows], minlength=size)
        count += np.bincount(slot, minlength=size)
    means = _mean_rows(total, count, world.stride)
    links, firsts = world.inputs.links, world.shape.firsts
    own = np.array([operator_of(family) is OverUnits.WEIGHTED_MEAN for family in families_of(world.shape)[links.child]])
    for first, last in pairwise(firsts[:4]):
        chosen = np.flatnonzero(own & (links.child >= first) & (links.child < last))
        _rise(means, links, chosen)
    roots = means[firsts[3] :].ravel()
    return np.where(np.isnan(roots), 0, np.rint(np.nan_to_num(roots))).astype(np.int64), ~np.isnan(roots)


def _mean_rows(total: Floats, count: Floats, stride: int) -> Floats:
    means = np.full(len(total), np.nan)
    np.divide(total, count, out=means, where=count > 0)
    return means.reshape(-1, stride)


def _rise(means: Floats, links: Links, chosen: Ints) -> None:
    """Write the weighted means of the parents of some links into their rows."""
    parents, row = np.unique(links.parent[chosen], return_inverse=True)
    below = means[links.child[chosen]]
    weight = np.where(np.isnan(below), 0.0, links.weight[chosen, None])
    above = np.zeros((len(parents), means.shape[1]))
    weights = np.zeros_like(above)
    np.add.at(above, row, np.nan_to_num(below) * weight)
    np.add.at(weights, row, weight)
    means[parents] = _mean_rows(above.ravel(), weights.ravel(), means.shape[1])


_BY_OPERATOR = {
    OverUnits.SUM: _sum,
    OverUnits.MEAN: _mean,
    OverUnits.RATIO_OF_SUMS: _ratio,
    OverUnits.MIN: _lowest,
    OverUnits.MAX: _highest,
    OverUnits.WEIGHTED_MEAN: _weighted_mean,
}
