"""Flags over 10,000 interventions of about 20 cells a period: columns against a plain loop over row objects.

Run with `python -m benchmarks.flags [interventions] [runs]`. Both sides start from data in memory, decide the
achievement and rating of every cell of two periods, and judge every intervention by every rule; their flags must be
the same. `by_loop` reads any objects with these attributes, so rows of the ORM can stand in for the row objects:
add them to the peers of `compare`.
"""

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from rbm.rules.achievement import Case, achievement
from rbm.rules.performance import (
    RULES,
    Cells,
    Indicators,
    RatedCells,
    Reports,
    Sources,
    Windows,
    achievements,
    columns,
    interventions,
    rate,
)
from rbm.terms.indicators import Direction, Measure
from rbm.terms.performance import FlagRule, Rating
from rbm.terms.strategy import ResultLevel

SEED, AS_OF = 20240301, date(2024, 3, 1)
ENDS = (date(2023, 12, 31), date(2022, 12, 31))
COUNTED = (ResultLevel.OUTCOME, ResultLevel.OUTPUT)
SUBMITTED, EXPECTED, ABSENT = 0.9, 0.95, 0.05
ENOUGH = 5
ON_TRACK, AT_RISK = Decimal("0.8"), Decimal("0.6")
Flags = dict[FlagRule, tuple[set[int], set[int]]]
"""Raised and to watch, by rule."""


@dataclass
class CellRow:
    """A cell of a period, as a mapped row would hold it."""

    period_end: date
    actual: Decimal | None
    target: Decimal | None
    baseline: Decimal | None


@dataclass
class IndicatorRow:
    """An indicator with its cells, those of the last closed period and those of the one before."""

    level: ResultLevel
    direction: Direction | None
    measure: Measure
    expected: bool
    cells: tuple[list[CellRow], list[CellRow]]


@dataclass
class ReportRow:
    """A report with its due day."""

    due: date
    submitted: date | None


@dataclass
class InterventionRow:
    """An intervention with its indicators and reports."""

    id: int
    indicators: list[IndicatorRow]
    reports: list[ReportRow]


@dataclass(frozen=True)
class World:
    """The same portfolio as columns."""

    subject: np.ndarray
    indicators: Indicators
    places: tuple[np.ndarray, np.ndarray]
    cells: tuple[Cells, Cells]
    windows: tuple[Windows, Windows]
    reports: Reports


def rows_of(count: int) -> list[InterventionRow]:
    """Interventions with eight indicators of two or three cells a period and two reports, from the seed."""
    chance = random.Random(SEED)  # noqa: S311
    return [_intervention(chance, number) for number in range(count)]


def _intervention(chance: random.Random, number: int) -> InterventionRow:
    quality = chance.random()
    dues = (AS_OF - timedelta(chance.randrange(-30, 300)) for _ in range(2))
    reports = [ReportRow(due, due if chance.random() < SUBMITTED else None) for due in dues]
    return InterventionRow(number, [_indicator(chance, quality) for _ in range(8)], reports)


def _indicator(chance: random.Random, quality: float) -> IndicatorRow:
    direction = chance.choice([Direction.INCREASE] * 8 + [Direction.DECREASE, None])
    measure = chance.choice([Measure.NUMBER, Measure.PERCENTAGE, Measure.PERCENTAGE, Measure.SCORE])
    level = chance.choice([ResultLevel.OUTCOME] * 5 + [ResultLevel.OUTPUT] * 2 + [ResultLevel.GOAL])
    size = chance.choice((2, 3))
    now, before = ([_cell(chance, quality, end) for _ in range(size)] for end in ENDS)
    return IndicatorRow(level, direction, measure, chance.random() < EXPECTED, (now, before))


def _cell(chance: random.Random, quality: float, end: date) -> CellRow:
    baseline, target = chance.randrange(0, 50_000_000), chance.randrange(0, 100_000_000)
    share = chance.random() * 0.8 + quality * 0.7
    amounts = (baseline + int((target - baseline) * share), target, baseline)
    kept = [None if chance.random() < ABSENT else Decimal(amount).scaleb(-6) for amount in amounts]
    return CellRow(end, *kept)


def world_of(rows: list[InterventionRow]) -> World:
    """The rows as columns: what a fast path reads from the database."""
    indicators = [(at, indicator) for at, row in enumerate(rows) for indicator in row.indicators]
    reports = [(at, report) for at, row in enumerate(rows) for report in row.reports]
    held = [[(at, cell) for at, (_, one) in enumerate(indicators) for cell in one.cells[turn]] for turn in (0, 1)]
    levels = list(ResultLevel)
    return World(
        subject=np.array([row.id for row in rows], dtype=np.int64),
        indicators=Indicators(
            np.array([at for at, _ in indicators], dtype=np.int64),
            np.array([levels.index(one.level) for _, one in indicators], dtype=np.int8),
            np.array([one.expected for _, one in indicators], dtype=np.bool_),
        ),
        places=tuple(np.array([at for at, _ in cells], dtype=np.int64) for cells in held),  # type: ignore[arg-type]
        cells=tuple(columns([_case(indicators[at][1], cell) for at, cell in cells]) for cells in held),  # type: ignore[arg-type]
        windows=tuple(_windows([cell for _, cell in cells]) for cells in held),  # type: ignore[arg-type]
        reports=Reports(
            np.array([at for at, _ in reports], dtype=np.int64),
            np.array([report.due.toordinal() for _, report in reports], dtype=np.int32),
            np.array([report.submitted.toordinal() if report.submitted else 0 for _, report in reports], np.int32),
        ),
    )


def _case(indicator: IndicatorRow, cell: CellRow) -> Case:
    return Case(cell.actual, cell.target, cell.baseline, indicator.direction, indicator.measure)


def _windows(cells: list[CellRow]) -> Windows:
    ends = np.array([cell.period_end.toordinal() for cell in cells], dtype=np.int32)
    return Windows(ends, np.zeros(len(cells), dtype=np.bool_))


def by_columns(world: World) -> Flags:
    """Every flag, column by column."""
    cells, before = (_rated(world, turn) for turn in (0, 1))
    table = interventions(Sources(world.subject, world.indicators, cells, before, world.reports), AS_OF)
    verdicts = [rule(table) for rule in RULES]
    return {
        found.rule: (set(found.subject[found.raised].tolist()), set(found.subject[found.watch].tolist()))
        for found in verdicts
    }


def _rated(world: World, turn: int) -> RatedCells:
    cells = world.cells[turn]
    rating = rate(achievements(cells), world.windows[turn], AS_OF).rating
    return RatedCells(world.places[turn], rating, cells.has_actual, cells.has_baseline)


def by_loop(rows: Iterable[InterventionRow]) -> Flags:
    """Every flag, object by object, as a service without columns would find it."""
    flags: Flags = {name: (set(), set()) for name in FlagRule}
    for row in rows:
        for name, (raised, watched) in _judged(row):
            if raised:
                flags[name][0].add(row.id)
            elif watched:
                flags[name][1].add(row.id)
    return flags


def _judged(row: InterventionRow) -> Iterator[tuple[FlagRule, tuple[bool, bool]]]:
    counts: Counter[str] = Counter()
    for indicator in row.indicators:
        _count(indicator, counts)
    part, whole = counts["off_track"], counts["rated"]
    yield FlagRule.OFF_TRACK, (whole >= ENOUGH and 3 * part >= 2 * whole, whole >= ENOUGH and 2 * part >= whole)
    part, whole = counts["missed_twice"], counts["compared"]
    yield FlagRule.MISSED_TARGET_TWICE, (part > 0 and 3 * part >= whole, part > 0 and 5 * part >= whole)
    part, whole = counts["without_baseline"], counts["needing_baseline"]
    yield FlagRule.NO_BASELINE, (part > 0 and 4 * part >= whole, part > 0 and 10 * part >= whole)
    part, whole = counts["stale"], counts["expected"]
    yield FlagRule.STALE_INDICATOR, (part > 0 and 4 * part >= whole, part > 0)
    yield FlagRule.REPORT_OVERDUE, (any(not one.submitted and one.due < AS_OF for one in row.reports), False)


def _count(indicator: IndicatorRow, counts: Counter[str]) -> None:
    now, before = ([_rating(indicator, cell) for cell in cells] for cells in indicator.cells)
    rated, rated_before = ([one for one in found if one is not Rating.NOT_RATED] for found in (now, before))
    if indicator.level in COUNTED:
        counts["rated"] += len(rated)
        counts["off_track"] += rated.count(Rating.OFF_TRACK)
        compared = bool(rated and rated_before)
        counts["compared"] += compared
        counts["missed_twice"] += compared and {*rated, *rated_before} == {Rating.OFF_TRACK}
    if indicator.level in (ResultLevel.OUTCOME, ResultLevel.GOAL):
        counts["needing_baseline"] += 1
        counts["without_baseline"] += all(cell.baseline is None for cell in indicator.cells[0])
    counts["expected"] += indicator.expected
    counts["stale"] += indicator.expected and all(cell.actual is None for cell in indicator.cells[0])


def _rating(indicator: IndicatorRow, cell: CellRow) -> Rating:
    found = achievement(_case(indicator, cell))
    if found.met is None or cell.period_end > AS_OF:
        return Rating.NOT_RATED
    share = Decimal(found.met) if found.raw is None else found.raw
    if share >= ON_TRACK:
        return Rating.ON_TRACK
    return Rating.AT_RISK if share >= AT_RISK else Rating.OFF_TRACK


def compare(peers: Mapping[str, Callable[[], Flags]], runs: int) -> dict[str, float]:
    """Median seconds of each peer, the runs interleaved. Their flags must be the same."""
    times: dict[str, list[float]] = {name: [] for name in peers}
    expected = next(iter(peers.values()))()
    for _ in range(runs):
        for name, peer in peers.items():
            start = time.perf_counter()
            found = peer()
            times[name].append(time.perf_counter() - start)
            assert found == expected, f"{name} finds other flags"
    return {name: statistics.median(taken) for name, taken in times.items()}


def main(count: int = 10_000, runs: int = 5) -> None:
    """Print the medians and the ratio of the loop to the columns."""
    rows = rows_of(count)
    world = world_of(rows)
    medians = compare({"columns": lambda: by_columns(world), "loop over row objects": lambda: by_loop(rows)}, runs)
    cells = len(world.places[0])
    print(f"{count} interventions, {cells} cells in each of two periods, medians of {runs} runs")
    for rule, (raised, watched) in by_columns(world).items():
        print(f"  {rule:<22}{len(raised):>8} flagged {len(watched):>8} to watch")
    for name, seconds in medians.items():
        print(f"  {name:<22}{seconds * 1000:>11.1f} ms {seconds / medians['columns']:>9.1f} x columns")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
