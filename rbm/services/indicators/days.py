"""The days an indicator speaks of: periods with values of its own, and those its figures are wanted for."""

from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import Target
from rbm.model.reporting import Measurement, Period
from rbm.rules.protocol import Days
from rbm.terms.reporting import PeriodKind, ValueStage
from rbm.work import Work

GONE = (ValueStage.SUPERSEDED, ValueStage.WITHDRAWN)


def reported_days(work: Work, indicator_id: UUID) -> set[Days]:
    """First and last days of the periods in which an indicator has values; one over a whole life says nothing."""
    value = table_of(Measurement)
    return _days(work, value, value.c.indicator_id == indicator_id, value.c.stage.not_in(GONE))


def stated_days(work: Work, indicator_id: UUID) -> set[Days]:
    """First and last days of the periods in which an indicator has values or targets of its own."""
    target = table_of(Target)
    current = (target.c.indicator_id == indicator_id, target.c.current.is_(True))
    return reported_days(work, indicator_id) | _days(work, target, *current)


def _days(work: Work, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> set[Days]:
    period = table_of(Period)
    query = sa.select(period.c.start, period.c.end).join(table, table.c.period_id == period.c.id).distinct()
    rows = bulk.select(work.session, query.where(period.c.kind != PeriodKind.LIFE, *conditions))
    return {(row.start, row.end) for row in rows}
