"""What a stated value may be, by the measure of its indicator, and the number that follows from its parts."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from rbm.errors import Invalid
from rbm.rules.inputs import PLACES, refuse_blank, refuse_inexact
from rbm.terms.indicators import Measure

WITH_PARTS = {Measure.PERCENTAGE: 100, Measure.RATIO: 1}
"""Measures that hold numerator and denominator, and what their quotient is multiplied with."""

WITH_TEXT = frozenset({Measure.NARRATIVE, Measure.MILESTONE})


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as somebody states it: a number in the indicator's unit, or its parts, or a text."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    text: str | None = None


def settled(measure: Measure, stated: Stated) -> Stated:
    """The value with the number that follows from its parts. Invalid naming the field when it does not fit the measure.

    Percentages are in percent; the quotient of parts is rounded once, half to even, to six decimals.
    """
    _refuse_unfit(measure, stated)
    if stated.numerator is None and stated.denominator is None:
        return stated
    value = _quotient(stated, WITH_PARTS[measure])
    if stated.value is not None and stated.value != value:
        raise Invalid(f"the parts make {value}, not {stated.value}", "value")
    return replace(stated, value=value)


def _refuse_unfit(measure: Measure, stated: Stated) -> None:
    for field in ("value", "numerator", "denominator"):
        refuse_inexact(getattr(stated, field), field)
    for field in ("numerator", "denominator"):
        if measure not in WITH_PARTS and getattr(stated, field) is not None:
            raise Invalid(f"a {measure.replace('_', ' ')} has no {field}", field)
    if measure is Measure.NARRATIVE:
        _refuse_number(stated)
    elif stated.text is not None and measure not in WITH_TEXT:
        raise Invalid(f"a {measure.replace('_', ' ')} is a number, not a text", "text")
    elif stated == Stated():
        raise Invalid("a value is missing", "value")
    elif measure is Measure.YES_NO and stated.value not in (0, 1):
        raise Invalid("yes is 1 and no is 0", "value")


def _refuse_number(stated: Stated) -> None:
    if stated.value is not None:
        raise Invalid("a narrative takes a text only", "value")
    refuse_blank(stated.text, "text")


def _quotient(stated: Stated, times: int) -> Decimal:
    if stated.numerator is None:
        raise Invalid("a denominator needs its numerator", "numerator")
    if stated.denominator is None:
        raise Invalid("a numerator needs its denominator", "denominator")
    if stated.denominator <= 0:
        raise Invalid("a denominator is above 0", "denominator")
    exact = Fraction(stated.numerator) * times / Fraction(stated.denominator)
    value = Decimal(round(exact * 10**PLACES)).scaleb(-PLACES)
    refuse_inexact(value, "value")
    return value
