"""Cases of UNDP's performance methodology and of ActivityInfo: achievement, means over rows, people counted once."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from rbm.model.people import Place
from rbm.rules.achievement import Case, Unrated, achievement
from rbm.rules.deadlines import months_after
from rbm.rules.followup.ageing import ageing
from rbm.rules.matched import matched_achievement
from rbm.rules.performance import Cells, Thresholds, Windows, achievements, rate
from rbm.rules.rollup.words import code
from rbm.services import indicators, rollup
from rbm.services.indicators import TargetInput
from rbm.terms.indicators import Accumulation, Direction, Measure, OverTime, OverUnits
from rbm.terms.people import PlaceKind
from rbm.terms.performance import Rating
from rbm.work import Work
from tests.conformance.scenes import RATIO, children, constant, exact, figure, formula, parts, value
from tests.conftest import NOW
from tests.make import Make

MEAN = {"over_units": OverUnits.MEAN}
PEOPLE = {"counts_people": True, "over_units": OverUnits.MAX_THEN_SUM}
MICROS = 1_000_000


def percent(actual: object, target: object, baseline: object = None) -> Decimal | None:
    """Achievement of a rising number in percent, capped."""
    stated = (None if number is None else exact(number) for number in (actual, target, baseline))
    capped = achievement(Case(*stated, direction=Direction.INCREASE)).capped
    return None if capped is None else 100 * capped


def lights(scores: list[str], thresholds: Thresholds) -> list[Rating]:
    """How scores of 100 are rated."""
    amounts = np.array([int(exact(score) * MICROS) for score in scores], dtype=np.int64)
    count = len(scores)
    yes, no = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    words = [np.full(count, code(word), dtype=np.int8) for word in (Direction.INCREASE, Measure.NUMBER)]
    hundred = np.full(count, 100 * MICROS, dtype=np.int64)
    cells = Cells(amounts, hundred, amounts * 0, yes, yes, no, *words, amounts * 0)
    milestones = Windows(np.zeros(count, dtype=np.int32), yes)
    return [list(Rating)[each] for each in rate(achievements(cells), milestones, NOW.date(), thresholds).rating]


def test_undp_001_yearly_increments_are_cumulated(work: Work, make: Make) -> None:
    made = make.indicator(accumulation=Accumulation.INCREMENTS_CUMULATED, over_time=OverTime.LAST)
    years = [make.year(2022 + number) for number in range(3)]
    for year, number in zip(years, (100, 150, 200), strict=True):
        make.measurement(made, year, number)
    assert [value(work, made, year) for year in years] == [100, 250, 450]


def test_undp_003_achievement_of_a_year(work: Work, make: Make) -> None:
    made, year = make.indicator(direction=Direction.INCREASE), make.year()
    make.measurement(made, year, 400_000)
    indicators.set_target(work, TargetInput(indicator_id=made.id, period_id=year.id, value=exact(1_000_000)))
    rollup.refresh(work, full=True)
    found = indicators.progress(work, made.id, year.id)
    assert (found.raw, found.marks) == (exact("0.4"), ("baseline_assumed_zero",))


def test_undp_004_what_is_missing_has_no_share_and_is_left_out_of_the_mean() -> None:
    rising = {"direction": Direction.INCREASE}
    given = [Case(exact(400), None, **rising), Case(None, exact(100), **rising)]
    found = [achievement(case) for case in given]
    assert [(each.raw, each.reason) for each in found] == [(None, Unrated.NO_TARGET), (None, Unrated.NO_ACTUAL)]
    matched = matched_achievement([(case, Fraction(1)) for case in given], adds_up=True)
    assert (matched.cells, matched.matched, [each.count for each in matched.left_out]) == (2, 0, [1, 1])


def test_undp_005_a_result_is_the_plain_mean_of_its_indicators(work: Work, make: Make) -> None:
    year, parent = make.year(), make.indicator(**MEAN)
    for child, number in zip(children(make, parent, 2), (percent(40, 100), percent(5, 5)), strict=True):
        make.measurement(child, year, number)
    assert value(work, parent, year) == 70


def test_undp_006_achievement_starts_at_the_baseline_and_ends_at_0_and_100() -> None:
    assert [percent(actual, 20, 10) for actual in (15, 25, 5)] == [50, 100, 0]
    raw = [achievement(Case(exact(actual), exact(20), exact(10), Direction.INCREASE)).raw for actual in (25, 5)]
    assert raw == [exact("1.5"), exact("-0.5")]


def over_bureaus(work: Work, make: Make, bureaus: list[list[object]]) -> list[Decimal | None]:
    """The mean of each bureau, and of all: taken over the rows below the bureaus."""
    year, whole = make.year(), make.indicator(**MEAN)
    above = children(make, whole, len(bureaus), **MEAN)
    for bureau, rows in zip(above, bureaus, strict=True):
        for child, number in zip(children(make, bureau, len(rows)), rows, strict=True):
            make.measurement(child, year, number)
    found = [value(work, each, year) for each in (*above, whole)]
    return [None if each is None else round(each, 2) for each in found]


def test_undp_008_the_global_mean_is_over_rows_and_not_over_means(work: Work, make: Make) -> None:
    assert over_bureaus(work, make, [[100], [0, 50, 50]]) == [100, exact("33.33"), 50]


def test_the_mean_of_six_grades_of_an_indicator(work: Work, make: Make) -> None:
    year, parent = make.year(), make.indicator(measure=Measure.SCORE, **MEAN)
    for child, number in zip(children(make, parent, 6, measure=Measure.SCORE), range(100, 40, -10), strict=True):
        make.measurement(child, year, number)
    assert value(work, parent, year) == 75


def test_a_formula_weighs_a_score_and_thresholds_give_its_light(work: Work, make: Make) -> None:
    year, scores = make.year(), []
    for given in ((97, 90, 80), (90, 90, 90), (79, 79, 79)):
        terms = {name: constant(make, year, number) for name, number in zip("xyz", given, strict=True)}
        scores.append(value(work, formula(make, "x * 0.3 + y * 0.3 + z * 0.4", terms), year))
    assert scores == [exact("88.1"), 90, 79]
    found = lights([str(score) for score in scores], Thresholds(on_track=900_000, at_risk=800_000))
    assert found == [Rating.AT_RISK, Rating.ON_TRACK, Rating.OFF_TRACK]


def test_figures_are_averaged_over_countries_and_not_over_bureaus(work: Work, make: Make) -> None:
    assert over_bureaus(work, make, [[100], [0, 80]]) == [100, 40, 60]


def test_undp_020_a_threshold_belongs_to_the_better_side() -> None:
    assert lights(["80", "79.999999"], Thresholds()) == [Rating.ON_TRACK, Rating.AT_RISK]


def test_actinfo_001_people_reached_are_the_most_in_a_place_and_the_sum_over_places(work: Work, make: Make) -> None:
    year, province = make.year(), make.indicator(**PEOPLE)
    districts = children(make, province, 2, **PEOPLE)
    for name, district, reached in zip("ab", districts, ((100, 80), (50, 60)), strict=True):
        place = make.work.add(Place(code=name, name=name, kind=PlaceKind.COUNTRY))
        for child, number in zip(children(make, district, 2, **PEOPLE), reached, strict=True):
            make.measurement(child, year, number, place_id=place.id, place_stated=True)
    assert [value(work, each, year) for each in (*districts, province)] == [100, 60, 160]


def test_actinfo_002_services_add_and_people_lie_between_two_bounds(work: Work, make: Make) -> None:
    year, total = make.year(), make.indicator(counts_people=True, population=exact(400_000))
    for child, number in zip(children(make, total, 2, counts_people=True), (200_000, 300_000), strict=True):
        make.measurement(child, year, number)
    found = figure(work, total, year)
    assert found
    assert (found.value, found.lower, found.upper) == (500_000, 300_000, 400_000)


def test_actinfo_003_a_ratio_is_the_sum_of_one_over_the_sum_of_the_other(work: Work, make: Make) -> None:
    year, parent = make.year(), make.indicator(**RATIO)
    for child, amounts in zip(children(make, parent, 2, **RATIO), ((100, 5), (300, 5)), strict=True):
        make.measurement(child, year, **parts(*amounts))
    assert value(work, parent, year) == 40


@pytest.mark.parametrize(("operator", "wanted"), [(OverUnits.MEAN, 15), (OverUnits.SUM, 30)], ids=["mean", "sum"])
def test_actinfo_005_what_is_missing_is_skipped(work: Work, make: Make, operator: OverUnits, wanted: int) -> None:
    year, parent = make.year(), make.indicator(over_units=operator)
    for child, number in zip(children(make, parent, 3), (10, None, 20), strict=True):
        make.measurement(child, year, number)
    assert value(work, parent, year) == wanted


def test_undp_016_open_recommendations_turn_yellow_after_twelve_months_and_red_after_eighteen() -> None:
    today = date(2026, 3, 2)
    assert [ageing(months_after(today, -months), today) for months in (3, 14, 20)] == ["green", "yellow", "red"]
