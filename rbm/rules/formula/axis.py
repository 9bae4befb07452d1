"""Periods as a formula sees them: which one came before, which ones lie in the year so far, the place in the year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rbm.rules.arrays import Codes, Days
from rbm.terms.reporting import PeriodKind

IN_YEAR = {PeriodKind.YEAR: 1, PeriodKind.SEMESTER: 2, PeriodKind.QUARTER: 4, PeriodKind.MONTH: 12}
_KINDS = tuple(PeriodKind)


@dataclass(frozen=True, slots=True)
class Axis:
    """Periods by position.

    before: the period of the same kind that ends on the day before, or None. to_date: the periods of the same kind from
    the start of the calendar year through this one. index and in_year: place in the year from 1, and periods a year.
    """

    before: tuple[int | None, ...]
    to_date: tuple[tuple[int, ...], ...]
    index: tuple[int | None, ...]
    in_year: tuple[int | None, ...]

    @property
    def size(self) -> int:
        """How many periods there are."""
        return len(self.before)


def axis_of(first_day: Days, last_day: Days, kind: Codes) -> Axis:
    """The axis of periods with these days (ordinals, both ends inclusive) and kinds (positions in PeriodKind)."""
    spans = list(zip(first_day.tolist(), last_day.tolist(), (_KINDS[code] for code in kind.tolist()), strict=True))
    before: list[int | None] = [None] * len(spans)
    to_date: list[tuple[int, ...]] = [() for _ in spans]
    alike: dict[PeriodKind, list[int]] = defaultdict(list)
    for position, (_, _, word) in enumerate(spans):
        alike[word].append(position)
    for word, positions in alike.items():
        ordered = sorted(positions, key=lambda one: (spans[one][1], spans[one][0]))
        ends = {spans[one][1]: one for one in ordered}
        for one in ordered:
            before[one] = None if word is PeriodKind.LIFE else ends.get(spans[one][0] - 1)
            to_date[one] = _so_far(one, reversed(ordered), spans)
    places = [_place(first, word) for first, _, word in spans]
    return Axis(tuple(before), tuple(to_date), tuple(places), tuple(IN_YEAR.get(word) for _, _, word in spans))


def _so_far(one: int, latest_first: Iterable[int], spans: list[tuple[int, int, PeriodKind]]) -> tuple[int, ...]:
    """The period and those before it in its calendar year, none sharing a day with another."""
    begin = date(date.fromordinal(spans[one][0]).year, 1, 1).toordinal()
    found, edge = [one], spans[one][0]
    for other in latest_first:
        if spans[other][1] < edge and spans[other][0] >= begin:
            found.append(other)
            edge = spans[other][0]
    return tuple(reversed(found))


def _place(first: int, word: PeriodKind) -> int | None:
    count = IN_YEAR.get(word)
    return None if count is None else (date.fromordinal(first).month - 1) * count // 12 + 1
