"""Cases of DHIS2: two axes of aggregation, missing units, reporting rates, what is refused."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from graph_schema.execute import execute
from rbm.access import SYSTEM
from rbm.errors import Conflict, Invalid
from rbm.rules.cell import Stated, settled
from rbm.rules.protocol import Protocol, refuse_illegal
from rbm.services import reporting
from rbm.services.reporting import MeasurementInput
from rbm.terms.indicators import Accumulation, Direction, Measure, MissingPolicy, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, ReportStage
from rbm.work import Work
from tests.conformance.scenes import (
    children,
    exact,
    figure,
    fill,
    first_quarter,
    month,
    parts,
    span,
    tree,
    value,
)
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.reporting.scene import build

JANUARY_A = {"A": 2, "B": 1, "C": 5, "D": 66, "E": 1}
MARCH_C = {"A": 6, "B": 5, "C": 15, "E": 1}
FEBRUARY_B = {"A": 4, "B": 3, "C": 10, "D": 399, "E": 1}


def test_dhis2_001_a_mean_is_over_the_units_that_reported(work: Work, make: Make) -> None:
    units, march = tree(make, over_units=OverUnits.MEAN), month(make, 3)
    fill(make, units, march, MARCH_C)
    assert value(work, units["A"], march) == exact("6.75")


def test_dhis2_002_own_and_contributed_values_add(work: Work, make: Make) -> None:
    units, march = tree(make), month(make, 3)
    fill(make, units, march, MARCH_C)
    assert value(work, units["B"], march) == 6


@pytest.mark.parametrize("said", [True, False])
def test_dhis2_012_a_reported_no_is_0_and_not_missing(work: Work, make: Make, said: bool) -> None:
    yes_no = {"measure": Measure.YES_NO, "over_units": OverUnits.COUNT_YES, "over_time": OverTime.LAST}
    parent, january = make.indicator(**yes_no), month(make, 1)
    [child] = children(make, parent, 1, **yes_no)
    make.measurement(child, january, int(said))
    assert value(work, parent, january) == int(said)


def test_dhis2_013_the_highest_of_a_unit_and_all_below_it(work: Work, make: Make) -> None:
    units, february = tree(make, over_units=OverUnits.MAX), month(make, 2)
    fill(make, units, february, {"D": 233})
    assert value(work, units["B"], february) == 233
    both = make.indicator(over_units=OverUnits.MAX)
    for name in "BC":
        make.contribution(units[name], both)
    assert value(work, both, february) == 233


def test_dhis2_015_a_period_that_is_not_wholly_inside_does_not_count(work: Work, make: Make) -> None:
    first, second = tree(make), tree(make)
    january, february = month(make, 1), month(make, 2)
    fill(make, first, january, JANUARY_A)
    fill(make, first, february, {"D": 233})
    fill(make, second, february, FEBRUARY_B)
    days = span(make, PeriodKind.OTHER, date(2017, 1, 1), date(2017, 2, 20))
    assert (value(work, first["B"], days), value(work, second["B"], days)) == (68, None)


@pytest.mark.parametrize(
    ("operator", "wanted"), [(OverTime.MAX, [233, 1, 235]), (OverTime.MIN, [66, 1, 68])], ids=["max", "min"]
)
def test_dhis2_016_first_over_time_within_a_unit_and_then_over_units(
    work: Work, make: Make, operator: OverTime, wanted: list[int]
) -> None:
    units = tree(make, over_time=operator)
    fill(make, units, month(make, 1), JANUARY_A)
    fill(make, units, month(make, 2), {"D": 233})
    quarter = first_quarter(make)
    assert [value(work, units[name], quarter) for name in "DEB"] == wanted


def test_dhis2_017_a_period_that_is_left_out_does_not_enter(work: Work, make: Make) -> None:
    units = tree(make)
    january, february, march = (month(make, number) for number in (1, 2, 3))
    fill(make, units, january, JANUARY_A)
    fill(make, units, february, {"D": 233})
    found = {name: [value(work, units[name], period) for period in (january, march)] for name in "DE"}
    assert found == {"D": [66, None], "E": [1, None]}


def test_dhis2_021_the_share_of_reports_that_came(work: Work, make: Make) -> None:
    parent, months = make.indicator(), [month(make, 1), month(make, 2)]
    units = children(make, parent, 3)
    for period, count in zip(months, (3, 1), strict=True):
        for unit in units[:count]:
            make.measurement(unit, period, 1)
    found = [figure(work, parent, period) for period in months]
    rates = [round(100 * Decimal(row.reported) / row.expected, 1) for row in found if row]
    assert rates == [100, exact("33.3")]


def test_dhis2_022_violations_are_counted_up_the_tree(work: Work, make: Make) -> None:
    found, quarter = [], first_quarter(make)
    months = [month(make, 1), month(make, 2)]
    for counted in ([{"A": 2, "B": 2}, {}], [{"A": 1}, {"B": 2}]):
        units = tree(make)
        for period, counts in zip(months, counted, strict=True):
            fill(make, units, period, counts)
        found.append([value(work, units[name], quarter) for name in "AB"])
    assert found == [[4, 2], [3, 2]]


def test_dhis2_023_a_percentage_is_a_hundred_times_its_quotient() -> None:
    found = [settled(Measure.PERCENTAGE, Stated(**parts(numerator, 12))) for numerator in (12 * 2, 46 - 10)]
    assert [(each.numerator, each.denominator, each.value) for each in found] == [(24, 12, 200), (36, 12, 300)]


def test_dhis2_024_operators_over_the_numbers_1_to_5(engine: sa.Engine, work: Work, make: Make) -> None:
    year, found = make.year(), {}
    for operator in (OverUnits.SUM, OverUnits.MIN, OverUnits.MAX, OverUnits.MEAN):
        parent = make.indicator(over_units=operator)
        for number, child in enumerate(children(make, parent, 5, over_units=operator), 1):
            make.measurement(child, year, number)
        row = figure(work, parent, year)
        assert row
        assert row.reported == 5
        found[operator.value] = row.value
    assert found == {"sum": 15, "min": 1, "max": 5, "mean": 3}
    document = 'mutation { decideAggregation(key: "k", operator: STDDEV, reason: "r") { decision { id } } }'
    assert "STDDEV" in str(execute(engine, SYSTEM, document)["errors"])
    words = (Direction.NONE, Accumulation.PERIODIC, OverUnits.COUNT_YES, OverTime.LAST, MissingPolicy.EXCLUDE)
    with pytest.raises(Invalid, match="max, max then sum, mean, median, min, none, sum, weighted mean"):
        refuse_illegal(Protocol(Measure.NUMBER, *words))


def test_dhis2_029_units_that_did_not_report_are_no_part_of_a_mean(work: Work, make: Make) -> None:
    parent, year = make.indicator(over_units=OverUnits.MEAN), make.year()
    for number, child in enumerate(children(make, parent, 12, over_units=OverUnits.MEAN)):
        if number < 10:
            make.measurement(child, year, 10)
    found = figure(work, parent, year)
    assert found
    assert (found.value, found.reported, found.expected) == (10, 10, 12)


def test_dhis2_031_each_office_approves_its_own_report_and_what_is_approved_is_locked(
    engine: sa.Engine, start: Begin
) -> None:
    scene = build(start)
    report, _ = scene.approved()
    with start() as work:
        [row] = work.session.scalars(reporting.find_reports(scene.framework)).all()
        assert row.stage is ReportStage.APPROVED
    stated = MeasurementInput(report_id=report, indicator_id=scene.indicator, value=Decimal(1))
    with refused(engine, Conflict, "stage", scene.reporter) as work:
        reporting.record_measurement(work, stated)
