"""Indicators: their protocol, revision, review, tags; dimensions and crossings."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.indicators import Disaggregation, DisaggregationPart, Indicator
from rbm.model.rollup import DirtyMark
from rbm.services import indicators
from rbm.services.indicators import IndicatorProtocol
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Direction,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
    Topic,
)
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkStage
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

PROTOCOL = IndicatorProtocol(
    definition="People reached",
    rationale="Reaching them is the result",
    measure=Measure.NUMBER,
    direction=Direction.INCREASE,
    over_units=OverUnits.SUM,
    over_time=OverTime.SUM,
    unit="people",
)


def marks(work: Work) -> list[tuple[Any, str]]:
    found = work.session.scalars(sa.select(DirtyMark).order_by(DirtyMark.id))
    return [(mark.indicator_id, mark.cause) for mark in found]


def test_an_indicator_keeps_its_whole_protocol(work: Work, make: Make) -> None:
    whole = replace(PROTOCOL, source="Registry", method="Count", frequency="yearly", counts_people=True)
    made = indicators.define_indicator(work, make.result().id, " I1 ", " People ", whole)
    assert (made.code, made.title, made.definition, made.unit) == ("I1", "People", "People reached", "people")
    assert (made.measure, made.direction) == (Measure.NUMBER, Direction.INCREASE)
    assert (made.accumulation, made.missing_policy) == (Accumulation.PERIODIC, MissingPolicy.EXCLUDE)
    assert (made.over_units, made.over_time) == (OverUnits.SUM, OverTime.SUM)
    assert (made.composition, made.additivity) == (Composition.OWN_ONLY, Additivity.UNDECLARED)
    assert (made.source, made.method, made.frequency, made.counts_people) == ("Registry", "Count", "yearly", True)
    assert (made.rationale, made.fitness, made.derived) == ("Reaching them is the result", Fitness.NOT_REVIEWED, False)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"rationale": ""}, "rationale"),
        ({"definition": "  "}, "definition"),
        ({"unit": None}, "unit"),
        ({"unit": " ", "measure": Measure.PERCENTAGE}, "unit"),
        ({"over_units": OverUnits.RATIO_OF_SUMS}, "over_units"),
        ({"over_units": OverUnits.MAX_THEN_SUM}, "over_units"),
        ({"measure": Measure.PERCENTAGE}, "over_units"),
        ({"measure": Measure.PERCENTAGE, "over_units": OverUnits.RATIO_OF_SUMS}, "over_time"),
        ({"accumulation": Accumulation.RUNNING_TOTAL}, "over_time"),
        ({"measure": Measure.SCORE, "accumulation": Accumulation.RUNNING_TOTAL}, "accumulation"),
    ],
)
def test_a_protocol_that_is_incomplete_or_illegal_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        make = Make(work)
        result, present = make.result(), make.indicator()
    with refused(engine, Invalid, field) as work:
        indicators.define_indicator(work, result.id, "I", "Title", replace(PROTOCOL, **facts))
    with refused(engine, Invalid, field) as work:
        indicators.revise_indicator(work, present.id, replace(PROTOCOL, **facts))


@pytest.mark.parametrize("measure", [Measure.NARRATIVE, Measure.MILESTONE])
def test_what_is_no_number_needs_no_unit(work: Work, make: Make, measure: Measure) -> None:
    protocol = replace(PROTOCOL, measure=measure, unit=None, over_units=OverUnits.NONE, over_time=OverTime.LAST)
    assert indicators.define_indicator(work, make.result().id, "I", "Title", protocol).unit is None


def test_blank_and_taken_codes_unknown_and_closed_results_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        taken, closed = make.indicator(code="TAKEN"), make.result(make.framework(stage=FrameworkStage.CLOSED))
        result = make.result()
    with refused(engine, Invalid, "code") as work:
        indicators.define_indicator(work, result.id, "", "Title", PROTOCOL)
    with refused(engine, Invalid, "title") as work:
        indicators.define_indicator(work, result.id, "I", " ", PROTOCOL)
    with refused(engine, Conflict, "code") as work:
        indicators.define_indicator(work, result.id, "TAKEN", "Title", PROTOCOL)
    with refused(engine, NotFound, "result_id") as work:
        indicators.define_indicator(work, taken.id, "I", "Title", PROTOCOL)
    with refused(engine, Conflict, "framework_id") as work:
        indicators.define_indicator(work, closed.id, "I", "Title", PROTOCOL)


def test_a_revision_replaces_the_protocol_and_marks_the_figure(work: Work, make: Make) -> None:
    indicator = make.indicator(fitness=Fitness.FIT, fitness_note="Good", title="Old")
    protocol = replace(PROTOCOL, over_units=OverUnits.MAX, additivity=Additivity.NO)
    revised = indicators.revise_indicator(work, indicator.id, protocol, "New")
    assert (revised.title, revised.over_units, revised.additivity) == ("New", OverUnits.MAX, Additivity.NO)
    assert (revised.fitness, revised.fitness_note) == (Fitness.NOT_REVIEWED, None)
    assert indicators.revise_indicator(work, indicator.id, protocol).title == "New"
    assert marks(work) == [(indicator.id, "revise_indicator")] * 2


def test_a_revision_does_not_make_an_unfit_indicator_fit(work: Work, make: Make) -> None:
    unfit = make.indicator(fitness=Fitness.UNFIT, fitness_note="Measures something else")
    revised = indicators.revise_indicator(work, unfit.id, PROTOCOL)
    assert (revised.fitness, revised.fitness_note) == (Fitness.UNFIT, "Measures something else")


def test_the_measure_stays_under_values_and_the_unit_under_links(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        measured, child, parent = make.indicator(), make.indicator(), make.indicator()
        make.measurement(measured, make.year(), 5)
        make.contribution(child, parent)
    score = replace(PROTOCOL, measure=Measure.SCORE, over_units=OverUnits.MEAN, over_time=OverTime.MEAN)
    with refused(engine, Conflict, "measure") as work:
        indicators.revise_indicator(work, measured.id, score)
    with refused(engine, Invalid, "measure") as work:
        indicators.revise_indicator(work, child.id, score)
    with refused(engine, Invalid, "factor") as work:
        indicators.revise_indicator(work, parent.id, replace(PROTOCOL, unit="families"))
    with refused(engine, Invalid, "title") as work:
        indicators.revise_indicator(work, measured.id, PROTOCOL, " ")
    with start() as work:
        assert indicators.revise_indicator(work, child.id, replace(PROTOCOL, unit="People")).unit == "People"


def test_a_review_judges_and_marks(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        indicator, other = make.indicator(), make.indicator()
        reporter, verifier = make.actor(Role.REPORTER), make.actor(Role.VERIFIER)
    with start(verifier) as work:
        unfit = indicators.review_indicator(work, indicator.id, Fitness.UNFIT, " Counts events ")
        assert (unfit.fitness, unfit.fitness_note) == (Fitness.UNFIT, "Counts events")
        fit = indicators.review_indicator(work, other.id, Fitness.FIT)
        assert (fit.fitness, fit.fitness_note) == (Fitness.FIT, None)
        assert list(work.session.scalars(indicators.find_indicators(fitness=Fitness.UNFIT))) == [unfit]
        assert list(work.session.scalars(indicators.find_indicators(result_id=other.result_id))) == [fit]
    with start() as work:
        assert marks(work) == [(key.id, "review_indicator") for key in (indicator, other)]
    with refused(engine, Invalid, "note") as work:
        indicators.review_indicator(work, other.id, Fitness.UNFIT)
    with refused(engine, Invalid, "fitness") as work:
        indicators.review_indicator(work, other.id, Fitness.NOT_REVIEWED)
    with refused(engine, Forbidden, None, reporter) as work:
        indicators.review_indicator(work, other.id, Fitness.FIT)


def test_tags_replace_one_another(work: Work, make: Make) -> None:
    indicator = make.indicator()
    tagged = indicators.tag_indicator(work, indicator.id, [Topic.RIGHTS, Topic.GENDER, Topic.RIGHTS])
    assert tagged.topics == ["gender", "rights"]
    assert indicators.tag_indicator(work, indicator.id, []).topics is None


def test_dimensions_and_categories_are_defined_at_headquarters(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        country, results = make.actor(Role.REPORTER, make.office()), make.actor(Role.HQ_RESULTS)
    with start(results) as work:
        sex = indicators.define_dimension(work, " sex ", "Sex", additive=True)
        woman = indicators.define_category(work, sex.id, "female", "Women and girls")
        assert (sex.code, sex.label, sex.additive, woman.dimension_id) == ("sex", "Sex", True, sex.id)
        assert list(work.session.scalars(indicators.find_dimensions())) == [sex]
    with refused(engine, Forbidden, None, country) as work:
        indicators.define_dimension(work, "age", "Age", additive=True)
    with refused(engine, Forbidden, None, country) as work:
        indicators.define_category(work, sex.id, "male", "Men and boys")
    with refused(engine, Invalid, "label") as work:
        indicators.define_dimension(work, "age", "", additive=True)
    with refused(engine, Conflict, "code") as work:
        indicators.define_dimension(work, "sex", "Sex", additive=True)
    with refused(engine, Invalid, "code") as work:
        indicators.define_category(work, sex.id, "a|b", "Both")
    with refused(engine, Conflict, "code") as work:
        indicators.define_category(work, sex.id, "female", "Women")
    with refused(engine, NotFound, "dimension_id") as work:
        indicators.define_category(work, woman.id, "male", "Men and boys")


def test_an_indicator_is_split_along_a_dimension_once(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        indicator, viewer = make.indicator(), make.actor(Role.VIEWER)
        sex = indicators.define_dimension(work, "sex", "Sex", additive=True)
        indicators.split_indicator(work, indicator.id, sex.id)
        assert indicators.dimensions_of(work, indicator) == {sex.id}
    with refused(engine, Conflict, "dimension_id") as work:
        indicators.split_indicator(work, indicator.id, sex.id)
    with refused(engine, Forbidden, None, viewer) as work:
        indicators.split_indicator(work, indicator.id, sex.id)
    with refused(engine, Forbidden, None, viewer) as work:
        indicators.tag_indicator(work, indicator.id, [Topic.RIGHTS])
    with refused(engine, Forbidden, None, viewer) as work:
        indicators.revise_indicator(work, indicator.id, PROTOCOL)
    with refused(engine, Forbidden, None, viewer) as work:
        indicators.define_indicator(work, indicator.result_id, "I", "Title", PROTOCOL)


def test_a_crossing_is_made_once_in_any_order(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        Make(work).headquarters()
        sex = indicators.define_dimension(work, "sex", "Sex", additive=True)
        age = indicators.define_dimension(work, "age", "Age", additive=True)
        female = indicators.define_category(work, sex.id, "female", "Women and girls")
        male = indicators.define_category(work, sex.id, "male", "Men and boys")
        child = indicators.define_category(work, age.id, "child", "Under 18")
        crossing = indicators.disaggregation_of(work, [female.id, child.id])
        assert (crossing.code, crossing.label) == ("child|female", "Under 18, Women and girls")
        assert indicators.disaggregation_of(work, [child.id, female.id]) is crossing
        parts = work.session.scalars(sa.select(DisaggregationPart.category_id)).all()
        assert sorted(parts) == sorted([female.id, child.id])
        assert len(work.session.scalars(sa.select(Disaggregation)).all()) == 1
    with refused(engine, Invalid, "category_ids") as work:
        indicators.disaggregation_of(work, [female.id, male.id])
    with refused(engine, Invalid, "category_ids") as work:
        indicators.disaggregation_of(work, [])
    with refused(engine, NotFound, "category_ids") as work:
        indicators.disaggregation_of(work, [sex.id])


def test_a_neighbours_indicator_is_not_found(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        draft = make.indicator(make.result(make.framework(stage=FrameworkStage.DRAFT, approved_on=None)))
        neighbour = make.actor(Role.REPORTER, make.office())
    with refused(engine, NotFound, "indicator_id", neighbour) as work:
        indicators.revise_indicator(work, draft.id, PROTOCOL)
    with start(neighbour) as work:
        assert work.session.scalars(sa.select(Indicator)).all() == []
