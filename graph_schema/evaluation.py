"""Evaluation: evaluations with their team, documents, comments, quality reviews and disclosure."""

import graphene

from graph_schema.derive import node, roots
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

node(
    Evaluation,
    "code title source commissioned_by type level timing conducted_by scope joint stage unplanned_reason starts_on "
    "planned_end original_end planned_on comments_from comments_until final_on disclosed_on withheld_until "
    "published_on report_hash budget spent currency version "
    "office manager item subjects team partners documents reports comments exceptions quality_reviews findings "
    "ratings recommendations responses",
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
    "gate stage assigned_at answers score level passed gender_points note finished_on version "
    "evaluation checklist assessor",
)


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


class Mutation(graphene.ObjectType):
    """What one may do about evaluations."""
