"""Which ways of measuring fit together, and which indicators are alike enough to contribute to one another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
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

FREQUENCIES = {
    "monthly": 1,
    "quarterly": 3,
    "half-yearly": 6,
    "semester": 6,
    "yearly": 12,
    "annual": 12,
    "annually": 12,
}
"""Months between two values, for the words of `frequency` that say it; other words are taken as they are."""

TO_DATE = frozenset({Accumulation.INCREMENTS_CUMULATED, Accumulation.RUNNING_TOTAL})
"""Accumulations whose figure of a period is the total up to its end."""

PERCENT_UNITS = frozenset({"%", "percent", "percentage", "per cent"})
Days = tuple[date, date]


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
    population: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value of an indicator is: its measure, its unit, what it covers and how often it comes."""

    measure: Measure
    unit: str
    accumulation: Accumulation = Accumulation.PERIODIC
    frequency: str | None = None


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
    _refuse_population(protocol)


def refuse_unlike(child: Kind, parent: Kind, factor: Decimal | None) -> None:
    """Nothing, when values of `child` may enter `parent`. Invalid otherwise. Source: requirements R028 and R051.

    The measure must be the same, and the unit too unless a conversion `factor` is stated; a percentage converts to no
    other unit. Totals to date enter no figure of single periods, nor the reverse, and what comes less often than the
    parent's periods lies in none of them.
    """
    if child.measure is not parent.measure:
        raise Invalid(f"a {_name(child.measure)} cannot enter a {_name(parent.measure)}", "measure")
    _refuse_factor(factor)
    _refuse_mixed(child, parent)
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


def refuse_apart(child: Collection[Days], parent: Collection[Days]) -> None:
    """Nothing, when periods of a child (first and last day) can lie within those of its parent. Invalid otherwise.

    Only periods that share a day say anything: a figure is made of whole periods, and of parts of periods never.
    """
    meeting = [(low, high) for low in child for high in parent if low[0] <= high[1] and high[0] <= low[1]]
    if meeting and not any(high[0] <= low[0] and low[1] <= high[1] for low, high in meeting):
        low, high = min(meeting)
        raise Invalid(
            f"values of {low[0]} to {low[1]} lie within no period of the parent, such as {high[0]} to {high[1]}",
            "child_id",
            "periods_apart",
        )


def _refuse_factor(factor: Decimal | None) -> None:
    if factor is None:
        return
    if factor == 0:
        raise Invalid("a factor of 0 would turn every value into nothing", "factor")
    if factor < 0:
        raise Invalid("a factor converts units and is above 0: a difference is made by a formula", "factor")


def _refuse_mixed(child: Kind, parent: Kind) -> None:
    if (child.accumulation in TO_DATE) is not (parent.accumulation in TO_DATE):
        raise Invalid(
            f"{_name(child.accumulation)} values cannot enter a figure of {_name(parent.accumulation)} ones:"
            " totals to date and values of single periods do not add up",
            "accumulation",
        )
    lower, upper = (FREQUENCIES.get((kind.frequency or "").strip().casefold()) for kind in (child, parent))
    if lower and upper and lower > upper:
        raise Invalid(f"{child.frequency} values lie within no {parent.frequency} period", "frequency")


def _refuse_population(protocol: Protocol) -> None:
    if protocol.population is None:
        return
    if not protocol.counts_people:
        raise Invalid("a population bounds counts of people only", "population")
    if protocol.population <= 0:
        raise Invalid(f"a population is above 0, not {protocol.population}", "population")


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
