"""Figures as columns, computed or stored: keys, amounts, counts, reasons, and where two sheets differ."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rbm.db import from_fixed
from rbm.rules.arrays import Bools, Codes, Ints

Array = NDArray[Any]
AMOUNTS = ("value", "numerator", "denominator", "verified", "self_reported", "lower", "upper", "target", "baseline")
COUNTS = ("targets", "baselines", "reported", "expected", "verified_units")
Cell = tuple[UUID, UUID, UUID | None, UUID | None]
UNKNOWN = -2


def uuids(keys: Array) -> list[UUID]:
    """Keys of 16 bytes as UUIDs."""
    return [UUID(bytes=key) for key in keys.view("V16").tolist()]


def positions(keys: Array, wanted: Array) -> Ints:
    """Where each wanted key stands among the keys: -1 for the key of zeros, -2 for one that is not there."""
    if not len(keys):
        return np.where(wanted == b"", -1, UNKNOWN).astype(np.int64)
    order = np.argsort(keys)
    ordered = keys[order]
    at = np.minimum(np.searchsorted(ordered, wanted), len(keys) - 1)
    found = np.where(ordered[at] == wanted, order[at], UNKNOWN)
    return np.where(wanted == b"", -1, found).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Axes:
    """The keys behind positions: indicators, periods, categories and crossings, 16 bytes each."""

    nodes: Array
    periods: Array
    categories: Array
    crossings: Array

    def key(self, node: Ints, period: Ints, category: Ints, crossing: Ints) -> Ints:
        """One number per cell, in the order of node, period, category and crossing."""
        slices = (category.astype(np.int64) + 1) * (len(self.crossings) + 1) + crossing + 1
        return (node.astype(np.int64) * len(self.periods) + period) * self._slices + slices

    def split(self, key: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Node, period, category and crossing of each number."""
        at, within = key // self._slices, key % self._slices
        wide = len(self.crossings) + 1
        return at // len(self.periods), at % len(self.periods), within // wide - 1, within % wide - 1

    def cells(self, key: Ints) -> list[Cell]:
        """The keys of the database behind each number."""
        node, period, category, crossing = self.split(key)
        indicators, periods = uuids(self.nodes[node]), uuids(self.periods[period])
        rest = (_some(self.categories, category), _some(self.crossings, crossing))
        return list(zip(indicators, periods, *rest, strict=True))

    @property
    def stride(self) -> int:
        """How far the numbers of two neighbouring nodes lie apart."""
        return len(self.periods) * self._slices

    @property
    def _slices(self) -> int:
        return (len(self.categories) + 1) * (len(self.crossings) + 1)


def _some(keys: Array, position: Ints) -> list[UUID | None]:
    chosen = keyed(keys, position)
    return [None if at < 0 else key for at, key in zip(position.tolist(), uuids(chosen), strict=True)]


def keyed(keys: Array, position: Ints) -> Array:
    """The key at each position, the key of zeros where it is below 0."""
    return np.append(keys, np.zeros(1, dtype="S16"))[position]


@dataclass(frozen=True, eq=False)
class Left:
    """What figures leave out: the number of the figure, position of the reason in Reason, how many."""

    key: Ints
    reason: Ints
    count: Ints


@dataclass(frozen=True, eq=False)
class Sheet:
    """Figures in the order of their numbers: amounts in micros with where they are, counts, reason (-1 = none)."""

    axes: Axes
    key: Ints
    amounts: dict[str, Ints]
    present: dict[str, Bools]
    counts: dict[str, Ints]
    reason: Codes
    released: Bools
    left: Left

    def __len__(self) -> int:
        """How many figures."""
        return len(self.key)

    def where(self, chosen: Bools) -> "Sheet":
        """Only the chosen figures."""
        kept = np.isin(self.left.key, self.key[chosen])
        return Sheet(
            self.axes,
            self.key[chosen],
            {name: column[chosen] for name, column in self.amounts.items()},
            {name: column[chosen] for name, column in self.present.items()},
            {name: column[chosen] for name, column in self.counts.items()},
            self.reason[chosen],
            self.released[chosen],
            Left(self.left.key[kept], self.left.reason[kept], self.left.count[kept]),
        )

    @property
    def nodes(self) -> Ints:
        """The node of each figure."""
        return self.axes.split(self.key)[0]

    @property
    def slots(self) -> Ints:
        """Period, category and crossing of each figure as one number."""
        return self.key % self.axes.stride

    @property
    def indicators(self) -> Array:
        """The key of the indicator of each figure."""
        return keyed(self.axes.nodes, self.nodes)

    def value(self, row: int) -> Decimal | None:
        """The value of a row."""
        return from_fixed(int(self.amounts["value"][row])) if self.present["value"][row] else None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sheets over the same axes: rows of the first that are gone, of the second that are new, and the pairs."""

    before: Sheet
    after: Sheet

    @cached_property
    def gone(self) -> Ints:
        """Rows of `before` that `after` does not have."""
        return np.setdiff1d(np.arange(len(self.before.key)), self.pairs[0], assume_unique=True)

    @cached_property
    def fresh(self) -> Ints:
        """Rows of `after` that `before` does not have."""
        return np.setdiff1d(np.arange(len(self.after.key)), self.pairs[1], assume_unique=True)

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Rows of both that speak of one cell."""
        at = np.searchsorted(self.before.key, self.after.key)
        after = np.flatnonzero(np.append(self.before.key, -1)[at] == self.after.key)
        return at[after], after

    @cached_property
    def faults(self) -> dict[str, Bools]:
        """Of each pair, by name, whether that differs, tolerance zero."""
        before, after = self.pairs
        first, second = self.before, self.after
        found = {name: self._amounts_differ(name) for name in AMOUNTS}
        found |= {name: first.counts[name][before] != second.counts[name][after] for name in COUNTS}
        found["reason"] = first.reason[before] != second.reason[after]
        found["excluded"] = np.isin(first.key[before], _unlike(first.left, second.left))
        found["released_on"] = first.released[before] != second.released[after]
        return found

    @cached_property
    def changed(self) -> Bools:
        """Of each pair, whether anything differs."""
        changed: Bools = np.logical_or.reduce(list(self.faults.values()))
        return changed

    def _amounts_differ(self, name: str) -> Bools:
        before, after = self.pairs
        has_before, has_after = self.before.present[name][before], self.after.present[name][after]
        unlike = self.before.amounts[name][before] != self.after.amounts[name][after]
        differs: Bools = (has_before != has_after) | (has_before & unlike)
        return differs


def _unlike(first: Left, second: Left) -> Ints:
    """Numbers of the figures that do not leave out the same in both."""
    rows = np.column_stack(
        [np.concatenate((one, other)) for one, other in ((first.key, second.key), (first.reason, second.reason))]
        + [np.concatenate((first.count, second.count))]
    )
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort(rows.T[::-1])
    rows, second_side = rows[order], (order >= len(first.key))
    same = (rows[1:] == rows[:-1]).all(axis=1) & (second_side[1:] != second_side[:-1])
    matched = np.zeros(len(rows), dtype=np.bool_)
    matched[1:] |= same
    matched[:-1] |= same
    return np.unique(rows[~matched, 0])


@dataclass(frozen=True)
class Fault:
    """A figure that is not what it should be: its cell, both values, and the names of what differs."""

    cell: Cell
    stored: Decimal | None
    computed: Decimal | None
    fault: str


def faults_between(compared: Comparison) -> list[Fault]:
    """Every figure that differs between what was stored and what was computed."""
    before, after = compared.before, compared.after
    made = [
        Fault(cell, before.value(row), None, "not computed")
        for row, cell in zip(compared.gone.tolist(), before.axes.cells(before.key[compared.gone]), strict=True)
    ]
    made += [
        Fault(cell, None, after.value(row), "not stored")
        for row, cell in zip(compared.fresh.tolist(), after.axes.cells(after.key[compared.fresh]), strict=True)
    ]
    unlike = np.flatnonzero(compared.changed)
    first, second = (rows[unlike] for rows in compared.pairs)
    cells = before.axes.cells(before.key[first])
    for pair, one, other, cell in zip(unlike.tolist(), first.tolist(), second.tolist(), cells, strict=True):
        names = ", ".join(name for name, differs in compared.faults.items() if differs[pair])
        made.append(Fault(cell, before.value(one), after.value(other), names))
    return made
