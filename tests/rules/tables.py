"""Small tables for the roll-up: indicators, links and cells by the facts that matter in a test."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

from rbm.rules.exact import ONE
from rbm.rules.rollup import (
    Categories,
    Cells,
    Crossings,
    Figures,
    Inputs,
    Links,
    Nodes,
    Periods,
    roll_up,
    roll_up_stated,
)
from rbm.rules.rollup.moving import outlived
from rbm.terms.indicators import Accumulation, Additivity, Composition, Measure, MissingPolicy, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind
from rbm.terms.rollup import Reason

ALWAYS = (0, 1_000_000)
REASONS = list(Reason)


def position(word: StrEnum) -> int:
    """Where a word stands in its enum."""
    return list(type(word)).index(word)


def micros(value: Any) -> int:
    """A number as an integer of six decimals."""
    return int(Decimal(str(value)) * ONE)


@dataclass
class Table:
    """Rows gathered one by one, then turned into columns; periods are years of 365 days, unless given.

    kinds: of the periods, years where there are none; today: the last day that has begun.
    """

    periods: list[tuple[int, int]] = field(default_factory=lambda: [(0, 364), (365, 729)])
    kinds: list[PeriodKind] = field(default_factory=list)
    today: int = ALWAYS[1]
    dimensions: list[bool] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)
    crossings: list[tuple[int, ...]] = field(default_factory=list)
    nodes: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[Any, ...]] = field(default_factory=list)
    cells: list[tuple[Any, ...]] = field(default_factory=list)

    def node(
        self,
        over_units: OverUnits = OverUnits.SUM,
        measure: Measure = Measure.NUMBER,
        additivity: Additivity = Additivity.YES,
        composition: Composition = Composition.OWN_PLUS_CONTRIBUTED,
        **more: Any,
    ) -> int:
        """An indicator; its position."""
        words = (measure, over_units, additivity, composition, more.get("missing", MissingPolicy.EXCLUDE))
        times = (more.get("accumulation", Accumulation.PERIODIC), more.get("over_time", OverTime.SUM))
        self.nodes.append(
            (
                *map(position, (*words, *times)),
                more.get("unfit", False),
                more.get("people", False),
                more.get("home", -1),
                micros(more.get("population", 0)),
            )
        )
        return len(self.nodes) - 1

    def percentage(self, **more: Any) -> int:
        """A percentage, combined by the ratio of sums."""
        return self.node(OverUnits.RATIO_OF_SUMS, Measure.PERCENTAGE, **more)

    def link(self, child: int, parent: int, weight: Any = 1, factor: Any = 1, **more: Any) -> None:
        """A contribution."""
        days = more.get("days", ALWAYS)
        self.links.append((child, parent, micros(weight), micros(factor), more.get("included", True), *days))

    def cell(self, node: int, value: Any = None, parts: tuple[Any, Any] | None = None, **more: Any) -> None:
        """A measurement, approved unless said otherwise; `categories` are crossed."""
        crossing = -1
        if more.get("categories"):
            crossing = len(self.crossings)
            self.crossings.append(more["categories"])
        amounts = [0 if amount is None else micros(amount) for amount in (value, *(parts or (0, 0)))]
        self.cells.append(
            (
                *(node, more.get("period", 0), crossing, more.get("place", -1), *amounts),
                *(value is not None, parts is not None, more.get("approved", True), more.get("verified", False)),
                *(more.get("rejected", False), value is None and parts is None),
            )
        )

    def inputs(self) -> Inputs:
        """The columns."""
        kinds = self.kinds or [PeriodKind.YEAR] * len(self.periods)
        periods = [
            (*days, position(kind), kind is PeriodKind.LIFE, days[0] <= self.today)
            for days, kind in zip(self.periods, kinds, strict=True)
        ]
        pairs = [(index, category) for index, crossing in enumerate(self.crossings) for category in crossing]
        links = _columns(self.links, "qqqq?ii")
        return Inputs(
            nodes=Nodes(*_columns(self.nodes, "bbbbbbb??qq")),
            links=Links(*links, outlived(links[0], *links[-2:])),
            periods=Periods(*_columns(periods, "iib??")),
            cells=Cells(*_columns(self.cells, "qqqqqqq??????")),
            crossings=Crossings(*_columns(pairs, "qq")),
            categories=Categories(np.array(self.categories, dtype=np.int64), np.array(self.dimensions, dtype=np.bool_)),
        )

    def figures(self) -> "Lookup":
        """The rolled up table."""
        return Lookup(roll_up(self.inputs()))

    def stated(self, goals: "Table") -> "Lookup":
        """The rolled up cells of another table, stated for the indicators of this one."""
        crossed = [(*cell[:2], cell[2] + len(self.crossings) * (cell[2] >= 0), *cell[3:]) for cell in goals.cells]
        self.crossings += goals.crossings
        return Lookup(roll_up_stated(self.inputs(), Cells(*_columns(crossed, "qqqqqqq??????"))))

    def crossing(self, *categories: int) -> int:
        """The position of a crossing."""
        return self.crossings.index(categories)


@dataclass
class Lookup:
    """Figures by (node, period, category, crossing)."""

    figures: Figures

    def row(self, node: int, *key: int) -> int:
        """The row of a figure."""
        found = self.rows(node, *key)
        assert len(found) == 1, f"{len(found)} figures for {(node, *key)}"
        return found[0]

    def rows(self, node: int, period: int = 0, category: int = -1, crossing: int = -1) -> list[int]:
        """The rows of a figure, at most one."""
        kept = (self.figures.node == node) & (self.figures.period == period)
        kept &= (self.figures.category == category) & (self.figures.crossing == crossing)
        return np.flatnonzero(kept).tolist()

    def value(self, *key: int) -> Decimal | None:
        """The value, None where null."""
        return self._amount(self.figures.value, self.figures.has_value, self.row(*key))

    def verified(self, *key: int) -> Decimal | None:
        """The verified value."""
        return self._amount(self.figures.verified, self.figures.has_verified, self.row(*key))

    def self_reported(self, *key: int) -> Decimal | None:
        """The self-reported value."""
        return self._amount(self.figures.self_reported, self.figures.has_self_reported, self.row(*key))

    def parts(self, *key: int) -> tuple[Decimal | None, Decimal | None]:
        """Numerator and denominator."""
        row, present = self.row(*key), self.figures.has_parts
        return (
            self._amount(self.figures.numerator, present, row),
            self._amount(self.figures.denominator, present, row),
        )

    def bounds(self, *key: int) -> tuple[Decimal | None, Decimal | None]:
        """The least and the most different people."""
        row, present = self.row(*key), self.figures.has_bounds
        return self._amount(self.figures.lower, present, row), self._amount(self.figures.upper, present, row)

    def verified_units(self, *key: int) -> int:
        """Units that are verified."""
        return int(self.figures.verified_units[self.row(*key)])

    def coverage(self, *key: int) -> tuple[int, int]:
        """Units reported of units expected."""
        row = self.row(*key)
        return int(self.figures.reported[row]), int(self.figures.expected[row])

    def reason(self, *key: int) -> Reason | None:
        """Why it is null."""
        code = int(self.figures.reason[self.row(*key)])
        return None if code < 0 else REASONS[code]

    def excluded(self, *key: int) -> dict[Reason, int]:
        """What stayed out and why."""
        out, row = self.figures.exclusions, self.row(*key)
        return {REASONS[out.reason[i]]: int(out.count[i]) for i in np.flatnonzero(out.figure == row)}

    @staticmethod
    def _amount(values: Any, present: Any, row: int) -> Decimal | None:
        return Decimal(int(values[row])).scaleb(-6) if present[row] else None


def _columns(rows: list[tuple[Any, ...]], kinds: str) -> list[Any]:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    return [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
