"""Reads what the rules need: the cells of a period with target, baseline and actual, by indicator and intervention."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of, to_fixed
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.reporting import Measurement, Period, Report
from rbm.model.strategy import Framework, Result
from rbm.rules.arrays import Bools
from rbm.rules.performance import (
    Cells,
    Indicators,
    RatedCells,
    Ratings,
    Reports,
    Sources,
    Thresholds,
    Windows,
    achievements,
    no_cells,
    rate,
)
from rbm.rules.rollup.words import code
from rbm.rules.titles import leading_number
from rbm.terms.indicators import Direction, Measure
from rbm.terms.performance import Rating
from rbm.terms.reporting import ReportStage, ValueStage, Verification
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, ResultLevel
from rbm.work import Work

CELL = ["indicator_id", "place_id", "place_text", "disaggregation_id", "occurrence"]
OPERATIONAL = (FrameworkLevel.COUNTRY, FrameworkLevel.PROJECT)
SENT = (ReportStage.SUBMITTED, ReportStage.APPROVED)


@dataclass(frozen=True)
class Intervention:
    """What a flag is about: an operational plan, with the project it belongs to over the years."""

    framework_id: UUID
    office_id: UUID
    subject: UUID


@dataclass(frozen=True)
class Loaded:
    """The interventions of a period by position, and everything the rules count of them."""

    interventions: list[Intervention]
    sources: Sources
    cells: pd.DataFrame
    ratings: Ratings | None


def reach(work: Work) -> frozenset[UUID] | None:
    """The offices whose work the caller sees, released or not; None for every office."""
    return None if work.actor.system else work.actor.offices(Permission.SEE)


def load(work: Work, period: Period, thresholds: Thresholds, offices: Collection[UUID] | None) -> Loaded:
    """Every operational plan with indicators of its own that is approved and valid in the period.

    `offices`: those whose plans are meant, None for all. Values are read whether released or not, so that what is for a
    caller names the offices in `reach`.
    """
    plans = _plans(work, period, offices)
    position = {plan.framework_id: number for number, plan in enumerate(plans)}
    indicators = _indicators(work, list(position))
    cells = _cells(work, period, indicators)
    ratings = _rated(work, period, cells, indicators, thresholds)
    before = _before(work, (period, thresholds), plans, indicators, offices)
    expected = _expected(cells, before, len(indicators))
    made = Indicators(
        np.array([position[row.framework_id] for row in indicators], dtype=np.int64),
        np.array([code(row.level) for row in indicators], dtype=np.int8),
        expected,
    )
    sources = Sources(
        np.arange(len(plans), dtype=np.int64),
        made,
        _with_baselines(_rated_cells(cells, ratings), expected, _based(work, indicators)),
        before,
        _reports(work, period, position),
    )
    return Loaded(plans, sources, cells, ratings)


def previous(work: Work, period: Period) -> Period | None:
    """The period of the same kind that ends on the day before this one starts."""
    query = sa.select(Period).where(Period.kind == period.kind, Period.end == period.start - timedelta(days=1))
    return work.session.scalars(query).one_or_none()


def _plans(work: Work, period: Period, offices: Collection[UUID] | None) -> list[Intervention]:
    table = table_of(Framework).c
    own = sa.select(Result.__table__.c.framework_id).join_from(
        table_of(Result), table_of(Indicator), table_of(Indicator).c.result_id == table_of(Result).c.id
    )
    query = (
        sa.select(table.id, table.office_id, table.project_id)
        .where(table.level.in_(OPERATIONAL), table.stage != FrameworkStage.DRAFT, table.id.in_(own))
        .where(sa.or_(table.period_start.is_(None), table.period_start <= period.end))
        .where(sa.or_(table.period_end.is_(None), table.period_end >= period.start))
        .order_by(table.code)
    )
    rows = bulk.select(work.session, query if offices is None else query.where(table.office_id.in_(offices)))
    return [Intervention(row.id, row.office_id, row.project_id or row.id) for row in rows]


def _indicators(work: Work, frameworks: Sequence[UUID]) -> list[Any]:
    indicator, result = table_of(Indicator).c, table_of(Result).c
    columns = [indicator.id, indicator.title, indicator.measure, indicator.direction, result.level, result.framework_id]
    query = sa.select(*columns).join_from(table_of(Indicator), table_of(Result), indicator.result_id == result.id)
    query = query.where(result.framework_id.in_(frameworks), sa.not_(indicator.derived), result.level.is_not(None))
    return list(bulk.select(work.session, query.order_by(indicator.code)))


def _cells(work: Work, period: Period, indicators: Sequence[Any]) -> pd.DataFrame:
    """One row a cell: indicator position, and actual, target and baseline in micros where there is one."""
    keys = [row.id for row in indicators]
    value, target, baseline = (table_of(cls).c for cls in (Measurement, Target, Baseline))
    approved = (value.stage == ValueStage.APPROVED, value.verification != Verification.REJECTED)
    live = (value.period_id == period.id, *approved)
    frames = [
        _frame(work, Measurement, "actual", live, keys),
        _frame(work, Target, "target", (target.period_id == period.id, target.current), keys),
        _frame(
            work,
            Baseline,
            "baseline",
            (baseline.current, sa.or_(baseline.period_id == period.id, baseline.period_id.is_(None))),
            keys,
        ),
    ]
    made = frames[0].merge(frames[1], how="outer", on=CELL).merge(frames[2], how="left", on=CELL)
    position = {str(row.id): number for number, row in enumerate(indicators)}
    made["indicator"] = made["indicator_id"].map(position).astype("int64")
    return made.sort_values(["indicator", *CELL[1:]], kind="stable", ignore_index=True)


def _frame(work: Work, cls: Any, name: str, conditions: Sequence[Any], keys: list[UUID]) -> pd.DataFrame:
    table = table_of(cls).c
    query = sa.select(*(table[column] for column in CELL), table.value).where(
        table.indicator_id.in_(keys), table.value.is_not(None), *conditions
    )
    rows = bulk.select(work.session, query.order_by(table.id))
    data = {column: [_word(getattr(row, column)) for row in rows] for column in CELL}
    micros = pd.array([to_fixed(row.value) for row in rows], dtype="Int64")
    made = pd.DataFrame(data | {name: micros}).astype(dict.fromkeys(CELL, "object"))
    return made.drop_duplicates(CELL, keep="last") if name == "baseline" else made


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _rated(
    work: Work, period: Period, cells: pd.DataFrame, indicators: Sequence[Any], thresholds: Thresholds
) -> Ratings:
    table = achievement_cells(cells, indicators)
    ends = np.full(len(cells), period.end.toordinal(), dtype=np.int32)
    windows = Windows(ends, np.zeros(len(cells), dtype=np.bool_))
    return rate(achievements(table), windows, work.today, thresholds)


def achievement_cells(cells: pd.DataFrame, indicators: Sequence[Any]) -> Cells:
    """The columns from which achievement is decided."""
    of = cells["indicator"].to_numpy(dtype=np.int64)
    directions = np.array([_direction(row.direction) for row in indicators], dtype=np.int8)
    measures = np.array([code(row.measure) for row in indicators], dtype=np.int8)
    amounts = {name: cells[name].fillna(0).to_numpy(dtype=np.int64) for name in ("actual", "target", "baseline")}
    present = {name: cells[name].notna().to_numpy(dtype=np.bool_) for name in amounts}
    return Cells(
        actual=amounts["actual"],
        target=amounts["target"],
        baseline=amounts["baseline"],
        has_actual=present["actual"],
        has_target=present["target"],
        has_baseline=present["baseline"],
        direction=directions[of],
        measure=measures[of],
        tolerance=np.zeros(len(cells), dtype=np.int64),
    )


def _direction(direction: Direction | None) -> np.int8:
    return np.int8(-1) if direction is None else code(direction)


def _rated_cells(cells: pd.DataFrame, ratings: Ratings) -> RatedCells:
    return RatedCells(
        cells["indicator"].to_numpy(dtype=np.int64),
        ratings.rating,
        cells["actual"].notna().to_numpy(dtype=np.bool_),
        cells["baseline"].notna().to_numpy(dtype=np.bool_),
    )


def _based(work: Work, indicators: Sequence[Any]) -> Bools:
    """Which indicators have a baseline at all, of whatever period."""
    table = table_of(Baseline).c
    query = sa.select(table.indicator_id).where(table.current, table.value.is_not(None)).distinct()
    held = {row.indicator_id for row in bulk.select(work.session, query)}
    return np.array([row.id in held for row in indicators], dtype=np.bool_)


def _with_baselines(cells: RatedCells, expected: Bools, based: Bools) -> RatedCells:
    """The cells, where a baseline of another period serves its indicator; with those that are expected and silent."""
    here = np.zeros(len(based), dtype=np.bool_)
    here[cells.indicator] = True
    silent = np.flatnonzero(expected & based & ~here)
    nothing, all_of = np.zeros(len(silent), dtype=np.bool_), np.ones(len(silent), dtype=np.bool_)
    return RatedCells(
        np.concatenate([cells.indicator, silent]),
        np.concatenate([cells.rating, np.full(len(silent), code(Rating.NOT_RATED), dtype=np.int8)]),
        np.concatenate([cells.has_actual, nothing]),
        np.concatenate([cells.has_baseline | based[cells.indicator], all_of]),
    )


def _before(
    work: Work,
    rated: tuple[Period, Thresholds],
    plans: Sequence[Intervention],
    indicators: Sequence[Any],
    offices: Collection[UUID] | None,
) -> RatedCells:
    """The rated cells of the period before, told of this period's indicators.

    The same indicator is the same row, or in an earlier plan of the same project the one of the same level and measure
    whose title leads with the same number, or is the same where it leads with none.
    """
    period, thresholds = rated
    earlier = previous(work, period)
    if earlier is None:
        return no_cells()
    then = _plans(work, earlier, offices)
    subjects = {plan.framework_id: plan.subject for plan in (*plans, *then)}
    rows = {row.id: number for number, row in enumerate(indicators)}
    wanted = {_same(row, subjects): number for number, row in enumerate(indicators)}
    known = _indicators(work, [plan.framework_id for plan in then])
    cells = _cells(work, earlier, known)
    ratings = _rated(work, earlier, cells, known, thresholds)
    here = [rows.get(row.id, wanted.get(_same(row, subjects), -1)) for row in known]
    position = np.array(here, dtype=np.int64)
    told = _rated_cells(cells, ratings)
    now = position[told.indicator] if len(told.indicator) else np.zeros(0, dtype=np.int64)
    kept = now >= 0
    return RatedCells(now[kept], told.rating[kept], told.has_actual[kept], told.has_baseline[kept])


def _same(row: Any, subjects: dict[UUID, UUID]) -> tuple[UUID, ResultLevel, str, Measure]:
    return subjects[row.framework_id], row.level, leading_number(row.title) or row.title, row.measure


def _expected(cells: pd.DataFrame, before: RatedCells, count: int) -> Bools:
    """A value is due where there is a target for the period, or there was a value in the period before."""
    expected = np.zeros(count, dtype=np.bool_)
    expected[cells.loc[cells["target"].notna(), "indicator"].to_numpy(dtype=np.int64)] = True
    expected[before.indicator[before.has_actual]] = True
    return expected


def _reports(work: Work, period: Period, position: dict[UUID, int]) -> Reports:
    """What was due for the period: one report of each plan with a due day, and when it was submitted."""
    if period.reports_due_on is None:
        nothing = np.zeros(0, dtype=np.int32)
        return Reports(np.zeros(0, dtype=np.int64), nothing, nothing)
    table = table_of(Report).c
    moment = table.first_submitted_at
    query = sa.select(table.framework_id, moment).where(
        table.period_id == period.id, table.stage.in_(SENT), moment.is_not(None)
    )
    sent = {row.framework_id: row.first_submitted_at.date() for row in bulk.select(work.session, query)}
    return Reports(
        np.arange(len(position), dtype=np.int64),
        np.full(len(position), period.reports_due_on.toordinal(), dtype=np.int32),
        np.array([_day(sent.get(key)) for key in position], dtype=np.int32),
    )


def _day(day: date | None) -> int:
    return day.toordinal() if day else 0
