"""Indicators, baselines and targets: R021, R023, R026, R028 and R029."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Invalid
from rbm.model.rollup import DirtyMark, Figure
from rbm.rules.achievement import Method, Unrated
from rbm.services import indicators
from rbm.services.indicators import BaselineInput, ContributionPlan, IndicatorProtocol, MissingSplit, TargetInput
from rbm.terms.indicators import Direction, Fitness, Measure, OverTime, OverUnits, Topic
from rbm.terms.strategy import FrameworkLevel, ResultLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

PROTOCOL = IndicatorProtocol(
    definition="People who returned with help",
    rationale="Their return is what the outcome means",
    measure=Measure.NUMBER,
    direction=Direction.INCREASE,
    over_units=OverUnits.SUM,
    over_time=OverTime.SUM,
    unit="people",
    source="Case files",
    method="Count of closed cases",
    frequency="yearly",
)


def test_r021_an_indicator_says_why_it_measures_its_result(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        result = Make(work).result()
    with refused(engine, Invalid, "rationale") as work:
        indicators.define_indicator(work, result.id, "I", "Returns", replace(PROTOCOL, rationale=""))
    with start() as work:
        made = indicators.define_indicator(work, result.id, "I", "Returns", PROTOCOL)
        assert (made.rationale, made.method) == ("Their return is what the outcome means", "Count of closed cases")


def test_r021_an_unfit_indicator_is_listed_and_its_figures_are_made_again(work: Work, make: Make) -> None:
    indicator, _ = make.indicator(code="UNFIT"), make.indicator()
    indicators.review_indicator(work, indicator.id, Fitness.UNFIT, "Counts tickets, not people")
    listed = work.session.scalars(indicators.find_indicators(fitness=Fitness.UNFIT)).all()
    assert [(row.code, row.fitness_note) for row in listed] == [("UNFIT", "Counts tickets, not people")]
    assert work.session.scalars(sa.select(DirtyMark.indicator_id)).all() == [indicator.id]


@pytest.mark.parametrize(
    ("direction", "cell", "raw"),
    [
        (Direction.INCREASE, (20, 50, 35), Decimal("0.5")),
        (Direction.DECREASE, (80, 40, 60), Decimal("0.5")),
        (Direction.INCREASE, (50, 50, 60), None),
    ],
)
def test_r023_progress_since_the_baseline_rises_and_falls(
    work: Work, make: Make, direction: Direction, cell: tuple[int, int, int], raw: Decimal | None
) -> None:
    indicator, period = make.indicator(direction=direction), make.year()
    baseline, target, actual = map(Decimal, cell)
    indicators.set_baseline(work, BaselineInput(indicator_id=indicator.id, value=baseline, year=2024))
    indicators.set_target(work, TargetInput(indicator_id=indicator.id, value=target, period_id=period.id))
    facts = {"reported": 1, "expected": 1, "stale": False, "computed_at": work.now}
    work.add(Figure(indicator=indicator, period=period, value=actual, **facts))
    found = indicators.progress(work, indicator.id, period.id)
    assert found.raw == raw
    expected = (Method.PROGRESS, None) if raw else (Method.THRESHOLD, Unrated.TARGET_EQUALS_BASELINE)
    assert (found.method, found.reason) == expected


def test_r026_one_of_two_outcomes_with_a_value_gives_50_percent_beside_the_outputs(work: Work, make: Make) -> None:
    year, project = make.year(), make.project(code="P")
    plan = make.framework(FrameworkLevel.PROJECT, project=project, office=project.office)
    outcomes = [make.result(plan) for _ in range(2)]
    output = make.result(plan, level=ResultLevel.OUTPUT)
    make.measurement(make.indicator(output), year, 7)
    assert indicators.data_coverage(work, year.id).output_only_projects == ("P",)
    make.measurement(make.indicator(outcomes[0]), year, 3)
    found = indicators.data_coverage(work, year.id)
    assert (found.outcomes.percent, found.outputs.percent) == (Decimal(50), Decimal(100))
    assert found.output_only_projects == ()


def test_r028_a_percentage_is_not_mapped_to_a_count(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        library, families = make.indicator(), make.indicator(unit="families")
        share = make.indicator(measure=Measure.PERCENTAGE, unit="%", over_units=OverUnits.RATIO_OF_SUMS)
    with refused(engine, Invalid, "measure") as work:
        indicators.link_indicators(work, ContributionPlan(share.id, library.id))
    with refused(engine, Invalid, "factor") as work:
        indicators.link_indicators(work, ContributionPlan(families.id, library.id))
    with start() as work:
        plan = ContributionPlan(families.id, library.id, factor=Decimal("4.5"))
        assert indicators.link_indicators(work, plan).factor == Decimal("4.5")


def test_r029_a_people_indicator_without_sex_split_is_flagged(work: Work, make: Make) -> None:
    make.headquarters()
    indicator = make.indicator(code="I", counts_people=True)
    assert indicators.tag_indicator(work, indicator.id, list(Topic)).topics == sorted(Topic)
    assert indicators.missing_splits(work) == (MissingSplit("I", ("sex", "age")),)
    for code in ("sex", "age"):
        axis = indicators.define_dimension(work, code, code, additive=True)
        indicators.split_indicator(work, indicator.id, axis.id)
    assert indicators.missing_splits(work) == ()
