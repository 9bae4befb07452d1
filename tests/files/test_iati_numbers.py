"""Numbers as publishers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.files.iati import numbers

CEILING = 9_200_000_000_000
DECIMALS = st.decimals(min_value=1 - CEILING, max_value=CEILING - 1, places=6, allow_nan=False, allow_infinity=False)
CENTS = st.decimals(min_value=1 - CEILING, max_value=CEILING - 1, places=2, allow_nan=False, allow_infinity=False)


@given(DECIMALS)
def test_a_plain_decimal_is_read_as_it_stands(value: Decimal) -> None:
    assert numbers.read(f"{value:f}") == numbers.Reading(value)


@given(DECIMALS)
def test_a_grouped_decimal_is_the_same_number(value: Decimal) -> None:
    reading = numbers.read(f"{value:,f}")
    assert reading.value == value
    assert (reading.reason is None) == (abs(value) < 1000)


@given(CENTS)
def test_money_is_read_to_the_cent(value: Decimal) -> None:
    assert numbers.read(f"{value:f}", numbers.MONEY) == numbers.Reading(value)


@given(st.text(max_size=80))
def test_no_text_is_too_strange(text: str) -> None:
    reading = numbers.read(text, numbers.PERCENTAGE_VALUE)
    assert reading.value is not None or reading.reason


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("198,412.00", "198412", "198,412.00 read as 198412"),
        ("4,500,000.00", "4500000", "4,500,000.00 read as 4500000"),
        ("1,234", "1234", "1,234 read as 1234"),
        ("23,152 ", "23152", '"23,152 " read as 23152'),
        (" 7", "7", '" 7" read as 7'),
        ("-1,000.5", "-1000.5", "-1,000.5 read as -1000.5"),
        ("2026:3.5", "3.5", "2026:3.5 read as 3.5 of the year 2026"),
        ("2026: 9,200", "9200", '"2026: 9,200" read as 9200 of the year 2026'),
        ("1.9995045", "1.999504", "1.9995045 read as 1.999504, rounded half to even"),
        ("1.9995055", "1.999506", "1.9995055 read as 1.999506, rounded half to even"),
    ],
)
def test_repairs_are_told(text: str, value: str, reason: str) -> None:
    assert numbers.read(text) == numbers.Reading(Decimal(value), reason)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("-0", "0"), ("+5", "5"), (".5", "0.5"), ("5.", "5"), ("007", "7"), ("1.0000000", "1")],
)
def test_every_plain_form_is_a_number(text: str, value: str) -> None:
    reading = numbers.read(text)
    assert reading == numbers.Reading(Decimal(value))
    assert str(reading.value) == f"{Decimal(value):.6f}"


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "Infinity", "-inf", "1e400", "1e3", "0x10", "1_000", "\uff11\uff12", "\u0663", "1 234", "1.2.3"),
        *("3,5", "1,23", "72,0000", "8,386413", "0,123", "12,34,567", "1,234,56", ",5", "1,234%%", "--1", ""),
        *("9" * 5000, "0." + "1" * 5000, "Yes", "N/A", "0 teachers.", " 17 women owned organizations", "12:30"),
        *("0026:3.5", "2026:", "2026:2026:3", "$5", "5 USD", "\u221e", "1\n2"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    reading = numbers.read(text)
    assert reading.value is None
    assert (reading.reason or "").endswith("is no number")


def test_a_long_text_is_cut_in_the_reason() -> None:
    assert numbers.read("9" * 5000).reason == "9" * 80 + "… is no number"


@pytest.mark.parametrize("text", ["9200000000000", "-9,200,000,000,000", "9199999999999.9999999"])
def test_what_is_too_large_is_refused(text: str) -> None:
    assert numbers.read(text).reason == f"{text} is out of range, it must be smaller than 9,200,000,000,000"


def test_the_largest_numbers_are_kept() -> None:
    assert numbers.read("-9199999999999.999999").value == Decimal("-9199999999999.999999")


def test_a_percent_sign_needs_a_percentage() -> None:
    assert numbers.read("36%", numbers.PERCENTAGE_VALUE) == numbers.Reading(Decimal(36), "36% read as 36")
    assert numbers.read("88.8 %", numbers.PERCENTAGE).reason == '"88.8 %" read as 88.8'
    assert numbers.read("36%").reason == "36% is a percentage, which is not what is measured here"


def test_money_takes_no_year_and_two_decimals() -> None:
    assert numbers.read("2026:3.5", numbers.MONEY).value is None
    assert numbers.read("0.125", numbers.MONEY) == numbers.Reading(
        Decimal("0.12"), "0.125 read as 0.12, rounded half to even"
    )
