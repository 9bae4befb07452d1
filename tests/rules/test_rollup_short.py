"""The short way of the roll-up makes the same figures as the long one, and takes only what it can."""

import re
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.arrays import Bools
from rbm.rules.rollup import Figures, Inputs, roll_up, roll_up_resting, trace
from rbm.rules.rollup.dense import roll_up_plain
from rbm.rules.rollup.engine import roll_up_long
from rbm.terms.indicators import Accumulation, Additivity, Composition, Measure, MissingPolicy, OverUnits
from tests.rules.tables import Table

AMOUNTS = st.one_of(
    st.integers(-1_000, 1_000), st.decimals(-50, 50, places=6), st.sampled_from([0, 3 * 10**9, 9 * 10**12])
)
PLAIN = st.sampled_from([OverUnits.SUM] * 3 + [OverUnits.MEAN, OverUnits.WEIGHTED_MEAN, OverUnits.MIN, OverUnits.MAX])


def refuse_differences(one: Figures, other: Figures) -> None:
    for each in fields(Figures):
        if each.name != "exclusions":
            assert getattr(one, each.name).tolist() == getattr(other, each.name).tolist(), each.name
    for each in fields(one.exclusions):
        assert getattr(one.exclusions, each.name).tolist() == getattr(other.exclusions, each.name).tolist(), each.name


def long(inputs: Inputs) -> Figures:
    return roll_up_long(inputs)[0]


def tainted(inputs: Inputs, asked: Bools) -> Bools:
    """What the way back says of the figures as approved and as reported so far."""
    standing = ~inputs.cells.rejected
    as_reported, as_approved = (trace(inputs, each) for each in (standing, standing & inputs.cells.approved))
    return as_reported.tainted(asked) | as_approved.tainted(asked)


def went_long(inputs: Inputs) -> list[int]:
    return np.flatnonzero(roll_up_plain(inputs)[1]).tolist()


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Two or three families, mostly plain, sometimes joined by a link that is not."""
    table = Table(dimensions=[True, draw(st.booleans())], categories=[0, 1, 0, 1])
    for _ in range(draw(st.integers(1, 3))):
        _family(draw, table)
    if draw(st.integers(0, 5)) == 0:
        last = len(table.nodes) - 1
        table.link(0, last) if last else None
    for _ in range(draw(st.integers(1, 14))):
        _cell(draw, table)
    return table


def _family(draw: st.DrawFn, table: Table) -> None:
    ratio = draw(st.integers(0, 3)) == 0
    over, measure = (OverUnits.RATIO_OF_SUMS, Measure.PERCENTAGE) if ratio else (draw(PLAIN), Measure.NUMBER)
    odd = draw(st.integers(0, 7)) == 0
    more: dict[str, Any] = {"missing": draw(st.sampled_from(MissingPolicy))} if odd else {}
    held = draw(st.sampled_from([Composition.CONTRIBUTED_ONLY, Composition.OWN_PLUS_CONTRIBUTED]))
    nodes = [table.node(over, measure, composition=held, **more) for _ in range(draw(st.integers(1, 5)))]
    for at, child in enumerate(nodes):
        for parent in draw(st.lists(st.sampled_from([*nodes[at + 1 :], None]), max_size=2, unique=True)):
            if parent is None:
                continue
            weight = draw(st.sampled_from(["1", "1", "0.5", "0.25", "0.333333", "0"]))
            factor = draw(st.sampled_from(["1", "1", "1", "2.5", "0.001"])) if over is OverUnits.SUM else 1
            table.link(child, parent, weight, factor, included=draw(st.integers(0, 9)) > 0)


def _cell(draw: st.DrawFn, table: Table) -> None:
    node = draw(st.integers(0, len(table.nodes) - 1))
    crossed = draw(st.sampled_from([(), (0,), (1,), (2,), (3,), (0, 1)]))
    decided = draw(st.sampled_from(["approved", "approved", "verified", "submitted", "rejected"]))
    above = [draw(AMOUNTS)] if draw(st.integers(0, 9)) else []
    parts = (draw(st.integers(-5, 50)), draw(st.integers(0, 60))) if draw(st.booleans()) else None
    table.cell(
        node,
        above[0] if above else None,
        parts,
        period=draw(st.integers(0, 1)),
        categories=crossed or None,
        place=draw(st.sampled_from([-1, -1, -1, 4])),
        approved=decided != "submitted",
        verified=decided == "verified",
        rejected=decided == "rejected",
    )


@given(tables())
def test_both_ways_make_the_same_figures(table: Table) -> None:
    inputs = table.inputs()
    try:
        figures = long(inputs)
    except Invalid as refusal:
        with pytest.raises(Invalid, match=re.escape(refusal.message)):
            roll_up(inputs)
    else:
        refuse_differences(roll_up(inputs), figures)


@given(tables(), st.data())
def test_both_ways_say_which_figures_rest_on_a_cell(table: Table, data: st.DataObject) -> None:
    inputs = table.inputs()
    count = len(inputs.cells.node)
    asked = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    try:
        figures = roll_up(inputs)
    except Invalid:
        return
    short, resting = roll_up_resting(inputs, asked)
    refuse_differences(short, figures)
    assert resting.tolist() == tainted(inputs, asked).tolist()
    assert roll_up_long(inputs, asked)[1].tolist() == resting.tolist()


def a_sum(**more: Any) -> Table:
    """Two children and their parent; each child with a value."""
    table = Table(dimensions=[True, True], categories=[0, 0, 1])
    for _ in range(3):
        table.node(composition=Composition.CONTRIBUTED_ONLY, **more)
    table.link(0, 2)
    table.link(1, 2)
    table.cell(0, 5)
    table.cell(1, 7, categories=(0,))
    table.cell(1, 1, categories=(1,))
    return table


def test_a_sum_goes_the_short_way() -> None:
    assert went_long(a_sum().inputs()) == []


@pytest.mark.parametrize(
    "more",
    [
        {"missing": MissingPolicy.BLOCK},
        {"missing": MissingPolicy.ZERO},
        {"accumulation": Accumulation.RUNNING_TOTAL},
        {"additivity": Additivity.UNDECLARED},
        {"additivity": Additivity.NO},
        {"over_units": OverUnits.MEDIAN},
        {"over_units": OverUnits.MAX_THEN_SUM},
        {"measure": Measure.MILESTONE},
        {"unfit": True},
        {"people": True},
    ],
)
def test_what_needs_more_than_arithmetic_goes_the_long_way(more: dict[str, Any]) -> None:
    assert went_long(a_sum(**more).inputs()) == [0, 1, 2]


@pytest.mark.parametrize(
    "link", [{"included": False}, {"days": (10, 20)}, {"days": (400, 1_000_000)}], ids=["left out", "short", "late"]
)
def test_a_link_that_does_not_always_count_goes_the_long_way(link: dict[str, Any]) -> None:
    table = a_sum()
    extra = table.node(composition=Composition.CONTRIBUTED_ONLY)
    table.link(extra, 2, **link)
    assert went_long(table.inputs()) == [0, 1, 2, 3]


def test_one_that_needs_the_long_way_takes_its_family_along_and_no_other() -> None:
    table = a_sum()
    other = table.node(OverUnits.MEDIAN)
    table.cell(other, 1)
    assert went_long(table.inputs()) == [other]
    table.link(other, 2)
    assert went_long(table.inputs()) == [0, 1, 2, other]


def test_own_cells_beside_contributions_go_the_long_way() -> None:
    table = a_sum()
    table.cell(2, 1)
    assert went_long(table.inputs()) == [0, 1, 2]


def test_crossed_categories_go_the_long_way() -> None:
    table = a_sum()
    table.cell(0, 1, categories=(0, 2))
    assert went_long(table.inputs()) == [0, 1, 2]


def test_periods_inside_others_go_the_long_way() -> None:
    table = a_sum()
    table.periods.append((0, 729))
    assert went_long(table.inputs()) == [0, 1, 2]


def test_some_places_and_some_none_go_the_long_way() -> None:
    table = a_sum()
    table.cell(0, 1, place=3)
    assert went_long(table.inputs()) == [0, 1, 2]


def test_numbers_too_wide_on_the_way_go_the_long_way() -> None:
    table = a_sum()
    table.cell(0, 4 * 10**12)
    assert went_long(table.inputs()) == [0, 1, 2]
    refuse_differences(roll_up(table.inputs()), long(table.inputs()))


def test_a_ratio_without_parts_goes_the_long_way() -> None:
    table = Table()
    one = table.percentage()
    table.cell(one, 40)
    assert went_long(table.inputs()) == [one]


def test_few_cells_in_a_wide_room_go_the_long_way() -> None:
    table = Table(dimensions=[True], categories=[0] * 3)
    for _ in range(200):
        table.node()
    table.cell(0, 1)
    assert len(went_long(table.inputs())) == 200
    refuse_differences(roll_up(table.inputs()), long(table.inputs()))


def test_cells_of_one_slot_are_taken_together() -> None:
    for over in (OverUnits.SUM, OverUnits.MEAN, OverUnits.WEIGHTED_MEAN, OverUnits.MIN, OverUnits.MAX):
        table = Table(dimensions=[True], categories=[0, 0])
        one, two = table.node(over), table.node(over)
        table.link(one, two, "0.5")
        for value in (3, 4, -8):
            table.cell(one, value, categories=(0,))
        table.cell(one, 2, categories=(1,), approved=False)
        assert went_long(table.inputs()) == []
        refuse_differences(roll_up(table.inputs()), long(table.inputs()))


def test_quotients_are_exact_where_floating_point_is_not() -> None:
    table = Table()
    one = table.percentage()
    table.cell(one, parts=("333333333.333333", "999999999.999998"))
    table.cell(one, parts=("0.000001", "999999.999999"), period=1)
    assert went_long(table.inputs()) == []
    refuse_differences(roll_up(table.inputs()), long(table.inputs()))


@pytest.mark.parametrize(
    ("cell", "more", "resting"),
    [
        (0, {}, {(0, -1), (2, -1)}),
        (1, {}, {(1, -1), (1, 0), (2, -1), (2, 0)}),
        (2, {}, {(1, -1), (1, 1), (2, -1), (2, 1)}),
        (3, {}, {(1, 2), (2, 2)}),
        (0, {"approved": False}, {(0, -1), (2, -1)}),
        (0, {"rejected": True}, {(0, -1)}),
        (1, {"rejected": True}, {(1, 0)}),
    ],
)
def test_a_figure_rests_on_the_cells_that_made_it_or_left_it_null(
    cell: int, more: dict[str, bool], resting: set[tuple[int, int]]
) -> None:
    """Cells: one of the first child; two and one of the second by dimensions, the first of which makes its total."""
    table = a_sum()
    table.cell(1, 4, categories=(2,))
    inputs = table.inputs()
    for name, said in more.items():
        getattr(inputs.cells, name)[cell] = said
    asked = np.arange(len(inputs.cells.node)) == cell
    figures, told = roll_up_resting(inputs, asked)
    assert went_long(inputs) == []
    assert set(zip(figures.node[told].tolist(), figures.category[told].tolist(), strict=True)) == resting


def test_a_ratio_without_a_quotient_rests_on_its_parts() -> None:
    table = Table()
    child, parent = table.percentage(), table.percentage(composition=Composition.CONTRIBUTED_ONLY)
    table.link(child, parent)
    table.cell(child, parts=(1, 0))
    assert went_long(table.inputs()) == []
    assert roll_up_resting(table.inputs(), np.array([True]))[1].tolist() == [True, False]


def test_no_indicator_at_all_is_no_figure() -> None:
    inputs = Table().inputs()
    assert len(roll_up(inputs).node) == 0
    assert len(roll_up(replace(a_sum().inputs(), cells=inputs.cells)).node) == 0
