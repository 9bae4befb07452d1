"""What a case expects, compared leaf by leaf with the figures; a word that is not understood is unsupported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from rbm.model.rollup import Figure
from rbm.terms.indicators import Measure
from tests.conformance.scenario import PARTS, Scenario, as_number
from tests.conformance.shapes import Unsupported, number

MICRO = Decimal("0.000001")
MOST = 10**13
QUOTIENTS = (Measure.PERCENTAGE, Measure.RATIO)
DOUBLE = Context(prec=15, rounding=ROUND_HALF_EVEN)
"""The digits a number in a JSON file is sure of; what it states beyond them may come from binary fractions."""
Figures = Mapping[tuple[str, str, str | None], Figure]


@dataclass(frozen=True)
class Where:
    """How far an expectation has said what it is about."""

    unit: str | None = None
    period: str | None = None
    category: str | None = None
    sliced: bool = False

    def __str__(self) -> str:
        """For people."""
        return " ".join(each for each in (self.unit, self.period, self.category) if each)


@dataclass(frozen=True)
class Leaf:
    """One number that is expected, and the one that is there."""

    name: str
    expected: Decimal | int | bool | None
    found: Decimal | int | bool | None
    quotient: bool = False

    def __str__(self) -> str:
        """For people."""
        return f"{self.name}: expected {_plain(self.expected)}, found {_plain(self.found)}"


@dataclass(frozen=True)
class Reading:
    """The figures of a scenario, asked by an expectation."""

    played: Scenario
    figures: Figures

    def leaves(self, expected: Any) -> list[Leaf]:
        """Every number an expectation names. Unsupported where a word is not understood, or none is named."""
        found = list(self._leaves(Where(), expected))
        if not found:
            raise Unsupported("expected: nothing is expected")
        return found

    def _leaves(self, where: Where, expected: Any) -> Iterator[Leaf]:
        if isinstance(expected, list) and len(expected) == 2 and where.category is not None:
            expected = dict(zip(("numerator", "denominator"), expected, strict=True))
        if not isinstance(expected, dict):
            yield self._leaf(where, "value", expected)
            return
        if not expected and where.sliced:
            yield Leaf(f"{where} rows", 0, self._rows(where))
        for key, inner in expected.items():
            yield from self._entry(where, key, inner)

    def _entry(self, where: Where, key: str, inner: Any) -> Iterator[Leaf]:
        units, periods, categories = self.played.units, self.played.periods, self.played.categories
        if where.unit is None and key in units:
            yield from self._leaves(replace(where, unit=key), inner)
        elif where.period is None and key in periods:
            yield from self._leaves(replace(where, period=key), inner)
        elif where.category is None and key in categories:
            yield from self._leaves(replace(where, category=key), inner)
        elif key in PARTS:
            yield self._leaf(where, key, inner)
        elif key == "disagg" and not where.sliced and isinstance(inner, dict):
            yield from self._leaves(replace(where, sliced=True), inner)
        elif key == "disagg_row_count" and where.category is None:
            yield Leaf(f"{where} rows", _whole(inner), self._rows(where))
        elif key == "has_data" and isinstance(inner, bool) and where.category is None:
            yield Leaf(f"{where} has data", inner, self._value(where, "value") is not None)
        elif where == Where() and isinstance(inner, dict) and (unit := self._unit_of_split(key)):
            yield from self._leaves(Where(unit=unit, sliced=True), inner)
        else:
            raise Unsupported(f"expected: {key} is not understood")

    def _unit_of_split(self, key: str) -> str | None:
        """The unit in a name like disagg_lead or lead_disagg."""
        named = [key.removeprefix("disagg_")] if key.startswith("disagg_") else []
        named += [key.removesuffix("_disagg")] if key.endswith("_disagg") else []
        return next((name for name in named if name in self.played.units), None)

    def _leaf(self, where: Where, part: str, expected: Any) -> Leaf:
        if where.sliced and where.category is None:
            raise Unsupported("expected: a split names its categories")
        found = self._value(where, part)
        name = f"{where}" if part == "value" else f"{where} {part}"
        stated = number(as_number(expected, self.played.measure), name or part)
        return Leaf(name or part, stated, found, part == "value" and self.played.measure in QUOTIENTS)

    def _value(self, where: Where, part: str) -> Decimal | None:
        figure = self.figures.get((self._unit(where), self._period(where), where.category))
        return getattr(figure, part) if figure else None

    def _unit(self, where: Where) -> str:
        if where.unit is not None:
            return where.unit
        tops = [unit.id for unit in self.played.units.values() if unit.parent is None]
        if len(tops) != 1:
            raise Unsupported("expected: it does not say which unit is meant")
        return tops[0]

    def _period(self, where: Where) -> str:
        if where.period is not None:
            return where.period
        if len(self.played.periods) != 1:
            raise Unsupported("expected: it does not say which period is meant")
        return next(iter(self.played.periods))

    def _rows(self, where: Where) -> int:
        """How many categories of a unit have a value, in one period or in all."""
        unit = self._unit(where)
        return sum(
            figure.value is not None
            for (name, period, category), figure in self.figures.items()
            if name == unit and category is not None and where.period in (None, period)
        )


def differs(leaf: Leaf) -> bool:
    """Whether a number is not exactly the one expected; a quotient is compared with as many decimals as are stated."""
    if leaf.expected is None or leaf.found is None:
        return leaf.expected is not leaf.found
    expected, found = Decimal(leaf.expected), Decimal(leaf.found)
    if abs(expected) > MOST:
        return True
    exponent = expected.as_tuple().exponent
    if leaf.quotient and isinstance(exponent, int) and exponent < 0:
        place = max(Decimal(1).scaleb(exponent), MICRO)
        return expected.quantize(place, ROUND_HALF_EVEN) != found.quantize(place, ROUND_HALF_EVEN)
    return found not in (expected, DOUBLE.plus(expected))


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Unsupported(f"expected: {raw!r} is no count")
    return raw


def _plain(value: Decimal | int | bool | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{Decimal(value).normalize():f}"
