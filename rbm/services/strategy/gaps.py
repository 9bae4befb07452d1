"""What strategies lack: plans, reviews, results, owners, causes, contributions. Each gap carries its reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Indicator
from rbm.model.people import Person
from rbm.model.strategy import Framework, NormativeLink, NormativeTarget, Result, ResultLink
from rbm.rules.intent import without_intended_result
from rbm.services.strategy.frameworks import approved_by, current
from rbm.terms.strategy import FrameworkLevel, NodeKind, ResultLevel, StrategyGap
from rbm.work import Work


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: the rule, the code of what lacks it and the reason in words."""

    rule: StrategyGap
    subject: str
    explanation: str


@dataclass(frozen=True)
class GapCount:
    """How many gaps of one rule."""

    rule: StrategyGap
    count: int


@dataclass(frozen=True)
class StrategyGaps:
    """Every gap on a day, in the order of rule and subject, and the number of each rule (0 too)."""

    on: date
    gaps: tuple[Gap, ...]
    counts: tuple[GapCount, ...]


def strategy_gaps(work: Work, on: date) -> StrategyGaps:
    """What the strategies that the caller sees lack on a day. A review that is due on the day is not overdue."""
    found = [
        *_no_current_plan(work, on),
        *_strategies(work, on),
        *_without_intended_result(work),
        *_without_cause(work),
        *_without_owner(work),
        *_without_contribution(work),
    ]
    order = list(StrategyGap)
    gaps = tuple(sorted(found, key=lambda gap: (order.index(gap.rule), gap.subject)))
    numbers = Counter(gap.rule for gap in gaps)
    return StrategyGaps(on, gaps, tuple(GapCount(rule, numbers[rule]) for rule in StrategyGap))


def _no_current_plan(work: Work, on: date) -> Iterator[Gap]:
    """A corporate framework without a period holds principles and objectives and is no strategic plan."""
    dated = sa.or_(Framework.period_start.is_not(None), Framework.period_end.is_not(None))
    query = sa.select(Framework.id).where(
        Framework.level == FrameworkLevel.CORPORATE, Framework.public.is_(True), dated, current(on)
    )
    if work.session.execute(query).first() is None:
        explanation = f"no corporate strategic plan is current and public on {on}"
        yield Gap(StrategyGap.NO_CURRENT_PUBLIC_PLAN, FrameworkLevel.CORPORATE, explanation)


def _strategies(work: Work, on: date) -> Iterator[Gap]:
    approved = sa.select(Framework).where(approved_by(on), Framework.level != FrameworkLevel.PROJECT)
    stating = sa.select(Result.framework_id).where(Result.kind == NodeKind.RESULT).distinct()
    stated = set(work.session.scalars(stating))
    for framework in work.session.scalars(approved):
        if framework.next_review_on and framework.next_review_on < on:
            explanation = f"its review was due on {framework.next_review_on}"
            yield Gap(StrategyGap.REVIEW_OVERDUE, framework.code, explanation)
        if framework.period_end and framework.period_end < on:
            yield Gap(StrategyGap.EXPIRED, framework.code, f"it ended on {framework.period_end} and was not closed")
        if framework.id not in stated:
            yield Gap(StrategyGap.NO_RESULTS_STATEMENT, framework.code, "it states no result")
        if not (framework.monitoring_plan or "").strip():
            yield Gap(StrategyGap.NO_MONITORING_PLAN, framework.code, "it has no plan for monitoring and evaluation")


def _without_intended_result(work: Work) -> Iterator[Gap]:
    results = {row.id: row for row in work.session.execute(_of_results())}
    nodes = [key for key, row in results.items() if row.kind is not NodeKind.RESULT or row.level is ResultLevel.GOAL]
    inside = [
        (child, parent)
        for child, parent in work.session.execute(sa.select(ResultLink.child_id, ResultLink.parent_id))
        if parent in results and results[child].framework_id == results[parent].framework_id
    ]
    measured = set(work.session.scalars(sa.select(Indicator.result_id).distinct()))
    for key in without_intended_result(nodes, inside, measured):
        explanation = "neither it nor a result below it in its framework has an indicator"
        yield Gap(StrategyGap.NO_INTENDED_RESULT, results[key].code, explanation)


def _without_cause(work: Work) -> Iterator[Gap]:
    codes = {row.id: row.code for row in work.session.execute(_of_results())}
    query = sa.select(ResultLink.child_id, ResultLink.parent_id).where(ResultLink.causal_statement.is_(None))
    for child, parent in work.session.execute(query):
        lower, higher = codes[child], codes.get(parent, "a result that is not shown")
        explanation = f"nothing says how {lower} brings about {higher}"
        yield Gap(StrategyGap.MISSING_CAUSAL_STATEMENT, f"{lower} > {higher}", explanation)


def _of_results() -> sa.Select[UUID, str, NodeKind, ResultLevel | None, UUID]:
    return sa.select(Result.id, Result.code, Result.kind, Result.level, Result.framework_id)


def _without_owner(work: Work) -> Iterator[Gap]:
    query = (
        sa.select(Result.code, Result.owner_office_id, Result.owner_person_id, Person.active)
        .join(Result.framework)
        .outerjoin(Result.owner_person)
        .where(Framework.level == FrameworkLevel.CORPORATE)
    )
    for code, office, person, active in work.session.execute(query):
        if office is None or person is None:
            missing = "no office" if office is None else "no person"
            yield Gap(StrategyGap.NO_OWNER, code, f"{missing} is accountable for it")
        elif active is False:
            yield Gap(StrategyGap.NO_OWNER, code, "the person accountable for it is not active any more")


def _without_contribution(work: Work) -> Iterator[Gap]:
    query = sa.select(NormativeLink, Result.code, NormativeTarget.code)
    query = query.join(NormativeLink.result).join(NormativeLink.target)
    for link, result, target in work.session.execute(query):
        stated = {
            "indicator": link.indicator_id,
            "baseline": link.baseline,
            "target": link.intended,
            "year": link.year,
        }
        missing = [name for name, value in stated.items() if value is None]
        if missing:
            explanation = f"the contribution has no {', '.join(missing)}"
            yield Gap(StrategyGap.NO_INTENDED_CONTRIBUTION, f"{result} > {target}", explanation)
