"""Figures opened: exactly what entered them, what was left out and why, and how they changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbm.errors import Invalid, NotFound
from rbm.model.indicators import Category, Dimension, Disaggregation, DisaggregationPart, Indicator
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.services import rollup
from rbm.terms.indicators import Additivity, Composition, Measure, MissingPolicy, OverUnits
from rbm.terms.reporting import ValueStage, Verification
from rbm.terms.rollup import Reason
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

SPANS: tuple[dict[str, Any], ...] = ({}, {"valid_to": date(2025, 6, 30)}, {"valid_from": date(2026, 6, 1)})


@contextmanager
def undone(start: Begin) -> Iterator[Work]:
    """A unit of work that leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), start() as work:
        yield work
        raise ZeroDivisionError


def crossings(work: Work) -> list[Disaggregation | None]:
    """No crossing, one of each of two categories, and one of a second dimension."""
    made: list[Disaggregation | None] = [None]
    for dimension, categories in (("sex", "fm"), ("age", "y")):
        axis = work.add(Dimension(code=dimension, label=dimension, additive=True))
        for word in categories:
            category = work.add(Category(code=f"{dimension}:{word}", label=word, dimension=axis))
            crossing = work.add(Disaggregation(code=category.code, label=word))
            work.add(DisaggregationPart(disaggregation=crossing, category=category))
            made.append(crossing)
    return made


def figure(work: Work, indicator: Indicator, period: Period) -> Figure:
    """The total of an indicator."""
    query = sa.select(Figure).where(Figure.indicator_id == indicator.id, Figure.whole())
    return work.session.scalars(query.where(Figure.period_id == period.id)).one()


def rolled_up(work: Work, indicator: Indicator, period: Period) -> Figure:
    """The total of an indicator once everything is rolled up."""
    rollup.refresh(work, full=True)
    return figure(work, indicator, period)


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_figure_opens_to_adds_up_to_it(start: Begin, data: st.DataObject) -> None:
    """Stated totals beside parts, links left out or out of date, every composition, values not approved."""
    with undone(start) as work:
        make, crossed = Make(work), crossings(work)
        framework, periods = make.framework(), [make.year(2025), make.year(2026)]
        nodes: list[Indicator] = []
        for number in range(data.draw(st.integers(2, 6))):
            words = {"composition": data.draw(st.sampled_from(Composition)), "missing_policy": MissingPolicy.EXCLUDE}
            words["additivity"] = data.draw(st.sampled_from([Additivity.YES, Additivity.YES, Additivity.UNDECLARED]))
            nodes.append(make.indicator(make.result(framework), **words))
            if number:
                facts = {"included": data.draw(st.integers(0, 3)) > 0} | data.draw(st.sampled_from(SPANS))
                make.contribution(nodes[-1], nodes[data.draw(st.integers(0, number - 1))], **facts)
            for _ in range(data.draw(st.integers(0, 3))):
                where = {"disaggregation": data.draw(st.sampled_from(crossed)), "occurrence": 1}
                where["stage"] = data.draw(st.sampled_from([ValueStage.APPROVED] * 3 + [ValueStage.SUBMITTED]))
                value = data.draw(st.none() | st.integers(-1000, 1000))
                make.measurement(nodes[-1], data.draw(st.sampled_from(periods)), value, **where)
        rollup.refresh(work, full=True)
        for each in work.session.scalars(sa.select(Figure)).all():
            entered = work.session.scalars(rollup.find_measurements(work, each.id)).all()
            values = [row.value for row in entered]
            assert each.value == (sum(value for value in values if value is not None) if values else None)
            assert {row.period_id for row in entered} <= {each.period_id}


def test_a_stated_total_opens_to_itself_and_not_to_its_parts(work: Work, make: Make) -> None:
    total, part, _, _ = crossings(work)
    indicator, period = make.indicator(), make.year()
    stated = make.measurement(indicator, period, 9, disaggregation=total)
    split = make.measurement(indicator, period, 4, disaggregation=part)
    whole = rolled_up(work, indicator, period)
    assert work.session.scalars(rollup.find_measurements(work, whole.id)).all() == [stated]
    category = work.session.scalars(sa.select(Figure).where(Figure.category_id.is_not(None))).one()
    assert work.session.scalars(rollup.find_measurements(work, category.id)).all() == [split]


def test_an_explanation_names_every_child_and_why_it_stays_out(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator(composition=Composition.OWN_PLUS_CONTRIBUTED)
    office = make.office(code="OFF", name="Office of all")
    framework = make.framework(office=office)
    facts: dict[str, dict[str, Any]] = {
        "1-in": {},
        "2-undeclared": {"additivity": Additivity.UNDECLARED},
        "3-out": {},
        "4-silent": {},
        "5-late": {},
    }
    children = {code: make.indicator(make.result(framework), code=code, **each) for code, each in facts.items()}
    for code, child in children.items():
        span = {"valid_from": date(2030, 1, 1)} if code == "5-late" else {}
        make.contribution(child, top, weight=Decimal("0.5"), included=code != "3-out", **span)
        if code != "4-silent":
            make.measurement(child, period, 8)
    make.measurement(top, period, 1)
    opened = rollup.explain(work, rolled_up(work, top, period).id)
    assert (opened.measurements, opened.units, opened.measured) == (2, 2, 9)
    assert [(each.indicator, each.value, each.reason) for each in opened.contributions] == [
        (top.code, 1, None),
        ("1-in", 8, None),
        ("2-undeclared", 8, Reason.ADDITIVITY_UNDECLARED),
        ("3-out", 8, Reason.OPTED_OUT),
        ("4-silent", None, Reason.NO_VALUE),
    ]
    assert {(each.office, each.office_name, each.weight, each.factor) for each in opened.contributions[1:]} == {
        ("OFF", "Office of all", Decimal("0.5"), Decimal(1))
    }
    assert figure(work, top, period).value == 5


def test_a_figure_without_a_value_opens_to_nothing_and_says_why(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator(over_units=OverUnits.RATIO_OF_SUMS, measure=Measure.PERCENTAGE)
    for _ in range(2):
        child = make.indicator(over_units=OverUnits.RATIO_OF_SUMS, measure=Measure.PERCENTAGE)
        make.contribution(child, top)
        make.measurement(child, period, 50)
    opened = rollup.explain(work, rolled_up(work, top, period).id)
    assert (opened.measurements, opened.units, opened.measured) == (0, 0, None)
    assert [each.reason for each in opened.contributions] == [Reason.PERCENTAGE_WITHOUT_PARTS] * 2


def test_rejected_and_unapproved_values_do_not_enter(work: Work, make: Make) -> None:
    period, indicator = make.year(), make.indicator()
    good = make.measurement(indicator, period, 1)
    make.measurement(indicator, period, 2, verification=Verification.REJECTED, occurrence=2)
    make.measurement(indicator, period, 4, stage=ValueStage.SUBMITTED, occurrence=3)
    made = rolled_up(work, indicator, period)
    assert (made.value, made.self_reported) == (1, 5)
    assert work.session.scalars(rollup.find_measurements(work, made.id)).all() == [good]


def test_of_several_links_in_a_period_the_one_valid_longest_counts(work: Work, make: Make) -> None:
    period, top, child = make.year(), make.indicator(), make.indicator()
    make.contribution(child, top, weight=Decimal("0.5"), valid_to=date(2026, 6, 30))
    make.contribution(child, top, weight=Decimal("0.25"), valid_from=date(2026, 7, 1))
    make.measurement(child, period, 8)
    made = rolled_up(work, top, period)
    [contribution] = rollup.explain(work, made.id).contributions
    assert (made.value, contribution.weight) == (2, Decimal("0.25"))


@pytest.mark.parametrize("service", [rollup.explain, rollup.find_measurements])
def test_a_figure_that_is_not_there_is_not_found(engine: sa.Engine, service: Any) -> None:
    with refused(engine, NotFound, "figure_id") as work:
        service(work, 77)


def test_a_change_is_split_by_office_and_adds_up(work: Work, make: Make) -> None:
    before, after, top = make.year(2025), make.year(2026), make.indicator()
    values = {"same": (10, 15), "new": (None, 4), "gone": (3, None)}
    for pair in values.values():
        child = make.indicator(make.result(make.framework(office=make.office())))
        make.contribution(child, top, weight=Decimal("0.5"))
        for period, value in zip((before, after), pair, strict=True):
            if value is not None:
                make.measurement(child, period, value)
    rollup.refresh(work, full=True)
    first, last = figure(work, top, before), figure(work, top, after)
    change = rollup.change_between(work, first.id, last.id)
    assert (change.same_before, change.same_after, change.same_percent) == (5_000_000, 7_500_000, 50)
    assert (change.same_units, change.new_units, change.new_total, change.gone_units, change.gone_total) == (
        *(1, 1, 2_000_000),
        *(1, 1_500_000),
    )
    assert (first.value, last.value) == (Decimal("6.5"), Decimal("9.5"))


@pytest.mark.parametrize("facts", [{"additivity": Additivity.NO}, {"over_units": OverUnits.MEDIAN}])
def test_what_does_not_add_up_has_no_change_by_unit(engine: sa.Engine, start: Begin, facts: dict[str, Any]) -> None:
    with start() as work:
        make = Make(work)
        period, indicator = make.year(), make.indicator(**facts)
        make.measurement(indicator, period, 1)
        made = rolled_up(work, indicator, period)
    with refused(engine, Invalid, "before_id") as work:
        rollup.change_between(work, made.id, made.id)


def test_measurements_come_in_the_order_they_were_recorded(work: Work, make: Make) -> None:
    period, indicator = make.year(), make.indicator()
    rows = [make.measurement(indicator, period, value, occurrence=value) for value in (1, 2, 3)]
    made = rolled_up(work, indicator, period)
    found: list[Measurement] = list(work.session.scalars(rollup.find_measurements(work, made.id)))
    assert found == rows
