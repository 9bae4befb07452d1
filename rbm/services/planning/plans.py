"""Plans of evaluations: drafted, submitted, approved by whom the setting names, returned and closed."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.governance import EvaluationBudgetLine
from rbm.model.people import Office
from rbm.model.performance import RuleSet
from rbm.model.planning import EvaluationPlan
from rbm.model.planning_guards import APPROVER_RULE, funding, plan_approver
from rbm.rules.inputs import refuse_blank
from rbm.rules.spans import months_later, refuse_reversed
from rbm.services.editions import edition_on, put_coming_edition
from rbm.services.planning.governing import decision_of
from rbm.services.planning.telling import tell_approved, tell_endorsed
from rbm.terms.people import CENTRAL, OfficeKind
from rbm.terms.planning import DecisionKind, PlanApprover, PlanKind, PlanStage
from rbm.work import Work

MOST_MONTHS = 24
OPEN = (PlanStage.DRAFT, PlanStage.SUBMITTED, PlanStage.ENDORSED)
"""The stages of a plan that was not approved yet."""
KINDS = {PlanKind.BIENNIAL: CENTRAL, PlanKind.REGIONAL: frozenset({OfficeKind.REGIONAL})}
"""The kinds of office that plans of each kind belong to."""


@dataclass(frozen=True)
class PlanDraft:
    """A plan to be drafted: of which office, for which days (both inclusive), after which plan."""

    code: str
    title: str
    kind: PlanKind
    office_id: UUID
    period_start: date
    period_end: date
    budget_line_id: UUID | None = None
    previous_id: UUID | None = None


def create_evaluation_plan(work: Work, plan: PlanDraft) -> EvaluationPlan:
    """Draft a plan of evaluations, for two years at most. Invalid names the field; Conflict when the code is taken."""
    work.require(Permission.PLAN_EVALUATION)
    office = work.get(Office, plan.office_id, "office_id")
    code, title = refuse_blank(plan.code, "code"), refuse_blank(plan.title, "title")
    if office.kind not in KINDS[plan.kind]:
        raise Invalid(f"{office.code} is no office with a {plan.kind} plan", "office_id")
    _refuse_period(plan.period_start, plan.period_end)
    if work.session.scalars(sa.select(EvaluationPlan.id).where(EvaluationPlan.code == code)).first():
        raise Conflict(f"there is a plan {code} already", "code")
    return work.add(
        EvaluationPlan(
            code=code,
            edition=1,
            title=title,
            kind=plan.kind,
            stage=PlanStage.DRAFT,
            office=office,
            period_start=plan.period_start,
            period_end=plan.period_end,
            budget_line=_line(work, plan.budget_line_id),
            previous=_previous(work, plan),
        )
    )


def fund_plan(work: Work, plan_id: UUID, budget_line_id: UUID) -> EvaluationPlan:
    """Link a plan that is not approved to the budget line that pays for it. Invalid when that is for no year of it."""
    plan = work.get(EvaluationPlan, plan_id, "plan_id")
    work.require(Permission.PLAN_EVALUATION, about=plan)
    line = work.get(EvaluationBudgetLine, budget_line_id, "budget_line_id")
    if plan.stage not in OPEN:
        raise Conflict(f"{plan.code} is {plan.stage}", "stage")
    if not plan.period_start.year <= line.year <= plan.period_end.year:
        raise Invalid(f"{line.code} is for {line.year}, which is no year of {plan.code}", "budget_line_id")
    plan.budget_line, plan.budget_line_id = line, line.id
    work.flush()
    return plan


def submit_plan(work: Work, plan_id: UUID) -> EvaluationPlan:
    """Submit a draft plan to its approver. Conflict when it has no items."""
    plan = work.move(work.get(EvaluationPlan, plan_id, "plan_id"), PlanStage.SUBMITTED)
    plan.submitted_on = work.today
    work.flush()
    return plan


def approve_plan(work: Work, plan_id: UUID) -> EvaluationPlan:
    """Approve a submitted plan as head of evaluation, or endorse it where the governing body approves its kind.

    Conflict when an approved plan would have no approved budget line.
    """
    plan = work.get(EvaluationPlan, plan_id, "plan_id", hold=True)
    work.require(Permission.DIRECT_EVALUATION, about=plan)
    _refuse_stage(plan, PlanStage.SUBMITTED)
    if plan_approver(work, plan.kind, work.today) is PlanApprover.GOVERNING_BODY:
        tell_endorsed(work, work.move(plan, PlanStage.ENDORSED))
        return plan
    return _approve(work, plan, Permission.DIRECT_EVALUATION)


def adopt_plan(work: Work, plan_id: UUID, decision_id: UUID) -> EvaluationPlan:
    """Approve an endorsed plan by a decision of the governing body on it.

    Invalid when the decision is about something else; Conflict without an approved budget line.
    """
    plan = work.get(EvaluationPlan, plan_id, "plan_id", hold=True)
    work.require(Permission.GOVERN, about=plan)
    _refuse_stage(plan, PlanStage.ENDORSED)
    plan.decision = decision_of(work, decision_id, DecisionKind.PLAN)
    return _approve(work, plan, Permission.GOVERN)


def return_plan(work: Work, plan_id: UUID, reason: str) -> EvaluationPlan:
    """Give a submitted plan back to who drafts it, with the reason."""
    plan = work.get(EvaluationPlan, plan_id, "plan_id", hold=True)
    work.require(Permission.DIRECT_EVALUATION, about=plan)
    _refuse_stage(plan, PlanStage.SUBMITTED)
    return work.move(plan, PlanStage.DRAFT, reason)


def refer_plan_back(work: Work, plan_id: UUID, reason: str) -> EvaluationPlan:
    """Give an endorsed plan back to who drafts it, as the governing body, with the reason."""
    plan = work.get(EvaluationPlan, plan_id, "plan_id", hold=True)
    work.require(Permission.GOVERN, about=plan)
    _refuse_stage(plan, PlanStage.ENDORSED)
    return work.move(plan, PlanStage.DRAFT, reason)


def close_plan(work: Work, plan_id: UUID) -> EvaluationPlan:
    """Close an approved plan; what was not done may be carried over to another one."""
    return work.move(work.get(EvaluationPlan, plan_id, "plan_id"), PlanStage.CLOSED)


def set_plan_approver(work: Work, kind: PlanKind, approver: PlanApprover, effective_from: date) -> RuleSet:
    """Say, as the governing body, who approves a kind of plan from a day on.

    Invalid for a day that is over; Conflict when an edition holds by then.
    """
    work.require(Permission.GOVERN)
    current = edition_on(work, APPROVER_RULE, effective_from)
    stated = dict(current.parameters) if current else {}
    return put_coming_edition(work, APPROVER_RULE, stated | {kind.value: approver.value}, effective_from)


def _approve(work: Work, plan: EvaluationPlan, permission: Permission) -> EvaluationPlan:
    """Move a plan to approved with its budget line as it stands; the edition before is superseded by that."""
    work.move(plan, PlanStage.APPROVED)
    plan.approved_on, plan.budget_line = work.today, funding(work, plan)
    before = sa.select(EvaluationPlan).where(
        EvaluationPlan.code == plan.code,
        EvaluationPlan.edition < plan.edition,
        EvaluationPlan.stage == PlanStage.APPROVED,
    )
    for one in work.session.scalars(before).all():
        work.move(one, PlanStage.SUPERSEDED, f"superseded by edition {plan.edition}", following=permission)
    work.flush()
    tell_approved(work, plan)
    return plan


def _line(work: Work, key: UUID | None) -> EvaluationBudgetLine | None:
    return work.get(EvaluationBudgetLine, key, "budget_line_id") if key else None


def _previous(work: Work, plan: PlanDraft) -> EvaluationPlan | None:
    if plan.previous_id is None:
        return None
    previous = work.get(EvaluationPlan, plan.previous_id, "previous_id")
    if previous.period_start >= plan.period_start:
        raise Invalid(f"{previous.code} does not begin before it", "previous_id")
    return previous


def _refuse_stage(plan: EvaluationPlan, stage: PlanStage) -> None:
    """Nothing, at the stage: the same move may be made from another one by others."""
    if plan.stage is not stage:
        raise Conflict(f"{plan.code} is {plan.stage}, not {stage}", "stage")


def _refuse_period(start: date, end: date) -> None:
    refuse_reversed((start, end), "period_end")
    if end > months_later(start, MOST_MONTHS) - timedelta(days=1):
        raise Invalid("a plan is for two years at most", "period_end")
