"""The roll-up once more, value by value and without arrays: what the engine is held against."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rbm.rules.exact import ONE
from rbm.terms.indicators import Accumulation, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind

from .tables import Table

Slice = frozenset[int]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Amount:
    """A value or a quotient in micros, and the place it belongs to."""

    value: int
    parts: tuple[int, int] | None = None
    place: int = -1


@dataclass
class Oracle:
    """Indicators of one operator, own_plus_contributed and excluding what is missing."""

    table: Table
    operator: OverUnits
    accumulation: dict[int, Accumulation]
    over_time: dict[int, OverTime]
    admitted: Callable[[Any], bool]

    def figure(self, node: int, period: int, sliced: Slice) -> Amount | None:
        """The figure, None where null."""
        links = [link for link in self.table.links if link[1] == node and link[4]]
        own = self.over_periods(node, period, sliced)
        if not links:
            return own
        units = [(own, ONE)] + [(self.figure(link[0], period, sliced), link[2]) for link in links]
        ratio = self.operator is OverUnits.RATIO_OF_SUMS
        present = [(amount, weight) for amount, weight in units if amount is not None and (amount.parts or not ratio)]
        return self.combined(present) if present else None

    def combined(self, units: list[tuple[Amount, int]]) -> Amount:
        """Several units as one."""
        places = {amount.place for amount, _ in units}
        place = places.pop() if len(places) == 1 else -1
        values = [amount.value for amount, _ in units]
        if self.operator is OverUnits.RATIO_OF_SUMS:
            return quotient([amount.parts or (0, 0) for amount, _ in units], place)
        if self.operator is OverUnits.MAX:
            return Amount(max(values), place=place)
        if self.operator is OverUnits.MAX_THEN_SUM:
            alone = sum(amount.value for amount, _ in units if amount.place < 0)
            known = sorted((amount.place, amount.value) for amount, _ in units if amount.place >= 0)
            highest = dict(known)
            return Amount(alone + sum(highest.values()), place=place)
        return Amount(round(sum(Fraction(amount.value * weight, ONE) for amount, weight in units)), place=place)

    def over_periods(self, node: int, period: int, sliced: Slice) -> Amount | None:
        """The own figure, if need be of the periods inside."""
        if self.cells(node, period, sliced):
            return self.to_date(node, period, sliced)
        inside = {p: self.based(node, p, sliced) for p in range(len(self.table.periods)) if self.contains(period, p)}
        valued = {p: amount for p, amount in inside.items() if amount is not None}
        same = {p: [q for q in valued if q < p and self.table.periods[q] == self.table.periods[p]] for p in valued}
        largest = [p for p in valued if not same[p] and not any(self.contains(q, p) for q in valued)]
        if not largest:
            return self.carried(node, period, sliced)
        largest.sort(key=lambda p: self.table.periods[p][::-1])
        amounts, way = [valued[p] for p in largest], self.over_time[node]
        if way is OverTime.LAST or self.accumulation[node] is not Accumulation.PERIODIC or len(amounts) == 1:
            return amounts[-1]
        return self.joined(amounts, way)

    def joined(self, amounts: list[Amount], way: OverTime) -> Amount:
        """Several periods as one."""
        places = {amount.place for amount in amounts}
        place = places.pop() if len(places) == 1 else -1
        values = [amount.value for amount in amounts]
        if self.operator is OverUnits.RATIO_OF_SUMS and way in (OverTime.SUM, OverTime.MEAN):
            return quotient([amount.parts or (0, 0) for amount in amounts], place)
        mean = round(Fraction(sum(values), len(values)))
        made = {OverTime.SUM: sum(values), OverTime.MEAN: mean, OverTime.MIN: min(values), OverTime.MAX: max(values)}
        return Amount(made[way], place=place)

    def based(self, node: int, period: int, sliced: Slice) -> Amount | None:
        """What a period says by itself to a longer one: nothing where its own figure comes from those inside it."""
        if self.cells(node, period, sliced):
            return self.to_date(node, period, sliced)
        inside = [p for p in range(len(self.table.periods)) if self.contains(period, p)]
        if any(self.to_date(node, p, sliced) or self.carried(node, p, sliced) for p in inside):
            return None
        return self.carried(node, period, sliced)

    def carried(self, node: int, period: int, sliced: Slice) -> Amount | None:
        """A total to date in a period that has begun."""
        begun = self.table.periods[period][0] <= self.table.today
        plain = self.accumulation[node] is Accumulation.PERIODIC
        return None if plain or not begun else self.to_date(node, period, sliced)

    def to_date(self, node: int, period: int, sliced: Slice) -> Amount | None:
        """The own value, accumulated over the periods of its kind."""
        said = [self.stated(node, p, sliced) for p in self.so_far(period)]
        if self.accumulation[node] is Accumulation.PERIODIC or self.table.kinds[period] is PeriodKind.LIFE:
            said = [self.stated(node, period, sliced)]
        known = [amount for amount in said if amount is not None]
        if self.accumulation[node] is not Accumulation.INCREMENTS_CUMULATED:
            known = known[-1:]
        amounts = [amount for amount in known if isinstance(amount, Amount)]
        if not known or len(amounts) < len(known):
            return None
        return amounts[0] if len(amounts) == 1 else self.joined(amounts, OverTime.SUM)

    def so_far(self, period: int) -> list[int]:
        """The periods of a kind up to one, in order."""
        periods, kinds = self.table.periods, self.table.kinds
        alike = [p for p in range(len(periods)) if kinds[p] is kinds[period]]
        return [p for p in sorted(alike, key=lambda p: periods[p][::-1]) if periods[p][::-1] <= periods[period][::-1]]

    def contains(self, outer: int, inner: int) -> bool:
        """Whether one period lies inside another that is longer."""
        (first, last), (start, end) = self.table.periods[outer], self.table.periods[inner]
        life = PeriodKind.LIFE in (self.table.kinds[outer], self.table.kinds[inner])
        return (first, last) != (start, end) and first <= start and end <= last and not life

    def cells(self, node: int, period: int, sliced: Slice) -> list[Any]:
        """All cells that could make an own figure."""
        return [cell for cell in self.table.cells if cell[:2] == (node, period) and sliced <= self.categories(cell)]

    def categories(self, cell: Any) -> Slice:
        """The categories of a cell."""
        return frozenset() if cell[2] < 0 else frozenset(self.table.crossings[cell[2]])

    def stated(self, node: int, period: int, sliced: Slice) -> Amount | str | None:
        """What the admitted cells of a period say: nothing, an amount, or something that is none."""
        cells = [cell for cell in self.cells(node, period, sliced) if self.admitted(cell) and (cell[7] or cell[8])]
        if not cells:
            return None
        best = min(self.pattern(cell, sliced) for cell in cells)
        cells = [cell for cell in cells if self.pattern(cell, sliced) == best]
        if self.accumulation[node] is Accumulation.RUNNING_TOTAL:
            cells = list({(self.categories(cell), cell[3]): cell for cell in cells}.values())
        overlapping = not all(self.table.dimensions[dimension] for dimension in best[2])
        strict = {OverUnits.SUM: overlapping, OverUnits.MAX_THEN_SUM: best[0] > 0}
        if len(cells) > 1 and strict.get(self.operator, False):
            return UNKNOWN
        ratio = self.operator is OverUnits.RATIO_OF_SUMS
        amounts = [quotient([cell[5:7]], cell[3]) if ratio else Amount(cell[4], None, cell[3]) for cell in cells]
        return amounts[0] if len(amounts) == 1 else self.combined([(amount, ONE) for amount in amounts])

    def pattern(self, cell: Any, sliced: Slice) -> tuple[int, bool, list[int]]:
        """How far a cell is from being the slice itself: the less the better."""
        away = sorted(self.table.categories[category] for category in self.categories(cell) - sliced)
        return len(away), cell[3] >= 0, away


def quotient(parts: list[tuple[int, int]], place: int) -> Amount:
    """A percentage of summed parts."""
    numerator, denominator = (sum(column) for column in zip(*parts, strict=True))
    return Amount(round(Fraction(100 * ONE * numerator, denominator)), (numerator, denominator), place)
