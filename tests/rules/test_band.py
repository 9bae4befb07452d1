"""The band around a target, and the share of a span that has passed."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from rbm.rules.band import Side, side
from rbm.rules.spans import elapsed
from rbm.terms.indicators import Direction

UP, DOWN = Direction.INCREASE, Direction.DECREASE


@pytest.mark.parametrize(
    ("actual", "target", "direction", "wanted"),
    [
        ("85", "100", UP, Side.WITHIN),
        ("84.999999", "100", UP, Side.WORSE),
        ("115", "100", UP, Side.WITHIN),
        ("115.000001", "100", UP, Side.BETTER),
        ("84", "100", DOWN, Side.BETTER),
        ("116", "100", DOWN, Side.WORSE),
        ("-5", "100", UP, Side.WORSE),
        ("5", "0", UP, None),
        ("5", "-5", UP, None),
        (None, "5", UP, None),
        ("5", None, UP, None),
        ("5", "5", Direction.MAINTAIN, None),
        ("5", "5", None, None),
    ],
)
def test_the_side_of_a_target(
    actual: str | None, target: str | None, direction: Direction | None, wanted: Side | None
) -> None:
    stated = [None if text is None else Decimal(text) for text in (actual, target)]
    assert side(*stated, direction) is wanted


def test_the_share_of_a_span_that_has_passed_counts_the_day() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [elapsed(year, day) for day in days] == [0, Fraction(1, 365), 1, 1]
    assert elapsed((None, date(2026, 1, 1)), days[0]) is None
