"""The way of an evaluation from stage to stage; what each step needs stands beside its stages."""

from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.governance import GoverningDecision
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.rules.inputs import refuse_blank
from rbm.services import findings
from rbm.services.deadlines import deadlines_on
from rbm.services.evaluation.documents import newest
from rbm.services.evaluation.standing import manage
from rbm.services.evaluation.subjects import refuse_conflicted
from rbm.terms.evaluation import DocumentKind, EvaluationStage
from rbm.terms.planning import DecisionKind
from rbm.work import Work

T = TypeVar("T")
BY_MANAGER = (
    EvaluationStage.TOR,
    EvaluationStage.TEAM_ONBOARD,
    EvaluationStage.INCEPTION,
    EvaluationStage.DATA_COLLECTION,
    EvaluationStage.DRAFT_REPORT,
    EvaluationStage.QUALITY_REVIEW,
)
"""The stages to which those who manage evaluations bring them; the others are the evaluation unit's to decide."""


def advance_evaluation(work: Work, evaluation_id: UUID, to: EvaluationStage, reason: str | None = None) -> Evaluation:
    """Bring an evaluation to its next stage, up to the review of its draft.

    From the draft report on, the offices concerned see what it says and may comment for the days of the deadlines in
    force. Invalid for a stage the evaluation unit decides about; Conflict says what is missing.
    """
    evaluation = manage(work, evaluation_id)
    if to not in BY_MANAGER:
        raise Invalid(f"an evaluation is not advanced to {to.replace('_', ' ')}", "to")
    work.move(evaluation, to, reason)
    refuse_conflicted(work, evaluation)
    if to is EvaluationStage.DRAFT_REPORT:
        evaluation.comments_from = work.today
        evaluation.comments_until = work.today + timedelta(days=deadlines_on(work, work.today).comment_days)
        work.flush()
    return evaluation


def finalise_evaluation(work: Work, evaluation_id: UUID) -> Evaluation:
    """Make an evaluation final: its text is frozen, its recommendations are issued and transmitted to management.

    From so many days later, by the deadlines in force, everyone reads the final text, whatever management does.
    Conflict says what is missing.
    """
    evaluation = _oversee(work, evaluation_id)
    work.move(evaluation, EvaluationStage.FINAL)
    refuse_conflicted(work, evaluation)
    report = newest(work, evaluation, DocumentKind.FINAL_REPORT)
    evaluation.report_hash = report.content_hash if report else None
    evaluation.final_on = work.today
    evaluation.disclosed_on = work.today + timedelta(days=deadlines_on(work, work.today).disclosure_days)
    work.flush()
    findings.issue_drafts(work, evaluation)
    return evaluation


def publish_evaluation(work: Work, evaluation_id: UUID) -> Evaluation:
    """Publish a final evaluation: everyone reads it from today, or from the day they could already.

    Conflict when it is not final, or withheld by the head of evaluation.
    """
    evaluation = work.move(_oversee(work, evaluation_id), EvaluationStage.PUBLISHED)
    evaluation.published_on = work.today
    evaluation.disclosed_on = min(evaluation.disclosed_on or work.today, work.today)
    work.flush()
    return evaluation


def postpone_evaluation(work: Work, evaluation_id: UUID, reason: str) -> Evaluation:
    """Put off an evaluation that has no team yet, with the reason; the end first planned is kept.

    Invalid without a reason; Conflict when a team works on it, or it is over.
    """
    return work.move(_oversee(work, evaluation_id), EvaluationStage.POSTPONED, reason)


def resume_evaluation(work: Work, evaluation_id: UUID, planned_end: date) -> Evaluation:
    """Take up a postponed evaluation again, with the day by which it will end now.

    Invalid when that day is past; Conflict when it was not postponed.
    """
    evaluation = work.move(_oversee(work, evaluation_id), EvaluationStage.PLANNED)
    if planned_end < work.today:
        raise Invalid(f"{planned_end} is past", "planned_end")
    evaluation.planned_end = planned_end
    work.flush()
    return evaluation


def cancel_evaluation(
    work: Work, evaluation_id: UUID, reason: str, decision_reference: str | None = None
) -> Evaluation:
    """End an evaluation before its final, with the reason; it stays counted as planned.

    Where the governing body approved the plan that foresees it, its decision to cancel is named by reference. Invalid
    without a reason or that decision; Conflict when the evaluation is over.
    """
    evaluation = manage(work, evaluation_id, Permission.DIRECT_EVALUATION, central=True)
    stated = refuse_blank(reason, "reason") if reason.strip() else reason
    decision = _decision(work, evaluation, decision_reference) if decision_reference else None
    if decision:
        stated = f"{stated} ({decision.reference})"
    work.move(evaluation, EvaluationStage.CANCELLED, stated)
    if decision is None and _plan_of(work, evaluation, EvaluationPlan.decision_id) is not None:
        raise Invalid("the governing body approved it: its decision is needed", "decision_reference")
    evaluation.decision, evaluation.decision_id = decision, decision.id if decision else None
    work.flush()
    return evaluation


def _oversee(work: Work, evaluation_id: UUID) -> Evaluation:
    return manage(work, evaluation_id, Permission.OVERSEE_EVALUATION, central=True)


def _decision(work: Work, evaluation: Evaluation, reference: str) -> GoverningDecision:
    query = sa.select(GoverningDecision).where(GoverningDecision.reference == reference)
    decision = work.session.scalars(query).one_or_none()
    if decision is None:
        raise Invalid("there is no such decision", "decision_reference")
    if decision.kind is not DecisionKind.CANCELLATION:
        raise Conflict(f"{reference} decides about {decision.kind.replace('_', ' ')}", "decision_reference")
    since = max(filter(None, (evaluation.planned_on, _plan_of(work, evaluation, EvaluationPlan.approved_on))))
    if decision.decided_on < since:
        raise Conflict(f"{reference} was taken before this evaluation was planned", "decision_reference")
    other = table_of(Evaluation).c
    used = bulk.select(work.session, sa.select(other.code).where(other.decision_id == decision.id))
    if used:
        raise Conflict(f"{reference} cancelled {used[0].code}", "decision_reference")
    return decision


def _plan_of(work: Work, evaluation: Evaluation, column: InstrumentedAttribute[T | None]) -> T | None:
    """A column of the plan that foresees an evaluation; None without a plan."""
    if evaluation.item_id is None:
        return None
    query = sa.select(column).join(PlanItem, PlanItem.plan_id == EvaluationPlan.id)
    return work.session.scalars(query.where(PlanItem.id == evaluation.item_id)).one()
