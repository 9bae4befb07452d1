"""Formulas: read, held against their terms, evaluated exactly over periods."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import add, mul, sub, truediv

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.exact import LIMIT
from rbm.rules.formula import Axis, Gap, axis_of, evaluate, parse, refuse_terms, rounded, touched
from rbm.terms.reporting import PeriodKind
from rbm.terms.rollup import Reason

KINDS = list(PeriodKind)


def axis(spans: list[tuple[date, date]], kind: PeriodKind = PeriodKind.MONTH) -> Axis:
    first, last = ([day.toordinal() for day in days] for days in zip(*spans, strict=True))
    codes = np.full(len(spans), KINDS.index(kind), dtype=np.int8)
    return axis_of(np.array(first, dtype=np.int32), np.array(last, dtype=np.int32), codes)


def months(first: int, last: int, year: int = 2017) -> Axis:
    """Months of a year, by number."""
    starts = [date(year, month, 1) for month in range(first, last + 1)]
    ends = [(start + timedelta(days=31)).replace(day=1) - timedelta(days=1) for start in starts]
    return axis(list(zip(starts, ends, strict=True)))


def values(text: str, over: Axis, **columns: list[object]) -> list[object]:
    """What a formula makes: numbers, or the reason of what is missing."""
    stated = {
        name: [
            Gap(Reason.FORMULA_PART_MISSING, frozenset({name})) if one is None else Fraction(str(one)) for one in column
        ]
        for name, column in columns.items()
    }
    return [one.reason if isinstance(one, Gap) else one for one in evaluate(parse(text), stated, over)]


def value(text: str, **columns: object) -> object:
    return values(text, months(1, 1), **{name: [one] for name, one in columns.items()})[0]


MISSING, ZERO = Reason.FORMULA_PART_MISSING, Reason.DENOMINATOR_ZERO


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a + b * 2", 16),
        ("(a + b) * 2", 22),
        ("a - b - 1", 0),
        ("a - (b - 1)", 2),
        ("-a + b", -1),
        ("a / b", Fraction(6, 5)),
        ("a / b / 2", Fraction(3, 5)),
        ("--a * 0.5", 3),
        ("share(a, b)", 120),
        ("ratio(a, b)", Fraction(6, 5)),
        ("min(a, b, 3)", 3),
        ("max(a, -b)", 6),
        ("a * (1 / 3) * 3", 6),
        ("or_zero(a)", 6),
    ],
)
def test_a_formula_makes_an_exact_number(text: str, wanted: object) -> None:
    assert value(text, a=6, b=5) == wanted


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("", "formula", "something is missing"),
        ("a +", "formula", "something is missing"),
        ("a b", "formula", "'b' cannot be read at character 3"),
        ("a ** b", "formula", "'\\*' cannot be read at character 4"),
        ("a + $", "formula", "'\\$' cannot be read at character 5"),
        ("__import__('os')", "formula", "'_' cannot be read at character 1"),
        ("a.b", "formula", "'.' cannot be read at character 2"),
        ("(a", "formula", "something is missing"),
        ("mean(a, b)", "formula", "'mean' at character 1 is no function; there are max, min"),
        ("a / 0", "formula", "division by 0 at character 3"),
        ("a + b / (2 - 2)", "formula", "division by 0 at character 7"),
        ("share(a, 0.0)", "formula", "division by 0 at character 1"),
        ("ratio(a, min(0, 1))", "formula", "division by 0"),
        ("share(a)", "formula", "share at character 1 takes 2 arguments, not 1"),
        ("max(a)", "formula", "takes 2 to 20 arguments, not 1"),
        ("period_index(a)", "formula", "takes 0 arguments, not 1"),
        ("previous(a, 0)", "formula", "a number of periods, 1 to 120"),
        ("previous(a, 1.5)", "formula", "a number of periods"),
        ("previous(a, b)", "formula", "a number of periods"),
        ("ytd(5) + a", "formula", "ytd at character 1 is of something that has a figure"),
        ("2 + 3", "formula", "names at least one indicator"),
        ("-" * 40 + "a", "formula", "more than 32 operations"),
        ("a" + " + a" * 400, "formula", "at most 1,000 characters"),
        ("(" * 499 + "a", "formula", "something is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        parse(text)
    assert refusal.value.field == field


WORDS = (
    "a",
    "b",
    "0",
    "2.5",
    "+",
    "-",
    "*",
    "/",
    "(",
    ")",
    ",",
    "share",
    "ytd",
    "previous",
    "or_zero",
    "min",
    " ",
    "é",
    "\x00",
)


def fault(text: str) -> Invalid | None:
    """Why a formula cannot be read."""
    try:
        parse(text)
    except Invalid as refusal:
        return refusal
    return None


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=30).map("".join)))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    refusal = fault(text)
    assert refusal is None or refusal.field == "formula"


OPERATIONS = {"+": add, "-": sub, "*": mul, "/": truediv}
Tree = str | tuple["Tree", str, "Tree"]
LEAVES = st.one_of(st.sampled_from(["a", "b"]), st.integers(0, 10**9).map(str))
TREES = st.recursive(LEAVES, lambda inner: st.tuples(inner, st.sampled_from(sorted(OPERATIONS)), inner), max_leaves=8)
NUMBERS = st.decimals(-1000, 1000, places=6)


def spelled(tree: Tree) -> str:
    return tree if isinstance(tree, str) else f"({spelled(tree[0])} {tree[1]} {spelled(tree[2])})"


def calculated(tree: Tree, **names: Decimal) -> Fraction:
    if isinstance(tree, str):
        return Fraction(names.get(tree, tree))
    return OPERATIONS[tree[1]](calculated(tree[0], **names), calculated(tree[2], **names))


@given(TREES, NUMBERS, NUMBERS)
def test_a_formula_makes_what_its_operations_make(tree: Tree, a: Decimal, b: Decimal) -> None:
    text = spelled(tree)
    assume(fault(text) is None)
    try:
        wanted: object = calculated(tree, a=a, b=b)
    except ZeroDivisionError:
        wanted = ZERO
    assert value(text, a=a, b=b) == wanted


def test_parentheses_are_not_deep() -> None:
    assert parse("(" * 400 + "a" + ")" * 400).names() == {"a": 401}


@pytest.mark.parametrize(
    ("terms", "field", "words"),
    [
        (["a"], "formula", "'b' at character 5"),
        (["a", "b", "c", "d"], "terms", "does not use c, d"),
        (["a", "b", "ytd"], "terms", "'ytd' cannot be the name"),
        (["a", "b", "2c"], "terms", "'2c' cannot be the name"),
        (["a", "b", ""], "terms", "cannot be the name"),
    ],
)
def test_terms_are_what_the_formula_names(terms: list[str], field: str, words: str) -> None:
    tree = parse("a + b / a")
    refuse_terms(tree, ["a", "b"])
    with pytest.raises(Invalid, match=words) as refusal:
        refuse_terms(tree, terms)
    assert refusal.value.field == field


def test_what_is_missing_stays_missing_and_is_named() -> None:
    """Case trap-015: (a + b) / d with b missing is no 0.5, unless the formula says so."""
    assert value("(a + b) / d", a=5, b=None, d=10) is MISSING
    assert value("(a + or_zero(b)) / d", a=5, b=None, d=10) == Fraction(1, 2)
    gap = evaluate(parse("(a + b) / d"), {name: [Gap(MISSING, frozenset(name))] for name in "abd"}, months(1, 1))
    assert gap == [Gap(MISSING, frozenset("abd"))]
    assert value("or_zero(a) + or_zero(b)", a=None, b=None) == 0
    assert value("min(a, b)", a=1, b=None) is MISSING


def test_a_denominator_of_zero_makes_nothing_and_is_not_missing() -> None:
    assert value("a / b", a=5, b=0) is ZERO
    assert value("share(a, b - b)", a=5, b=3) is ZERO
    assert value("or_zero(a / b)", a=5, b=0) is ZERO
    assert value("a / b + c", a=5, b=0, c=None) is MISSING
    assert value("0 / b", b=4) == 0


def test_the_year_to_date_begins_with_the_first_value_and_is_carried() -> None:
    """Cases dhis2-009 and dhis2-028."""
    got = values("ytd(E)", months(4, 9), E=[None, 1, 2, 4, None, None])
    assert got == [MISSING, 1, 3, 7, 7, 7]
    assert values("ytd(E)", months(1, 6), E=[None, 1, 2, None, 3, None]) == [MISSING, 1, 3, 3, 6, 6]


def test_the_year_to_date_of_the_period_before() -> None:
    """Case dhis2-010."""
    got = values("ytd(previous(E))", months(4, 9), E=[None, 1, 2, 4, None, None])
    assert got == [MISSING, MISSING, 1, 3, 7, 7]


def test_periods_before_are_counted_by_days() -> None:
    """Case dhis2-008: and nothing stands in for a period that is not there."""
    assert values("previous(E) + previous(E, 2)", months(5, 7), E=[1, 2, 4]) == [MISSING, MISSING, 3]
    gap = axis([(date(2017, 5, 1), date(2017, 5, 31)), (date(2017, 7, 1), date(2017, 7, 31))])
    assert values("previous(E)", gap, E=[1, 2]) == [MISSING, MISSING]


def test_the_place_in_the_year() -> None:
    """Cases dhis2-011 and dhis2-030."""
    given = [1, 2, 4, None, None]
    assert values("ytd(E) + period_index()", months(5, 9), E=given) == [6, 9, 14, 15, 16]
    assert values("ytd(E) + periods_in_year()", months(5, 9), E=given) == [13, 15, 19, 19, 19]
    assert values("t * period_index() / periods_in_year()", months(2, 2), t=[1200]) == [200]
    quarter = axis([(date(2017, 7, 1), date(2017, 9, 30))], PeriodKind.QUARTER)
    assert values("a * 0 + period_index()", quarter, a=[1]) == [3]
    other = axis([(date(2017, 7, 1), date(2017, 9, 30))], PeriodKind.LIFE)
    assert values("a + period_index()", other, a=[1]) == [Reason.NOT_NUMERIC]


def test_a_new_year_begins_anew_and_kinds_do_not_mix() -> None:
    years = [(date(2016, 12, 1), date(2016, 12, 31)), (date(2017, 1, 1), date(2017, 1, 31))]
    assert values("ytd(E)", axis(years), E=[5, 2]) == [5, 2]
    assert values("previous(E)", axis(years), E=[5, 2]) == [MISSING, 5]
    first, last = (np.array([day.toordinal()] * 2, dtype=np.int32) for day in (date(2017, 1, 1), date(2017, 12, 31)))
    mixed = axis_of(first, last, np.array([0, 5], dtype=np.int8))
    assert mixed.to_date == ((0,), (1,))


def test_a_year_to_date_does_not_hide_what_cannot_be_made() -> None:
    got = values("ytd(a / b)", months(1, 3), a=[1, 1, 1], b=[2, 0, 1])
    assert got == [Fraction(1, 2), ZERO, ZERO]


def test_a_number_is_rounded_once_half_to_even_within_range() -> None:
    assert rounded(Fraction(1, 3)) == 333_333
    assert rounded(Fraction(5, 10**7)) == 0
    assert rounded(Fraction(15, 10**7)) == 2
    assert rounded(Fraction(-25, 10**7)) == -2
    assert rounded(Fraction(LIMIT, 10**6)) == LIMIT
    assert rounded(Fraction(LIMIT + 1, 10**6)) == Gap(Reason.OUT_OF_RANGE)


def test_a_formula_tells_which_periods_it_looks_at() -> None:
    marked = {"a": [False, True, False, False], "b": [False] * 4}
    assert touched(parse("a + b"), marked, months(1, 4)) == [False, True, False, False]
    assert touched(parse("ytd(a)"), marked, months(1, 4)) == [False, True, True, True]
    assert touched(parse("previous(a, 2) * 3 + period_index()"), marked, months(1, 4)) == [False, False, False, True]
