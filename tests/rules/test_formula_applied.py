"""Formulas beside the engine's figures: per period, slice and truth, in dependency order."""

from decimal import Decimal

import numpy as np
import pytest

from rbm.rules.arrays import Bools
from rbm.rules.formula import Applied, Made, apply_formulas, parse
from rbm.rules.rollup import roll_up
from rbm.terms.indicators import Composition, Measure, MissingPolicy
from rbm.terms.rollup import Reason
from tests.rules.tables import Lookup, Table

MISSING = Reason.FORMULA_PART_MISSING
BLOCK = {"missing": MissingPolicy.BLOCK}
DAY = 736_330
"""1 January 2017, as an ordinal."""

YEARS = [(DAY, DAY + 364), (DAY + 365, DAY + 729)]
MONTHS = [(DAY, DAY + 30), (DAY + 31, DAY + 58), (DAY + 59, DAY + 89), (DAY + 90, DAY + 119)]


def formula(table: Table, text: str, measure: Measure = Measure.NUMBER, **terms: int) -> Made:
    """An indicator made by a formula."""
    return Made(table.node(), measure, parse(text), terms)


def applied(table: Table, *made: Made, hidden: Bools | None = None) -> Applied:
    figures = roll_up(table.inputs())
    unseen = np.zeros(len(figures.node), dtype=np.bool_) if hidden is None else hidden
    return apply_formulas(figures, unseen, made, table.inputs().periods)


def test_a_formula_is_over_what_was_aggregated() -> None:
    """Case dhis2-006: the ratio of sums, rounded once."""
    table = Table(YEARS)
    a, b = table.node(), table.node()
    for value in (1, 2):
        table.link(leaf := table.node(), a)
        table.cell(leaf, value)
    table.cell(b, 7, verified=True)
    made = formula(table, "a / b", a=a, b=b)
    found = Lookup(applied(table, made).figures)
    assert (found.value(made.node), found.self_reported(made.node)) == (Decimal("0.428571"), Decimal("0.428571"))
    assert (found.verified(made.node), found.coverage(made.node)) == (None, (2, 2))
    assert (found.value(a), found.value(b), found.reason(made.node)) == (3, 7, None)
    assert found.excluded(made.node) == {}


def test_verified_parts_make_a_verified_figure() -> None:
    table = Table(YEARS)
    a, b = table.node(), table.node()
    table.cell(a, 5, verified=True)
    table.cell(b, 2, verified=True)
    table.cell(b, 1, approved=False)
    made = formula(table, "a - b", a=a, b=b)
    figures = applied(table, made).figures
    found = Lookup(figures)
    assert (found.value(made.node), found.verified(made.node), found.self_reported(made.node)) == (3, 3, 2)
    assert figures.verified_units[found.row(made.node)] == 2


def test_a_missing_part_makes_none_and_is_counted() -> None:
    """Case trap-015."""
    table = Table(YEARS)
    a, b, c = table.node(), table.node(), table.node()
    table.cell(a, 5)
    table.cell(c, 10)
    strict = formula(table, "(a + b) / c", a=a, b=b, c=c)
    lenient = formula(table, "(a + or_zero(b)) / c", a=a, b=b, c=c)
    zero = formula(table, "a / (c - 2 * a)", a=a, c=c)
    found = Lookup(applied(table, strict, lenient, zero).figures)
    assert (found.value(strict.node), found.reason(strict.node)) == (None, MISSING)
    assert (found.excluded(strict.node), found.coverage(strict.node)) == ({MISSING: 1}, (2, 3))
    assert (found.value(lenient.node), found.excluded(lenient.node)) == (Decimal("0.5"), {})
    assert (found.value(zero.node), found.reason(zero.node)) == (None, Reason.DENOMINATOR_ZERO)


def test_only_a_missing_part_of_a_formula_over_formulas_becomes_zero() -> None:
    table = Table(MONTHS)
    a, b, c = table.node(), table.node(), table.node()
    for period, (over, under) in enumerate([(7, 0), (7, 2), (None, 2)]):
        table.cell(b, under, period=period, verified=True)
        table.cell(c, 1, period=period)
        if over is not None:
            table.cell(a, over, period=period, verified=True)
    f = formula(table, "a / b", a=a, b=b)
    texts = ("or_zero(f)", "or_zero(f) + c", "f + 1", "ytd(f)")
    names = ({"f": f.node}, {"f": f.node, "c": c}, {"f": f.node}, {"f": f.node})
    made = [formula(table, text, **terms) for text, terms in zip(texts, names, strict=True)]
    found = Lookup(applied(table, f, *made).figures)
    zero = Reason.DENOMINATOR_ZERO
    told = [[found.value(one.node, at) or found.reason(one.node, at) for at in range(3)] for one in made]
    half = Decimal("3.5")
    assert told == [[zero, half, None], [zero, half + 1, 1], [zero, half + 1, MISSING], [zero, zero, zero]]
    assert [found.value(made[0].node, at) for at in range(3)] == [None, half, 0]
    assert [found.verified(made[0].node, at) for at in range(3)] == [None, half, 0]
    assert [found.excluded(made[0].node, at) for at in range(3)] == [{}, {}, {}]
    assert [found.excluded(made[2].node, at) for at in range(3)] == [{}, {}, {MISSING: 1}]


def test_what_cannot_be_added_is_no_zero() -> None:
    table = Table(YEARS)
    blocked, silent = (table.node(composition=Composition.CONTRIBUTED_ONLY, **facts) for facts in (BLOCK, {}))
    children = [table.node() for _ in range(2)]
    for child in children:
        table.link(child, blocked)
    table.link(children[1], silent)
    table.cell(children[0], 5)
    table.cell(children[1], 5, approved=False)
    made = [formula(table, "or_zero(x) + 0", x=node) for node in (blocked, silent)]
    found = Lookup(applied(table, *made).figures)
    assert [found.value(node) for node in (blocked, silent)] == [None, None]
    assert [(found.value(one.node), found.reason(one.node)) for one in made] == [
        (None, Reason.BLOCKED_BY_MISSING),
        (0, None),
    ]


def test_formulas_rest_on_formulas() -> None:
    """Case dhis2-018: a ratio at each unit, and then their sum."""
    table = Table(YEARS)
    (a, b), (c, d) = [(table.node(), table.node()) for _ in range(2)]
    for node, value in zip((a, b, c, d), (5, 2, 1, 10), strict=True):
        table.cell(node, value)
    top = table.node()
    first, second = formula(table, "a / b", a=a, b=b), formula(table, "c / d", c=c, d=d)
    made = Made(top, Measure.NUMBER, parse("x + y"), {"x": first.node, "y": second.node})
    found = Lookup(applied(table, first, second, made).figures)
    assert found.value(top) == Decimal("2.6")


def test_each_slice_is_made_of_its_own() -> None:
    table = Table(YEARS, dimensions=[True], categories=[0, 0])
    a, b = table.node(), table.node()
    for node, women, men in ((a, 3, 5), (b, 6, 20)):
        table.cell(node, women, categories=(0,))
        table.cell(node, men, categories=(1,))
    made = formula(table, "share(a, b)", Measure.PERCENTAGE, a=a, b=b)
    found = Lookup(applied(table, made).figures)
    assert [found.value(made.node, 0, category) for category in (0, 1)] == [50, 25]
    assert found.value(made.node) == Decimal("30.769231")
    assert found.parts(made.node) == (8, 26)


@pytest.mark.parametrize(
    ("text", "measure", "parts"),
    [
        ("share(12 * a, b)", Measure.PERCENTAGE, (24, 12)),
        ("a / b", Measure.RATIO, (2, 12)),
        ("ratio(a, b)", Measure.RATIO, (2, 12)),
        ("share(a, b)", Measure.NUMBER, (None, None)),
        ("1 + a / b", Measure.RATIO, (None, None)),
    ],
)
def test_a_quotient_has_parts(text: str, measure: Measure, parts: tuple[object, object]) -> None:
    """Case dhis2-023."""
    table = Table(YEARS)
    a, b = table.node(), table.node()
    table.cell(a, 2)
    table.cell(b, 12)
    made = formula(table, text, measure, a=a, b=b)
    assert Lookup(applied(table, made).figures).parts(made.node) == parts


def test_later_periods_follow_from_earlier_ones_as_far_as_they_have_begun() -> None:
    table = Table(MONTHS)
    a = table.node()
    table.cell(a, 3, period=1)
    made = formula(table, "ytd(a)", a=a)
    before = formula(table, "previous(a)", a=a)
    found = applied(table, made, before).figures
    assert [found.period[row] for row in np.flatnonzero(found.node == made.node)] == [1, 2, 3]
    assert [Lookup(found).value(made.node, period) for period in (1, 2, 3)] == [3, 3, 3]
    assert [found.period[row] for row in np.flatnonzero(found.node == before.node)] == [1, 2]
    assert (Lookup(found).value(before.node, 1), Lookup(found).value(before.node, 2)) == (None, 3)


def test_what_is_not_released_hides_all_that_rests_on_it() -> None:
    table = Table(MONTHS)
    a, b = table.node(), table.node()
    for period in range(4):
        table.cell(a, 1, period=period)
        table.cell(b, 1, period=period)
    made, free = formula(table, "ytd(a)", a=a), formula(table, "b + 1", b=b)
    figures = roll_up(table.inputs())
    hidden = (figures.node == a) & (figures.period == 2)
    got = applied(table, made, free, hidden=hidden)
    assert got.hidden[got.figures.node == a].tolist() == [False, False, True, False]
    assert got.hidden[got.figures.node == made.node].tolist() == [False, False, True, True]
    assert not got.hidden[got.figures.node == free.node].any()


def test_rows_stay_in_order_and_exclusions_with_their_figures() -> None:
    table = Table(YEARS)
    made = formula(table, "a + b", a=1, b=2)
    a, b = table.node(), table.node(composition=Composition.CONTRIBUTED_ONLY)
    table.cell(made.node, 99)
    table.cell(a, 1, period=1)
    child = table.node()
    table.link(child, b, included=False)
    table.cell(child, 1)
    got = applied(table, made).figures
    keys = list(zip(got.node.tolist(), got.period.tolist(), strict=True))
    assert keys == sorted(keys)
    assert Lookup(got).value(made.node, 1) is None
    assert Lookup(got).excluded(made.node, 1) == {MISSING: 1}
    assert Lookup(got).excluded(b) == {Reason.OPTED_OUT: 1}
    assert (Lookup(got).value(made.node, 0), Lookup(got).excluded(made.node, 0)) == (None, {MISSING: 2})
    assert a == 1


def test_without_formulas_nothing_changes() -> None:
    table = Table(YEARS)
    table.cell(table.node(), 1)
    figures = roll_up(table.inputs())
    assert apply_formulas(figures, np.zeros(1, dtype=np.bool_), [], table.inputs().periods).figures is figures


def test_what_needs_more_than_64_bits_is_out_of_range() -> None:
    table = Table(YEARS)
    a = table.node()
    table.cell(a, 9_000_000_000_000)
    made = formula(table, "a * a", a=a)
    fits = formula(table, "a * a / a", a=a)
    found = Lookup(applied(table, made, fits).figures)
    assert (found.value(made.node), found.reason(made.node)) == (None, Reason.OUT_OF_RANGE)
    assert found.value(fits.node) == 9_000_000_000_000
