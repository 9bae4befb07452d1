"""Distributions over reporting units: exact quartiles, and what the units have reached."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.achievement import Case
from rbm.rules.distribution import Distribution, distribution, quantile
from rbm.terms.indicators import Direction, Measure

AMOUNTS = st.decimals(-1_000_000, 1_000_000, places=3)


def case(actual: object, target: object = None, baseline: object = None, **facts: object) -> Case:
    numbers = [None if value is None else Decimal(str(value)) for value in (actual, target, baseline)]
    return Case(*numbers, **({"direction": Direction.INCREASE, "measure": Measure.PERCENTAGE} | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "quarters"),
    [
        ([7], ["7", "7", "7", "7", "7"]),
        ([1, 2], ["1", "1.25", "1.5", "1.75", "2"]),
        ([1, 2, 3, 4], ["1", "1.75", "2.5", "3.25", "4"]),
        ([6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49], ["6", "25.5", "40", "42.5", "49"]),
    ],
)
def test_quartiles_lie_between_values_in_proportion(values: list[int], quarters: list[str]) -> None:
    ordered = [Decimal(value) for value in values]
    assert [quantile(ordered, Fraction(number, 4)) for number in range(5)] == [Decimal(each) for each in quarters]


def test_a_quartile_is_rounded_once_half_to_even() -> None:
    assert quantile([Decimal("0.000001"), Decimal("0.000002")], Fraction(1, 2)) == Decimal("0.000002")
    assert quantile([Decimal("0.000002"), Decimal("0.000003")], Fraction(1, 2)) == Decimal("0.000002")


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_quartiles_are_those_of_numpy(values: list[Decimal]) -> None:
    found = distribution([case(value) for value in values])
    expected = np.quantile([float(value) for value in values], [0, 0.25, 0.5, 0.75, 1])
    told = (found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum)
    assert [float(each or 0) for each in told] == pytest.approx(expected, abs=1e-5)


@given(st.lists(AMOUNTS, min_size=1, max_size=20), st.randoms())
def test_the_order_of_units_never_matters(values: list[Decimal], chance: object) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert distribution([case(value) for value in values]) == distribution([case(value) for value in shuffled])


def test_a_unit_without_a_value_is_counted_and_left_out() -> None:
    found = distribution([case(10), case(None, 5, 1), case(30)])
    assert (found.units, found.n, found.minimum, found.median, found.maximum) == (3, 2, 10, 20, 30)


def test_no_value_at_all_is_no_zero() -> None:
    assert distribution([case(None)]) == Distribution(1, 0, *[None] * 5, *[0] * 5)


def test_units_meet_improve_and_worsen_by_their_own_direction() -> None:
    falling = {"direction": Direction.DECREASE}
    units = [
        case(60, 50, 40),
        case(30, 50, 40),
        case(40, 50, 40),
        case(5, 6, 9, **falling),
        case(10, 6, 9, **falling),
        case(7),
        case(7, 9, 5, direction=None),
    ]
    found = distribution(units)
    assert (found.n, found.rated, found.met) == (7, 6, 2)
    assert (found.compared, found.improved, found.worsened) == (5, 2, 2)
