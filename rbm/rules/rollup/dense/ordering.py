"""Rows of a canvas as columns of figures, in the order of node, period and slot."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.exact import ONE
from rbm.rules.rollup.columns import Exclusions
from rbm.rules.rollup.dense.blocks import Layout
from rbm.rules.rollup.dense.rising import LeftOut
from rbm.terms.indicators import OverUnits
from rbm.terms.rollup import Reason

AT_ONCE = 65_536
"""Slots or figures that are put in order at once."""
Column = np.ndarray[tuple[int, ...], np.dtype[Any]]


class Order:
    """The figures there are: `node` in order, how many figures each `held`, and where each stands in the canvas."""

    def __init__(self, layout: Layout, exists: Bools) -> None:
        self.node = np.sort(layout.node)
        self.stride = layout.stride
        self.exists = exists
        self.rows = layout.place[self.node]
        self.held = np.count_nonzero(exists, axis=1)[self.rows]
        self.total = int(self.held.sum())
        self.at = np.empty(self.total, dtype=np.int32 if exists.size < 2**31 else np.int64)
        self._fill()

    def _fill(self) -> None:
        end = 0
        step = max(1, AT_ONCE // self.stride)
        for first in range(0, len(self.rows), step):
            rows, held = self.rows[first : first + step], self.held[first : first + step]
            at = np.flatnonzero(self.exists.take(rows, axis=0))
            at += np.repeat((rows - np.arange(len(rows))) * self.stride, held)
            self.at[end : end + len(at)] = at
            end += len(at)

    def _parts(self) -> Iterator[tuple[slice, Ints]]:
        """Places of figures and where they stand in the canvas, some after the other."""
        for first in range(0, self.total, AT_ONCE):
            part = slice(first, min(first + AT_ONCE, self.total))
            yield part, self.at[part].astype(np.int64)

    def column(self, source: Column) -> Column:
        """A column of the canvas."""
        found, flat = np.empty(self.total, dtype=source.dtype), source.reshape(-1)
        for part, at in self._parts():
            flat.take(at, out=found[part], mode="clip")
        return found

    def slots(self, layout: Layout) -> dict[str, Column]:
        """The period and category of each figure."""
        patterns = {
            "period": np.repeat(layout.period, len(layout.slot)),
            "category": np.tile(layout.slot - 1, len(layout.period)),
        }
        patterns = {name: pattern.astype(_narrowest(pattern)) for name, pattern in patterns.items()}
        found: dict[str, Column] = {
            name: np.empty(self.total, dtype=pattern.dtype) for name, pattern in patterns.items()
        }
        stride = self.at.dtype.type(self.stride)
        for first in range(0, self.total, AT_ONCE):
            part = slice(first, first + AT_ONCE)
            within = np.remainder(self.at[part], stride).astype(np.int64)
            for name, pattern in patterns.items():
                found[name][part] = pattern.take(within)
        return found

    def quotients(self, sources: list[Column], layout: Layout) -> dict[str, Column]:
        """Numerators and denominators where there are any; the sources, those of quotients, are used up."""
        numerator, denominator, parts = (source.reshape(-1) for source in sources)
        sources.clear()
        times = np.ones(layout.quotients, dtype=np.int64)
        for block in layout.blocks:
            if block.operator is OverUnits.MEAN:
                times[block.first : block.end] = ONE
        made: dict[str, Column] = {name: np.zeros(self.total, dtype=np.int64) for name in ("numerator", "denominator")}
        made["has_parts"] = np.zeros(self.total, dtype=np.bool_)
        for part, at in self._parts():
            own = np.flatnonzero(at < len(parts))
            own = own[parts[at[own]]]
            place, source = own + part.start, at[own]
            made["has_parts"][place] = True
            made["numerator"][place] = numerator[source]
            made["denominator"][place] = denominator[source] * times[source // self.stride]
        return made

    def exclusions(self, left_out: list[LeftOut]) -> Exclusions:
        """What is left out, by figure and reason."""
        at = np.concatenate([np.zeros(0, dtype=np.int64), *(each.at for each in left_out)])
        key = self._places(at)
        key *= len(Reason)
        key += np.repeat([int(each.reason) for each in left_out], [len(each.at) for each in left_out]).astype(np.int64)
        order = np.argsort(key)
        key = key[order]
        count = np.concatenate([np.zeros(0, dtype=np.int16), *(each.count for each in left_out)])[order]
        return Exclusions(key // len(Reason), (key % len(Reason)).astype(np.int8), count)

    def _places(self, at: Ints) -> Ints:
        """Which figure stands at each place of the canvas."""
        row = at // self.stride
        held = np.zeros(len(self.rows), dtype=np.bool_)
        held[row] = True
        before = np.cumsum(self.exists[held], axis=1, dtype=np.int32).reshape(-1)
        first = np.zeros(len(self.rows), dtype=np.int64)
        first[self.rows] = np.cumsum(self.held) - self.held
        place = first[row] - 1
        row -= (np.cumsum(held) - 1)[row]
        place += before[at - row * self.stride]
        return place


def _narrowest(positions: Ints) -> type[np.signedinteger[Any]]:
    return np.int16 if int(positions.max(initial=0)) < 2**15 else np.int32
