"""Dirty marks: whoever changes what a figure is made of says so in the same transaction."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import Baseline, Category, DisaggregationPart, Indicator, Target
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import DirtyMark
from rbm.terms.indicators import Accumulation
from rbm.terms.reporting import PeriodKind, ValueStage
from rbm.work import Work

COUNTED = (ValueStage.SUBMITTED, ValueStage.APPROVED)
CARRIED = (Accumulation.INCREMENTS_CUMULATED, Accumulation.RUNNING_TOTAL)


def mark(work: Work, indicators: Iterable[UUID], cause: str) -> int:
    """Mark indicators whose figures, and those above them, must be computed again; `cause` is the operation.

    The number of indicators that were marked.
    """
    rows = [{"indicator_id": key, "cause": cause, "marked_at": work.now} for key in sorted(set(indicators))]
    return bulk.insert(work.session, DirtyMark, [row | {"attempts": 0, "dead": False} for row in rows])


def mark_periods(work: Work, periods: Collection[UUID], cause: str) -> int:
    """Mark the indicators to whose figures a period adds one when it is opened, or begins.

    Totals to date are carried into a period that has begun from earlier ones of its kind, a period takes its figure
    from those that lie wholly inside it, and a formula may look back from it.
    """
    if not periods:
        return 0
    indicator = table_of(Indicator)
    formulas = sa.select(indicator.c.id.label("indicator_id")).where(indicator.c.formula.is_not(None))
    queries = (_carried(work, periods), _inside(periods), formulas)
    return mark(work, {row.indicator_id for query in queries for row in bulk.select(work.session, query)}, cause)


def _carried(work: Work, periods: Collection[UUID]) -> sa.Select[Any]:
    """Indicators with totals to date in an earlier period of the kind of one that has begun."""
    cell, indicator = table_of(Measurement), table_of(Indicator)
    stated, begun = table_of(Period).alias("stated"), table_of(Period).alias("begun")
    follows = sa.and_(begun.c.kind == stated.c.kind, begun.c.start > stated.c.start, begun.c.start <= work.today)
    return (
        sa.select(cell.c.indicator_id)
        .join_from(indicator, cell, cell.c.indicator_id == indicator.c.id)
        .join(stated, cell.c.period_id == stated.c.id)
        .join(begun, follows)
        .where(indicator.c.accumulation.in_(CARRIED), begun.c.id.in_(periods), cell.c.stage.in_(COUNTED))
        .distinct()
    )


def _inside(periods: Collection[UUID]) -> sa.Select[Any]:
    """Indicators with values in other periods that lie wholly inside one of these."""
    cell = table_of(Measurement)
    inner, outer = table_of(Period).alias("inner"), table_of(Period).alias("outer")
    lies = sa.and_(inner.c.id != outer.c.id, inner.c.start >= outer.c.start, inner.c.end <= outer.c.end)
    found = sa.select(inner.c.id).join(outer, lies).where(outer.c.id.in_(periods), outer.c.kind != PeriodKind.LIFE)
    return sa.select(cell.c.indicator_id).where(cell.c.period_id.in_(found), cell.c.stage.in_(COUNTED)).distinct()


def mark_dimension(work: Work, dimension_id: UUID, cause: str) -> int:
    """Mark the indicators for which something is stated along a dimension."""
    part, category = table_of(DisaggregationPart), table_of(Category)
    crossings = sa.select(part.c.disaggregation_id).join(category, category.c.id == part.c.category_id)
    crossings = crossings.where(category.c.dimension_id == dimension_id)
    tables = [table_of(cls).c for cls in (Measurement, Target, Baseline)]
    found = (sa.select(cell.indicator_id).where(cell.disaggregation_id.in_(crossings)).distinct() for cell in tables)
    return mark(work, {row.indicator_id for query in found for row in bulk.select(work.session, query)}, cause)
