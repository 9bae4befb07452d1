"""Change between periods."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.change import decompose

UNITS = st.dictionaries(st.integers(0, 8), st.integers(-(10**15), 10**15))


def test_the_percentage_is_that_of_the_same_units() -> None:
    change = decompose({"a": 100, "b": 50, "gone": 7}, {"a": 120, "b": 60, "new": 500})
    assert (change.same_units, change.same_before, change.same_after) == (2, 150, 180)
    assert change.same_percent == Decimal(20)
    assert (change.new_units, change.new_total, change.gone_units, change.gone_total) == (1, 500, 1, 7)


def test_nothing_to_compare_with_has_no_percentage() -> None:
    assert decompose({}, {"new": 5}).same_percent is None
    assert decompose({"a": 0}, {"a": 5}).same_percent is None


def test_a_rise_from_below_zero_is_a_rise() -> None:
    assert decompose({"a": -10}, {"a": -5}).same_percent == Decimal(50)


@given(UNITS, UNITS)
def test_the_parts_of_a_change_add_up_to_it(before: dict[int, int], after: dict[int, int]) -> None:
    change = decompose(before, after)
    assert sum(after.values()) - sum(before.values()) == (
        change.same_after - change.same_before + change.new_total - change.gone_total
    )
