"""Short arithmetic is the long one: wherever 64 bits are enough, the same number comes out."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.arrays import stable_order
from rbm.rules.exact import ONE, ratios, rounded, running_sums
from rbm.terms.indicators import OverUnits

from .tables import Table, micros

AMOUNTS = st.integers(-(10**15), 10**15)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS.filter(bool), st.booleans()), min_size=1, max_size=6))
def test_ratios_are_rounded_once_half_to_even_or_left_to_the_long_way(parts: list[tuple[int, int, bool]]) -> None:
    numerator, denominator, hundred = (np.array(column) for column in zip(*parts, strict=True))
    found = ratios(numerator, denominator, hundred)
    exact = [round(Fraction(n * ONE * (100 if times else 1), d)) for n, d, times in parts]
    assert found.tolist() == exact if found is not None else max(abs(n // d) for n, d, _ in parts) >= 2**36


def test_ratios_too_wide_for_64_bits_take_the_long_way() -> None:
    hundred = np.array([True])
    assert ratios(np.array([1]), np.array([2**52]), hundred) is None
    table = Table()
    table.cell(table.percentage(), parts=(2**40, 2**41))
    assert table.figures().value(0) == 50


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**12))
def test_values_over_one_denominator_are_rounded_half_to_even(value: int, denominator: int) -> None:
    assert rounded(np.array([value]), denominator).tolist() == [round(Fraction(value, denominator))]


@given(st.lists(st.lists(st.integers(-(2**60), 2**60), min_size=1, max_size=7), min_size=1, max_size=5))
def test_running_sums_begin_anew_in_each_run(runs: list[list[int]]) -> None:
    values = np.array([value for run in runs for value in run], dtype=np.int64)
    lengths = [len(run) for run in runs]
    start = np.repeat(np.cumsum([0, *lengths[:-1]]), lengths)
    assert running_sums(values, start)[0].tolist() == [sum(run[: at + 1]) for run in runs for at in range(len(run))]


def test_a_running_sum_says_where_it_goes_beyond_64_bits() -> None:
    _, inside = running_sums(np.array([2**62, 2**62, -1]), np.zeros(3, dtype=np.int64))
    assert inside.tolist() == [True, False, True]


@given(st.lists(st.integers(0, 5) | st.integers(0, 2**63 - 1)))
def test_a_stable_order_keeps_equal_keys_as_they_stand(keys: list[int]) -> None:
    order = stable_order(np.array(keys, dtype=np.int64)).tolist()
    assert order == sorted(range(len(keys)), key=lambda at: keys[at])


@given(
    st.sampled_from([OverUnits.SUM, OverUnits.WEIGHTED_MEAN]),
    st.lists(
        st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(1, 10**13)), min_size=1, max_size=5
    ),
)
def test_weights_and_factors_of_any_size_are_exact(operator: OverUnits, units: list[tuple[int, int, int]]) -> None:
    table = Table()
    parent = table.node(operator)
    for value, weight, factor in units:
        child = table.node()
        table.link(child, parent)
        table.links[-1] = (child, parent, weight, factor, *table.links[-1][4:])
        table.cell(child, value)
    total = sum(Fraction(micros(value) * weight * factor, ONE * ONE) for value, weight, factor in units)
    if operator is OverUnits.WEIGHTED_MEAN:
        total /= Fraction(sum(weight for _, weight, _ in units), ONE)
    found = table.figures().value(parent)
    assert found is not None
    assert int(found * ONE) == round(total)
