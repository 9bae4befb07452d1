"""Slices of figures: categories, and crossings of several."""

import pytest

from rbm.terms.indicators import Accumulation, OverUnits
from rbm.terms.rollup import Reason

from .tables import Table

SEX = (0, 1)


def crossed(overlapping: int | None = None) -> Table:
    """Sex (0, 1), place (2, 3) and age (4, 5), all additive but the one told."""
    return Table(dimensions=[at != overlapping for at in range(3)], categories=[0, 0, 1, 1, 2, 2])


def test_crossings_rise_beside_categories_and_total() -> None:
    table = crossed()
    parent, first, second = table.node(), table.node(), table.node()
    for child, values in ((first, (1, 2, 3, 4)), (second, (10, 20, 30, 40))):
        table.link(child, parent)
        for categories, value in zip(((0, 2), (0, 3), (1, 2), (1, 3)), values, strict=True):
            table.cell(child, value, categories=categories)
    figures = table.figures()
    assert figures.value(parent) == 110
    assert [figures.value(parent, 0, category) for category in range(4)] == [33, 77, 44, 66]
    assert figures.value(parent, 0, -1, table.crossing(1, 3)) == 44
    assert len(figures.figures.node) == 3 * (1 + 4 + 4)


def test_single_axes_and_crossed_values_are_counted_once() -> None:
    table = crossed()
    node = table.node()
    for categories, value in (((), 10), ((0,), 6), ((1,), 4), ((2,), 7), ((0, 2), 5), ((0, 3), 1)):
        table.cell(node, value, categories=categories)
    figures = table.figures()
    assert [figures.value(node, 0, category) for category in (-1, 0, 1, 2, 3)] == [10, 6, 4, 7, 1]
    assert figures.value(node, 0, -1, table.crossing(0, 2)) == 5


def test_crossings_of_the_same_categories_are_one() -> None:
    table = crossed()
    node = table.node()
    table.cell(node, 1, categories=(0, 2))
    table.cell(node, 2, categories=(2, 0), place=7)
    table.cell(node, 3, categories=(2, 0), place=8)
    figures = table.figures()
    assert figures.value(node, 0, -1, table.crossing(0, 2)) == 1
    assert not figures.rows(node, 0, -1, table.crossing(2, 0))


@pytest.mark.parametrize(
    ("overlapping", "value", "coverage", "excluded"),
    [(None, 9, (2, 2), {}), (2, 2, (1, 2), {Reason.DIMENSION_NOT_ADDITIVE: 1})],
)
def test_a_crossing_above_is_made_of_finer_ones_below_where_they_add_up(
    overlapping: int | None, value: int, coverage: tuple[int, int], excluded: dict[Reason, int]
) -> None:
    table = crossed(overlapping)
    parent, coarse, fine = table.node(), table.node(), table.node()
    for child in (coarse, fine):
        table.link(child, parent)
    table.cell(coarse, 2, categories=(0, 2))
    table.cell(fine, 3, categories=(0, 2, 4))
    table.cell(fine, 4, categories=(0, 2, 5))
    figures, crossing = table.figures(), table.crossing(0, 2)
    assert figures.value(parent, 0, -1, crossing) == value
    assert figures.excluded(parent, 0, -1, crossing) == excluded
    assert figures.coverage(parent, 0, -1, crossing) == coverage


def test_a_crossing_that_nobody_below_states_is_no_figure() -> None:
    table = crossed()
    coarse, fine = table.node(), table.node()
    table.cell(coarse, 2, categories=(0, 2))
    table.cell(fine, 3, categories=(0, 2, 4))
    figures = table.figures()
    assert not figures.rows(fine, 0, -1, table.crossing(0, 2))
    assert figures.value(fine, 0, -1, table.crossing(0, 2, 4)) == 3
    assert (figures.figures.exclusions.figure < len(figures.figures.node)).all()


def test_a_dimension_that_does_not_add_up_makes_no_total_but_its_slices_rise() -> None:
    table = crossed(0)
    parent, child = table.node(), table.node()
    table.link(child, parent)
    for categories, value in (((0, 2), 5), ((1, 2), 6), ((0, 3), 7)):
        table.cell(child, value, categories=categories)
    figures = table.figures()
    assert figures.reason(parent) is Reason.DIMENSION_NOT_ADDITIVE
    assert [figures.value(parent, 0, category) for category in (0, 1, 2, 3)] == [12, 6, None, 7]
    assert figures.value(parent, 0, -1, table.crossing(0, 2)) == 5


def test_crossed_percentages_are_ratios_of_their_parts() -> None:
    table = crossed()
    parent = table.percentage()
    for parts in ((1, 2), (5, 6)):
        child = table.percentage()
        table.link(child, parent)
        table.cell(child, parts=parts, categories=(0, 2))
    figures = table.figures()
    assert figures.value(parent, 0, -1, table.crossing(0, 2)) == 75


def test_running_totals_of_crossings_are_carried_each_for_itself() -> None:
    table = crossed()
    node = table.node(accumulation=Accumulation.RUNNING_TOTAL)
    for period, categories, value in ((0, (0, 2), 5), (0, (1, 2), 1), (1, (0, 2), 7), (1, (0, 2), 6)):
        table.cell(node, value, period=period, categories=categories)
    figures = table.figures()
    assert [figures.value(node, 1, -1, table.crossing(sex, 2)) for sex in SEX] == [6, 1]


def test_a_crossed_middle_value_is_that_of_the_units() -> None:
    table = crossed()
    parent = table.node(OverUnits.MEDIAN)
    for value in (1, 9, 4, 2):
        child = table.node()
        table.link(child, parent)
        table.cell(child, value, categories=(0, 2))
    assert table.figures().value(parent, 0, -1, table.crossing(0, 2)) == 3
