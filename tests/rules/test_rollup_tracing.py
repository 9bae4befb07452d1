"""The way back from figures to cells: what is found there makes the figure, exactly."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.rollup import Trace, roll_up, trace
from rbm.terms.indicators import Additivity, Composition, MissingPolicy, OverUnits
from rbm.terms.rollup import Reason

from .tables import REASONS, Table, micros

AMOUNTS = st.integers(-(10**9), 10**9).map(lambda value: Decimal(value).scaleb(-6))
DAYS = st.sampled_from([(0, 1000), (0, 200), (365, 729), (300, 400)])
WHOLE = st.just("1")
CROSSED = st.sampled_from([(), (0,), (1,), (2,), (0, 2), (1, 3)])


@st.composite
def chains(draw: st.DrawFn, weights: Any = WHOLE) -> Table:
    """Summing indicators in a random forest: stated totals beside parts, links left out or valid for a time."""
    table = Table(dimensions=[True, True], categories=[0, 0, 1, 1])
    for node in range(draw(st.integers(1, 10))):
        additivity = draw(st.sampled_from([Additivity.YES, Additivity.YES, Additivity.NO, Additivity.UNDECLARED]))
        policy = draw(st.sampled_from([MissingPolicy.EXCLUDE, MissingPolicy.ZERO, MissingPolicy.BLOCK]))
        table.node(OverUnits.SUM, additivity=additivity, composition=draw(st.sampled_from(Composition)), missing=policy)
        if node and draw(st.integers(0, 4)):
            link = {"days": draw(DAYS), "included": draw(st.integers(0, 5)) > 0}
            table.link(node, draw(st.integers(0, node - 1)), draw(weights), **link)
        for _ in range(draw(st.integers(0, 4))):
            decided = {name: draw(st.integers(0, 3)) == 0 for name in ("rejected", "unapproved")}
            where = {"categories": draw(CROSSED), "place": draw(st.sampled_from([-1, 1, 2]))}
            where["period"] = draw(st.integers(0, 1))
            value = draw(st.none() | AMOUNTS)
            table.cell(node, value, approved=not decided["unapproved"], rejected=decided["rejected"], **where)
    return table


def traced(table: Table) -> Trace:
    """The way of the approved value."""
    inputs = table.inputs()
    return trace(inputs, inputs.cells.approved & ~inputs.cells.rejected)


@given(chains())
def test_the_cells_of_a_figure_add_up_to_it(table: Table) -> None:
    figures, way = roll_up(table.inputs()), traced(table)
    for row, (value, present) in enumerate(zip(figures.value, figures.has_value, strict=True)):
        cells = way.cells(row)
        assert sum(table.cells[cell][4] for cell in cells) == value
        assert present or not len(cells)
        assert set(way.shares(row)) == set(cells.tolist())
        assert set(way.shares(row).values()) <= {Fraction(1)}


@given(chains(st.sampled_from(["1", "0.5", "0.25"])))
def test_shares_say_how_much_of_a_cell_entered(table: Table) -> None:
    """Each level rounds once, by half a millionth at most, and passes that on whole at most."""
    figures, way = roll_up(table.inputs()), traced(table)
    for row, value in enumerate(figures.value):
        exact = sum((share * table.cells[cell][4] for cell, share in way.shares(row).items()), Fraction(0))
        assert abs(exact - int(value)) <= len(table.nodes)


@given(chains(), st.randoms(use_true_random=False))
def test_what_a_cell_taints_is_what_it_entered(table: Table, random: Any) -> None:
    way = traced(table)
    chosen = np.array([random.random() < 0.5 for _ in table.cells], dtype=np.bool_)
    tainted = way.tainted(chosen)
    for row in np.flatnonzero(way.has_value[: len(tainted)]):
        assert tainted[row] == chosen[way.cells(int(row))].any()


@given(chains())
def test_a_figure_is_found_by_its_key(table: Table) -> None:
    figures, way = roll_up(table.inputs()), traced(table)
    keys = zip(figures.node, figures.period, figures.category, figures.crossing, strict=True)
    for row, key in enumerate(keys):
        assert way.row(*map(int, key)) == row
    assert way.row(len(table.nodes), 0, -1) is None


def test_only_the_pattern_that_makes_a_total_enters_it() -> None:
    table = Table(dimensions=[True], categories=[0, 0])
    node = table.node()
    for value, categories in ((12, ()), (4, (0,)), (5, (1,))):
        table.cell(node, value, categories=categories)
    way = traced(table)
    rows = [way.row(node, 0, category) for category in (-1, 0, 1)]
    assert [way.cells(row or 0).tolist() for row in rows] == [[0], [1], [2]]


def test_units_say_what_they_bring_or_why_they_stay_out() -> None:
    table = Table()
    parent, own, child = table.node(), table.node(additivity=Additivity.UNDECLARED), table.node()
    table.link(own, parent)
    table.link(child, parent, included=False)
    table.cell(parent, 1)
    table.cell(own, 2)
    table.cell(child, 3)
    way = traced(table)
    units = way.units(way.row(parent, 0, -1) or 0)
    found = {
        (unit.node, unit.own): (unit.value, unit.reason if unit.reason is None else REASONS[unit.reason])
        for unit in units
    }
    assert found == {
        (parent, True): (micros(1), None),
        (own, False): (micros(2), Reason.ADDITIVITY_UNDECLARED),
        (child, False): (micros(3), Reason.OPTED_OUT),
    }
    assert way.units(way.row(child, 0, -1) or 0) == []


def test_a_value_that_is_not_there_taints_the_figure_that_waits_for_it() -> None:
    table = Table()
    node = table.node()
    table.cell(node, None)
    assert traced(table).tainted(np.array([True])).tolist() == [True]
