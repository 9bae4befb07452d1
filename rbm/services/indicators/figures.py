"""Figures about indicators: progress since the baseline, coverage with data, splits that are missing."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Baseline, Dimension, Indicator, IndicatorDimension, Target
from rbm.model.projects import Project
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.rules.achievement import Case, Mark, Method, Unrated, achievement
from rbm.rules.coverage import Share, share_of
from rbm.terms.reporting import ValueStage
from rbm.terms.strategy import FrameworkStage, ResultLevel
from rbm.work import Work

SEX, AGE = "sex", "age"


@dataclass(frozen=True)
class Progress:
    """How far an indicator has come in a period, with the rows it was decided from.

    `raw` is the share of the way (1 is the target), `capped` the same within 0 and 1; `reason` says why there is none.
    """

    indicator_code: str
    period_code: str
    actual: Decimal | None
    baseline_id: UUID | None
    baseline: Decimal | None
    target_id: UUID | None
    target: Decimal | None
    raw: Decimal | None
    capped: Decimal | None
    met: bool | None
    method: Method
    reason: Unrated | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class DataCoverage:
    """Outcomes with a value in a period beside outputs, and the codes of projects that report outputs only."""

    period_code: str
    outcomes: Share
    outputs: Share
    output_only_projects: tuple[str, ...]


@dataclass(frozen=True)
class MissingSplit:
    """An indicator that counts people and does not offer these dimensions."""

    indicator_code: str
    missing: tuple[str, ...]


def progress(work: Work, indicator_id: UUID, period_id: UUID) -> Progress:
    """(actual - baseline) / (target - baseline) of an indicator's total in a period; never a division by zero.

    The actual is the figure of the roll-up; the baseline is the strategy's, or else the rolling one of the period.
    """
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    period = work.get(Period, period_id, "period_id")
    actual = work.session.scalars(_total(indicator, period)).first()
    baseline = work.session.scalars(_baseline(indicator, period)).first()
    target = work.session.scalars(_target(indicator, period)).first()
    case = Case(
        actual=actual,
        target=target.value if target else None,
        baseline=baseline.value if baseline else None,
        direction=indicator.direction,
        measure=indicator.measure,
    )
    found = achievement(case)
    return Progress(
        indicator_code=indicator.code,
        period_code=period.code,
        actual=case.actual,
        baseline_id=baseline.id if baseline else None,
        baseline=case.baseline,
        target_id=target.id if target else None,
        target=case.target,
        raw=found.raw,
        capped=found.capped,
        met=found.met,
        method=found.method,
        reason=found.reason,
        marks=found.marks,
    )


def data_coverage(work: Work, period_id: UUID, framework_id: UUID | None = None) -> DataCoverage:
    """Share of outcomes, and of outputs, with at least one approved value or figure in a period.

    Counted are the results of approved frameworks valid in the period (or of the one named), none made by
    consolidation.
    """
    period = work.get(Period, period_id, "period_id")
    results = work.session.execute(_results(period, framework_id)).all()
    filled = _filled(work, period)
    levels = {
        level: [row.id for row in results if row.level is level] for level in (ResultLevel.OUTCOME, ResultLevel.OUTPUT)
    }
    projects: dict[str, set[ResultLevel]] = defaultdict(set)
    for row in results:
        if row.id in filled and row.project:
            projects[row.project].add(row.level)
    return DataCoverage(
        period_code=period.code,
        outcomes=share_of(levels[ResultLevel.OUTCOME], filled),
        outputs=share_of(levels[ResultLevel.OUTPUT], filled),
        output_only_projects=tuple(sorted(code for code, found in projects.items() if found == {ResultLevel.OUTPUT})),
    )


def missing_splits(work: Work) -> tuple[MissingSplit, ...]:
    """Indicators that count people and are not split by sex and by age, by code."""
    offered: dict[UUID, set[str]] = defaultdict(set)
    splits = sa.select(IndicatorDimension.indicator_id, Dimension.code).join(IndicatorDimension.dimension)
    for key, code in work.session.execute(splits):
        offered[key].add(code)
    people = sa.select(Indicator.id, Indicator.code).where(Indicator.counts_people.is_(True)).order_by(Indicator.code)
    found = [
        MissingSplit(code, tuple(wanted for wanted in (SEX, AGE) if wanted not in offered[key]))
        for key, code in work.session.execute(people)
    ]
    return tuple(split for split in found if split.missing)


def _total(indicator: Indicator, period: Period) -> sa.Select[Decimal | None]:
    query = sa.select(Figure.value).where(Figure.indicator_id == indicator.id, Figure.period_id == period.id)
    return query.where(Figure.whole())


def _baseline(indicator: Indicator, period: Period) -> sa.Select[Baseline]:
    query = sa.select(Baseline).where(
        Baseline.indicator_id == indicator.id,
        Baseline.place_id.is_(None),
        Baseline.disaggregation_id.is_(None),
        Baseline.current.is_(True),
        sa.or_(Baseline.period_id.is_(None), Baseline.period_id == period.id),
    )
    return query.order_by(Baseline.period_id.is_not(None), Baseline.occurrence)


def _target(indicator: Indicator, period: Period) -> sa.Select[Target]:
    query = sa.select(Target).where(
        Target.indicator_id == indicator.id,
        Target.period_id == period.id,
        Target.place_id.is_(None),
        Target.disaggregation_id.is_(None),
        Target.current.is_(True),
    )
    return query.order_by(Target.occurrence)


def _results(period: Period, framework_id: UUID | None) -> sa.Select[UUID, ResultLevel | None, str | None]:
    query = (
        sa.select(Result.id, Result.level, Project.code.label("project"))
        .join(Result.framework)
        .outerjoin(Framework.project)
        .where(Result.derived.is_(False), Result.level.in_((ResultLevel.OUTCOME, ResultLevel.OUTPUT)))
    )
    if framework_id:
        return query.where(Framework.id == framework_id)
    return query.where(
        Framework.stage != FrameworkStage.DRAFT,
        sa.or_(Framework.period_start.is_(None), Framework.period_start <= period.end),
        sa.or_(Framework.period_end.is_(None), Framework.period_end >= period.start),
    )


def _filled(work: Work, period: Period) -> Collection[UUID]:
    """Results with a number, its parts or a text measured in the period, or with a figure for it."""
    inside = sa.select(Period.id).where(Period.start >= period.start, Period.end <= period.end)
    stated = sa.or_(Measurement.value.is_not(None), Measurement.numerator.is_not(None), Measurement.text.is_not(None))
    measured = sa.select(Indicator.result_id).join(Measurement, Measurement.indicator_id == Indicator.id)
    measured = measured.where(Measurement.period_id.in_(inside), Measurement.stage == ValueStage.APPROVED, stated)
    rolled = sa.select(Indicator.result_id).join(Figure, Figure.indicator_id == Indicator.id)
    whole = Figure.whole()
    rolled = rolled.where(Figure.period_id == period.id, whole, Figure.value.is_not(None))
    return {*work.session.scalars(measured), *work.session.scalars(rolled)}
