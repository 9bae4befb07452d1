"""Cases of Mercy Corps' TolaData: targets and actuals of a programme over its periods."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.rules.achievement import Method, Unrated
from rbm.rules.band import Side, side
from rbm.rules.performance import Cells, Windows, achievements, rate
from rbm.rules.rollup.words import code
from rbm.rules.spans import elapsed
from rbm.services import indicators, performance, rollup
from rbm.services.indicators import TargetInput
from rbm.terms.indicators import Accumulation, Direction, Measure, OverTime
from rbm.terms.performance import Rating
from rbm.terms.reporting import PeriodKind
from rbm.work import Work, begin
from tests.conformance.scenes import PARTS, exact, month, span, value
from tests.make import Make

THEN = datetime(2019, 6, 1, 9, tzinfo=UTC)
RUNNING = {"accumulation": Accumulation.RUNNING_TOTAL, "over_time": OverTime.LAST}
CUMULATED = {"accumulation": Accumulation.INCREMENTS_CUMULATED, "over_time": OverTime.LAST}


@pytest.fixture
def work(engine: sa.Engine) -> Any:
    """A unit of work in June 2019: the years to 2018 are complete, and 2020 has not begun."""
    with begin(engine, SYSTEM, "test", now=THEN) as made:
        yield made


def aim(work: Work, indicator: Indicator, period: Period, target: object) -> None:
    """Set the target of an indicator for a period."""
    indicators.set_target(work, TargetInput(indicator_id=indicator.id, period_id=period.id, value=exact(target)))


def reached(work: Work, indicator: Indicator, period: Period) -> tuple[Decimal | None, Decimal | None]:
    """Actual and its share of the target, rounded half up to two decimals as the case prints it."""
    rollup.refresh(work, full=True)
    found = indicators.progress(work, indicator.id, period.id)
    return found.actual, None if found.raw is None else Decimal(int(found.raw * 100 + Decimal("0.5"))) / 100


def programme(make: Make, targets: list[object], **facts: Any) -> tuple[Indicator, list[Period]]:
    """An indicator with a target in each year from 2017 on."""
    made = make.indicator(direction=Direction.INCREASE, **facts)
    years = [make.year(year) for year, _ in enumerate(targets, 2017)]
    for year, target in zip(years, targets, strict=True):
        aim(make.work, made, year, target)
    return made, years


def over(make: Make, first: int, last: int) -> Period:
    """The years from the first to the last as one period."""
    return span(make, PeriodKind.OTHER, date(first, 1, 1), date(last, 12, 31))


def test_tola_001_periods_add_up_to_the_programme(work: Work, make: Make) -> None:
    targets = [100, 200, 400, 500]
    made, years = programme(make, targets)
    for year, number in ((0, 50), (1, 120), (2, 100), (2, 250)):
        make.measurement(made, years[year], number, occurrence=2 if number == 250 else 1)
    found = [reached(work, made, year) for year in years]
    assert found == [(50, exact("0.5")), (120, exact("0.6")), (350, exact("0.88")), (None, None)]
    life, complete = over(make, 2017, 2020), over(make, 2017, 2018)
    aim(work, made, life, sum(targets))
    aim(work, made, complete, sum(targets[:2]))
    assert reached(work, made, life) == (520, exact("0.43"))
    assert reached(work, made, complete) == (170, exact("0.57"))


def test_tola_004_a_lower_running_total_still_counts(work: Work, make: Make) -> None:
    made, years = programme(make, [10, 20, 50, 90], **RUNNING)
    for year, number in ((0, 8), (1, 35), (1, 15), (2, 45)):
        make.measurement(made, years[year], number, occurrence=2 if number == 15 else 1)
    found = [reached(work, made, year) for year in years]
    assert found == [(8, exact("0.8")), (15, exact("0.75")), (45, exact("0.9")), (None, None)]
    life, complete = over(make, 2017, 2020), over(make, 2017, 2018)
    aim(work, made, complete, 20)
    assert (value(work, made, life), reached(work, made, complete)) == (45, (15, exact("0.75")))


def test_tola_005_a_milestone_takes_the_latest_percentage(work: Work, make: Make) -> None:
    made = make.indicator(direction=Direction.INCREASE, **PARTS)
    midline = span(make, PeriodKind.OTHER, date(2018, 1, 1), date(2018, 6, 30))
    endline = span(make, PeriodKind.OTHER, date(2018, 7, 1), date(2018, 12, 31))
    months = [month(make, number, 2018) for number in (1, 2)]
    for period, number in zip(months, (75, 70), strict=True):
        make.measurement(made, period, number)
    aim(work, made, midline, 80)
    aim(work, made, endline, 65)
    assert [reached(work, made, period) for period in (midline, endline)] == [(70, exact("0.88")), (None, None)]
    life = over(make, 2018, 2018)
    aim(work, made, life, 65)
    assert reached(work, made, life) == (70, exact("1.08"))


def test_tola_006_a_falling_indicator_without_a_baseline_is_met_or_missed(work: Work, make: Make) -> None:
    made = make.indicator(direction=Direction.DECREASE, **CUMULATED)
    starts = [(year, number) for year in (2016, 2017) for number in range(1, 13)]
    for (year, number), amount in zip(starts, range(400, 628, 12), strict=False):
        make.measurement(made, month(make, number, year), amount)
    life = over(make, 2016, 2018)
    aim(work, made, life, 190)
    rollup.refresh(work, full=True)
    found = indicators.progress(work, made.id, life.id)
    assert (found.actual, found.target, found.met) == (9652, 190, False)
    assert (found.raw, found.method, found.reason) == (None, Method.THRESHOLD, Unrated.NO_BASELINE)


def test_tola_007_a_target_of_zero_is_not_rated(work: Work, make: Make) -> None:
    made, years = programme(make, [50, 0, 90, 20], **PARTS)
    for year, number in zip(years, (45, 5, 0), strict=False):
        make.measurement(made, year, number)
    found = [reached(work, made, year) for year in years]
    assert found == [(45, exact("0.9")), (5, None), (0, 0), (None, None)]
    life = over(make, 2017, 2020)
    aim(work, made, life, 20)
    assert reached(work, made, life) == (0, 0)


@pytest.mark.parametrize(
    ("facts", "actual", "target", "wanted"),
    [
        ({}, 1300, 1300, Side.WITHIN),
        (CUMULATED, 1300, 800, Side.BETTER),
        (RUNNING, 950, 800, Side.BETTER),
        (RUNNING | {"direction": Direction.DECREASE}, 950, 800, Side.WORSE),
    ],
    ids=["periodic", "cumulated", "running", "falling"],
)
def test_tola_008_what_lies_beyond_the_band_is_over_or_under(
    work: Work, make: Make, facts: dict[str, Any], actual: int, target: int, wanted: Side
) -> None:
    made = make.indicator(**({"direction": Direction.INCREASE} | facts))
    for year, number in ((2017, 350), (2018, 950)):
        make.measurement(made, make.year(year), number)
    life = over(make, 2017, 2018)
    aim(work, made, life, target)
    rollup.refresh(work, full=True)
    found = performance.band(work, made.id, life.id)
    assert (found.actual, found.target, found.side, found.elapsed) == (actual, target, wanted, 1)


def test_tola_010_events_count_from_the_first_that_has_a_value(work: Work, make: Make) -> None:
    made = make.indicator(direction=Direction.INCREASE)
    events = [span(make, PeriodKind.OTHER, date(year, 1, 1), date(year, 12, 31)) for year in (2016, 2017)]
    found = []
    for event, target, number in zip(events, (500, 800), (350, 950), strict=True):
        aim(work, made, event, target)
        make.measurement(made, event, number)
        rollup.refresh(work, full=True)
        rows = [indicators.progress(work, made.id, one.id) for one in events]
        matched = [row for row in rows if row.actual is not None and row.target is not None]
        actual, wanted = sum(row.actual or 0 for row in matched), sum(row.target or 0 for row in matched)
        found.append((wanted, actual, side(Decimal(actual), Decimal(wanted), made.direction)))
        last = matched[-1].target
    assert (found, last) == ([(500, 350, Side.WORSE), (1300, 1300, Side.WITHIN)], 800)


def test_tola_011_rated_is_what_has_a_target_a_value_and_a_closed_window() -> None:
    given = [
        (True, True, "open"),
        (False, True, "closed"),
        (True, False, "closed"),
        (False, True, "milestone"),
        (True, False, "milestone"),
        (True, True, "open"),
        (True, True, "closed"),
        (True, True, "milestone"),
    ]
    count = len(given)
    amounts = np.full(count, 1_000_000, dtype=np.int64)
    none = np.zeros(count, dtype=np.bool_)
    targets, actuals = (np.array([row[place] for row in given]) for place in (0, 1))
    words = [np.full(count, code(word), dtype=np.int8) for word in (Direction.INCREASE, Measure.NUMBER)]
    cells = Cells(amounts, amounts, amounts * 0, actuals, targets, none, *words, amounts * 0)
    today = THEN.date().toordinal()
    ends = np.array([today + (-1 if row[2] == "closed" else 1) for row in given], dtype=np.int32)
    windows = Windows(ends, np.array([row[2] == "milestone" for row in given]))
    rating = rate(achievements(cells), windows, THEN.date()).rating
    assert (rating != code(Rating.NOT_RATED)).tolist() == [False] * 6 + [True] * 2


def test_tola_012_the_share_of_the_time_that_has_passed() -> None:
    today, near = date(2019, 6, 1), date(2015, 1, 1)
    spans = [(None, None), (None, near), (near, None), (date(2030, 1, 1), date(2040, 1, 1)), (date(2010, 1, 1), near)]
    assert [elapsed(each, today) for each in spans] == [None, None, None, 0, 1]
    near_half, near_third = (date(2019, 2, 21), date(2019, 9, 9)), (date(2019, 5, 2), date(2019, 7, 31))
    found = [elapsed(days, today) for days in (near_half, near_third)]
    assert [each is not None and round(each, 1) for each in found] == [Fraction(1, 2), Fraction(3, 10)]


def rebucketed(make: Make, direction: Direction, targets: list[int], results: list[int]) -> list[list[Any]]:
    """Actuals, printed shares of the target and sides by third of a year, and actuals by half-year."""
    made = make.indicator(direction=direction, **CUMULATED)
    for number, amount in zip((2, 6, 8, 10), results, strict=True):
        make.measurement(made, month(make, number, 2016), amount)
    ends = [date(2016, 4, 30), date(2016, 8, 31), date(2016, 12, 31)]
    thirds = [span(make, PeriodKind.OTHER, date(2016, end.month - 3, 1), end) for end in ends]
    for third, target in zip(thirds, targets, strict=True):
        aim(make.work, made, third, target)
    halves = [(date(2016, 1, 1), date(2016, 6, 30)), (date(2016, 7, 1), date(2016, 12, 31))]
    semesters = [span(make, PeriodKind.SEMESTER, *days) for days in halves]
    rollup.refresh(make.work, full=True)
    found = [performance.band(make.work, made.id, third.id) for third in thirds]
    shares = [f"{round(100 * Fraction(row.actual or 0) / Fraction(row.target or 1))}%" for row in found]
    late = [value(make.work, made, semester) for semester in semesters]
    return [[row.actual for row in found], shares, [row.side for row in found], late]


def test_tola_013_results_fall_into_thirds_and_halves_by_their_dates(work: Work, make: Make) -> None:
    assert rebucketed(make, Direction.INCREASE, [50, 100, 150], [40, 30, 30, 45]) == [
        [40, 100, 145],
        ["80%", "100%", "97%"],
        [Side.WORSE, Side.WITHIN, Side.WITHIN],
        [70, 145],
    ]


def test_tola_014_and_so_they_do_where_less_is_better(work: Work, make: Make) -> None:
    assert rebucketed(make, Direction.DECREASE, [300, 200, 100], [100, 50, 80, 40]) == [
        [100, 230, 270],
        ["33%", "115%", "270%"],
        [Side.BETTER, Side.WITHIN, Side.WORSE],
        [150, 270],
    ]
