"""Parts of a split beside the whole."""

from decimal import Decimal

import pytest

from rbm.errors import Invalid
from rbm.rules.cell import Stated
from rbm.rules.splits import incomplete, refuse_exceeding, refuse_uncrossed
from rbm.terms.indicators import Measure

NUMBER, SHARE = Measure.NUMBER, Measure.PERCENTAGE


def amounts(*values: object) -> list[Stated]:
    return [Stated(Decimal(str(value))) for value in values]


def shares(*pairs: tuple[int, int]) -> list[Stated]:
    return [Stated(None, Decimal(numerator), Decimal(denominator)) for numerator, denominator in pairs]


@pytest.mark.parametrize(
    ("measure", "stated", "field"),
    [
        (NUMBER, amounts(10, 4, 7), "value"),
        (NUMBER, amounts(0, "0.000001"), "value"),
        (SHARE, shares((10, 20), (6, 10), (5, 10)), "numerator"),
        (SHARE, shares((10, 20), (1, 21)), "denominator"),
    ],
)
def test_more_than_the_whole_is_refused(measure: Measure, stated: list[Stated], field: str) -> None:
    with pytest.raises(Invalid, match="the parts by sex make") as refusal:
        refuse_exceeding(measure, stated[0], stated[1:], "sex")
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("measure", "stated"),
    [
        (NUMBER, amounts(10, 4, 6)),
        (NUMBER, amounts(10, 4)),
        (NUMBER, amounts(10)),
        (NUMBER, amounts(2, 5, -3)),
        (NUMBER, amounts(-2, 1)),
        (NUMBER, [Stated(), *amounts(4)]),
        (SHARE, shares((10, 20), (5, 20), (5, 20))),
        (SHARE, [*amounts(50), *amounts(60)]),
    ],
)
def test_what_fits_passes(measure: Measure, stated: list[Stated]) -> None:
    refuse_exceeding(measure, stated[0], stated[1:], "sex")


@pytest.mark.parametrize(
    ("measure", "stated", "wanted"),
    [
        (NUMBER, amounts("17.11", 8, 9), True),
        (NUMBER, amounts(18, 9, 9), False),
        (NUMBER, amounts(18), False),
        (NUMBER, [Stated(), *amounts(9)], False),
        (NUMBER, [*amounts(0), Stated()], False),
        (SHARE, shares((17, 100), (8, 50), (9, 50)), False),
        (SHARE, shares((18, 100), (8, 50), (9, 50)), True),
    ],
)
def test_parts_that_do_not_add_up_are_incomplete(measure: Measure, stated: list[Stated], wanted: bool) -> None:
    assert incomplete(measure, stated[0], stated[1:]) is wanted


def test_crossings_are_all_there_and_no_other() -> None:
    axes = {"sex": ["M", "F"], "age": ["O"]}
    refuse_uncrossed([("M", "O"), ("O", "F")], axes)
    with pytest.raises(Invalid, match="by sex and age, F and O is missing"):
        refuse_uncrossed([("M", "O")], axes)
    with pytest.raises(Invalid, match="the total is too many"):
        refuse_uncrossed([("M", "O"), ("F", "O"), ()], axes)
