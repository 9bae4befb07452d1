"""Which words of a protocol fit together."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rbm.errors import Invalid
from rbm.rules.protocol import LEGAL, Days, Kind, Protocol, refuse_apart, refuse_illegal, refuse_unlike, refuse_weight
from rbm.terms.indicators import Accumulation, Direction, Measure, MissingPolicy, OverTime, OverUnits

SUMMED = Protocol(
    Measure.NUMBER,
    Direction.INCREASE,
    Accumulation.PERIODIC,
    OverUnits.SUM,
    OverTime.SUM,
    MissingPolicy.EXCLUDE,
)
PERCENTAGE = replace(SUMMED, measure=Measure.PERCENTAGE, over_units=OverUnits.RATIO_OF_SUMS, over_time=OverTime.LAST)


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_knows_its_operators(measure: Measure) -> None:
    for operator in OverUnits:
        protocol = replace(SUMMED, measure=measure, over_units=operator, over_time=OverTime.LAST, counts_people=True)
        if operator in LEGAL[measure]:
            refuse_illegal(protocol)
        else:
            with pytest.raises(Invalid) as refusal:
                refuse_illegal(protocol)
            assert refusal.value.field == "over_units"


@pytest.mark.parametrize(
    ("protocol", "field", "words"),
    [
        (replace(PERCENTAGE, over_units=OverUnits.SUM), "over_units", "ratio of sums"),
        (replace(PERCENTAGE, over_time=OverTime.SUM), "over_time", "not by sum"),
        (replace(PERCENTAGE, accumulation=Accumulation.RUNNING_TOTAL), "accumulation", "only numbers"),
        (replace(SUMMED, accumulation=Accumulation.RUNNING_TOTAL), "over_time", "counts twice"),
        (replace(SUMMED, over_units=OverUnits.MAX_THEN_SUM), "over_units", "people"),
        (replace(SUMMED, measure=Measure.NARRATIVE), "over_units", "by none"),
        (replace(SUMMED, population=Decimal(5)), "population", "people only"),
        (replace(SUMMED, counts_people=True, population=Decimal(0)), "population", "above 0"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_and_the_reason(protocol: Protocol, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        refuse_illegal(protocol)
    assert refusal.value.field == field


def test_what_fits_is_not_refused() -> None:
    refuse_illegal(SUMMED)
    refuse_illegal(PERCENTAGE)
    refuse_illegal(replace(SUMMED, accumulation=Accumulation.RUNNING_TOTAL, over_time=OverTime.LAST))
    refuse_illegal(replace(SUMMED, over_units=OverUnits.MAX_THEN_SUM, counts_people=True))


PEOPLE = Kind(Measure.NUMBER, "people")


def kind(measure: Measure, unit: str) -> Kind:
    """A kind of value."""
    return Kind(measure, unit)


def test_like_enters_like() -> None:
    refuse_unlike(kind(Measure.NUMBER, "People"), kind(Measure.NUMBER, " people"), None)
    refuse_unlike(kind(Measure.PERCENTAGE, "percent"), kind(Measure.PERCENTAGE, "%"), None)
    to_date = replace(PEOPLE, accumulation=Accumulation.RUNNING_TOTAL)
    refuse_unlike(to_date, replace(to_date, accumulation=Accumulation.INCREMENTS_CUMULATED), None)
    refuse_unlike(replace(PEOPLE, frequency="monthly"), replace(PEOPLE, frequency="yearly"), None)
    refuse_unlike(kind(Measure.NUMBER, "thousand people"), kind(Measure.NUMBER, "people"), Decimal(1000))


@pytest.mark.parametrize(
    ("child", "parent", "factor", "field"),
    [
        (kind(Measure.PERCENTAGE, "%"), kind(Measure.NUMBER, "count"), Decimal(1), "measure"),
        (kind(Measure.NUMBER, "%"), kind(Measure.NUMBER, "count"), Decimal(1), "unit"),
        (kind(Measure.NUMBER, "households"), kind(Measure.NUMBER, "people"), None, "factor"),
        (kind(Measure.NUMBER, "people"), kind(Measure.NUMBER, "people"), Decimal(0), "factor"),
        (kind(Measure.NUMBER, "people"), kind(Measure.NUMBER, "people"), Decimal(-1), "factor"),
        (replace(PEOPLE, accumulation=Accumulation.RUNNING_TOTAL), PEOPLE, None, "accumulation"),
        (PEOPLE, replace(PEOPLE, accumulation=Accumulation.INCREMENTS_CUMULATED), None, "accumulation"),
        (replace(PEOPLE, frequency=" Annual "), replace(PEOPLE, frequency="monthly"), None, "frequency"),
    ],
)
def test_unlike_does_not(child: Kind, parent: Kind, factor: Decimal | None, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_unlike(child, parent, factor)
    assert refusal.value.field == field


YEAR, JUNE = (date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 6, 1), date(2026, 6, 30))
FISCAL, LAST_YEAR = (date(2025, 7, 1), date(2026, 6, 30)), (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("child", "parent"),
    [([JUNE], [YEAR]), ([YEAR], [YEAR]), ([LAST_YEAR], [JUNE]), ([], [YEAR]), ([FISCAL, JUNE], [YEAR])],
)
def test_periods_that_can_lie_within_others_are_not_refused(child: list[Days], parent: list[Days]) -> None:
    refuse_apart(child, parent)


@pytest.mark.parametrize(("child", "parent"), [([YEAR], [JUNE]), ([FISCAL], [YEAR]), ([YEAR, FISCAL], [JUNE])])
def test_periods_that_never_lie_within_others_are(child: list[Days], parent: list[Days]) -> None:
    with pytest.raises(Invalid, match="lie within no period of the parent") as refusal:
        refuse_apart(child, parent)
    assert refusal.value.field == "child_id"


@pytest.mark.parametrize("weight", ["0", "-0.1", "1.000001", "NaN"])
def test_a_weight_is_a_share(weight: str) -> None:
    refuse_weight(Decimal(1))
    refuse_weight(Decimal("0.000001"))
    with pytest.raises(Invalid, match="weight"):
        refuse_weight(Decimal(weight))
