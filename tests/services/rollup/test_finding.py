"""Finding figures: by year or life, level, indicator, office and dimension; the public sees what is released."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.errors import Invalid, NotFound
from rbm.model.indicators import Category, Dimension, Disaggregation, DisaggregationPart, Indicator
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure, FigureExclusion
from rbm.services import rollup
from rbm.services.rollup import FigureQuestion
from rbm.terms.indicators import Additivity
from rbm.terms.people import Role
from rbm.terms.reporting import PeriodKind, PeriodStage, ValueStage
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work, begin
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused

COUNTRY, CORPORATE = FrameworkLevel.COUNTRY, FrameworkLevel.CORPORATE
RELEASED = date(2026, 1, 1)


def found(work: Work, **asked: Any) -> list[Decimal | None]:
    """The values of the figures a question finds, in order."""
    level = asked.pop("level", COUNTRY)
    return [row.value for row in work.session.scalars(rollup.find_figures(work, FigureQuestion(level, **asked)))]


@pytest.fixture
def figures(work: Work, make: Make) -> Make:
    """Two indicators in two offices, in a year, a quarter and a life."""
    facts = {"kind": PeriodKind.QUARTER, "stage": PeriodStage.OPEN, "start": date(2026, 1, 1), "end": date(2026, 3, 31)}
    life = {"kind": PeriodKind.LIFE, "stage": PeriodStage.OPEN, "start": date(2024, 1, 1), "end": date(2027, 12, 31)}
    periods = [make.year(), work.add(Period(code="Q", **facts)), work.add(Period(code="L", **life))]
    for number, title in enumerate(("B 100% of_it", "A 100 of it")):
        office = make.office(code=f"OFF{number}")
        indicator = make.indicator(make.result(make.framework(office=office)), title=title, code=f"Code-{number}")
        for power, period in enumerate(periods):
            make.measurement(indicator, period, 10**power * (number + 1))
    rollup.refresh(work, full=True)
    return make


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ({"year": 2026}, [20, 2, 10, 1]),
        ({"year": 2025}, []),
        ({"year": 2026, "life": True}, [200, 100]),
        ({"year": 2028, "life": True}, []),
        ({"life": True}, [200, 100]),
        ({}, [20, 2, 10, 1]),
        ({"year": 2026, "level": CORPORATE}, []),
        ({"year": 2026, "indicator": "a 100"}, [20, 2]),
        ({"year": 2026, "indicator": "CODE-0"}, [10, 1]),
        ({"year": 2026, "indicator": "100%"}, [10, 1]),
        ({"year": 2026, "indicator": "of_it"}, [10, 1]),
        ({"year": 2026, "indicator": "%"}, [10, 1]),
        ({"year": 2026, "office": "OFF1"}, [20, 2]),
        ({"year": 2026, "office": "OFF%"}, []),
    ],
)
def test_a_question_narrows(work: Work, asked: dict[str, Any], values: list[int]) -> None:
    assert found(work, **asked) == values


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("year", [0, 1899, 2201])
def test_a_year_that_is_none_is_refused(work: Work, year: int) -> None:
    with pytest.raises(Invalid, match="is no year") as refusal:
        found(work, year=year)
    assert refusal.value.field == "year"


def test_a_dimension_gives_one_figure_a_category(work: Work, make: Make) -> None:
    axis = work.add(Dimension(code="sex", label="Sex", additive=True))
    work.add(Dimension(code="age", label="Age group", additive=True))
    indicator, year = make.indicator(), make.year()
    for label, value in (("m", 2), ("f", 3)):
        category = work.add(Category(code=f"sex:{label}", label=label, dimension=axis))
        crossing = work.add(Disaggregation(code=category.code, label=label))
        work.add(DisaggregationPart(disaggregation=crossing, category=category))
        make.measurement(indicator, year, value, disaggregation=crossing)
    rollup.refresh(work, full=True)
    assert found(work, year=2026) == [5]
    assert found(work, year=2026, by="SEX") == [3, 2]
    assert found(work, year=2026, by="age group") == []


def test_an_unknown_dimension_is_refused_with_those_there_are(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        for code in ("sex", "age"):
            work.asked.add("define")  # type: ignore[arg-type]
            work.add(Dimension(code=code, label=code, additive=True))
    with pytest.raises(NotFound, match="no dimension has the code size; there are: age, sex"), start() as work:
        found(work, by="size")
    with refused(engine, NotFound, "by") as work:
        found(work, by="size")


def open_framework(make: Make, level: FrameworkLevel, **facts: Any) -> Indicator:
    """An indicator in a framework that is released."""
    framework = make.framework(level, released_on=RELEASED, **facts)
    return make.indicator(make.result(framework))


def seen(engine: sa.Engine, actor: Actor) -> dict[str, Decimal | None]:
    """What an actor sees of the figures, by code of the indicator."""
    with begin(engine, SYSTEM, "read", now=NOW) as work:
        codes = dict(work.session.execute(sa.select(Indicator.id, Indicator.code)).all())
    with begin(engine, actor, "read", now=NOW) as work:
        return {codes[row.indicator_id]: row.value for row in work.session.scalars(sa.select(Figure))}


def release(start: Begin, code: str) -> None:
    """Release the values of an indicator and roll up."""
    with start() as work:
        work.asked.add("release")  # type: ignore[arg-type]
        indicator = work.find(Indicator, code)
        for row in work.session.scalars(sa.select(Measurement).where(Measurement.indicator_id == indicator.id)):
            row.released_on = RELEASED
        work.flush()
        rollup.refresh(work, full=True)


def test_the_public_sees_a_figure_once_all_values_in_it_are_released(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        year, top, one, two = make.year(), *(open_framework(make, level) for level in (CORPORATE, COUNTRY, COUNTRY))
        top.code, one.code, two.code = "TOP", "ONE", "TWO"
        for power, child in enumerate((one, two)):
            make.contribution(child, top)
            make.measurement(child, year, 10**power)
    release(start, "ONE")
    assert seen(engine, PUBLIC) == {"ONE": 1}
    release(start, "TWO")
    assert seen(engine, PUBLIC) == {"TOP": 11, "ONE": 1, "TWO": 10}


def test_values_left_out_do_not_hide_a_figure_and_waiting_ones_do(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        year, tops = make.year(), [open_framework(make, CORPORATE) for _ in range(2)]
        for number, top in enumerate(tops):
            top.code = f"TOP{number}"
            make.contribution(one := open_framework(make, COUNTRY), top)
            make.measurement(one, year, 1, released_on=RELEASED)
        make.contribution(out := open_framework(make, COUNTRY), tops[0], included=False)
        make.contribution(waits := open_framework(make, COUNTRY), tops[1])
        out.code, waits.code = "OUT", "WAITS"
        make.measurement(out, year, 5)
        make.measurement(waits, year, 5, stage=ValueStage.SUBMITTED)
        rollup.refresh(work, full=True)
    visible = seen(engine, PUBLIC)
    assert visible["TOP0"] == 1
    assert not visible.keys() & {"TOP1", "OUT", "WAITS"}


def test_what_is_left_out_of_a_hidden_figure_is_hidden_as_well(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        top, child = open_framework(make, CORPORATE), open_framework(make, COUNTRY)
        child.additivity = Additivity.UNDECLARED
        make.contribution(child, top)
        make.contribution(other := open_framework(make, COUNTRY), top)
        year = make.year()
        make.measurement(child, year, 1, released_on=RELEASED)
        hidden = make.measurement(other, year, 2)
        rollup.refresh(work, full=True)
    for expected in (0, 1):
        with begin(engine, PUBLIC, "read", now=NOW) as work:
            assert len(work.session.scalars(sa.select(FigureExclusion)).all()) == expected
        with start() as work:
            work.asked.add("release")  # type: ignore[arg-type]
            work.get(Measurement, hidden.id).released_on = RELEASED
            work.flush()
            rollup.refresh(work, full=True)


def test_offices_see_their_own_figures_and_those_above_before_release(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        office, sister = make.office(region), make.office(region)
        codes = {"ABOVE": region, "OWN": office, "SISTER": sister}
        year = make.year()
        for code, place in codes.items():
            indicator = make.indicator(make.result(make.framework(office=place)), code=code)
            make.measurement(indicator, year, 1)
        viewer = make.actor(Role.VIEWER, office)
        rollup.refresh(work, full=True)
    assert seen(engine, viewer).keys() == {"ABOVE", "OWN"}
    assert seen(engine, PUBLIC) == {}
