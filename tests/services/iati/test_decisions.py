"""Decisions on adding up and what is published: applied by later imports, kept when something is published anew."""

import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.indicators import Indicator
from rbm.services import series
from rbm.terms.indicators import Additivity, OverUnits
from rbm.work import begin
from tests.conftest import NOW
from tests.services.iati import stored
from tests.services.iati.conftest import Bring
from tests.services.iati.written import counted, plan

KEY = "output/4.2/number"
SAID = ("additivity", "over_units")
SUMMED = {(Additivity.YES, OverUnits.SUM)}


def country(year: int, *values: int, status: str = "") -> tuple[str, ...]:
    """A corporate plan of a year and two operations under it."""
    names = [f"XX-{year}-{number}" for number in range(len(values))]
    parts = [counted(value, title="4.2 Reached", year=year, status=status) for value in values]
    pairs = zip(names, parts, strict=True)
    top = plan(f"XX-{year}", year=year, child=" ".join(names))
    return top, *(plan(name, part, year=year, parent=f"XX-{year}") for name, part in pairs)


def decide(engine: sa.Engine, operator: OverUnits) -> None:
    with begin(engine, SYSTEM, "decide_all", now=NOW) as work:
        series.decide_all(work, [series.Decision(KEY, operator, "why", 1)])


def said(engine: sa.Engine) -> set[tuple[object, ...]]:
    return set(stored.rows(engine, Indicator, *SAID))


def values(engine: sa.Engine) -> list[object]:
    found = stored.figures(engine, Indicator.derived)
    return sorted((row.value for row in found if row.value is not None), key=float)


def test_a_decision_makes_the_figures_of_all_years_and_of_those_to_come(ready: sa.Engine, publish: Bring) -> None:
    publish(*country(2024, 3, 4), name="2024.xml")
    assert (said(ready), values(ready)) == ({(Additivity.UNDECLARED, OverUnits.NONE)}, [])
    decide(ready, OverUnits.SUM)
    publish(*country(2025, 5, 6), name="2025.xml")
    assert said(ready) == SUMMED
    assert values(ready) == [7, 11]


def test_a_decision_may_come_before_what_it_is_about(ready: sa.Engine, publish: Bring) -> None:
    decide(ready, OverUnits.MAX)
    publish(*country(2024, 3, 4))
    assert said(ready) == {(Additivity.YES, OverUnits.MAX)}
    assert values(ready) == [4]


def test_what_is_published_anew_does_not_undo_a_decision(ready: sa.Engine, publish: Bring) -> None:
    publish(*country(2024, 3, 4), name="first.xml")
    decide(ready, OverUnits.SUM)
    publish(*country(2024, 3, 9, status="aggregation-status='0'"), name="second.xml")
    assert said(ready) == SUMMED
    assert values(ready) == [12]


def test_a_decision_that_it_does_not_add_up_stands_before_the_publishers_word(ready: sa.Engine, publish: Bring) -> None:
    publish(*country(2024, 3, 4, status="aggregation-status='1'"), name="first.xml")
    assert values(ready) == [7]
    decide(ready, OverUnits.NONE)
    publish(*country(2025, 5, 6, status="aggregation-status='1'"), name="second.xml")
    assert said(ready) == {(Additivity.NO, OverUnits.NONE)}
    assert values(ready) == []


def test_max_then_sum_waits_for_somebody_to_say_that_people_are_counted(ready: sa.Engine, publish: Bring) -> None:
    decide(ready, OverUnits.MAX_THEN_SUM)
    publish(*country(2024, 3, 4))
    assert said(ready) == {(Additivity.UNDECLARED, OverUnits.NONE)}
