"""Additivity decided: the worklist, decisions for all years, imports that apply them, refusals."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from rbm.model.indicators import Indicator
from rbm.model.rollup import DirtyMark, Figure
from rbm.model.series import AggregationDecision
from rbm.services import indicators, rollup, series
from rbm.services.indicators import ContributionPlan
from rbm.services.series import Decision
from rbm.terms.indicators import Additivity, Composition, Measure, OverUnits
from rbm.terms.people import Role
from rbm.terms.rollup import Reason
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused

KEY = "outcome/4.2/number"
UNDECLARED = {"additivity": Additivity.UNDECLARED, "over_units": OverUnits.NONE}


def two_years(make: Make, **facts: object) -> dict[int, Indicator]:
    """An undeclared parent for each of two years, with children in two offices that have 3 and 4."""
    offices, tops = [make.office(), make.office()], {}
    for year in (2024, 2025):
        words = UNDECLARED | {"title": f"4.2 Reached in {year}"} | facts
        tops[year] = make.indicator(make.result(make.framework(office=make.headquarters())), derived=True, **words)
        period = make.year(year)
        for office, value in zip(offices, (3, 4), strict=True):
            child = make.indicator(
                make.result(make.framework(office=office)), composition=Composition.OWN_ONLY, **words
            )
            make.contribution(child, tops[year])
            make.measurement(child, period, value)
    rollup.refresh(make.work, full=True)
    return tops


def totals(work: Work, tops: dict[int, Indicator]) -> list[tuple[Decimal | None, Reason | None]]:
    rollup.refresh(work)
    query = sa.select(Figure.value, Figure.reason).where(Figure.whole())
    found = [work.session.execute(query.where(Figure.indicator_id == top.id)).one() for top in tops.values()]
    return [(row.value, row.reason) for row in found]


def test_a_decision_serves_all_years_and_brings_the_figures_up_to_date(work: Work, make: Make) -> None:
    tops = two_years(make)
    assert totals(work, tops) == [(None, Reason.ADDITIVITY_UNDECLARED)] * 2
    row = series.decide_aggregation(work, KEY, OverUnits.SUM, "units do not overlap")
    assert (row.edition, row.current, row.decided_at, row.decided_by_id) == (1, True, NOW, None)
    marked = work.session.scalars(sa.select(DirtyMark.indicator_id).where(DirtyMark.cause == "decide_aggregation"))
    assert len(set(marked)) == 6
    assert totals(work, tops) == [(7, None)] * 2


def test_a_later_decision_is_another_edition_and_none_means_that_it_does_not_add_up(work: Work, make: Make) -> None:
    tops = two_years(make)
    for operator in (OverUnits.MAX, OverUnits.NONE):
        series.decide_aggregation(work, KEY, operator, f"by {operator}")
    assert totals(work, tops) == [(None, Reason.NOT_ADDITIVE)] * 2
    columns = (AggregationDecision.edition, AggregationDecision.operator, AggregationDecision.current)
    rows = work.session.execute(sa.select(*columns).order_by(AggregationDecision.edition)).all()
    assert [tuple(row) for row in rows] == [(1, OverUnits.MAX, False), (2, OverUnits.NONE, True)]
    assert series.decided(work) == {KEY: OverUnits.NONE}


@pytest.mark.parametrize(
    ("decision", "kind", "field"),
    [
        (Decision(KEY, OverUnits.RATIO_OF_SUMS, "why"), Invalid, "operator"),
        (Decision(KEY, OverUnits.MAX_THEN_SUM, "why"), Invalid, "operator"),
        (Decision(KEY, OverUnits.SUM, "  "), Invalid, "reason"),
        (Decision("outcome/4.2", OverUnits.SUM, "why"), Invalid, "key"),
        (Decision("outcome/4.3/number", OverUnits.SUM, "why"), NotFound, "key"),
        (Decision("outcome/4.2/percentage", OverUnits.SUM, "why"), Invalid, "operator"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_its_field(
    engine: sa.Engine, start: Begin, decision: Decision, kind: type[Refusal], field: str
) -> None:
    with start() as work:
        two_years(Make(work))
    with refused(engine, kind, field) as work:
        series.decide_aggregation(work, decision.key, decision.operator, decision.reason)


def test_a_country_does_not_decide_for_all(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        two_years(make)
        actor = make.actor(Role.HQ_RESULTS, make.office())
    with refused(engine, Forbidden, None, actor) as work:
        series.decide_aggregation(work, KEY, OverUnits.SUM, "why")


def test_many_decisions_are_taken_whole_or_not_at_all(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        two_years(Make(work))
    decisions = [Decision(KEY, OverUnits.SUM, "why", 2), Decision(KEY, OverUnits.SHARE_YES, "why", 3)]
    with refused(engine, Invalid, "operator") as work:
        series.decide_all(work, decisions)
    with start() as work:
        made = series.decide_all(work, [decisions[0], Decision("goal/9/number", OverUnits.SUM, "still to come", 3)])
        assert [row.edition for row in made] == [1, 1]


def test_the_worklist_begins_with_what_concerns_most(work: Work, make: Make) -> None:
    two_years(make)
    alone = make.indicator(composition=Composition.OWN_ONLY, title="9.1 Alone", **UNDECLARED)
    make.measurement(alone, make.year(2026), 1_000_000)
    make.indicator(title="9.2 Silent", measure=Measure.SCORE, **UNDECLARED)
    make.indicator(title="9.3 Declared")
    found = series.aggregation_worklist(work)
    assert [(each.key, each.units, each.indicators, each.values, each.total) for each in found] == [
        (KEY, 2, 4, 4, 14),
        ("outcome/9.1/number", 1, 1, 1, 1_000_000),
        ("outcome/9.2/score", 0, 1, 0, 0),
    ]
    assert OverUnits.RATIO_OF_SUMS not in found[0].operators
    assert [each.key for each in series.aggregation_worklist(work, 1)] == [KEY]
    series.decide_aggregation(work, KEY, OverUnits.SUM, "why")
    assert KEY not in {each.key for each in series.aggregation_worklist(work)}


@pytest.mark.parametrize("first", [0, 1001])
def test_a_worklist_has_a_length(engine: sa.Engine, first: int) -> None:
    with refused(engine, Invalid, "first") as work:
        series.aggregation_worklist(work, first)


def test_a_decision_adds_no_people_of_one_office(start: Begin, engine: sa.Engine) -> None:
    people = {"counts_people": True}
    with start() as work:
        make = Make(work)
        make.headquarters()
        reached = make.indicator(title="4.2 Reached", code="TOP", over_units=OverUnits.MAX_THEN_SUM, **people)
        first, second = make.result(), make.result()
        for title, result in (("9.1 Cash", first), ("9.2 Kind", first), ("9.3 Other", second)):
            indicators.link_indicators(
                work, ContributionPlan(make.indicator(result, title=title, **people).id, reached.id)
            )
        alone = make.indicator(title="5.1 Served", over_units=OverUnits.MAX_THEN_SUM, **people)
        indicators.link_indicators(
            work, ContributionPlan(make.indicator(first, title="9.4 Meals", **people).id, alone.id)
        )
    with refused(engine, Conflict, "operator") as work:
        series.decide_aggregation(work, KEY, OverUnits.SUM, "because")
    with (
        pytest.raises(Conflict, match=r"^line 3: .* both count people of one office, and TOP would add"),
        start() as work,
    ):
        series.decide_all(work, [Decision(KEY, OverUnits.SUM, "because", 3)])
    with start() as work:
        assert series.decide_aggregation(work, "outcome/5.1/number", OverUnits.SUM, "one service").edition == 1
        assert work.session.get_one(Indicator, alone.id).over_units is OverUnits.SUM
        assert work.session.get_one(Indicator, reached.id).over_units is OverUnits.MAX_THEN_SUM


@pytest.mark.parametrize("again", [KEY, f" {KEY} "])
def test_two_lines_on_one_key_are_refused_and_nothing_is_decided(start: Begin, engine: sa.Engine, again: str) -> None:
    with start() as work:
        indicator = Make(work).indicator(title="4.2 Reached", additivity=Additivity.UNDECLARED)
    decisions = [
        Decision(KEY, OverUnits.SUM, "adds up", 2),
        Decision("goal/9/number", OverUnits.SUM, "adds up", 3),
        Decision(again, OverUnits.MEAN, "an average", 5),
    ]
    with refused(engine, Invalid, "key") as work:
        series.decide_all(work, decisions)
    with pytest.raises(Invalid, match=f"^line 5: line 2 decides on {KEY} already$"), start() as work:
        series.decide_all(work, decisions)
    with start() as work:
        assert series.decided(work) == {}
        assert work.session.get_one(Indicator, indicator.id).additivity is Additivity.UNDECLARED
