"""What has to be true before a policy is activated or a plan goes on: guards of their stages."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.governance import EvaluationBudgetLine
from rbm.model.performance import RuleSet
from rbm.terms.planning import BudgetStage, PlanApprover, PlanKind
from rbm.work import Work

APPROVER_RULE = "evaluation_plan_approver"
PARTS = ("coverage", "quality", "use")


def refuse_incomplete_policy(work: Work, policy: Any) -> None:
    """Nothing, when it says something on coverage, quality and use, and has a rule of coverage."""
    for part in PARTS:
        if not (getattr(policy, part) or "").strip():
            raise Conflict(f"a policy without a part on {part} cannot be activated", part)
    if not _has(work, policy, "coverage_rules"):
        raise Conflict("a policy without a rule of coverage cannot be activated", "coverage")


def refuse_empty_plan(work: Work, plan: Any) -> None:
    """Nothing, when it has an item."""
    if not _has(work, plan, "items"):
        raise Conflict("a plan without items cannot be submitted", "plan_id")


def refuse_other_approver(work: Work, plan: Any) -> None:
    """Nothing, when the head of evaluation approves this kind of plan, and its budget line is approved."""
    if plan_approver(work, plan.kind, work.today) is not PlanApprover.EVALUATION_HEAD:
        raise Conflict(f"a {plan.kind} plan is approved by the governing body", "stage")
    refuse_unfunded_plan(work, plan)


def refuse_needless_endorsement(work: Work, plan: Any) -> None:
    """Nothing, when the governing body approves this kind of plan."""
    if plan_approver(work, plan.kind, work.today) is not PlanApprover.GOVERNING_BODY:
        raise Conflict(f"a {plan.kind} plan is approved by the head of evaluation", "stage")


def refuse_unfunded_plan(work: Work, plan: Any) -> None:
    """Nothing, when it has a budget line for a year of it that the governing body approved."""
    if funding(work, plan) is None:
        raise Conflict("a plan without a budget line approved by the governing body is not approved", "budget_line_id")


def funding(work: Work, plan: Any) -> EvaluationBudgetLine | None:
    """The approved edition of the budget line of a plan, for a year of it; None when there is none."""
    code = sa.select(EvaluationBudgetLine.code).where(EvaluationBudgetLine.id == plan.budget_line_id)
    query = sa.select(EvaluationBudgetLine).where(
        EvaluationBudgetLine.code == code.scalar_subquery(),
        EvaluationBudgetLine.stage == BudgetStage.APPROVED,
        EvaluationBudgetLine.year.between(plan.period_start.year, plan.period_end.year),
    )
    return work.session.scalars(query.order_by(EvaluationBudgetLine.edition.desc())).first()


def plan_approver(work: Work, kind: PlanKind, on: date) -> PlanApprover:
    """Who approves a kind of plan on a day: by the edition in force, or the head of evaluation."""
    query = sa.select(RuleSet.parameters).where(RuleSet.rule == APPROVER_RULE, RuleSet.effective_from <= on)
    stated = work.session.scalars(query.order_by(RuleSet.edition.desc())).first() or {}
    return PlanApprover(stated.get(kind, PlanApprover.EVALUATION_HEAD))


def _has(work: Work, row: Any, relation: str) -> bool:
    other = sa.inspect(type(row)).relationships[relation]
    (_, remote) = other.local_remote_pairs[0]
    query = sa.select(other.mapper.class_).where(remote == row.id).limit(1)
    return work.session.scalars(query).first() is not None
