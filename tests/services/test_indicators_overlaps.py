"""People of one office in one sum by two indicators (R047); populations, accumulation and periods that do not fit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.indicators import Category, Dimension, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import DirtyMark
from rbm.services import indicators
from rbm.services.indicators import ContributionPlan
from rbm.terms.indicators import Accumulation, Composition, OverTime, OverUnits
from rbm.terms.people import Role
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.test_indicators_protocol import PROTOCOL


def services(make: Make, *codes: str) -> list[Indicator]:
    """Counts of people of one office."""
    result = make.result()
    return [make.indicator(result, code=code, counts_people=True) for code in codes]


def period(work: Work, kind: PeriodKind, first: date, last: date) -> Period:
    return work.add(Period(code=f"{kind} {first}", kind=kind, stage=PeriodStage.OPEN, start=first, end=last))


def test_people_of_one_office_are_not_added_unless_said_apart(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        cash, kind, top = *services(make, "CASH", "KIND"), make.indicator(code="TOP", counts_people=True)
        houses = make.indicator(cash.result)
        indicators.link_indicators(work, ContributionPlan(cash.id, top.id))
        indicators.link_indicators(work, ContributionPlan(houses.id, top.id))
    with (
        pytest.raises(Conflict, match="KIND and CASH both count people of one office, and TOP") as refusal,
        start() as work,
    ):
        indicators.link_indicators(work, ContributionPlan(kind.id, top.id))
    assert refusal.value.code == "double_count"
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.link_indicators(work, ContributionPlan(kind.id, top.id))
    with start() as work:
        link = indicators.link_indicators(work, ContributionPlan(kind.id, top.id, non_overlapping=True))
        assert link.non_overlapping is True


def test_what_does_not_add_them_may_have_both(work: Work, make: Make) -> None:
    cash, kind = services(make, "CASH", "KIND")
    reached = make.indicator(over_units=OverUnits.MAX_THEN_SUM, counts_people=True)
    for child in (cash, kind):
        indicators.link_indicators(work, ContributionPlan(child.id, reached.id))
    other, top = *services(make, "OTHER"), make.indicator(counts_people=True)
    for child in (cash, other):
        indicators.link_indicators(work, ContributionPlan(child.id, top.id))


def test_people_of_one_office_do_not_meet_higher_up_either(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        cash, kind, own = services(make, "CASH", "KIND", "OWN")
        left, right, top = (make.indicator(code=code) for code in ("LEFT", "RIGHT", "TOP"))
        for child, parent in ((cash, left), (kind, right), (left, top)):
            indicators.link_indicators(work, ContributionPlan(child.id, parent.id))
    with pytest.raises(Conflict, match="KIND and CASH both count people of one office, and TOP"), start() as work:
        indicators.link_indicators(work, ContributionPlan(right.id, top.id))
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.link_indicators(work, ContributionPlan(own.id, top.id))
    with start() as work:
        apart = indicators.link_indicators(work, ContributionPlan(right.id, top.id, non_overlapping=True))
        indicators.opt_out(work, apart.id)
        indicators.opt_out(work, apart.id, included=True)
        indicators.end_link(work, apart.id, date(2026, 12, 31))


def test_what_an_offices_projects_add_to_its_own_indicator_goes_up_with_it(work: Work, make: Make) -> None:
    project, country = services(make, "PROJECT", "COUNTRY")
    top = make.indicator(counts_people=True)
    indicators.link_indicators(work, ContributionPlan(project.id, country.id))
    indicators.link_indicators(work, ContributionPlan(country.id, top.id))
    second = make.indicator(project.result, counts_people=True)
    indicators.link_indicators(work, ContributionPlan(second.id, country.id, non_overlapping=True))


def test_days_and_opting_out_keep_them_apart(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        cash, kind, top = *services(make, "CASH", "KIND"), make.indicator(counts_people=True)
        first = indicators.link_indicators(work, ContributionPlan(cash.id, top.id, valid_to=date(2025, 12, 31)))
        second = ContributionPlan(kind.id, top.id, valid_from=date(2026, 1, 1))
        second_id = indicators.link_indicators(work, second).id
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.end_link(work, first.id, None)
    with start() as work:
        indicators.opt_out(work, second_id)
        indicators.end_link(work, first.id, None)
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.opt_out(work, second_id, included=True)


def test_the_mark_of_the_later_link_serves_the_earlier_one(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        cash, kind, top = *services(make, "CASH", "KIND"), make.indicator(counts_people=True)
        first = indicators.link_indicators(work, ContributionPlan(cash.id, top.id))
        indicators.link_indicators(work, ContributionPlan(kind.id, top.id, non_overlapping=True))
    with start() as work:
        assert indicators.reweigh_link(work, first.id, Decimal("0.5")).weight == Decimal("0.5")


def test_a_revision_makes_no_overlap_either(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        cash, kind, top = *services(make, "CASH", "KIND"), make.indicator(counts_people=True)
        houses = make.indicator(cash.result)
        reached = make.indicator(over_units=OverUnits.MAX_THEN_SUM, counts_people=True)
        make.contribution(cash, top)
        make.contribution(houses, top)
        make.contribution(cash, reached)
        make.contribution(kind, reached)
    people = replace(PROTOCOL, counts_people=True)
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.revise_indicator(work, houses.id, people)
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.revise_indicator(work, reached.id, people)
    with start() as work:
        assert indicators.revise_indicator(work, top.id, people).counts_people is True


def test_people_a_sum_counts_of_its_own_are_not_added_to_those_of_its_office(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        cash, kind, apart = services(make, "CASH", "KIND", "APART")
        both = {"composition": Composition.OWN_PLUS_CONTRIBUTED, "counts_people": True}
        total = make.indicator(cash.result, code="TOTAL", **both)
        most = make.indicator(cash.result, over_units=OverUnits.MAX_THEN_SUM, **both)
        elsewhere, receiving = make.indicator(**both), make.indicator(cash.result, counts_people=True)
        for parent in (most, elsewhere, receiving):
            indicators.link_indicators(work, ContributionPlan(cash.id, parent.id))
    with pytest.raises(Conflict, match="CASH and TOTAL both count people of one office, and TOTAL"), start() as work:
        indicators.link_indicators(work, ContributionPlan(cash.id, total.id))
    with refused(engine, Conflict, "non_overlapping") as work:
        between = Make(work).indicator()
        indicators.link_indicators(work, ContributionPlan(between.id, total.id))
        indicators.link_indicators(work, ContributionPlan(kind.id, between.id))
    with start() as work:
        indicators.link_indicators(work, ContributionPlan(apart.id, total.id, non_overlapping=True))
    people = replace(PROTOCOL, counts_people=True, composition=Composition.OWN_PLUS_CONTRIBUTED)
    for revised in (most, receiving):
        with refused(engine, Conflict, "non_overlapping") as work:
            indicators.revise_indicator(work, revised.id, people)
    with start() as work:
        assert indicators.revise_indicator(work, elsewhere.id, people).counts_people is True
        assert indicators.revise_indicator(work, total.id, people).composition is Composition.OWN_PLUS_CONTRIBUTED


def test_a_sum_that_begins_to_count_people_of_its_own_is_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        [cash] = services(make, "CASH")
        both = make.indicator(cash.result, composition=Composition.OWN_PLUS_CONTRIBUTED)
        make.contribution(cash, both)
    people = replace(PROTOCOL, counts_people=True, composition=Composition.OWN_PLUS_CONTRIBUTED)
    with refused(engine, Conflict, "non_overlapping") as work:
        indicators.revise_indicator(work, both.id, people)
    with start() as work:
        received = replace(people, composition=Composition.CONTRIBUTED_ONLY)
        assert indicators.revise_indicator(work, both.id, received).counts_people is True


def test_a_population_bounds_people_only(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        result = Make(work).result()
        bounded = replace(PROTOCOL, counts_people=True, population=Decimal(400_000))
        assert indicators.define_indicator(work, result.id, "I", "People", bounded).population == Decimal(400_000)
    for facts in (
        {"population": Decimal(1)},
        {"population": Decimal(0), "counts_people": True},
        {"population": Decimal(-1), "counts_people": True},
        {"population": Decimal("0.0000001"), "counts_people": True},
    ):
        with refused(engine, Invalid, "population") as work:
            indicators.define_indicator(work, result.id, "J", "People", replace(PROTOCOL, **facts))


TO_DATE = {"accumulation": Accumulation.RUNNING_TOTAL, "over_time": OverTime.LAST}
CUMULATED = {"accumulation": Accumulation.INCREMENTS_CUMULATED, "over_time": OverTime.LAST}


@pytest.mark.parametrize(
    ("child", "parent", "field"),
    [
        (TO_DATE, {}, "accumulation"),
        ({}, TO_DATE, "accumulation"),
        ({}, CUMULATED, "accumulation"),
        ({"frequency": "Yearly"}, {"frequency": "quarterly"}, "frequency"),
        ({"frequency": "quarterly"}, {"frequency": "monthly"}, "frequency"),
    ],
)
def test_what_covers_other_periods_is_not_linked(
    start: Begin, engine: sa.Engine, child: dict[str, Any], parent: dict[str, Any], field: str
) -> None:
    with start() as work:
        make = Make(work)
        lower, upper = make.indicator(**child), make.indicator(**parent)
    with refused(engine, Invalid, field) as work:
        indicators.link_indicators(work, ContributionPlan(lower.id, upper.id))


def test_totals_to_date_add_up_and_months_enter_years(work: Work, make: Make) -> None:
    top, months = make.indicator(**TO_DATE), make.indicator(**CUMULATED, frequency="monthly")
    indicators.link_indicators(work, ContributionPlan(months.id, top.id))
    year, quarter = make.indicator(frequency="yearly"), make.indicator(frequency="quarterly")
    odd = make.indicator(frequency="after each harvest")
    for child in (quarter, odd):
        indicators.link_indicators(work, ContributionPlan(child.id, year.id))


def test_a_revision_does_not_change_what_a_link_rests_on(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        child, parent = make.indicator(), make.indicator(frequency="quarterly")
        make.contribution(child, parent)
    with refused(engine, Invalid, "accumulation") as work:
        indicators.revise_indicator(work, child.id, replace(PROTOCOL, **TO_DATE))
    with refused(engine, Invalid, "frequency") as work:
        indicators.revise_indicator(work, child.id, replace(PROTOCOL, frequency="yearly"))


def test_periods_that_lie_within_none_of_the_parent_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        yearly, monthly, fiscal, life, top = (make.indicator() for _ in range(5))
        year = make.year()
        june = period(work, PeriodKind.MONTH, date(2026, 6, 1), date(2026, 6, 30))
        other = period(work, PeriodKind.YEAR, date(2025, 7, 1), date(2026, 6, 30))
        whole = period(work, PeriodKind.LIFE, date(2020, 1, 1), date(2030, 12, 31))
        for indicator, reported in ((yearly, year), (monthly, june), (fiscal, other), (life, whole), (top, year)):
            make.measurement(indicator, reported, 1)
    with refused(engine, Invalid, "child_id") as work:
        indicators.link_indicators(work, ContributionPlan(yearly.id, monthly.id))
    with refused(engine, Invalid, "child_id") as work:
        indicators.link_indicators(work, ContributionPlan(fiscal.id, top.id))
    with start() as work:
        for child in (yearly, monthly, life):
            indicators.link_indicators(work, ContributionPlan(child.id, top.id))


def test_a_factor_converts_and_takes_nothing_away(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        child, parent = make.indicator(), make.indicator()
    with refused(engine, Invalid, "factor") as work:
        indicators.link_indicators(work, ContributionPlan(child.id, parent.id, factor=Decimal(-1)))


def test_what_no_longer_adds_up_marks_all_it_splits(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        sex = work.add(Dimension(code="sex", label="Sex", additive=True))
        women = work.add(Category(code="women", label="Women", dimension=sex))
        crossing = indicators.disaggregation_of(work, [women.id])
        split, whole = make.indicator(), make.indicator()
        year = make.year()
        make.measurement(split, year, 1, disaggregation=crossing)
        make.measurement(whole, year, 1)
        reporter = make.actor(Role.REPORTER, make.office())
    with start() as work:
        revised = indicators.revise_dimension(work, sex.id, " Gender ", additive=False)
        assert (revised.label, revised.additive) == ("Gender", False)
        found = work.session.scalars(sa.select(DirtyMark)).all()
        assert [(mark.indicator_id, mark.cause) for mark in found] == [(split.id, "revise_dimension")]
    with refused(engine, Forbidden, None, reporter) as work:
        indicators.revise_dimension(work, sex.id, "Sex", additive=True)
    with refused(engine, Invalid, "label") as work:
        indicators.revise_dimension(work, sex.id, " ", additive=True)
    with refused(engine, NotFound, "dimension_id") as work:
        indicators.revise_dimension(work, women.id, "Sex", additive=True)
