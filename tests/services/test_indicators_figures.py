"""Figures about indicators: progress, data coverage, missing splits."""

from decimal import Decimal
from typing import Any

import pytest

from rbm.errors import NotFound
from rbm.model.indicators import Disaggregation, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.rules.achievement import Mark, Method, Unrated
from rbm.rules.coverage import Share
from rbm.services import indicators
from rbm.services.indicators import BaselineInput, MissingSplit, TargetInput
from rbm.terms.indicators import Direction
from rbm.terms.reporting import MissingReason, ValueStage
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, ResultLevel
from rbm.work import Work
from tests.make import Make

OUTPUT, GOAL = ResultLevel.OUTPUT, ResultLevel.GOAL
PROJECT = FrameworkLevel.PROJECT


def figure(work: Work, indicator: Indicator, period: Period, value: object, **facts: Any) -> None:
    defaults = {"reported": 1, "expected": 1, "stale": False, "computed_at": work.now}
    work.add(Figure(**(defaults | facts), indicator=indicator, period=period, value=Decimal(str(value))))


def set_cells(work: Work, indicator: Indicator, period: Period, baseline: object, target: object) -> None:
    if baseline is not None:
        stated = BaselineInput(indicator_id=indicator.id, value=Decimal(str(baseline)), year=2024)
        indicators.set_baseline(work, stated)
    if target is not None:
        value = Decimal(str(target))
        indicators.set_target(work, TargetInput(indicator_id=indicator.id, value=value, period_id=period.id))


def test_progress_carries_the_rows_it_was_decided_from(work: Work, make: Make) -> None:
    indicator, period = make.indicator(code="I"), make.year()
    set_cells(work, indicator, period, 20, 50)
    figure(work, indicator, period, 65)
    found = indicators.progress(work, indicator.id, period.id)
    assert (found.indicator_code, found.period_code) == ("I", "2026")
    assert (found.actual, found.baseline, found.target) == (Decimal(65), Decimal(20), Decimal(50))
    assert (found.raw, found.capped, found.met, found.method) == (Decimal("1.5"), Decimal(1), True, Method.PROGRESS)
    assert (found.reason, found.marks) == (None, ())
    editions = {found.baseline_id, found.target_id}
    assert None not in editions
    assert len(editions) == 2


def test_progress_is_that_of_the_total_and_of_no_crossing(work: Work, make: Make) -> None:
    indicator, period = make.indicator(), make.year()
    crossing = work.add(Disaggregation(code="female|child", label="Girls"))
    figure(work, indicator, period, 3, disaggregation=crossing)
    assert indicators.progress(work, indicator.id, period.id).actual is None
    assert indicators.data_coverage(work, period.id).outcomes == Share(0, 1)
    figure(work, indicator, period, 8)
    assert indicators.progress(work, indicator.id, period.id).actual == Decimal(8)
    assert indicators.data_coverage(work, period.id).outcomes == Share(1, 1)


def test_progress_says_why_there_is_none(work: Work, make: Make) -> None:
    indicator, period = make.indicator(), make.year()
    assert indicators.progress(work, indicator.id, period.id).reason is Unrated.NO_ACTUAL
    figure(work, indicator, period, 5)
    bare = indicators.progress(work, indicator.id, period.id)
    assert (bare.reason, bare.baseline_id, bare.target_id) == (Unrated.NO_TARGET, None, None)
    set_cells(work, indicator, period, None, 10)
    assumed = indicators.progress(work, indicator.id, period.id)
    assert (assumed.raw, assumed.marks) == (Decimal("0.5"), (Mark.BASELINE_ASSUMED_ZERO,))


def test_a_rolling_baseline_serves_its_period_where_the_strategy_has_none(work: Work, make: Make) -> None:
    indicator, period = make.indicator(direction=Direction.DECREASE), make.year()
    rolling = BaselineInput(indicator_id=indicator.id, value=Decimal(80), year=2025, period_id=period.id)
    indicators.set_baseline(work, rolling)
    set_cells(work, indicator, period, None, 40)
    figure(work, indicator, period, 60)
    assert indicators.progress(work, indicator.id, period.id).raw == Decimal("0.5")
    set_cells(work, indicator, period, 100, None)
    strategys = indicators.progress(work, indicator.id, period.id)
    assert (strategys.baseline, strategys.raw) == (Decimal(100), Decimal(40) / Decimal(60))


def test_progress_of_nothing_is_not_found(work: Work, make: Make) -> None:
    indicator = make.indicator()
    with pytest.raises(NotFound) as refusal:
        indicators.progress(work, indicator.id, indicator.id)
    assert refusal.value.field == "period_id"


def test_coverage_counts_results_with_an_approved_value_of_the_period(work: Work, make: Make) -> None:
    framework, year, before = make.framework(), make.year(2026), make.year(2025)
    for facts in (
        {"value": 0},
        {"value": None, "text": "A law was passed."},
        {"value": None, "missing_reason": MissingReason.NOT_REPORTED},
        {"value": 5, "stage": ValueStage.SUBMITTED},
        {"value": 5, "period": before},
    ):
        indicator = make.indicator(make.result(framework))
        stated: dict[str, Any] = {"period": year} | facts
        make.measurement(indicator, stated.pop("period"), stated.pop("value"), **stated)
    make.result(framework, level=OUTPUT)
    make.result(framework, level=GOAL)
    make.result(framework, derived=True)
    found = indicators.data_coverage(work, year.id)
    assert (found.period_code, found.outcomes, found.outputs) == ("2026", Share(2, 5), Share(0, 1))
    assert indicators.data_coverage(work, before.id).outcomes == Share(1, 5)


def test_a_figure_is_data_too_and_only_frameworks_of_the_period_count(work: Work, make: Make) -> None:
    year, framework = make.year(2026), make.framework()
    rolled = make.indicator(make.result(framework))
    figure(work, rolled, year, 9)
    make.result(make.framework(stage=FrameworkStage.DRAFT))
    other = make.result(make.framework(period_start=None, period_end=None))
    assert indicators.data_coverage(work, year.id).outcomes == Share(1, 2)
    assert indicators.data_coverage(work, year.id, framework.id).outcomes == Share(1, 1)
    assert indicators.data_coverage(work, year.id, other.framework_id).outcomes == Share(0, 1)
    assert indicators.data_coverage(work, make.year(2028).id).outcomes == Share(0, 1)


def test_projects_that_report_outputs_only_are_listed(work: Work, make: Make) -> None:
    year = make.year()
    for code, levels in (("ONLY", [OUTPUT]), ("BOTH", [OUTPUT, ResultLevel.OUTCOME]), ("NONE", [])):
        project = make.project(code=code)
        plan = make.framework(PROJECT, project=project, office=project.office)
        make.result(plan)
        for level in levels:
            make.measurement(make.indicator(make.result(plan, level=level)), year, 1)
    found = indicators.data_coverage(work, year.id)
    assert found.output_only_projects == ("ONLY",)
    assert (found.outcomes, found.outputs) == (Share(1, 4), Share(2, 2))


def test_people_are_split_by_sex_and_age(work: Work, make: Make) -> None:
    make.headquarters()
    sex = indicators.define_dimension(work, "sex", "Sex", additive=True)
    age = indicators.define_dimension(work, "age", "Age", additive=True)
    whole, half = make.indicator(counts_people=True), make.indicator(code="HALF", counts_people=True)
    make.indicator(code="BARE", counts_people=True)
    make.indicator(code="HOUSES")
    for indicator, dimension in ((whole, sex), (whole, age), (half, sex)):
        indicators.split_indicator(work, indicator.id, dimension.id)
    assert indicators.missing_splits(work) == (MissingSplit("BARE", ("sex", "age")), MissingSplit("HALF", ("age",)))
