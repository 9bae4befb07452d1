"""The engine against the oracle: accumulation, nested periods, crossings and operators, drawn at random."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rbm.rules.rollup import roll_up, trace
from rbm.terms.indicators import Accumulation, Measure, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind

from .oracle import Oracle, Slice
from .tables import Table

PERIODS = [(0, 29), (30, 59), (0, 89), (90, 180), (20, 100), (0, 364), (0, 364), (365, 729), (365, 460), (0, 729)]
KINDS = [PeriodKind.MONTH] * 2 + [PeriodKind.QUARTER] * 2
KINDS += [PeriodKind.OTHER, PeriodKind.YEAR, PeriodKind.OTHER, PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.LIFE]
CROSSED = [(), (0,), (1,), (2,), (0, 2), (1, 3), (0, 2, 4), (0, 2, 5), (1, 3, 4)]
OPERATORS = [OverUnits.SUM, OverUnits.RATIO_OF_SUMS, OverUnits.MAX, OverUnits.MAX_THEN_SUM]


@st.composite
def histories(draw: st.DrawFn, operators: Any = None, weights: tuple[str, ...] = ("1",)) -> Oracle:
    """Indicators of one operator in a random forest, with cells anywhere."""
    table = Table(
        periods=PERIODS,
        kinds=KINDS,
        today=draw(st.sampled_from([100, 400, 800])),
        dimensions=draw(st.lists(st.booleans(), min_size=3, max_size=3)),
        categories=[0, 0, 1, 1, 2, 2],
    )
    operator = draw(st.sampled_from(operators or OPERATORS))
    made = Oracle(table, operator, {}, {}, lambda cell: cell[9] and not cell[11])
    measure = Measure.PERCENTAGE if operator is OverUnits.RATIO_OF_SUMS else Measure.NUMBER
    for node in range(draw(st.integers(1, 4))):
        made.accumulation[node] = draw(st.sampled_from(Accumulation))
        made.over_time[node] = draw(st.sampled_from(OverTime))
        table.node(operator, measure, accumulation=made.accumulation[node], over_time=made.over_time[node])
        if node and draw(st.booleans()):
            table.link(node, draw(st.integers(0, node - 1)), draw(st.sampled_from(weights)))
        for _ in range(draw(st.integers(0, 6))):
            draw_cell(draw, table, node)
    return made


def draw_cell(draw: st.DrawFn, table: Table, node: int) -> None:
    """A cell anywhere, sometimes without a value, sometimes not approved."""
    amount = draw(st.integers(-50, 50))
    parts = (
        (amount, draw(st.integers(1, 9))) if table.nodes[node][0] == list(Measure).index(Measure.PERCENTAGE) else None
    )
    told = draw(st.integers(0, 9)) > 0
    where = {"categories": draw(st.sampled_from(CROSSED)), "period": draw(st.integers(0, len(PERIODS) - 1))}
    where["place"] = draw(st.sampled_from([-1, -1, 1, 2]))
    table.cell(
        node, amount if told and not parts else None, parts if told else None, **where, approved=draw(st.booleans())
    )


def overlapping(oracle: Oracle) -> bool:
    """Whether increments are stated for periods of one kind that overlap: chains of these have tests of their own."""
    table = oracle.table
    stated = {
        (cell[0], cell[1]) for cell in table.cells if oracle.accumulation[cell[0]] is Accumulation.INCREMENTS_CUMULATED
    }
    return any(
        one[0] == other[0]
        and one[1] < other[1]
        and table.kinds[one[1]] is table.kinds[other[1]]
        and table.periods[one[1]][0] <= table.periods[other[1]][1]
        and table.periods[other[1]][0] <= table.periods[one[1]][1]
        for one in stated
        for other in stated
    )


def slice_of(table: Table, category: int, crossing: int) -> Slice:
    """The categories of a figure."""
    return frozenset(table.crossings[crossing]) if crossing >= 0 else frozenset({category} - {-1})


@settings(deadline=None)
@given(histories(weights=("1", "0.5")))
def test_every_figure_is_what_the_oracle_says(oracle: Oracle) -> None:
    assume(not overlapping(oracle))
    table = oracle.table
    if oracle.operator is not OverUnits.SUM:
        table.links = [(*link[:2], 10**6, *link[3:]) for link in table.links]
    figures = roll_up(table.inputs())
    found = {}
    rows = (figures.node, figures.period, figures.category, figures.crossing, figures.value, figures.has_value)
    for node, period, category, crossing, value, present in zip(*(column.tolist() for column in rows), strict=True):
        found[node, period, slice_of(table, category, crossing)] = value if present else None
    for key, value in found.items():
        amount = oracle.figure(*key)
        assert (None if amount is None else amount.value) == value
    simple = [frozenset[int](), *(frozenset({category}) for category in range(6))]
    for key in ((n, p, s) for n in range(len(table.nodes)) for p in range(len(PERIODS)) for s in simple):
        assert key in found or oracle.figure(*key) is None


@settings(deadline=None)
@given(histories(operators=[OverUnits.SUM]))
def test_the_cells_of_a_sum_add_up_to_it_over_time_too(oracle: Oracle) -> None:
    table = oracle.table
    for node in range(len(table.nodes)):
        if oracle.over_time[node] is not OverTime.LAST:
            table.nodes[node] = (*table.nodes[node][:6], list(OverTime).index(OverTime.SUM), *table.nodes[node][7:])
    inputs = table.inputs()
    figures, way = roll_up(inputs), trace(inputs, inputs.cells.approved)
    keys = (figures.node, figures.period, figures.category, figures.crossing, figures.value, figures.has_value)
    for node, period, category, crossing, value, present in zip(*(key.tolist() for key in keys), strict=True):
        row = way.row(node, period, category, crossing)
        assert row is not None
        shares = way.shares(row)
        assert set(shares) == set(way.cells(row).tolist())
        assert sum((share * table.cells[cell][4] for cell, share in shares.items()), Fraction(0)) == value
        assert present or not shares


@settings(deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_what_a_cell_taints_over_time_is_what_it_entered(oracle: Oracle, random: Any) -> None:
    inputs = oracle.table.inputs()
    way = trace(inputs, inputs.cells.approved)
    chosen = np.array([random.random() < 0.5 for _ in oracle.table.cells], dtype=np.bool_)
    tainted = way.tainted(chosen)
    shown = np.flatnonzero(way.rows.shown)
    assert len(tainted) == len(shown)
    for at, row in enumerate(shown.tolist()):
        if way.has_value[row]:
            assert tainted[at] == chosen[way.cells(row)].any()
