"""Cells with a baseline, a target and an actual value of the same place and categories in a period."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.reporting import Measurement, Period
from rbm.model.strategy import Framework, Result
from rbm.terms.indicators import Direction
from rbm.terms.reporting import ValueStage
from rbm.work import Work

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class MatchedCell:
    """A target beside the baseline and the approved value of its cell, each in the unit of the indicator."""

    target_id: UUID
    indicator_id: UUID
    indicator_code: str
    office_id: UUID
    direction: Direction | None
    baseline: Decimal
    target: Decimal
    actual: Decimal


def matched_cells(work: Work, period: Period) -> Iterator[MatchedCell]:
    """The cells of a period whose current target has a baseline and an approved value beside it, by target id.

    Parallel entries of a published cell are matched in their order; the strategy's baseline goes before a rolling one.
    """
    baselines = dict(_reversed(_keyed(work, _baselines(period))))
    actuals = dict(_reversed(_actuals(work, period)))
    targets = _columns(Target).add_columns(Target.id, Indicator.code, Indicator.direction, Framework.office_id)
    targets = targets.join(Target.indicator).join(Indicator.result).join(Result.framework)
    for row in work.session.execute(_current(targets, Target, period).order_by(Target.id)):
        baseline, actual = baselines.get(_key(row)), actuals.get(_key(row))
        if baseline is None or actual is None:
            continue
        where = (row.id, row.indicator_id, row.code, row.office_id, row.direction)
        yield MatchedCell(*where, baseline, row.value, actual)


def _columns(cls: Any) -> sa.Select[Any]:
    where = (cls.indicator_id, cls.place_id, cls.place_text, cls.disaggregation_id, cls.occurrence)
    return sa.select(*where, cls.value)


def _current(query: sa.Select[Any], cls: Any, period: Period) -> sa.Select[Any]:
    return query.where(cls.current.is_(True), cls.value.is_not(None), cls.period_id == period.id)


def _baselines(period: Period) -> sa.Select[Any]:
    """Of indicators with a target in the period; what is to be used stands first."""
    query = _columns(Baseline).where(Baseline.current.is_(True), Baseline.value.is_not(None))
    query = query.where(sa.or_(Baseline.period_id.is_(None), Baseline.period_id == period.id))
    query = query.where(Baseline.indicator_id.in_(_current(sa.select(Target.indicator_id), Target, period)))
    return query.order_by(Baseline.period_id.is_not(None), Baseline.id)


def _actuals(work: Work, period: Period) -> Iterator[tuple[Key, Decimal]]:
    """By the cell of the value; a value of the office's own place is of the total too, where that has no other."""
    query = (
        _columns(Measurement)
        .add_columns(Measurement.place_stated)
        .where(
            Measurement.period_id == period.id, Measurement.stage == ValueStage.APPROVED, Measurement.value.is_not(None)
        )
    )
    unstated = []
    for row in work.session.execute(query.order_by(Measurement.id)):
        yield _key(row), row.value
        if not row.place_stated and row.place_id is not None:
            unstated.append(((row.indicator_id, None, *_key(row)[2:]), row.value))
    yield from unstated


def _keyed(work: Work, query: sa.Select[Any]) -> Iterator[tuple[Key, Decimal]]:
    return ((_key(row), row.value) for row in work.session.execute(query))


def _key(row: Any) -> Key:
    return row.indicator_id, row.place_id, row.place_text, row.disaggregation_id, row.occurrence


def _reversed(pairs: Iterable[tuple[Key, Decimal]]) -> Iterable[tuple[Key, Decimal]]:
    """So that of several pairs with one key a dict keeps the first."""
    return reversed(list(pairs))
