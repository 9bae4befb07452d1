"""What a stated value may be."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.cell import Stated, settled
from rbm.terms.indicators import Measure

ONE, TWO, THREE = Decimal(1), Decimal(2), Decimal(3)


@pytest.mark.parametrize(
    ("measure", "stated", "field"),
    [
        (Measure.NUMBER, Stated(), "value"),
        (Measure.NUMBER, Stated(text="many"), "text"),
        (Measure.NUMBER, Stated(ONE, text="one"), "text"),
        (Measure.NUMBER, Stated(ONE, numerator=ONE), "numerator"),
        (Measure.NUMBER, Stated(ONE, denominator=ONE), "denominator"),
        (Measure.NUMBER, Stated(Decimal("0.0000001")), "value"),
        (Measure.NUMBER, Stated(Decimal("1E+20")), "value"),
        (Measure.NUMBER, Stated(Decimal("NaN")), "value"),
        (Measure.SCORE, Stated(numerator=ONE, denominator=TWO), "numerator"),
        (Measure.PERCENTAGE, Stated(numerator=ONE), "denominator"),
        (Measure.PERCENTAGE, Stated(denominator=ONE), "numerator"),
        (Measure.PERCENTAGE, Stated(numerator=ONE, denominator=Decimal(0)), "denominator"),
        (Measure.PERCENTAGE, Stated(numerator=ONE, denominator=-TWO), "denominator"),
        (Measure.PERCENTAGE, Stated(Decimal(40), ONE, TWO), "value"),
        (Measure.RATIO, Stated(numerator=Decimal("9E+12"), denominator=Decimal("0.000001")), "value"),
        (Measure.YES_NO, Stated(TWO), "value"),
        (Measure.YES_NO, Stated(text="Yes"), "text"),
        (Measure.NARRATIVE, Stated(ONE, text="one"), "value"),
        (Measure.NARRATIVE, Stated(text=" "), "text"),
        (Measure.NARRATIVE, Stated(), "text"),
        (Measure.MILESTONE, Stated(), "value"),
    ],
)
def test_a_value_that_does_not_fit_its_measure_is_refused(measure: Measure, stated: Stated, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        settled(measure, stated)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("measure", "stated"),
    [
        (Measure.NUMBER, Stated(Decimal("-1.5"))),
        (Measure.NUMBER, Stated(Decimal(0))),
        (Measure.PERCENTAGE, Stated(Decimal(120))),
        (Measure.YES_NO, Stated(ONE)),
        (Measure.NARRATIVE, Stated(text="A law was passed.")),
        (Measure.MILESTONE, Stated(text="Draft law tabled")),
        (Measure.MILESTONE, Stated(ONE)),
    ],
)
def test_a_value_that_fits_stays_as_it_is(measure: Measure, stated: Stated) -> None:
    assert settled(measure, stated) == stated


def test_parts_make_the_value_rounded_once_half_to_even() -> None:
    assert settled(Measure.PERCENTAGE, Stated(None, ONE, THREE)).value == Decimal("33.333333")
    assert settled(Measure.RATIO, Stated(None, TWO, THREE)).value == Decimal("0.666667")
    assert settled(Measure.RATIO, Stated(None, Decimal("0.000001"), TWO)).value == Decimal(0)
    assert settled(Measure.RATIO, Stated(None, Decimal("0.000003"), TWO)).value == Decimal("0.000002")
    assert settled(Measure.PERCENTAGE, Stated(Decimal(50), ONE, TWO)).value == Decimal(50)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_parts_stay_beside_the_value(numerator: int, denominator: int) -> None:
    found = settled(Measure.RATIO, Stated(None, Decimal(numerator), Decimal(denominator)))
    assert (found.numerator, found.denominator) == (numerator, denominator)
    assert found.value is not None
    assert abs(found.value * denominator - numerator) <= Decimal("0.0000005") * denominator
