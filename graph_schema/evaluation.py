"""Evaluation: evaluations with their team, documents, comments, quality reviews and disclosure."""

import graphene

from graph_schema.derive import OWN, Where, batched, figure, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.appraisal import (
    Checklist,
    ChecklistQuestion,
    DisclosureException,
    EvaluationComment,
    Evaluator,
    InterferenceReport,
    QualityReview,
)
from rbm.model.evaluation import (
    Evaluation,
    EvaluationDocument,
    EvaluationReport,
    EvaluationSubject,
    JointPartner,
    TeamMember,
)
from rbm.services import evaluation, followup
from rbm.services.evaluation.commenting import COMMENTED
from rbm.services.evaluation.documents import PREPARING
from rbm.services.evaluation.subjects import WIDENED
from rbm.terms.evaluation import BEFORE_FINAL, SETTLED, UNDER_WAY, EvaluationStage, QualityStage

_MANAGE = needs(Permission.MANAGE_EVALUATION)
_MANAGE_PREPARING = needs(Permission.MANAGE_EVALUATION, stages=PREPARING)
_MANAGE_BEFORE_FINAL = needs(Permission.MANAGE_EVALUATION, stages=BEFORE_FINAL)

node(
    Evaluation,
    "code title source commissioned_by type level timing conducted_by scope joint stage unplanned_reason starts_on "
    "planned_end original_end end_reason planned_on comments_from comments_until final_on disclosed_on withheld_until "
    "published_on report_hash budget spent currency version "
    "office manager item decision subjects team partners documents reports comments exceptions quality_reviews "
    "findings ratings recommendations responses",
    status_counts=batched(followup.status_counts),
)
node(EvaluationSubject, "evaluation office framework project result indicator")
node(TeamMember, "role joined_on left_on declared_at conflict declaration version evaluation person")
node(JointPartner, "name leads planning_role delivery_role evaluation")
node(
    EvaluationDocument,
    "kind edition language title text url content_hash shared public attached_at approved_at "
    "evaluation attached_by approved_by",
)
node(EvaluationReport, "language summary methods sources limitations version evaluation")
node(EvaluationComment, "text made_at answer answered_at version evaluation office made_by answered_by")
node(DisclosureException, "reason ends_on recorded_at evaluation recorded_by")
node(InterferenceReport, "text reported_at evaluation reported_by")
node(Evaluator, "external trained_on training coaching version person")
node(Checklist, "gate edition title effective_from pass_mark questions")
node(ChecklistQuestion, "section number text weight checklist")
node(
    QualityReview,
    "gate stage assigned_at content_hash answers score level passed gender_points note reason finished_on version "
    "evaluation checklist assessor document",
)


BEGINNING = (EvaluationStage.PLANNED, EvaluationStage.TOR)


class Query(
    roots(
        Evaluation,
        EvaluationSubject,
        TeamMember,
        JointPartner,
        EvaluationDocument,
        EvaluationReport,
        EvaluationComment,
        DisclosureException,
        InterferenceReport,
        Evaluator,
        Checklist,
        ChecklistQuestion,
        QualityReview,
    )
):
    """What one may ask about evaluations."""

    reviewers = figure(evaluation.reviewers)
    quality_averages = figure(evaluation.quality_averages, weight=1_000)
    gender_integration = figure(evaluation.gender_integration, weight=1_000)


class Mutation(graphene.ObjectType):
    """What one may do about evaluations."""

    plan_evaluation = mutation(evaluation.plan_evaluation, _MANAGE)
    register_source = mutation(evaluation.register_source, needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL))
    revise_evaluation = mutation(evaluation.revise_evaluation, _MANAGE)
    assign_evaluation_manager = mutation(evaluation.assign_evaluation_manager, _MANAGE_BEFORE_FINAL)
    add_subject = mutation(evaluation.add_subject, _MANAGE_PREPARING)
    widen_evaluation = mutation(
        evaluation.widen_evaluation, needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=WIDENED)
    )
    remove_subject = mutation(evaluation.remove_subject, _MANAGE_PREPARING)
    add_partner = mutation(evaluation.add_partner, _MANAGE_BEFORE_FINAL)
    add_team_member = mutation(evaluation.add_team_member, _MANAGE_BEFORE_FINAL)
    leave_team = mutation(evaluation.leave_team, _MANAGE_BEFORE_FINAL)
    declare_interest = mutation(evaluation.declare_interest, OWN)
    attach_document = mutation(evaluation.attach_document, _MANAGE_BEFORE_FINAL)
    attach_to_final = mutation(
        evaluation.attach_to_final, needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=SETTLED)
    )
    approve_terms_of_reference = mutation(
        evaluation.approve_terms_of_reference,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=PREPARING),
    )
    write_report_sections = mutation(
        evaluation.write_report_sections, needs(Permission.RECORD_FINDINGS, stages=BEFORE_FINAL, own=True)
    )
    advance_evaluation = mutation(evaluation.advance_evaluation, _MANAGE)
    finalise_evaluation = mutation(
        evaluation.finalise_evaluation,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[EvaluationStage.QUALITY_REVIEW]),
    )
    publish_evaluation = mutation(
        evaluation.publish_evaluation,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[EvaluationStage.FINAL]),
    )
    postpone_evaluation = mutation(
        evaluation.postpone_evaluation,
        needs(
            Permission.OVERSEE_EVALUATION,
            at=Where.CENTRAL,
            stages=[EvaluationStage.PLANNED, EvaluationStage.TOR],
        ),
    )
    resume_evaluation = mutation(
        evaluation.resume_evaluation,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[EvaluationStage.POSTPONED]),
    )
    cancel_evaluation = mutation(
        evaluation.cancel_evaluation,
        needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL, stages=BEFORE_FINAL),
    )
    comment_on_draft = mutation(evaluation.comment_on_draft, needs(Permission.COMMENT, stages=COMMENTED))
    answer_comment = mutation(evaluation.answer_comment, needs(Permission.RECORD_FINDINGS, stages=COMMENTED, own=True))
    withhold_report = mutation(
        evaluation.withhold_report, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL, stages=SETTLED)
    )
    report_interference = mutation(evaluation.report_interference, needs(Permission.SEE, at=Where.ANYWHERE))

    define_checklist = mutation(evaluation.define_checklist, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL))
    assign_quality_review = mutation(
        evaluation.assign_quality_review,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[*BEGINNING, *UNDER_WAY]),
    )
    rate_quality = mutation(evaluation.rate_quality, needs(Permission.ASSESS_QUALITY, at=Where.OWN))
    finish_quality_review = mutation(
        evaluation.finish_quality_review,
        needs(Permission.ASSESS_QUALITY, at=Where.CENTRAL, stages=[QualityStage.RATED]),
    )
    return_quality_review = mutation(
        evaluation.return_quality_review,
        needs(Permission.ASSESS_QUALITY, at=Where.CENTRAL, stages=[QualityStage.RATED]),
    )
