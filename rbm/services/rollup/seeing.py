"""What of a figure a caller may see whole: what stands below may be hidden though the figure itself is released."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.indicators import Indicator
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services.rollup.asking import FEW, LIVE
from rbm.services.rollup.loading import reached
from rbm.work import Work


@dataclass(frozen=True)
class StatedBeside:
    """What is stated beside a figure: the target and baseline of all units, and how many of them have one."""

    target: Decimal | None
    targets: int
    baseline: Decimal | None
    baselines: int


def stated_beside(_: Work, figures: Sequence[Figure]) -> list[StatedBeside]:
    """Target and baseline of each figure, with their counts."""
    return [StatedBeside(each.target, each.targets, each.baseline, each.baselines) for each in figures]


def seen_whole(work: Work, figures: Sequence[Figure]) -> list[bool]:
    """Whether the caller sees the office of each figure, or nothing of what stands below it is hidden.

    Hidden is a value up to the end of the figure's period that is not released, and a plan begun by then that is not.
    """
    if work.actor.system:
        return [True] * len(figures)
    offices = _offices(work, {figure.indicator_id for figure in figures})
    seen = work.actor.offices(Permission.SEE)
    foreign = [figure for figure in figures if offices[figure.indicator_id] not in seen]
    ends = _ends(work, {figure.period_id for figure in foreign})
    hidden: set[tuple[UUID, UUID]] = set()
    for period_id, end in ends.items():
        asked = {figure.indicator_id for figure in foreign if figure.period_id == period_id}
        hidden |= {(key, period_id) for key in _above_hidden(work, asked, end)}
    return [(figure.indicator_id, figure.period_id) not in hidden for figure in figures]


def _above_hidden(work: Work, asked: set[UUID], end: date) -> set[UUID]:
    """Which of the indicators stand above something that is hidden, or are it."""
    below = list(reached(work, asked, upward=False))
    found: set[UUID] = set()
    for first in range(0, len(below), FEW):
        found |= _hidden(work, below[first : first + FEW], end)
    return reached(work, found, upward=True) & asked if found else set()


def _hidden(work: Work, indicators: Collection[UUID], end: date) -> set[UUID]:
    value, period, indicator, plan = (table_of(cls).c for cls in (Measurement, Period, Indicator, Framework))
    values = sa.select(value.indicator_id).join_from(table_of(Measurement), table_of(Period))
    values = values.where(value.stage.in_(LIVE), value.released_on.is_(None), period.end <= end)
    joined = table_of(Indicator).join(table_of(Result)).join(table_of(Framework))
    plans = sa.select(indicator.id).select_from(joined).where(plan.released_on.is_(None))
    plans = plans.where(sa.or_(plan.period_start.is_(None), plan.period_start <= end))
    named = sa.union(values.where(value.indicator_id.in_(indicators)), plans.where(indicator.id.in_(indicators)))
    return {row.indicator_id for row in bulk.select(work.session, named)}


def _offices(work: Work, indicators: Collection[UUID]) -> dict[UUID, UUID]:
    indicator, plan = table_of(Indicator).c, table_of(Framework).c
    joined = table_of(Indicator).join(table_of(Result)).join(table_of(Framework))
    query = sa.select(indicator.id, plan.office_id).select_from(joined).where(indicator.id.in_(indicators))
    return {row.id: row.office_id for row in bulk.select(work.session, query)}


def _ends(work: Work, periods: Collection[UUID]) -> dict[UUID, date]:
    table = table_of(Period).c
    rows = bulk.select(work.session, sa.select(table.id, table.end).where(table.id.in_(periods)))
    return {row.id: row.end for row in rows}
