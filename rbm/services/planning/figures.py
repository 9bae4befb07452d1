"""Figures of plans: core funding, execution, joint evaluations, and the mix of what is planned."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.rules.inputs import refuse_year
from rbm.rules.planning import PlanRate, Sum, money_rate, rate
from rbm.rules.spans import refuse_reversed
from rbm.services.planning.doing import done_items
from rbm.terms.evaluation import STRATEGIC_TYPES, ConductedBy, EvaluationLevel, EvaluationType, Timing
from rbm.terms.planning import PlanKind, PlanStage
from rbm.work import Work

IN_FORCE = (PlanStage.APPROVED, PlanStage.CLOSED)
"""The stages of plans that count: approved and not superseded by a later edition, which counts instead."""
FULL = Decimal(100)
JOINT = frozenset({EvaluationType.JOINT, EvaluationType.SYSTEM_WIDE})


@dataclass(frozen=True)
class CoreFunding:
    """The share of the cost of a plan that core funds pay; `below_full` when it is known and under 100 percent."""

    share: PlanRate
    below_full: bool


@dataclass(frozen=True)
class MixLine:
    """How many planned evaluations are of a type, level, way of conducting and timing."""

    type: EvaluationType
    level: EvaluationLevel
    conducted_by: ConductedBy
    timing: Timing
    count: int


@dataclass(frozen=True)
class MixReport:
    """The mix of the evaluations planned for a period; the flag says that none judges the organisation as a whole."""

    start: date
    end: date
    items: int
    no_strategic_evaluation: bool
    lines: list[MixLine]


def core_funding_share(work: Work, plan_id: UUID) -> CoreFunding:
    """The share of the cost of a plan that core funds pay, and a flag under 100 percent. Source: R104."""
    plan = work.get(EvaluationPlan, plan_id, "plan_id")
    items = _items(work, PlanItem.plan_id == plan.id)
    share = money_rate(Sum(item.core_cost, item.cost, item.currency) for item in items)
    return CoreFunding(share, share.value is not None and share.value < FULL)


def execution_rate(work: Work, plan_id: UUID | None = None, on: date | None = None) -> PlanRate:
    """Evaluations done by a day, of those planned: in a plan, or in all regional plans together. Source: R110.

    Done: the evaluation of the item, or of the one it continues, is final.
    """
    if plan_id is None:
        condition = sa.and_(EvaluationPlan.kind == PlanKind.REGIONAL, EvaluationPlan.stage.in_(IN_FORCE))
    else:
        condition = EvaluationPlan.id == work.get(EvaluationPlan, plan_id, "plan_id").id
    items = _items(work, condition)
    return rate(len(done_items(work, items, on or work.today)), len(items))


def joint_share(work: Work, year: int) -> PlanRate:
    """Joint or system-wide evaluations, of all that are planned to end in a year. Source: R112."""
    refuse_year(year)
    ending = PlanItem.planned_end.between(date(year, 1, 1), date(year, 12, 31))
    items = _items(work, EvaluationPlan.stage.in_(IN_FORCE), ending)
    return rate(sum(item.joint or item.type in JOINT for item in items), len(items))


def mix_report(work: Work, start: date, end: date) -> MixReport:
    """The mix of the evaluations planned to end in a period, and whether a strategic one is among them. Source: R111.

    Invalid when the period is reversed.
    """
    refuse_reversed((start, end), "end")
    items = _items(work, EvaluationPlan.stage.in_(IN_FORCE), PlanItem.planned_end.between(start, end))
    counted = Counter((item.type, item.level, item.conducted_by, item.timing) for item in items)
    lines = [MixLine(*mix, count) for mix, count in sorted(counted.items())]
    strategic = any(item.type in STRATEGIC_TYPES for item in items)
    return MixReport(start, end, len(items), not strategic, lines)


def _items(work: Work, *conditions: sa.ColumnElement[bool]) -> Collection[PlanItem]:
    query = sa.select(PlanItem).join(PlanItem.plan).where(*conditions)
    return work.session.scalars(query.order_by(PlanItem.id)).all()
