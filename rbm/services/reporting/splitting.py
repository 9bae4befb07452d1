"""Splits of the values of a report: refused where parts exceed the whole, or crossings are missing that were said."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Category, Dimension, DisaggregationPart, Indicator
from rbm.model.reporting import Measurement, Period
from rbm.rules.cell import Stated
from rbm.rules.splits import incomplete, refuse_exceeding, refuse_uncrossed
from rbm.services.reporting.stating import ValueInput
from rbm.terms.indicators import OverUnits
from rbm.terms.reporting import ValueStage
from rbm.work import Work

ADDED = (OverUnits.SUM, OverUnits.RATIO_OF_SUMS)
STANDING = (ValueStage.DRAFT, ValueStage.SUBMITTED, ValueStage.RETURNED, ValueStage.APPROVED)


@dataclass(frozen=True)
class IncompleteSplit:
    """A value whose parts by an additive dimension do not add up to it: the codes of its indicator and dimension."""

    measurement_id: int
    indicator_code: str
    dimension_code: str


@dataclass(frozen=True)
class _Split:
    """A stated whole, and its parts by one dimension."""

    whole: Measurement
    indicator: Indicator
    dimension: str
    parts: list[Measurement]


def refuse_exceeding_parts(work: Work, values: Sequence[Measurement]) -> None:
    """Nothing, unless parts of an additive dimension are more than the whole beside them. Invalid otherwise."""
    for split in _splits(work, values):
        named = f"{split.dimension} of {split.indicator.code}"
        refuse_exceeding(split.indicator.measure, _stated(split.whole), [_stated(row) for row in split.parts], named)


def refuse_gaps(work: Work, dimension_ids: Collection[UUID], values: Iterable[ValueInput]) -> None:
    """Nothing, when the values of every indicator and place are split by all crossings of the dimensions and no other.

    NotFound names a dimension that is not there; Invalid the crossings that are missing or too many.
    """
    axes: dict[str, list[str]] = {}
    for key in dimension_ids:
        dimension = work.get(Dimension, key, "complete_by")
        codes = sa.select(Category.code).where(Category.dimension_id == dimension.id).order_by(Category.code)
        axes[dimension.code] = list(work.session.scalars(codes))
    stated: dict[tuple[UUID, UUID | None], list[list[str]]] = defaultdict(list)
    for value in values:
        found = [work.get(Category, key, "category_ids").code for key in value.category_ids]
        stated[value.indicator_id, value.place_id].append(found)
    for crossings in stated.values():
        refuse_uncrossed(crossings, axes)


def incomplete_splits(work: Work, period_id: UUID) -> list[IncompleteSplit]:
    """Values of a period whose parts by an additive dimension do not add up to them, in the order they were recorded.

    Of values that are stated and neither superseded nor withdrawn, as far as the caller sees them.
    """
    period = work.get(Period, period_id, "period_id")
    query = sa.select(Measurement).where(Measurement.period_id == period.id, Measurement.stage.in_(STANDING))
    values = work.session.scalars(query.order_by(Measurement.id)).all()
    return [
        IncompleteSplit(split.whole.id, split.indicator.code, split.dimension)
        for split in _splits(work, values)
        if incomplete(split.indicator.measure, _stated(split.whole), [_stated(row) for row in split.parts])
    ]


def _splits(work: Work, values: Sequence[Measurement]) -> list[_Split]:
    """Every whole that is stated beside parts by one additive dimension, of indicators that add up."""
    wholes = {_cell(row): row for row in values if row.disaggregation_id is None}
    parts: dict[tuple[Any, ...], dict[str, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    axes = _single_axes(work, {row.disaggregation_id for row in values if row.disaggregation_id})
    for row in values:
        if row.disaggregation_id in axes and _cell(row) in wholes:
            parts[_cell(row)][axes[row.disaggregation_id]].append(row)
    indicators = _adding(work, {wholes[cell].indicator_id for cell in parts})
    return [
        _Split(wholes[cell], indicators[wholes[cell].indicator_id], dimension, rows)
        for cell, split in parts.items()
        if wholes[cell].indicator_id in indicators
        for dimension, rows in split.items()
    ]


def _cell(row: Measurement) -> tuple[Any, ...]:
    place = (row.place_id, row.place_text) if row.place_stated else None
    return row.report_id, row.indicator_id, place, row.occurrence


def _single_axes(work: Work, crossings: Collection[UUID]) -> dict[UUID, str]:
    """The code of the additive dimension of every crossing that is one category alone."""
    query = sa.select(DisaggregationPart.disaggregation_id, Dimension.code, Dimension.additive)
    query = query.join(DisaggregationPart.category).join(Category.dimension)
    found: dict[UUID, list[tuple[str, bool]]] = defaultdict(list)
    for key, code, additive in work.session.execute(query.where(DisaggregationPart.disaggregation_id.in_(crossings))):
        found[key].append((code, additive))
    return {key: rows[0][0] for key, rows in found.items() if len(rows) == 1 and rows[0][1]}


def _adding(work: Work, keys: Collection[UUID]) -> dict[UUID, Indicator]:
    query = sa.select(Indicator).where(Indicator.id.in_(keys), Indicator.over_units.in_(ADDED))
    return {row.id: row for row in work.session.scalars(query)}


def _stated(row: Measurement) -> Stated:
    return Stated(row.value, row.numerator, row.denominator)
