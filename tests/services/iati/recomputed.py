"""The published totals worked out again, with nothing but lxml and Decimal."""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from lxml import etree

MILLIONTH = Decimal("0.000001")
LEVELS = 2
"""How many levels stand above the operations: regions and the organisation."""
Key = tuple[str, str, str, str]
Slice = str | None
Totals = dict[tuple[str, Key, Slice], Decimal]


@dataclass
class Published:
    """One indicator of an activity: its key, whether it adds up, and its cells as (category, value).

    targets, baselines: the cells of these.
    """

    activity: str
    key: Key
    declared: str | None
    cells: list[tuple[str, Decimal | None]]
    targets: list[tuple[str, Decimal | None]]
    baselines: list[tuple[str, Decimal | None]]


def read(path: Path) -> tuple[dict[str, str], list[Published]]:
    """The parent of each activity, and every indicator."""
    with gzip.open(path) as file:
        root = etree.parse(file).getroot()
    parents: dict[str, str] = {}
    found = []
    for activity in root.iterchildren("iati-activity"):
        identifier = activity.findtext("iati-identifier").strip()
        for relation in activity.iterchildren("related-activity"):
            if relation.get("type") == "1":
                parents[identifier] = relation.get("ref")
        found += list(_indicators(activity, identifier))
    return parents, found


def _indicators(activity: etree._Element, identifier: str) -> Iterator[Published]:
    for result in activity.iterchildren("result"):
        for indicator in result.iterchildren("indicator"):
            key = (result.get("type"), _title(result), _title(indicator), indicator.get("measure"))
            declared = indicator.get("aggregation-status") or result.get("aggregation-status")
            paths = ("period/actual", "period/target", "baseline")
            cells = ([_cell(each) for each in indicator.iterfind(path)] for path in paths)
            yield Published(identifier, key, declared, *cells)


def _title(element: etree._Element) -> str:
    [narrative] = element.find("title").findall("narrative")
    return " ".join(narrative.text.split())


def _cell(actual: etree._Element) -> tuple[str, Decimal | None]:
    """Every cell of these files stands for crossed categories and one place, so that none is a total of others."""
    assert len(actual.findall("location")) == 1
    crossed = sorted((each.get("name"), each.get("value") or "") for each in actual.iterfind("dimension"))
    assert crossed
    value = actual.get("value")
    amount = None if value is None else Decimal(value).quantize(MILLIONTH, ROUND_HALF_EVEN)
    return "|".join(f"{name}={value}" for name, value in crossed), amount


def totals(path: Path) -> Totals:
    """The totals of what adds up, in all (None) and by category, of every activity that has or receives them."""
    parents, found = read(path)
    made: Totals = defaultdict(Decimal)
    for indicator in found:
        if (indicator.key[3], indicator.declared) != ("1", "1"):
            continue
        for category, value in indicator.cells:
            if value is not None:
                for activity in _line(indicator.activity, parents):
                    made[activity, indicator.key, None] += value
                    made[activity, indicator.key, category] += value
    return dict(made)


def _line(activity: str, parents: dict[str, str]) -> Iterator[str]:
    """The activity and everything above it."""
    current: str | None = activity
    while current:
        yield current
        current = parents.get(current)


Stated = dict[Slice, Decimal]


def stated(path: Path, kind: str) -> dict[tuple[str, Key], list[Stated]]:
    """The `targets` or `baselines` of what adds up, by slice, one entry for each indicator of an activity and key.

    Above the indicators of operations those are known that every indicator below has; the others are left out.
    """
    parents, found = read(path)
    made: dict[tuple[str, Key], list[Stated]] = defaultdict(list)
    for indicator in found:
        if (indicator.key[3], indicator.declared) == ("1", "1"):
            made[indicator.activity, indicator.key].append(_by_slice(getattr(indicator, kind)))
    for _ in range(LEVELS):
        below: dict[tuple[str, Key], list[Stated]] = defaultdict(list)
        for (activity, key), units in made.items():
            if activity in parents:
                below[parents[activity], key] += units
        made |= {place: [_complete(units)] for place, units in below.items()}
    return made


def _by_slice(cells: list[tuple[str, Decimal | None]]) -> Stated:
    made: Stated = defaultdict(Decimal)
    for category, value in cells:
        if value is not None:
            made[None] += value
            made[category] += value
    return dict(made)


def _complete(units: list[Stated]) -> Stated:
    """What all units have, added up."""
    everywhere = set.intersection(*(set(unit) for unit in units))
    return {part: sum((unit[part] for unit in units), Decimal(0)) for part in everywhere}
