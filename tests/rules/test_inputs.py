"""Refusals of input that read the same in every room."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.inputs import LIMIT, refuse_blank, refuse_inexact, refuse_year


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_nothing_is_no_text(text: str | None) -> None:
    with pytest.raises(Invalid, match="causal statement is missing") as refusal:
        refuse_blank(text, "causal_statement")
    assert refusal.value.field == "causal_statement"


def test_a_text_loses_the_white_space_around_it() -> None:
    assert refuse_blank(" two words ", "title") == "two words"


@pytest.mark.parametrize("value", ["0.0000001", "NaN", "-Infinity", "1E-7", "9223372036854.775808", "1E+30"])
def test_what_does_not_fit_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_inexact(Decimal(value), "value")
    assert refusal.value.field == "value"


@given(st.integers(-LIMIT, LIMIT))
def test_every_number_of_six_decimals_and_64_bits_fits(whole: int) -> None:
    refuse_inexact(Decimal(whole).scaleb(-6), "value")


def test_zeros_at_the_end_are_no_decimals() -> None:
    refuse_inexact(Decimal("1.50000000"), "value")
    refuse_inexact(None, "value")


@pytest.mark.parametrize("year", [1899, 2201, 0, -5])
def test_a_year_is_one_of_our_times(year: int) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_year(year)
    assert refusal.value.field == "year"
    refuse_year(2026)
    refuse_year(None)
