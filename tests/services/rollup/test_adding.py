"""Whether a figure is a sum all the way: what it opens to and its change by unit say nothing where it is not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.services import rollup
from rbm.terms.indicators import Accumulation, Composition, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work
from tests.make import Make
from tests.services.rollup.test_explaining import figure

OWN = {"composition": Composition.OWN_ONLY}


def quarters(make: Make) -> list[Period]:
    """The first two quarters of 2026."""
    facts = {"kind": PeriodKind.QUARTER, "stage": PeriodStage.OPEN}
    days = ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30)))
    return [make.work.add(Period(code=str(start), start=start, end=end, **facts)) for start, end in days]


def two_years(make: Make, **facts: Any) -> tuple[Indicator, Period, Period]:
    """A parent of one unit with 110 in a year and, in two quarters of the next one, 100 and 120."""
    top, unit, earlier, later = make.indicator(**facts), make.indicator(**OWN, **facts), make.year(2025), make.year()
    make.contribution(unit, top, weight=Decimal("0.5"))
    make.measurement(unit, earlier, 110)
    for quarter, value in zip(quarters(make), (100, 120), strict=True):
        make.measurement(unit, quarter, value)
    rollup.refresh(make.work, full=True)
    return top, earlier, later


@pytest.mark.parametrize(
    ("over_time", "value", "entered", "measured"),
    [
        (OverTime.SUM, 110, 110, 220),
        (OverTime.LAST, 60, 60, 120),
        (OverTime.MEAN, 55, None, None),
        (OverTime.MIN, 50, None, None),
        (OverTime.MAX, 60, None, None),
    ],
)
def test_what_entered_is_told_where_time_adds_up_and_the_change_in_any_case(
    work: Work, make: Make, over_time: OverTime, value: int, entered: int | None, measured: int | None
) -> None:
    top, earlier, later = two_years(make, over_time=over_time)
    before, after = figure(work, top, earlier), figure(work, top, later)
    opened = rollup.explain(work, after.id)
    assert (after.value, opened.entered, opened.measured) == (value, entered, measured)
    change = rollup.change_between(work, before.id, after.id)
    assert (change.same_units, change.same_before, change.same_after) == (1, 55_000_000, value * 1_000_000)


def test_increments_that_cumulate_and_a_mean_of_one_period_are_sums(work: Work, make: Make) -> None:
    words = {"accumulation": Accumulation.INCREMENTS_CUMULATED, "over_time": OverTime.LAST}
    top, _, later = two_years(make, **words)
    mean, unit = make.indicator(over_time=OverTime.MEAN), make.indicator(**OWN, over_time=OverTime.MEAN)
    make.contribution(unit, mean)
    make.measurement(unit, later, 7)
    rollup.refresh(work, full=True)
    opened = [rollup.explain(work, figure(work, each, later).id) for each in (top, mean)]
    assert [(each.measured, each.entered) for each in opened] == [(220, 110), (7, 7)]


@pytest.mark.parametrize("operator", [OverUnits.MAX, OverUnits.MEAN, OverUnits.MAX_THEN_SUM])
def test_a_sum_over_something_that_is_no_sum_opens_to_no_sum_and_has_no_change(
    work: Work, make: Make, operator: OverUnits
) -> None:
    period, top = make.year(), make.indicator(counts_people=True)
    country = make.indicator(counts_people=True, over_units=operator)
    make.contribution(country, top)
    for value in (90, 10):
        make.contribution(unit := make.indicator(**OWN, counts_people=True), country)
        make.measurement(unit, period, value, place_stated=True, place_text="X")
    rollup.refresh(work, full=True)
    made = figure(work, top, period)
    opened = rollup.explain(work, made.id)
    assert (made.value, opened.measured, opened.entered) == (50 if operator is OverUnits.MEAN else 90, None, None)
    with pytest.raises(Invalid) as caught:
        rollup.change_between(work, made.id, made.id)
    assert (caught.value.field, caught.value.message) == (
        "before_id",
        "a figure that does not add up has no change by unit",
    )


def test_several_values_of_a_unit_that_are_no_sum_do_not_add_up_but_the_units_do(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    make.contribution(unit := make.indicator(**OWN, over_units=OverUnits.MAX), top)
    for occurrence, value in ((1, 5), (2, 8)):
        make.measurement(unit, period, value, occurrence=occurrence)
    rollup.refresh(work, full=True)
    made = figure(work, top, period)
    opened = rollup.explain(work, made.id)
    assert (made.value, opened.measured, opened.entered) == (8, None, None)
    assert rollup.change_between(work, made.id, made.id).same_after == 8_000_000
