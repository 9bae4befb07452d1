"""A series over strategies: points, seams, segments, and every change decomposed by unit."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import NotFound
from rbm.model.indicators import Indicator
from rbm.services import rollup, series
from rbm.services.series import Succession, UnitChange
from rbm.terms.indicators import Composition, Direction, OverUnits
from rbm.terms.people import Role
from rbm.terms.reporting import PeriodKind
from rbm.terms.series import CrosswalkRelation
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused


def chain(make: Make, code: str, values: dict[str, dict[int, int]], offices: dict[str, Any]) -> Indicator:
    """A corporate indicator with one contributing indicator an office; values by office and year."""
    framework = make.framework(FrameworkLevel.CORPORATE, office=make.headquarters(), code=f"F-{code}")
    top = make.indicator(make.result(framework), code=code)
    for name, years in values.items():
        office = offices.setdefault(name, None) or offices.update({name: make.office()}) or offices[name]
        child = make.indicator(make.result(make.framework(office=office)), composition=Composition.OWN_ONLY)
        make.contribution(child, top)
        for year, value in years.items():
            make.measurement(child, offices[year], value)
    return top


def three_strategies(make: Make) -> dict[str, Indicator]:
    """Two that measure the same and a third that measures something else."""
    offices: dict[Any, Any] = {year: make.year(year) for year in (2021, 2022, 2023, 2024)}
    first = chain(make, "ONE", {"a": {2021: 10, 2022: 12}, "b": {2021: 5}, "c": {2022: 8}}, offices)
    second = chain(make, "TWO", {"a": {2023: 15}, "c": {2023: 8}, "d": {2023: 7}}, offices)
    third = chain(make, "THREE", {"a": {2024: 99}}, offices)
    third.direction = Direction.DECREASE
    rollup.refresh(make.work, full=True)
    for pair, relation in (((first, second), CrosswalkRelation.SAME), ((second, third), CrosswalkRelation.CHANGED)):
        succession = Succession(pair[0].id, relation, f"it was {relation}", pair[1].id)
        series.record_crosswalk(make.work, succession)
    return {"first": first, "second": second, "third": third}


@pytest.mark.parametrize("through", ["first", "second", "third"])
def test_a_series_goes_through_all_strategies_from_wherever_it_is_asked(work: Work, make: Make, through: str) -> None:
    found = series.series(work, three_strategies(make)[through].id)
    assert [(point.period_code, point.indicator_code, point.value, point.segment) for point in found.points] == [
        ("2021", "ONE", 15, 1),
        ("2022", "ONE", 20, 1),
        ("2023", "TWO", 30, 1),
        ("2024", "THREE", 99, 2),
    ]
    assert [(seam.before_code, seam.after_code, seam.relation, seam.reason, seam.joined) for seam in found.seams] == [
        ("ONE", "TWO", CrosswalkRelation.SAME, "it was same", True),
        ("TWO", "THREE", CrosswalkRelation.CHANGED, "it was changed", False),
    ]


def test_every_change_is_decomposed_also_over_a_seam_but_never_over_what_changed(work: Work, make: Make) -> None:
    points = series.series(work, three_strategies(make)["first"].id).points
    within, over = (
        UnitChange(1, Decimal(10), Decimal(12), Decimal(20), 1, Decimal(8), 1, Decimal(5)),
        UnitChange(2, Decimal(20), Decimal(23), Decimal(15), 1, Decimal(7), 0, Decimal(0)),
    )
    assert [point.change for point in points] == [None, within, over, None]
    assert [point.no_change for point in points] == [None] * 4
    for before, after in ((points[0], points[1]), (points[1], points[2])):
        change = after.change
        assert change
        assert before.value is not None
        assert after.value == before.value + (change.same_after - change.same_before) + (
            change.new_total - change.gone_total
        )


def test_what_does_not_add_up_has_points_and_says_why_there_is_no_change(work: Work, make: Make) -> None:
    rows = three_strategies(make)
    rows["first"].over_units = OverUnits.MEDIAN
    rollup.refresh(work, full=True)
    points = series.series(work, rows["first"].id).points
    assert [point.change for point in points] == [None] * 4
    assert points[1].no_change == "a figure that does not add up has no change by unit"


def test_an_indicator_that_ended_says_so(work: Work, make: Make) -> None:
    indicator, period = make.indicator(composition=Composition.OWN_ONLY), make.year(2022)
    make.measurement(indicator, period, 3)
    rollup.refresh(work, full=True)
    series.record_crosswalk(work, Succession(indicator.id, CrosswalkRelation.DISCONTINUED, "out of use"))
    found = series.series(work, indicator.id)
    assert [(point.value, point.segment) for point in found.points] == [(3, 1)]
    assert [(seam.after_code, seam.reason) for seam in found.seams] == [(None, "out of use")]


def test_other_kinds_of_periods_are_series_of_their_own(work: Work, make: Make) -> None:
    indicator = make.indicator(composition=Composition.OWN_ONLY)
    make.measurement(indicator, make.year(2022), 3)
    rollup.refresh(work, full=True)
    assert series.series(work, indicator.id, PeriodKind.QUARTER).points == []


def test_what_is_not_seen_has_no_series(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        rows = three_strategies(make)
        actor = make.actor(Role.VIEWER, make.office())
        for indicator in rows.values():
            indicator.result.framework.approved_on = None
    with refused(engine, NotFound, "indicator_id", actor) as work:
        series.series(work, rows["first"].id)


@pytest.mark.parametrize(
    ("name", "word", "words"),
    [
        ("unit", "households", "the unit changed from people to households"),
        ("direction", Direction.DECREASE, "the direction changed from increase to decrease"),
    ],
)
def test_what_is_revised_afterwards_and_no_longer_the_same_parts_the_series(
    work: Work, make: Make, name: str, word: str, words: str
) -> None:
    rows = three_strategies(make)
    setattr(rows["second"], name, word)
    work.flush()
    found = series.series(work, rows["first"].id)
    assert [(point.period_code, point.segment) for point in found.points] == [
        ("2021", 1),
        ("2022", 1),
        ("2023", 2),
        ("2024", 3),
    ]
    assert [point.change is None for point in found.points] == [True, False, True, True]
    assert [(seam.reason, seam.joined) for seam in found.seams] == [
        (f"it was same; since then {words}", False),
        ("it was changed", False),
    ]
