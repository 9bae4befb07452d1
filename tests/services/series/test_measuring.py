"""Figures that do not add up as distributions, and achievement over matched units, from rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.model.indicators import (
    Baseline,
    Category,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    FormulaTerm,
    Indicator,
    Target,
)
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.rules.achievement import Unrated
from rbm.rules.matched import LeftOut
from rbm.services import rollup, series
from rbm.terms.indicators import Accumulation, Additivity, Composition, Fitness, Measure, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work
from tests.make import Make

SPREAD = {"additivity": Additivity.NO, "over_units": OverUnits.NONE, "measure": Measure.PERCENTAGE, "unit": "%"}


def target(make: Make, indicator: Indicator, period: Period, value: int, **facts: Any) -> None:
    stated = {"occurrence": 1, "edition": 1, "current": True, "set_at": make.work.now}
    make.work.add(Target(indicator=indicator, period=period, value=Decimal(value), **(stated | facts)))


def baseline(make: Make, indicator: Indicator, value: int, **facts: Any) -> None:
    stated = {"occurrence": 1, "edition": 1, "current": True, "set_at": make.work.now}
    make.work.add(Baseline(indicator=indicator, value=Decimal(value), **(stated | facts)))


def child(make: Make, parent: Indicator, value: int | None, period: Period, **facts: Any) -> Indicator:
    words = {"measure": parent.measure, "additivity": parent.additivity, "over_units": parent.over_units}
    words["composition"] = Composition.OWN_ONLY
    made = make.indicator(**(words | facts))
    make.contribution(made, parent)
    if value is not None:
        make.measurement(made, period, value)
    return made


def figures(work: Work, indicator: Indicator) -> list[Figure]:
    rollup.refresh(work, full=True)
    query = sa.select(Figure).where(Figure.indicator_id == indicator.id).order_by(Figure.id)
    return list(work.session.scalars(query))


def test_a_parent_that_does_not_add_up_is_a_distribution_over_all_units_below(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator(**SPREAD)
    region = make.indicator(**SPREAD)
    make.contribution(region, top)
    units = [child(make, region, value, period) for value in (20, 40)]
    units += [child(make, top, value, period) for value in (90, None)]
    child(make, top, 5, period, fitness=Fitness.UNFIT)
    for unit, aim, before in zip(units, (30, 40, 80), (10, 50, 90), strict=False):
        target(make, unit, period, aim)
        baseline(make, unit, before)
    [figure] = figures(work, top)
    [found] = series.distributions(work, [figure])
    assert found
    assert figure.value is None
    assert (found.units, found.n) == (4, 3)
    assert (found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum) == (
        *(20, 30, 40),
        *(65, 90),
    )
    assert (found.rated, found.met, found.compared, found.improved, found.worsened) == (3, 2, 3, 1, 1)


def test_what_adds_up_and_what_has_nothing_below_is_no_distribution(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    alone = make.indicator(composition=Composition.OWN_ONLY, **SPREAD)
    make.measurement(alone, period, 3)
    child(make, top, 4, period)
    found = [*figures(work, top), *figures(work, alone)]
    assert series.distributions(work, found) == [None, None]
    assert series.distributions(work, []) == []


def test_a_distribution_of_a_category_is_made_of_its_slices(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator(**SPREAD)
    sex = work.add(Dimension(code="sex", label="Sex", additive=True))
    category = work.add(Category(code="sex:f", label="Women", dimension=sex))
    crossing = work.add(Disaggregation(code="sex:f", label="Women"))
    work.add(DisaggregationPart(disaggregation=crossing, category=category))
    for value in (10, 30):
        unit = child(make, top, 50, period)
        make.measurement(unit, period, value, disaggregation=crossing)
    total, women = sorted(figures(work, top), key=lambda figure: figure.category_id is not None)
    found = series.distributions(work, [women, total])
    assert [(each.n, each.minimum, each.maximum) for each in found if each] == [(2, 10, 30), (2, 50, 50)]


def test_achievement_is_taken_over_matched_units(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    units = [child(make, top, value, period) for value in (30, 50, 7, None, None)]
    for unit, aim in zip(units, (40, 60, None, 10), strict=False):
        if aim:
            target(make, unit, period, aim)
    for unit, before in zip(units, (20, 40), strict=False):
        baseline(make, unit, before)
    [figure] = figures(work, top)
    [found] = series.matched_achievements(work, [figure])
    assert figure.value == 87
    assert (found.cells, found.matched, found.met) == (5, 2, 0)
    assert found.left_out == (LeftOut(Unrated.NO_ACTUAL, 2), LeftOut(Unrated.NO_TARGET, 1))
    assert (found.actual, found.target, found.baseline, found.raw) == (80, 100, 60, Decimal("0.5"))
    assert found.target_total is None


def test_a_stated_total_stands_for_its_parts_and_links_weigh(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    sex = work.add(Dimension(code="sex", label="Sex", additive=True))
    category = work.add(Category(code="sex:f", label="Women", dimension=sex))
    crossing = work.add(Disaggregation(code="sex:f", label="Women"))
    work.add(DisaggregationPart(disaggregation=crossing, category=category))
    unit = make.indicator(composition=Composition.OWN_ONLY)
    make.contribution(unit, top, weight=Decimal("0.5"), factor=Decimal(10))
    make.measurement(unit, period, 8)
    make.measurement(unit, period, 3, disaggregation=crossing)
    target(make, unit, period, 16)
    target(make, unit, period, 5, disaggregation=crossing)
    total, women = sorted(figures(work, top), key=lambda figure: figure.category_id is not None)
    found = series.matched_achievements(work, [total, women])
    assert [(each.cells, each.actual, each.target, each.target_total) for each in found] == [
        (1, 40, 80, 80),
        (1, 15, 25, 25),
    ]


def test_of_a_strategys_and_a_rolling_baseline_the_strategys_stands(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    unit = child(make, top, 30, period)
    target(make, unit, period, 40)
    baseline(make, unit, 20)
    baseline(make, unit, 25, period=period)
    [made] = figures(work, top)
    [found] = series.matched_achievements(work, [made])
    assert (made.baseline, found.baseline, found.raw) == (20, 20, Decimal("0.5"))


def quarter(make: Make, first: int = 1) -> Period:
    """The first or another quarter of 2026."""
    start, end = date(2026, 3 * first - 2, 1), date(2026, 3 * first, 30)
    facts = {"kind": PeriodKind.QUARTER, "stage": PeriodStage.OPEN}
    return make.work.add(Period(code=f"Q{first}", start=start, end=end, **facts))


def of_year(work: Work, indicator: Indicator, period: Period) -> Figure:
    """The total of a year once everything is rolled up."""
    [found] = [each for each in figures(work, indicator) if each.period_id == period.id and each.category_id is None]
    return found


CUMULATED = {"accumulation": Accumulation.INCREMENTS_CUMULATED, "over_time": OverTime.LAST}
RUNNING = {"accumulation": Accumulation.RUNNING_TOTAL, "over_time": OverTime.LAST}


@pytest.mark.parametrize(
    ("facts", "earlier", "now", "actual"), [(CUMULATED, 30, 10, 40), (RUNNING, 30, None, 30), ({}, 5, 10, 10)]
)
def test_a_unit_stands_with_its_figure_to_date(
    work: Work, make: Make, facts: dict[str, Any], earlier: int, now: int | None, actual: int
) -> None:
    before, period, top = make.year(2025), make.year(), make.indicator(**facts)
    unit = child(make, top, now, period, **facts)
    make.measurement(unit, before, earlier)
    target(make, unit, period, 40)
    made = of_year(work, top, period)
    [found] = series.matched_achievements(work, [made])
    assert (made.value, found.matched, found.actual, found.target) == (actual, 1, actual, 40)


def test_values_of_quarters_are_held_against_a_target_of_the_year(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    unit = child(make, top, 10, quarter(make, 1))
    make.measurement(unit, quarter(make, 2), 20)
    target(make, unit, period, 40)
    [found] = series.matched_achievements(work, [of_year(work, top, period)])
    assert (found.cells, found.matched, found.actual, found.raw) == (1, 1, 30, Decimal("0.75"))


def test_values_by_category_are_held_against_a_target_of_the_total(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    unit, sex = child(make, top, None, period), work.add(Dimension(code="sex", label="Sex", additive=True))
    for code, value in (("f", 30), ("m", 40)):
        crossing = work.add(Disaggregation(code=code, label=code))
        category = work.add(Category(code=code, label=code, dimension=sex))
        work.add(DisaggregationPart(disaggregation=crossing, category=category))
        make.measurement(unit, period, value, disaggregation=crossing)
    target(make, unit, period, 100)
    [found] = series.matched_achievements(work, [of_year(work, top, period)])
    assert (found.cells, found.matched, found.actual, found.raw) == (1, 1, 70, Decimal("0.7"))


def test_what_nothing_is_linked_to_is_a_unit_though_it_waits_for_contributions(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    target(make, child(make, top, 10, period, composition=Composition.CONTRIBUTED_ONLY), period, 20)
    [found] = series.matched_achievements(work, [of_year(work, top, period)])
    assert (found.cells, found.matched, found.raw) == (1, 1, Decimal("0.5"))


def test_a_unit_without_values_counts_with_its_target_and_one_with_contributions_with_its_own(
    work: Work, make: Make
) -> None:
    period, top = make.year(), make.indicator()
    target(make, child(make, top, None, period), period, 7)
    both = child(make, top, 5, period, composition=Composition.OWN_PLUS_CONTRIBUTED)
    target(make, both, period, 10)
    target(make, child(make, both, 8, period), period, 16)
    made = of_year(work, top, period)
    [found] = series.matched_achievements(work, [made])
    assert (made.value, found.cells, found.matched, found.actual, found.target) == (13, 3, 2, 13, 26)
    assert (found.left_out, found.target_total) == ((LeftOut(Unrated.NO_ACTUAL, 1),), 33)


def test_units_below_something_that_is_no_sum_have_no_totals(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    country = child(make, top, None, period, composition=Composition.CONTRIBUTED_ONLY, over_units=OverUnits.MAX)
    for value in (8, 6):
        target(make, child(make, country, value, period, over_units=OverUnits.SUM), period, 4)
    made = of_year(work, top, period)
    [found] = series.matched_achievements(work, [made])
    assert (made.value, found.matched, found.met, found.actual, found.target_total) == (8, 2, 2, None, None)


def test_a_unit_made_by_a_formula_stands_with_its_figure(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator(**SPREAD)
    source = make.indicator(composition=Composition.OWN_ONLY)
    make.measurement(source, period, 30)
    made = child(make, top, None, period, formula="x / 2")
    work.add(FormulaTerm(indicator=made, name="x", source=source))
    child(make, top, 5, period)
    [found] = series.distributions(work, [of_year(work, top, period)])
    assert found
    assert (found.units, found.n, found.minimum, found.maximum) == (2, 2, 5, 15)


def test_a_distribution_counts_units_whose_values_are_of_quarters(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator(additivity=Additivity.NO)
    first = quarter(make)
    for value, when in ((30, first), (50, period)):
        unit = child(make, top, value, when, additivity=Additivity.YES)
        target(make, unit, period, 40)
        baseline(make, unit, 35)
    child(make, top, 70, first, additivity=Additivity.YES, composition=Composition.OWN_PLUS_CONTRIBUTED)
    [found] = series.distributions(work, [of_year(work, top, period)])
    assert found
    assert (found.units, found.n, found.minimum, found.median, found.maximum) == (3, 3, 30, 50, 70)
    assert (found.rated, found.met, found.compared, found.improved, found.worsened) == (2, 1, 2, 1, 1)


def test_a_unit_that_moves_counts_where_it_is_linked_last(work: Work, make: Make) -> None:
    period, earlier, later = make.year(), make.indicator(), make.indicator()
    unit = make.indicator(composition=Composition.OWN_ONLY)
    make.contribution(unit, earlier, valid_to=date(2026, 6, 30))
    make.contribution(unit, later, valid_from=date(2026, 7, 1))
    make.contribution(ended := make.indicator(composition=Composition.OWN_ONLY), earlier, valid_to=date(2026, 6, 30))
    for each, value in ((unit, 8), (ended, 3)):
        make.measurement(each, period, value)
        target(make, each, period, value * 2)
    found = [series.matched_achievements(work, [of_year(work, each, period)])[0] for each in (earlier, later)]
    assert [(each.cells, each.actual, each.target) for each in found] == [(1, 3, 6), (1, 8, 16)]
