"""Targets and baselines: rolled up by the same operators, whole or not at all."""

from typing import Any

from rbm.terms.indicators import Accumulation, Additivity, Composition, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind
from rbm.terms.rollup import Reason

from .tables import Table


def test_a_target_is_the_sum_of_the_targets_below_it_when_all_have_one() -> None:
    table, goals = Table(), Table()
    parent, first, second = (table.node() for _ in range(3))
    for child in (first, second):
        table.link(child, parent)
    goals.cell(first, 10)
    figures = table.stated(goals)
    assert (figures.value(parent), figures.coverage(parent)) == (None, (1, 2))
    assert figures.reason(parent) is Reason.BLOCKED_BY_MISSING
    goals.cell(second, 5, approved=False, rejected=True)
    figures = table.stated(goals)
    assert (figures.value(parent), figures.coverage(parent)) == (15, (2, 2))


def test_only_children_that_are_linked_included_and_valid_are_waited_for() -> None:
    table, goals = Table(), Table()
    parent, first, left_out, later = (table.node() for _ in range(4))
    table.link(first, parent, "0.5", 4)
    table.link(left_out, parent, included=False)
    table.link(later, parent, days=(365, 729))
    goals.cell(first, 10)
    goals.cell(first, 10, period=1)
    figures = table.stated(goals)
    assert [figures.value(parent, period) for period in (0, 1)] == [20, None]


def test_a_target_of_its_own_is_waited_for_where_there_is_an_own_value() -> None:
    for composition, value, coverage in (
        (Composition.OWN_PLUS_CONTRIBUTED, None, (1, 2)),
        (Composition.CONTRIBUTED_ONLY, 5, (1, 1)),
    ):
        table, goals = Table(), Table()
        parent, child = table.node(composition=composition), table.node()
        table.link(child, parent)
        table.cell(parent, 1)
        goals.cell(child, 5)
        figures = table.stated(goals)
        assert (figures.value(parent), figures.coverage(parent)) == (value, coverage)


def test_targets_of_totals_to_date_are_neither_cumulated_nor_carried() -> None:
    for way in (Accumulation.RUNNING_TOTAL, Accumulation.INCREMENTS_CUMULATED):
        table, goals = Table(), Table()
        node = table.node(accumulation=way)
        table.cell(node, 1)
        goals.cell(node, 10)
        figures = table.stated(goals)
        assert figures.value(node) == 10
        assert not figures.rows(node, 1)


def test_targets_of_quarters_make_the_target_of_the_year() -> None:
    for way, value in (({"over_time": OverTime.SUM}, 30), ({"accumulation": Accumulation.RUNNING_TOTAL}, 20)):
        periods = {"periods": [(0, 89), (90, 180), (0, 364)], "kinds": [PeriodKind.QUARTER] * 2 + [PeriodKind.YEAR]}
        table, goals = Table(**periods), Table()  # type: ignore[arg-type]
        node = table.node(**way)  # type: ignore[arg-type]
        goals.cell(node, 10)
        goals.cell(node, 20, period=1)
        assert table.stated(goals).value(node, 2) == value


def test_targets_of_percentages_and_of_categories_follow_their_operators() -> None:
    table, goals = Table(dimensions=[True], categories=[0, 0]), Table()
    parent, first, second = (table.percentage() for _ in range(3))
    for child, parts in ((first, (1, 2)), (second, (5, 6))):
        table.link(child, parent)
        goals.cell(child, parts=parts)
    goals.cell(first, parts=(1, 1), categories=(1,))
    figures = table.stated(goals)
    assert (figures.value(parent), figures.value(first, 0, 1), figures.value(parent, 0, 1)) == (75, 100, None)


def test_what_does_not_add_up_has_no_total_of_targets() -> None:
    table, goals = Table(), Table()
    parent, child = table.node(OverUnits.SUM, additivity=Additivity.NO), table.node()
    table.link(child, parent)
    goals.cell(child, 3)
    assert table.stated(goals).reason(parent) is Reason.NOT_ADDITIVE


def quarters(over_time: OverTime = OverTime.SUM, **more: Any) -> tuple[Table, int]:
    """A year with four quarters, and an indicator with values in all of them."""
    spans = [(0, 89), (90, 180), (181, 272), (273, 364), (0, 364)]
    table = Table(periods=spans, kinds=[PeriodKind.QUARTER] * 4 + [PeriodKind.YEAR])
    node = table.node(over_time=over_time, **more)
    for quarter in range(4):
        table.cell(node, 10, period=quarter)
    return table, node


def test_a_target_of_a_year_waits_for_every_quarter_that_has_a_value() -> None:
    table, node = quarters()
    top = table.node()
    table.link(node, top)
    goals = Table()
    for quarter, year in ((0, None), (1, None), (2, None), (3, 34)):
        goals.cell(node, 7 + quarter, period=quarter)
        figures = table.stated(goals)
        assert [figures.value(each, 4) for each in (node, top)] == [year, year]
        assert figures.coverage(top, 4) == (int(year is not None), 1)
    assert figures.value(node, 0) == 7


def test_where_the_last_quarter_stands_for_the_year_only_later_ones_are_waited_for() -> None:
    for more in ({"over_time": OverTime.LAST}, {"accumulation": Accumulation.RUNNING_TOTAL}):
        table, node = quarters(**more)  # type: ignore[arg-type]
        goals = Table()
        goals.cell(node, 7, period=2)
        assert table.stated(goals).value(node, 4) is None
        goals.cell(node, 8, period=3)
        assert table.stated(goals).value(node, 4) == 8


def test_a_target_of_a_half_year_covers_the_quarters_inside_it() -> None:
    table, node = quarters()
    table.periods += [(0, 180), (181, 364)]
    table.kinds += [PeriodKind.SEMESTER] * 2
    goals = Table()
    goals.cell(node, 20, period=5)
    assert table.stated(goals).value(node, 4) is None
    goals.cell(node, 30, period=6)
    assert table.stated(goals).value(node, 4) == 50


def test_a_region_with_targets_of_its_own_waits_for_what_is_measured_below_it() -> None:
    table, node = quarters()
    top = table.node(composition=Composition.CONTRIBUTED_ONLY)
    table.link(node, top)
    goals = Table()
    goals.cell(top, 50, period=0)
    figures = table.stated(goals)
    assert (figures.value(top, 0), figures.value(top, 4)) == (50, None)
    goals.cell(top, 60, period=4)
    assert table.stated(goals).value(top, 4) == 60


def test_a_rejected_value_waits_for_no_target() -> None:
    table, goals = (
        Table(periods=[(0, 89), (90, 180), (0, 180)], kinds=[PeriodKind.QUARTER] * 2 + [PeriodKind.SEMESTER]),
        Table(),
    )
    node = table.node()
    table.cell(node, 1)
    table.cell(node, 1, period=1, rejected=True)
    goals.cell(node, 10)
    assert table.stated(goals).value(node, 2) == 10
