"""Laws of the roll-up, held against a plain calculation in Python."""

from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.exact import ONE
from rbm.rules.rollup import Figures, roll_up
from rbm.terms.indicators import OverUnits

from .tables import Lookup, Table, micros

AMOUNTS = st.integers(-(10**12), 10**12).map(lambda value: Decimal(value).scaleb(-6))
WHOLE = st.just("1")
WEIGHTS = st.sampled_from(["1", "0.5", "0.333333", "0.000001"])


@st.composite
def trees(draw: st.DrawFn, weights: Any = WHOLE) -> tuple[Table, dict[int, tuple[int, str]]]:
    """Summing indicators in a random forest, some with cells in two periods, and {child: (parent, weight)}."""
    table, above = Table(), {}
    for node in range(draw(st.integers(1, 14))):
        table.node(OverUnits.SUM)
        if node and draw(st.booleans()):
            above[node] = (draw(st.integers(0, node - 1)), draw(weights))
            table.link(node, above[node][0], above[node][1])
        for period in (0, 1):
            for _ in range(draw(st.integers(0, 2))):
                decided = {name: draw(st.booleans()) for name in ("approved", "verified", "rejected")}
                table.cell(node, draw(st.none() | AMOUNTS), period=period, **decided)
    return table, above


def oracle(table: Table, above: dict[int, tuple[int, str]], admitted: Any) -> dict[tuple[int, int], int]:
    """{(node, period): micros} of summing indicators, node by node."""
    found: dict[tuple[int, int], list[Fraction]] = {}
    rounded: dict[tuple[int, int], int] = {}
    for node in reversed(range(len(table.nodes))):
        for period in (0, 1):
            own = [cell[4] for cell in table.cells if cell[:2] == (node, period) and cell[7] and admitted(cell)]
            terms = found.get((node, period), []) + ([Fraction(sum(own))] if own else [])
            if terms:
                rounded[node, period] = round(sum(terms))
                if node in above:
                    parent, weight = above[node]
                    share = Fraction(micros(weight), ONE)
                    found.setdefault((parent, period), []).append(rounded[node, period] * share)
    return rounded


@given(trees(WEIGHTS))
def test_every_truth_equals_the_plain_calculation(drawn: tuple[Table, dict[int, tuple[int, str]]]) -> None:
    table, above = drawn
    figures = roll_up(table.inputs())
    truths = (
        (figures.value, figures.has_value, lambda cell: cell[9] and not cell[11]),
        (figures.self_reported, figures.has_self_reported, lambda cell: not cell[11]),
        (figures.verified, figures.has_verified, lambda cell: cell[9] and cell[10] and not cell[11]),
    )
    for amounts, present, admitted in truths:
        rows = zip(figures.node, figures.period, amounts, present, strict=True)
        assert {(n, p): v for n, p, v, there in rows if there} == oracle(table, above, admitted)


@given(trees())
def test_a_root_is_the_exact_sum_of_the_cells_below_it(drawn: tuple[Table, dict[int, tuple[int, str]]]) -> None:
    table, above = drawn
    figures = roll_up(table.inputs())
    roots = figures.has_value & ~np.isin(figures.node, list(above))
    approved = sum(cell[4] for cell in table.cells if cell[9] and not cell[11])
    assert int(figures.value[roots].sum()) == approved


@given(trees(WEIGHTS), st.randoms(use_true_random=False))
def test_order_never_matters(drawn: tuple[Table, dict[int, tuple[int, str]]], random: Any) -> None:
    table, _ = drawn
    before = roll_up(table.inputs())
    random.shuffle(table.cells)
    random.shuffle(table.links)
    assert same(before, roll_up(table.inputs()))


@given(trees(WEIGHTS))
def test_the_same_twice_is_the_same(drawn: tuple[Table, dict[int, tuple[int, str]]]) -> None:
    inputs = drawn[0].inputs()
    assert same(roll_up(inputs), roll_up(inputs))


@given(trees(WEIGHTS))
def test_a_figure_has_a_value_or_a_reason_and_every_unit_is_accounted_for(
    drawn: tuple[Table, dict[int, tuple[int, str]]],
) -> None:
    figures = roll_up(drawn[0].inputs())
    assert (figures.has_value == (figures.reason < 0)).all()
    assert (figures.value[~figures.has_value] == 0).all()
    excluded = np.bincount(figures.exclusions.figure, figures.exclusions.count, minlength=len(figures.node))
    assert (figures.reported + excluded <= figures.expected).all()
    assert ((figures.reported > 0) == figures.has_value).all()


@given(st.dictionaries(st.tuples(st.integers(0, 2), st.integers(3, 4)), AMOUNTS, min_size=1))
def test_a_total_is_the_sum_of_its_split_along_every_dimension(crossed: dict[tuple[int, int], Decimal]) -> None:
    table = Table(dimensions=[True, True], categories=[0, 0, 0, 1, 1])
    parent, node = table.node(), table.node()
    table.link(node, parent)
    for categories, value in crossed.items():
        table.cell(node, value, categories=categories)
    figures = table.figures()
    for own in (node, parent):
        for dimension in ((0, 1, 2), (3, 4)):
            stated = [category for category in dimension if any(category in crossing for crossing in crossed)]
            assert figures.value(own) == sum(figures.value(own, 0, category) or 0 for category in stated)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)), min_size=1, max_size=8))
def test_a_percentage_is_the_ratio_of_sums_rounded_once(parts: list[tuple[int, int]]) -> None:
    table = Table()
    parent = table.percentage()
    for numerator, denominator in parts:
        child = table.percentage()
        table.link(child, parent)
        table.cell(child, parts=(numerator, denominator))
    found = table.figures().value(parent)
    exact = Fraction(sum(n for n, _ in parts) * 100, sum(d for _, d in parts))
    assert found == Decimal(round(exact * ONE)).scaleb(-6)


@given(trees(), st.integers(1, 1000))
def test_a_cell_without_a_value_changes_no_value(drawn: tuple[Table, Any], node: int) -> None:
    table, _ = drawn
    before = roll_up(table.inputs())
    table.cell(node % len(table.nodes), None, period=0)
    after = Lookup(roll_up(table.inputs()))
    for n, p, value, there in zip(before.node, before.period, before.value, before.has_value, strict=True):
        row = after.row(int(n), int(p))
        assert (after.figures.has_value[row], after.figures.value[row]) == (there, value)


def same(one: Figures, other: Figures) -> bool:
    """Whether two results hold the same columns."""
    columns = [field.name for field in fields(Figures) if field.name != "exclusions"]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns) and all(
        np.array_equal(getattr(one.exclusions, name), getattr(other.exclusions, name))
        for name in ("figure", "reason", "count")
    )


def test_columns_of_different_lengths_are_refused() -> None:
    table = Table()
    table.cell(table.node(), 1)
    inputs = table.inputs()
    broken = replace(inputs, cells=replace(inputs.cells, period=np.zeros(2, dtype=np.int64)))
    with pytest.raises(Invalid, match="differ in length"):
        roll_up(broken)
