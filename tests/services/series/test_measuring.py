"""Figures that do not add up as distributions, and achievement over matched cells, from rows."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rbm.model.indicators import (
    Baseline,
    Category,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    Indicator,
    Target,
)
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.rules.achievement import Unrated
from rbm.rules.matched import LeftOut
from rbm.services import rollup, series
from rbm.terms.indicators import Additivity, Composition, Fitness, Measure, OverUnits
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
    made = make.indicator(composition=Composition.OWN_ONLY, **(words | facts))
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


def test_achievement_is_taken_over_matched_cells(work: Work, make: Make) -> None:
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
    [found] = series.matched_achievements(work, figures(work, top))
    assert (found.baseline, found.raw) == (20, Decimal("0.5"))
