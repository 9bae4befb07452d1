"""Figures over time: increments, totals to date, and periods that lie inside others."""

from decimal import Decimal

import numpy as np
import pytest

from rbm.rules.rollup import trace
from rbm.terms.indicators import Accumulation, Additivity, Composition, Measure, MissingPolicy, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind
from rbm.terms.rollup import Reason

from .tables import Lookup, Table

RUNNING = {"accumulation": Accumulation.RUNNING_TOTAL}
CUMULATED = {"accumulation": Accumulation.INCREMENTS_CUMULATED}
QUARTERS = [(0, 89), (90, 180), (181, 272), (273, 364)]
YEAR = (0, 364)


def years(count: int, **more: object) -> Table:
    """A table of years."""
    return Table(periods=[(365 * at, 365 * at + 364) for at in range(count)], **more)  # type: ignore[arg-type]


def nested() -> Table:
    """A table of four quarters and, as period 4, their year."""
    return Table(periods=[*QUARTERS, YEAR], kinds=[PeriodKind.QUARTER] * 4 + [PeriodKind.YEAR])


def over(figures: Lookup, node: int, count: int) -> list[Decimal | None]:
    """The totals of the first periods."""
    return [figures.value(node, period) for period in range(count)]


def test_increments_are_cumulated_where_they_are_reported_and_then_added() -> None:
    table = years(3)
    parent, first, second = table.node(), table.node(**CUMULATED), table.node(**CUMULATED)
    for child in (first, second):
        table.link(child, parent)
    for node, period, value in ((first, 0, 10), (first, 1, 5), (first, 2, 1), (second, 1, 100)):
        table.cell(node, value, period=period)
    figures = table.figures()
    assert over(figures, first, 3) == [10, 15, 16]
    assert over(figures, parent, 3) == [10, 115, 116]
    assert not figures.rows(second, 0)


def test_increments_of_a_silent_or_unapproved_period_change_nothing() -> None:
    table = years(3)
    node = table.node(**CUMULATED)
    for period, value in enumerate((10, None, 1)):
        table.cell(node, value, period=period)
    table.cell(node, 100, period=1, approved=False)
    figures = table.figures()
    assert over(figures, node, 3) == [10, 10, 11]
    assert [figures.self_reported(node, period) for period in range(3)] == [10, 110, 111]


def test_percentages_are_cumulated_by_their_parts() -> None:
    table = years(2)
    node = table.percentage(**CUMULATED)
    table.cell(node, parts=(1, 2))
    table.cell(node, parts=(2, 2), period=1)
    figures = table.figures()
    assert (figures.value(node, 1), figures.parts(node, 1)) == (75, (3, 4))


def test_cumulated_categories_and_places_are_kept_apart() -> None:
    table = years(2, dimensions=[True], categories=[0, 0])
    node = table.node(**CUMULATED)
    for period, values in enumerate(((10, 5), (1, None))):
        for category, value in enumerate(values):
            table.cell(node, value, period=period, categories=(category,))
    figures = table.figures()
    assert [figures.value(node, 1, category) for category in (-1, 0, 1)] == [16, 11, 5]


def test_an_increment_that_does_not_add_up_leaves_later_totals_unknown() -> None:
    table = years(3)
    node = table.node(additivity=Additivity.NO, **CUMULATED)
    table.cell(node, 1)
    for value in (2, 3):
        table.cell(node, value, period=1)
    table.cell(node, 4, period=2)
    figures = table.figures()
    assert over(figures, node, 3) == [1, None, None]
    assert figures.reason(node, 2) is Reason.NOT_ADDITIVE


def test_a_running_total_is_carried_through_silent_periods() -> None:
    table = years(4, today=365 * 3)
    table.cell(table.node(**RUNNING), 8, period=1)
    figures = table.figures()
    assert [figures.value(0, period) for period in (1, 2, 3)] == [8, 8, 8]
    assert not figures.rows(0, 0)


def test_a_running_total_is_not_carried_into_a_period_that_has_not_begun() -> None:
    table = years(3, today=364 + 365)
    table.cell(table.node(**RUNNING), 8)
    figures = table.figures()
    assert over(figures, 0, 2) == [8, 8]
    assert not figures.rows(0, 2)


def test_the_latest_running_total_wins_even_if_it_is_lower() -> None:
    table = years(2)
    node = table.node(**RUNNING)
    for period, value in ((0, 8), (1, 35), (1, 15)):
        table.cell(node, value, period=period)
    assert over(table.figures(), node, 2) == [8, 15]


def test_a_late_entry_changes_no_later_running_total_of_its_own() -> None:
    table = years(4)
    node = table.node(**RUNNING)
    for period, value in ((0, 2), (2, 5), (0, 3)):
        table.cell(node, value, period=period)
    assert over(table.figures(), node, 4) == [3, 3, 5, 5]


def test_running_totals_of_places_add_and_of_one_place_replace_each_other() -> None:
    table = years(1)
    node = table.node(**RUNNING)
    for value, place in ((10, 1), (4, 2), (12, 1)):
        table.cell(node, value, place=place)
    assert table.figures().value(node) == 16


def test_a_running_total_that_waits_for_approval_stands_beside_the_approved_one() -> None:
    table = years(3)
    node = table.node(**RUNNING)
    table.cell(node, 5, verified=True)
    table.cell(node, 9, period=1, approved=False)
    figures = table.figures()
    assert (figures.value(node, 2), figures.self_reported(node, 2), figures.verified(node, 2)) == (5, 9, 5)


def test_a_running_total_of_nothing_approved_says_so_ever_after() -> None:
    table = years(2)
    table.cell(table.node(**RUNNING), 5, approved=False)
    figures = table.figures()
    assert [figures.reason(0, period) for period in (0, 1)] == [Reason.NOT_APPROVED] * 2


def test_totals_of_two_contributors_stay_in_the_sum_when_one_is_silent() -> None:
    table = years(2)
    lead, first, second = table.node(), table.node(**RUNNING), table.node(**RUNNING)
    for child in (first, second):
        table.link(child, lead)
        table.cell(child, 1)
    table.cell(second, 2, period=1)
    assert over(table.figures(), lead, 2) == [2, 3]


def test_a_total_beyond_64_bits_over_time_is_null() -> None:
    for value, fits in ((2**62 - 1, True), (2**62, False)):
        table = years(2)
        node = table.node(**CUMULATED)
        for period in (0, 1):
            table.cell(node, Decimal(value).scaleb(-6), period=period)
        if fits:
            assert table.figures().value(node, 1) == Decimal(2**63 - 2).scaleb(-6)
        else:
            figures = table.figures()
            assert (figures.value(node, 1), figures.reason(node, 1)) == (None, Reason.OUT_OF_RANGE)
            assert figures.value(node, 0) == Decimal(value).scaleb(-6)


@pytest.mark.parametrize(
    ("over_time", "value"),
    [(OverTime.SUM, 13), (OverTime.LAST, 2), (OverTime.MEAN, "4.333333"), (OverTime.MIN, 2), (OverTime.MAX, 7)],
)
def test_a_year_is_made_of_its_quarters(over_time: OverTime, value: object) -> None:
    table = nested()
    node = table.node(over_time=over_time)
    for period, amount in ((0, 4), (1, 7), (3, 2)):
        table.cell(node, amount, period=period)
    assert table.figures().value(node, 4) == Decimal(str(value))


def test_a_stated_year_is_not_made_of_its_quarters() -> None:
    table = nested()
    node = table.node()
    table.cell(node, 4, period=0)
    table.cell(node, 100, period=4)
    assert table.figures().value(node, 4) == 100


def test_a_quarter_partly_outside_a_year_is_not_counted() -> None:
    table = Table(
        periods=[(0, 89), (300, 390), YEAR],
        kinds=[PeriodKind.QUARTER, PeriodKind.QUARTER, PeriodKind.YEAR],
    )
    node = table.node()
    table.cell(node, 4, period=0)
    table.cell(node, 40, period=1)
    assert table.figures().value(node, 2) == 4


def test_a_period_of_a_life_enters_no_other_and_is_made_of_none() -> None:
    table = Table(periods=[(0, 89), (0, 89), YEAR], kinds=[PeriodKind.LIFE, PeriodKind.QUARTER, PeriodKind.YEAR])
    node = table.node()
    table.cell(node, 1000, period=0)
    assert not table.figures().rows(node, 2)
    table.cell(node, 4, period=1)
    figures = table.figures()
    assert (figures.value(node, 2), figures.value(node, 0)) == (4, 1000)


def test_of_periods_inside_one_another_only_the_largest_count() -> None:
    table = Table(
        periods=[(0, 29), (30, 59), (0, 89), (90, 119), YEAR],
        kinds=[PeriodKind.MONTH, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.YEAR],
    )
    node = table.node()
    for period, value in ((0, 1), (1, 2), (2, 10), (3, 5)):
        table.cell(node, value, period=period)
    assert table.figures().value(node, 4) == 15


@pytest.mark.parametrize("accumulation", Accumulation)
def test_periods_of_the_same_days_take_nothing_from_one_another(accumulation: Accumulation) -> None:
    table = Table(periods=[(0, 89), (0, 89), (0, 89)], kinds=[PeriodKind.QUARTER, PeriodKind.OTHER, PeriodKind.YEAR])
    lead, leaf = table.node(over_time=OverTime.LAST), table.node(over_time=OverTime.LAST, accumulation=accumulation)
    table.link(leaf, lead)
    table.cell(leaf, 5, period=1)
    figures = table.figures()
    told = [[bool(figures.rows(node, period)) for period in range(3)] for node in (leaf, lead)]
    assert told == [[False, True, False]] * 2


def test_of_two_periods_of_the_same_days_a_year_takes_the_first_that_has_a_figure() -> None:
    for said, value in (((0, 1), 10), ((1,), 7), ((0,), 10)):
        table = Table(periods=[(0, 89), (0, 89), YEAR], kinds=[PeriodKind.QUARTER, PeriodKind.OTHER, PeriodKind.YEAR])
        node = table.node()
        for period in said:
            table.cell(node, (10, 7)[period], period=period)
        assert table.figures().value(node, 2) == value


def test_a_larger_period_that_is_null_leaves_its_place_to_the_smaller_ones() -> None:
    table = Table(periods=[(0, 29), (0, 89), YEAR], kinds=[PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR])
    node = table.node()
    table.cell(node, 1, period=0)
    table.cell(node, 10, period=1, approved=False)
    figures = table.figures()
    assert (figures.value(node, 2), figures.self_reported(node, 2)) == (1, 10)


def test_percentages_over_time_are_the_ratio_of_summed_parts_or_the_last() -> None:
    for over_time, value, parts in ((OverTime.MEAN, 75, (3, 4)), (OverTime.LAST, 100, (2, 2))):
        table = nested()
        node = table.percentage(over_time=over_time)
        table.cell(node, parts=(1, 2))
        table.cell(node, parts=(2, 2), period=2)
        figures = table.figures()
        assert (figures.value(node, 4), figures.parts(node, 4)) == (value, parts)


def test_percentages_without_parts_make_no_percentage_over_time() -> None:
    table = nested()
    node = table.percentage(over_time=OverTime.MEAN)
    for period in (0, 1):
        table.cell(node, 50, period=period)
    figures = table.figures()
    assert (figures.value(node, 4), figures.reason(node, 4)) == (None, Reason.PERCENTAGE_WITHOUT_PARTS)


def test_first_the_highest_over_time_within_a_unit_then_the_sum_over_units() -> None:
    table = Table(periods=[(0, 30), (31, 58), (0, 89)], kinds=[PeriodKind.MONTH] * 2 + [PeriodKind.QUARTER])
    lead, leaf, other = (table.node(over_time=OverTime.MAX) for _ in range(3))
    for child in (leaf, other):
        table.link(child, lead)
    for node, period, value in ((lead, 0, 1), (leaf, 0, 66), (leaf, 1, 233), (other, 0, 1)):
        table.cell(node, value, period=period)
    figures = table.figures()
    assert [figures.value(node, 2) for node in (leaf, other, lead)] == [233, 1, 235]


def test_a_mean_over_time_is_one_unit_above() -> None:
    table = nested()
    world = table.node(OverUnits.MEAN)
    for values in ((2, 4, 6), (10,)):
        child = table.node(OverUnits.MEAN, measure=Measure.SCORE, over_time=OverTime.MEAN)
        table.link(child, world)
        for period, value in enumerate(values):
            table.cell(child, value, period=period)
    assert table.figures().value(world, 4) == 7


def test_a_total_to_date_of_a_year_is_that_of_its_last_quarter() -> None:
    for way, value in ((RUNNING, 3), (CUMULATED, 10)):
        table = nested()
        node = table.node(over_time=OverTime.SUM, **way)
        table.cell(node, 7, period=0)
        table.cell(node, 3, period=1)
        assert table.figures().value(node, 4) == value


def test_each_slice_takes_its_own_way_through_time() -> None:
    table = nested()
    table.dimensions, table.categories = [True], [0, 0]
    node = table.node()
    for period, category, value in ((0, 0, 1), (1, 1, 2), (4, 0, 50)):
        table.cell(node, value, period=period, categories=(category,))
    figures = table.figures()
    assert [figures.value(node, 4, category) for category in (-1, 0, 1)] == [50, 50, 2]


def test_why_a_year_is_null_is_why_its_quarters_are() -> None:
    table = nested()
    node = table.node()
    for period in (0, 1):
        table.cell(node, 5, period=period, approved=False)
    assert table.figures().reason(node, 4) is Reason.NOT_APPROVED


def test_an_own_year_enters_beside_contributions() -> None:
    table = nested()
    parent, child = table.node(composition=Composition.OWN_PLUS_CONTRIBUTED), table.node(missing=MissingPolicy.BLOCK)
    table.link(child, parent)
    table.cell(parent, 1, period=0)
    table.cell(child, 10, period=1)
    figures = table.figures()
    assert (figures.value(parent, 4), figures.coverage(parent, 4)) == (11, (2, 2))


def test_increments_of_periods_that_overlap_are_never_in_one_sum() -> None:
    spans = [(0, 364), (180, 545), (365, 729), (546, 911), (730, 1094)]
    table = Table(periods=spans)
    node = table.node(**CUMULATED)
    for period, value in enumerate((10, 7, 20, 5, 40)):
        table.cell(node, value, period=period)
    assert over(table.figures(), node, 5) == [10, 7, 30, 12, 70]
    assert trace(table.inputs(), np.ones(5, dtype=np.bool_)).cells(4).tolist() == [0, 2, 4]


def test_a_sum_to_date_is_carried_into_a_period_that_overlaps_the_last_one() -> None:
    table = Table(periods=[(0, 364), (180, 545), (365, 729)])
    node = table.node(**CUMULATED)
    table.cell(node, 10)
    table.cell(node, 20, period=2)
    assert over(table.figures(), node, 3) == [10, 10, 30]
