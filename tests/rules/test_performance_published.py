"""Calibration on the results UNHCR published, read here with lxml alone."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from rbm.rules.achievement import Case, Unrated, achievement
from rbm.rules.performance import (
    Indicators,
    Interventions,
    RatedCells,
    Reports,
    Sources,
    Verdicts,
    Windows,
    achievements,
    against_direction,
    columns,
    explain,
    hit_rate,
    interventions,
    rate,
    rule_named,
    standings,
    verdict,
)
from rbm.terms.indicators import Direction, Measure
from rbm.terms.performance import FlagRule, Rating
from rbm.terms.strategy import ResultLevel

from .tables import position

LEVELS = {"1": ResultLevel.OUTPUT, "2": ResultLevel.OUTCOME, "3": ResultLevel.GOAL}
MEASURES = {"1": Measure.NUMBER, "2": Measure.PERCENTAGE, "4": Measure.SCORE}
FIRST_YEAR = 2022
Indicator = tuple[str, str, str]


@dataclass(frozen=True)
class Published:
    """A cell: indicator as (operation, result type, leading number of the title), and what is stated of it."""

    indicator: Indicator
    case: Case

    @property
    def complete(self) -> bool:
        """Whether baseline, target and actual are there."""
        return None not in (self.case.baseline, self.case.target, self.case.actual)


def amounts(elements: list[etree._Element]) -> dict[tuple[object, ...], Decimal]:
    """Values by place and dimension."""
    return {
        (
            tuple(sorted(place.get("ref", "") for place in element.iterchildren("location"))),
            tuple(sorted((part.get("name"), part.get("value")) for part in element.iterchildren("dimension"))),
        ): round(Decimal(element.get("value", "")), 6)
        for element in elements
        if element.get("value")
    }


def cells_of(operation: str, result: str, indicator: etree._Element) -> Iterator[Published]:
    """The cells of an indicator, one for each place and dimension of a value."""
    number = re.match(r"\d+\.\d+[a-z]?", indicator.findtext("title/narrative", "").strip())
    measure = MEASURES[indicator.get("measure", "")]
    direction = Direction.INCREASE if indicator.get("ascending") == "1" else Direction.DECREASE
    assert number
    for period in indicator.iterchildren("period"):
        sides = (list(side) for side in (period.iterchildren("actual"), period.iterchildren("target")))
        actual, target = map(amounts, sides)
        baseline = amounts(list(indicator.iterchildren("baseline")))
        for key in {**baseline, **target, **actual}:
            case = Case(actual.get(key), target.get(key), baseline.get(key), direction, measure)
            yield Published((operation, result, number[0]), case)


@cache
def published(shared: Path, year: int) -> tuple[Published, ...]:
    """All cells of a year; the first with indicators by these numbers is 2022."""
    if year < FIRST_YEAR:
        return ()
    with gzip.open(shared / f"data/iati/unhcr-{year}.xml.gz") as file:
        root = etree.fromstring(file.read())
    return tuple(
        cell
        for activity in root.iterchildren("iati-activity")
        for result in activity.iterchildren("result")
        for indicator in result.iterchildren("indicator")
        for cell in cells_of(
            activity.findtext("iati-identifier", "").rsplit("-", 1)[1], result.get("type", ""), indicator
        )
    )


def rated(cells: tuple[Published, ...], year: int, indicators: list[Indicator]) -> RatedCells:
    """The cells of a year, rated after its end."""
    found = columns([cell.case for cell in cells])
    ends = np.full(len(cells), date(year, 12, 31).toordinal(), dtype=np.int32)
    windows = Windows(ends, np.zeros(len(cells), dtype=np.bool_))
    rating = rate(achievements(found), windows, date(year + 1, 4, 1)).rating
    places = {indicator: at for at, indicator in enumerate(indicators)}
    held = np.array([places[cell.indicator] for cell in cells], dtype=np.int64)
    return RatedCells(held, rating, found.has_actual, found.has_baseline)


def table(shared: Path, year: int, *, complete: bool = False) -> Interventions:
    """The operations with results of a year, beside the year before; ids are numbers of their codes, as base 36."""
    chosen, earlier = (
        tuple(cell for cell in published(shared, of) if cell.complete or not complete) for of in (year, year - 1)
    )
    operations = sorted({cell.indicator[0] for cell in chosen})
    earlier = tuple(cell for cell in earlier if cell.indicator[0] in operations)
    indicators = sorted({cell.indicator for cell in chosen + earlier})
    own = {cell.indicator for cell in chosen}
    rows = Indicators(
        intervention=np.array([operations.index(indicator[0]) for indicator in indicators], dtype=np.int64),
        level=np.array([position(LEVELS[indicator[1]]) for indicator in indicators], dtype=np.int8),
        expected=np.array([indicator in own for indicator in indicators], dtype=np.bool_),
    )
    sources = Sources(
        subject=np.array([int(code, 36) for code in operations], dtype=np.int64),
        indicators=rows,
        cells=rated(chosen, year, indicators),
        cells_before=rated(earlier, year - 1, indicators),
        reports=Reports(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)),
    )
    return interventions(sources, date(year + 1, 4, 1))


def flags(shared: Path, name: FlagRule, year: int) -> Verdicts:
    """The verdicts of a rule on a year."""
    return rule_named(name)(table(shared, year))


def test_targets_against_the_declared_direction_are_thresholds(shared: Path) -> None:
    cells = [cell for cell in published(shared, 2023) if cell.complete]
    found = columns([cell.case for cell in cells])
    against = against_direction(found)
    reasons = [list(Unrated)[reason] for reason in achievements(found).reason[against]]
    assert (len(cells), int(against.sum()), len({cell.indicator[0] for cell in cells})) == (1363, 207, 51)
    assert {cell.indicator[1] for cell in cells} == {"2"}
    assert reasons.count(Unrated.TARGET_AGAINST_DIRECTION) == 205
    assert reasons.count(Unrated.TARGET_ZERO) == 2


def test_burundi_meets_its_threshold(shared: Path) -> None:
    case = Case(Decimal(5857), Decimal(3500), Decimal(4264), Direction.INCREASE)
    cells = [cell for cell in published(shared, 2023) if cell.indicator == ("BDI", "2", "15.1")]
    assert [cell.case for cell in cells] == [case]
    assert achievement(cells[0].case).met is True


def test_six_operations_of_2023_are_off_track_and_thirteen_more_to_watch(shared: Path) -> None:
    found = flags(shared, FlagRule.OFF_TRACK, 2023)
    assert (len(found.subject), int(found.raised.sum()), int(found.watch.sum())) == (51, 6, 13)
    codes = {np.base_repr(subject, 36) for subject in found.subject[found.raised]}
    assert codes == {"AFG", "CAF", "ETH", "MLI", "PER", "SOM"}
    assert not found.inputs["impact_rated"].any()
    mali = verdict(found, found.subject.tolist().index(int("MLI", 36)))
    assert explain(mali) == (
        "43 of 50 rated cells of outcomes and outputs are off track or missed: flagged; "
        "at least 2/3 raises a flag and at least 1/2 puts to watch, where 5 or more are counted."
    )


def test_without_the_cells_that_lack_a_baseline_three_more_would_be_to_watch(shared: Path) -> None:
    found = rule_named(FlagRule.OFF_TRACK)(table(shared, 2023, complete=True))
    assert (int(found.raised.sum()), int(found.watch.sum())) == (6, 16)


@pytest.mark.parametrize(
    ("name", "of_2022", "of_2023"),
    [
        (FlagRule.OFF_TRACK, (7, 11), (6, 13)),
        (FlagRule.MISSED_TARGET_TWICE, (0, 0), (9, 12)),
        (FlagRule.NO_BASELINE, (5, 7), (7, 5)),
        (FlagRule.STALE_INDICATOR, (0, 0), (0, 0)),
        (FlagRule.REPORT_OVERDUE, (0, 0), (0, 0)),
    ],
)
def test_no_rule_turns_nearly_everything_red(
    shared: Path, name: FlagRule, of_2022: tuple[int, int], of_2023: tuple[int, int]
) -> None:
    found = [flags(shared, name, year) for year in (2022, 2023)]
    assert [len(verdicts.subject) for verdicts in found] == [50, 51]
    assert [(int(verdicts.raised.sum()), int(verdicts.watch.sum())) for verdicts in found] == [of_2022, of_2023]


@pytest.mark.parametrize(
    ("name", "flagged", "unflagged", "gone"),
    [
        (FlagRule.OFF_TRACK, (6, 3, 4), (41, 3, 15), (1, 2)),
        (FlagRule.MISSED_TARGET_TWICE, (0, 0, 0), (47, 6, 19), (0, 3)),
        (FlagRule.NO_BASELINE, (5, 0, 0), (42, 6, 19), (0, 3)),
    ],
)
def test_flags_of_2022_beside_the_ratings_of_2023(
    shared: Path, name: FlagRule, flagged: tuple[int, int, int], unflagged: tuple[int, int, int], gone: tuple[int, int]
) -> None:
    after, before = standings(table(shared, 2023)), flags(shared, name, 2022)
    red, watched = hit_rate(before, after), hit_rate(before, after, Rating.OFF_TRACK, Rating.AT_RISK)
    assert (red.flagged, red.still_red, watched.still_red) == flagged
    assert (red.unflagged, red.red, watched.red) == unflagged
    assert red.not_rated == gone
    assert red.share == (Fraction(red.still_red, red.flagged) if red.flagged else None)


def test_the_ratings_of_2023(shared: Path) -> None:
    found = table(shared, 2023)
    counts = [int(getattr(found, name).sum()) for name in ("on_track", "at_risk", "off_track", "rated", "not_rated")]
    assert counts == [752, 59, 732, 1543, 64]
