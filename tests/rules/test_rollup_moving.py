"""A unit that moves from one parent to another within a period counts once: where it is linked last."""

import pytest

from rbm.rules.rollup.engine import roll_up_long
from rbm.terms.reporting import PeriodKind

from .tables import Lookup, Table

JULY = 181


def moved(*ends: tuple[int, int]) -> Table:
    """A headquarters over two regions; a country with a value of a year, linked to each of them on some days."""
    table = Table()
    top, first, second, country = (table.node() for _ in range(4))
    table.link(first, top)
    table.link(second, top)
    for region, days in zip((first, second), ends, strict=False):
        table.link(country, region, days=days)
    table.cell(country, 100)
    return table


@pytest.mark.parametrize(
    ("ends", "values"),
    [
        (((0, JULY - 1), (JULY, 364)), (100, None, 100)),
        (((0, JULY - 1), (JULY, 10_000)), (100, None, 100)),
        (((JULY, 10_000), (0, JULY - 1)), (100, 100, None)),
        (((0, JULY - 1), (JULY + 30, 10_000)), (100, None, 100)),
        (((0, JULY - 1), (365, 10_000)), (100, 100, None)),
        (((0, JULY - 1),), (100, 100, None)),
        (((0, JULY - 1), (50, 90)), (100, 100, None)),
        (((0, 10_000), (0, 10_000)), (200, 100, 100)),
    ],
)
def test_a_country_counts_for_the_year_where_it_is_linked_last(
    ends: tuple[tuple[int, int], ...], values: tuple[int | None, ...]
) -> None:
    table = moved(*ends)
    for figures in (table.figures(), Lookup(roll_up_long(table.inputs())[0])):
        found = [figures.value(node) if figures.rows(node) else None for node in range(3)]
        assert found == list(values)
        assert figures.coverage(0) == (len([value for value in values[1:] if value]), 2)


def test_each_quarter_counts_where_the_country_stood_in_it_and_the_year_where_it_stood_last() -> None:
    table = moved((0, JULY - 1), (JULY, 10_000))
    table.periods = [(0, 364), (0, 89), (90, JULY - 1), (JULY, 271), (272, 364)]
    table.kinds = [PeriodKind.YEAR] + [PeriodKind.QUARTER] * 4
    table.cells.clear()
    for quarter in range(1, 5):
        table.cell(3, 10, period=quarter)
    figures = table.figures()
    assert [figures.value(0, period) for period in range(5)] == [40, 10, 10, 10, 10]
    assert [len(figures.rows(1, period)) for period in range(5)] == [0, 1, 1, 0, 0]
    assert [len(figures.rows(2, period)) for period in range(5)] == [1, 0, 0, 1, 1]
    assert figures.value(2) == 40
