"""The periods of a case: which there are, in which order, and on which days they are played."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rbm.terms.indicators import Accumulation
from rbm.terms.reporting import PeriodKind
from tests.conformance.shapes import Unsupported, known, sequence, table, word

FIRST_YEAR = 2020
YEARS = range(1900, 2200)
MONTHS = {12: PeriodKind.YEAR, 6: PeriodKind.SEMESTER, 3: PeriodKind.QUARTER, 1: PeriodKind.MONTH}
ROWS = (*MONTHS, 2)
"""Months of the periods that stand in for others of the same days: no two of these lengths are of one kind."""


@dataclass(frozen=True)
class Span:
    """A reporting period: its days as the case tells them."""

    id: str
    start: date
    end: date

    @property
    def days(self) -> tuple[date, date]:
        """First and last day."""
        return self.start, self.end


@dataclass(frozen=True)
class Played:
    """The kind and the days with which a period is opened."""

    kind: PeriodKind
    start: date
    end: date


def spans(raw: Any, used: Iterable[str], foreseen: Iterable[str]) -> dict[str, Span]:
    """The periods of a case in their order: those that are listed; without a list, those that are named anywhere.

    `foreseen` are words of its expectation, which may name further ones. Unsupported names what is not understood.
    """
    stated = sequence([] if raw is None else raw, "periods")
    given = [table({"id": row} if isinstance(row, str) else row, "a period") for row in stated]
    for row in given:
        known(row, {"id", "start", "end"}, "a period")
    names = [word(row.get("id"), "a period") for row in given] or _named(used, foreseen)
    if len(set(names)) < len(names):
        raise Unsupported("periods: one is there more than once")
    dates = {row["id"]: (row["start"], row["end"]) for row in given if {"start", "end"} <= row.keys()}
    if len(dates) < sum(len(row) > 1 for row in given) or 0 < len(dates) < len(given):
        raise Unsupported("periods: some have days and some have none")
    years = enumerate(names, FIRST_YEAR)
    return {name: _span(name, dates.get(name, (f"{year}-01-01", f"{year}-12-31"))) for year, name in years}


def played(periods: Mapping[str, Span], accumulation: Accumulation) -> dict[str, Played]:
    """The kind and days of each period, so that totals run from one to the next and those of the same days are apart.

    Totals run within a kind: periods of different lengths are all of one. Unsupported where periods of the same days
    cannot be told apart.
    """
    days = {span.days for span in periods.values()}
    if len(days) < len(periods):
        return _apart(periods, sorted(days, key=lambda each: each[::-1]))
    kinds = {_kind(*span.days) for span in periods.values()}
    nested = any(_inside(one, other) for one in days for other in days)
    running = accumulation is Accumulation.RUNNING_TOTAL or not nested
    one = PeriodKind.OTHER if len(kinds) > 1 and running and accumulation is not Accumulation.PERIODIC else None
    return {name: Played(one or _kind(*span.days), *span.days) for name, span in periods.items()}


def _named(used: Iterable[str], foreseen: Iterable[str]) -> list[str]:
    """Every period that is named; of one stem by their numbers, else in the order of their first appearance."""
    names = list(dict.fromkeys(used)) or ["P1"]
    stems = list(dict.fromkeys(map(_stem, names)))
    names += [name for name in dict.fromkeys(foreseen) if name not in names and _stem(name) in stems]
    return sorted(names, key=lambda name: (stems.index(_stem(name)), _numbers(name)))


def _stem(name: str) -> str:
    """A name without its numbers: P3 is one more of the kind of P1."""
    return re.sub(r"[0-9]+", "#", name)


def _numbers(name: str) -> list[tuple[int, str]]:
    """The numbers in a name, comparable by size however long they are."""
    found = [digits.lstrip("0") for digits in re.findall(r"[0-9]+", name)]
    return [(len(digits), digits) for digits in found]


def _span(name: str, days: tuple[Any, Any]) -> Span:
    try:
        start, end = (date.fromisoformat(day) for day in days)
    except (TypeError, ValueError):
        raise Unsupported(f"periods: {name} has days that are none") from None
    if not (start.year in YEARS and end.year in YEARS and start <= end):
        raise Unsupported(f"periods: {name} has days that make no period")
    return Span(name, start, end)


def _apart(periods: Mapping[str, Span], days: list[tuple[date, date]]) -> dict[str, Played]:
    """Periods of the same days in rows beside each other: each row of a kind of its own, in years of its own."""
    if any(_inside(one, other) for one in days for other in days):
        raise Unsupported("periods: some have the same days, and some lie inside others")
    made: dict[str, Played] = {}
    rows = dict.fromkeys(days, 0)
    for name, span in periods.items():
        row = rows[span.days]
        if row >= len(ROWS):
            raise Unsupported(f"periods: more than {len(ROWS)} have the same days")
        rows[span.days] += 1
        made[name] = _year(FIRST_YEAR + row * len(days) + days.index(span.days), ROWS[row])
    return made


def _year(year: int, months: int) -> Played:
    """The first months of a year."""
    if year not in YEARS:
        raise Unsupported("periods: there are too many")
    start, end = date(year, 1, 1), date(year + months // 12, months % 12 + 1, 1) - timedelta(days=1)
    return Played(_kind(start, end), start, end)


def _inside(inner: tuple[date, date], outer: tuple[date, date]) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


def _kind(start: date, end: date) -> PeriodKind:
    """The kind of period that has these days."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    whole = start.day == 1 and (end + timedelta(days=1)).day == 1
    return MONTHS.get(months, PeriodKind.OTHER) if whole else PeriodKind.OTHER
