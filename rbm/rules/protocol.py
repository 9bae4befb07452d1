"""Which ways of measuring fit together, and which indicators are alike enough to contribute to one another."""

from dataclasses import dataclass
from decimal import Decimal

from rbm.errors import Invalid
from rbm.terms.indicators import Accumulation, Direction, Measure, MissingPolicy, OverTime, OverUnits

LEGAL: dict[Measure, frozenset[OverUnits]] = {
    Measure.NUMBER: frozenset(
        {
            OverUnits.SUM,
            OverUnits.MEAN,
            OverUnits.WEIGHTED_MEAN,
            OverUnits.MIN,
            OverUnits.MAX,
            OverUnits.MEDIAN,
            OverUnits.MAX_THEN_SUM,
            OverUnits.NONE,
        }
    ),
    Measure.PERCENTAGE: frozenset({OverUnits.RATIO_OF_SUMS, OverUnits.WEIGHTED_MEAN, OverUnits.NONE}),
    Measure.RATIO: frozenset({OverUnits.RATIO_OF_SUMS, OverUnits.WEIGHTED_MEAN, OverUnits.NONE}),
    Measure.SCORE: frozenset({OverUnits.MEDIAN, OverUnits.MEAN, OverUnits.MIN, OverUnits.MAX, OverUnits.NONE}),
    Measure.YES_NO: frozenset({OverUnits.COUNT_YES, OverUnits.SHARE_YES, OverUnits.NONE}),
    Measure.MILESTONE: frozenset({OverUnits.NONE}),
    Measure.NARRATIVE: frozenset({OverUnits.NONE}),
}
"""How values of several units may become one, by measure. Source: design section 6."""

LEGAL_OVER_TIME: dict[Measure, frozenset[OverTime]] = {
    Measure.NUMBER: frozenset(OverTime),
    Measure.PERCENTAGE: frozenset(OverTime) - {OverTime.SUM},
    Measure.RATIO: frozenset(OverTime) - {OverTime.SUM},
    Measure.SCORE: frozenset(OverTime) - {OverTime.SUM},
    Measure.YES_NO: frozenset(OverTime) - {OverTime.SUM},
    Measure.MILESTONE: frozenset({OverTime.LAST}),
    Measure.NARRATIVE: frozenset({OverTime.LAST}),
}
"""How values of several periods may become one, by measure."""

PERCENT_UNITS = frozenset({"%", "percent", "percentage", "per cent"})


@dataclass(frozen=True, slots=True)
class Protocol:
    """How an indicator is measured and combined."""

    measure: Measure
    direction: Direction
    accumulation: Accumulation
    over_units: OverUnits
    over_time: OverTime
    missing_policy: MissingPolicy
    counts_people: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value of an indicator is: its measure and the unit it is counted in."""

    measure: Measure
    unit: str


def refuse_illegal(protocol: Protocol) -> None:
    """Nothing, when the words of the protocol fit together. Invalid naming the field and the reason otherwise."""
    measure = protocol.measure
    _refuse_accumulation(protocol)
    if protocol.over_units not in LEGAL[measure]:
        raise Invalid(
            f"{_name(measure)} values of several units become one by {_names(LEGAL[measure])},"
            f" not by {_name(protocol.over_units)}",
            "over_units",
        )
    if protocol.over_units is OverUnits.MAX_THEN_SUM and not protocol.counts_people:
        raise Invalid("max then sum is for counts of people only: it bounds people counted at one place", "over_units")
    if protocol.over_time not in LEGAL_OVER_TIME[measure]:
        raise Invalid(
            f"{_name(measure)} values of several periods become one by {_names(LEGAL_OVER_TIME[measure])},"
            f" not by {_name(protocol.over_time)}",
            "over_time",
        )


def refuse_unlike(child: Kind, parent: Kind, factor: Decimal | None) -> None:
    """Nothing, when values of `child` may enter `parent`. Invalid otherwise. Source: requirements R028 and R051.

    The measure must be the same, and the unit too unless a conversion `factor` is stated; a percentage converts to no
    other unit.
    """
    if child.measure is not parent.measure:
        raise Invalid(f"a {_name(child.measure)} cannot enter a {_name(parent.measure)}", "measure")
    if factor is not None and factor == 0:
        raise Invalid("a factor of 0 would turn every value into nothing", "factor")
    child_unit, parent_unit = _unit(child.unit), _unit(parent.unit)
    if child_unit == parent_unit:
        return
    if "%" in (child_unit, parent_unit):
        raise Invalid(f"'{child.unit}' cannot be mapped to '{parent.unit}': percentages are not counts", "unit")
    if factor is None:
        raise Invalid(f"'{child.unit}' enters '{parent.unit}' only with a stated factor", "factor")


def refuse_weight(weight: Decimal) -> None:
    """Nothing, when the weight is above 0 and at most 1. Invalid otherwise."""
    if not weight.is_finite() or not 0 < weight <= 1:
        raise Invalid(f"a weight is above 0 and at most 1, not {weight}", "weight")


def _refuse_accumulation(protocol: Protocol) -> None:
    if protocol.accumulation is Accumulation.PERIODIC:
        return
    if protocol.measure is not Measure.NUMBER:
        raise Invalid(f"only numbers accumulate: a {_name(protocol.measure)} is reported per period", "accumulation")
    if protocol.accumulation is Accumulation.RUNNING_TOTAL and protocol.over_time is OverTime.SUM:
        raise Invalid("running totals already hold the periods before: adding them counts twice", "over_time")


def _unit(unit: str) -> str:
    word = " ".join(unit.split()).casefold()
    return "%" if word in PERCENT_UNITS else word


def _name(word: str) -> str:
    return word.replace("_", " ")


def _names(words: frozenset[OverUnits] | frozenset[OverTime]) -> str:
    return ", ".join(sorted(_name(word) for word in words))
