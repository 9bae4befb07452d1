"""Evaluation: commissioned, staffed, commented on, reviewed, made final and disclosed."""

from rbm.services.evaluation.advancing import (
    advance_evaluation,
    cancel_evaluation,
    finalise_evaluation,
    postpone_evaluation,
    publish_evaluation,
    resume_evaluation,
)
from rbm.services.evaluation.checklists import ChecklistInput, QuestionInput, define_checklist, put_checklist
from rbm.services.evaluation.commenting import Reviewer, answer_comment, comment_on_draft, reviewers
from rbm.services.evaluation.commissioning import (
    EvaluationBrief,
    EvaluationRevision,
    assign_evaluation_manager,
    plan_evaluation,
    revise_evaluation,
)
from rbm.services.evaluation.disclosing import report_interference, withhold_report
from rbm.services.evaluation.documents import (
    DocumentInput,
    ReportSections,
    approve_terms_of_reference,
    attach_document,
    attach_to_final,
    write_report_sections,
)
from rbm.services.evaluation.qualities import gender_integration, quality_averages
from rbm.services.evaluation.reviewing import (
    QualityAnswer,
    assign_quality_review,
    finish_quality_review,
    rate_quality,
    return_quality_review,
)
from rbm.services.evaluation.sources import SourceBrief, register_source
from rbm.services.evaluation.subjects import (
    PartnerInput,
    SubjectInput,
    add_partner,
    add_subject,
    remove_subject,
    widen_evaluation,
)
from rbm.services.evaluation.team import add_team_member, declare_interest, leave_team

__all__ = [
    "ChecklistInput",
    "DocumentInput",
    "EvaluationBrief",
    "EvaluationRevision",
    "PartnerInput",
    "QualityAnswer",
    "QuestionInput",
    "ReportSections",
    "Reviewer",
    "SourceBrief",
    "SubjectInput",
    "add_partner",
    "add_subject",
    "add_team_member",
    "advance_evaluation",
    "answer_comment",
    "approve_terms_of_reference",
    "assign_evaluation_manager",
    "assign_quality_review",
    "attach_document",
    "attach_to_final",
    "cancel_evaluation",
    "comment_on_draft",
    "declare_interest",
    "define_checklist",
    "finalise_evaluation",
    "finish_quality_review",
    "gender_integration",
    "leave_team",
    "plan_evaluation",
    "postpone_evaluation",
    "publish_evaluation",
    "put_checklist",
    "quality_averages",
    "rate_quality",
    "register_source",
    "remove_subject",
    "report_interference",
    "resume_evaluation",
    "return_quality_review",
    "reviewers",
    "revise_evaluation",
    "widen_evaluation",
    "withhold_report",
    "write_report_sections",
]
