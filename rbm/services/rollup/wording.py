"""The rule of a figure in words: its formula, or how units, time and missing contributions combine."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.terms.indicators import Accumulation, Additivity, Composition, Measure, MissingPolicy, OverTime, OverUnits
from rbm.work import Work

QUOTIENTS = {Measure.PERCENTAGE, Measure.RATIO}
MISSING = {
    MissingPolicy.EXCLUDE: "missing excluded",
    MissingPolicy.ZERO: "missing as zero",
    MissingPolicy.BLOCK: "blocked by missing",
}
COMPOSED = {
    Composition.OWN_ONLY: "own only",
    Composition.CONTRIBUTED_ONLY: "contributed only",
    Composition.OWN_PLUS_CONTRIBUTED: "own and contributed",
}


def rules(work: Work, figures: Sequence[Figure]) -> list[str]:
    """The words by which each figure is made, such as "sum over units, last over time, missing excluded, own only"."""
    keys = {figure.indicator_id for figure in figures}
    found = work.session.scalars(sa.select(Indicator).where(Indicator.id.in_(keys)))
    told = {indicator.id: rule_of(indicator) for indicator in found}
    return [told[figure.indicator_id] for figure in figures]


def rule_of(indicator: Any) -> str:
    """The rule of an indicator, or of a row with the columns of its protocol."""
    if indicator.formula:
        return f"formula: {indicator.formula}"
    return ", ".join((_over_units(indicator), *_over_time(indicator), *_units(indicator)))


def _over_units(indicator: Any) -> str:
    operator = OverUnits.RATIO_OF_SUMS if indicator.measure in QUOTIENTS else indicator.over_units
    if indicator.additivity is Additivity.UNDECLARED:
        return "undeclared over units"
    if operator is OverUnits.NONE or (operator is OverUnits.SUM and indicator.additivity is Additivity.NO):
        return "not added over units"
    return f"{operator.replace('_', ' ')} over units"


def _over_time(indicator: Any) -> tuple[str, ...]:
    if indicator.accumulation is Accumulation.PERIODIC:
        return (f"{indicator.over_time} over time",)
    return indicator.accumulation.replace("_", " "), f"{OverTime.LAST} over time"


def _units(indicator: Any) -> tuple[str, str]:
    return MISSING[indicator.missing_policy], COMPOSED[indicator.composition]
