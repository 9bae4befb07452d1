"""The way of an evaluation from stage to stage; what each step needs stands beside its stages."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.governance import GoverningDecision
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.rules.inputs import refuse_blank
from rbm.services import findings
from rbm.services.deadlines import deadlines_on
from rbm.services.evaluation.documents import newest
from rbm.services.evaluation.standing import hold
from rbm.services.evaluation.subjects import refuse_conflicted
from rbm.terms.evaluation import DocumentKind, EvaluationStage
from rbm.terms.planning import DecisionKind
from rbm.work import Work

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
    evaluation = hold(work, evaluation_id)
    work.require(Permission.MANAGE_EVALUATION, evaluation)
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
    evaluation = hold(work, evaluation_id)
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
    evaluation = work.move(hold(work, evaluation_id), EvaluationStage.PUBLISHED)
    evaluation.published_on = work.today
    evaluation.disclosed_on = min(evaluation.disclosed_on or work.today, work.today)
    work.flush()
    return evaluation


def postpone_evaluation(work: Work, evaluation_id: UUID, reason: str) -> Evaluation:
    """Put off an evaluation that has no team yet, with the reason; the end first planned is kept.

    Invalid without a reason; Conflict when a team works on it, or it is over.
    """
    return work.move(hold(work, evaluation_id), EvaluationStage.POSTPONED, reason)


def resume_evaluation(work: Work, evaluation_id: UUID, planned_end: date) -> Evaluation:
    """Take up a postponed evaluation again, with the day by which it will end now.

    Invalid when that day is past; Conflict when it was not postponed.
    """
    evaluation = work.move(hold(work, evaluation_id), EvaluationStage.PLANNED)
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
    evaluation = hold(work, evaluation_id)
    stated = refuse_blank(reason, "reason") if reason.strip() else reason
    if decision_reference:
        stated = f"{stated} ({_decision(work, decision_reference).reference})"
    work.move(evaluation, EvaluationStage.CANCELLED, stated)
    if not decision_reference and _decided_by_governing_body(work, evaluation):
        raise Invalid("the governing body approved it: its decision is needed", "decision_reference")
    return evaluation


def _decision(work: Work, reference: str) -> GoverningDecision:
    query = sa.select(GoverningDecision).where(GoverningDecision.reference == reference)
    decision = work.session.scalars(query).one_or_none()
    if decision is None:
        raise Invalid("there is no such decision", "decision_reference")
    if decision.kind is not DecisionKind.CANCELLATION:
        raise Conflict(f"{reference} decides about {decision.kind.replace('_', ' ')}", "decision_reference")
    return decision


def _decided_by_governing_body(work: Work, evaluation: Evaluation) -> bool:
    if evaluation.item_id is None:
        return False
    plan = sa.select(EvaluationPlan.decision_id).join(PlanItem, PlanItem.plan_id == EvaluationPlan.id)
    return work.session.scalars(plan.where(PlanItem.id == evaluation.item_id)).one() is not None
