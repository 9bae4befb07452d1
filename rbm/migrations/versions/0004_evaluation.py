"""Evaluation: plans and their budget, evaluations and their quality, findings, responses, actions, status reports."""

import sqlalchemy as sa
from alembic import op

from rbm.db import Fixed, Identifier, Moment

revision = "0004_evaluation"
down_revision = "0003_the_roll_up"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "checklist",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("pass_mark", Fixed(6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
        sa.UniqueConstraint("gate", "edition", name=op.f("uq_checklist_gate_edition")),
        sqlite_strict=True,
    )
    op.create_table(
        "evaluation_policy",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=True),
        sa.Column("quality", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_policy")),
        sa.UniqueConstraint("code", name=op.f("uq_evaluation_policy_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "peer_review",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reviewers", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_review")),
        sqlite_strict=True,
    )
    op.create_table(
        "proposal_call",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("criteria", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_call")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_call_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "synthesis_entry",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("positive", sa.Integer(), nullable=False),
        sa.Column("negative", sa.Integer(), nullable=False),
        sa.Column("not_assessed", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis_entry")),
        sa.UniqueConstraint("year", "topic", name=op.f("uq_synthesis_entry_year_topic")),
        sqlite_strict=True,
    )
    op.create_table(
        "checklist_question",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("checklist_id", Identifier(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("weight", Fixed(6), nullable=False),
        sa.ForeignKeyConstraint(["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_question_checklist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_question")),
        sa.UniqueConstraint("checklist_id", "number", name=op.f("uq_checklist_question_checklist_id_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_checklist_question_checklist_id"), "checklist_question", ["checklist_id"], unique=False)
    op.create_table(
        "coverage_rule",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("policy_id", Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("theme_id", Identifier(), nullable=True),
        sa.Column("office_kind", sa.Text(), nullable=True),
        sa.Column("at_least", Fixed(2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["policy_id"], ["evaluation_policy.id"], name=op.f("fk_coverage_rule_policy_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_coverage_rule_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_rule")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_coverage_rule_policy_id"), "coverage_rule", ["policy_id"], unique=False)
    op.create_index(op.f("ix_coverage_rule_theme_id"), "coverage_rule", ["theme_id"], unique=False)
    op.create_table(
        "evaluator",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("person_id", Identifier(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("training", sa.Text(), nullable=True),
        sa.Column("coaching", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evaluator_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluator")),
        sa.UniqueConstraint("person_id", name=op.f("uq_evaluator_person_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "governing_decision",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("person_id", Identifier(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_governing_decision_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_governing_decision_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_governing_decision")),
        sa.UniqueConstraint("reference", name=op.f("uq_governing_decision_reference")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_governing_decision_person_id"), "governing_decision", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_governing_decision_recorded_by_id"), "governing_decision", ["recorded_by_id"], unique=False
    )
    op.create_table(
        "status_report",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("addressed_to", sa.Text(), nullable=False),
        sa.Column("contents", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("locked_at", Moment(), nullable=False),
        sa.Column("locked_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["locked_by_id"], ["person.id"], name=op.f("fk_status_report_locked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_report")),
        sa.UniqueConstraint("year", name=op.f("uq_status_report_year")),
        sqlite_strict=True,
    )
    op.create_table(
        "evaluation_budget_line",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("amount", Fixed(2), nullable=False),
        sa.Column("core_amount", Fixed(2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("decision_id", Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["governing_decision.id"], name=op.f("fk_evaluation_budget_line_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_budget_line")),
        sa.UniqueConstraint("code", "edition", name=op.f("uq_evaluation_budget_line_code_edition")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_evaluation_budget_line_decision_id"), "evaluation_budget_line", ["decision_id"], unique=False
    )
    op.create_table(
        "evaluation_plan",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("budget_line_id", Identifier(), nullable=True),
        sa.Column("previous_id", Identifier(), nullable=True),
        sa.Column("decision_id", Identifier(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["evaluation_budget_line.id"], name=op.f("fk_evaluation_plan_budget_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["governing_decision.id"], name=op.f("fk_evaluation_plan_decision_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_evaluation_plan_office_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["evaluation_plan.id"], name=op.f("fk_evaluation_plan_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_plan")),
        sa.UniqueConstraint("code", "edition", name=op.f("uq_evaluation_plan_code_edition")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_evaluation_plan_budget_line_id"), "evaluation_plan", ["budget_line_id"], unique=False)
    op.create_index(op.f("ix_evaluation_plan_decision_id"), "evaluation_plan", ["decision_id"], unique=False)
    op.create_index(op.f("ix_evaluation_plan_office_id"), "evaluation_plan", ["office_id"], unique=False)
    op.create_index(op.f("ix_evaluation_plan_previous_id"), "evaluation_plan", ["previous_id"], unique=False)
    op.create_table(
        "evaluation_reserve",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("project_id", Identifier(), nullable=False),
        sa.Column("amount", Fixed(2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fixed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_evaluation_reserve_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_reserve")),
        sa.UniqueConstraint("project_id", name=op.f("uq_evaluation_reserve_project_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "plan_item",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("plan_id", Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("conducted_by", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("funding_source", sa.Text(), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=False),
        sa.Column("planned_end", sa.Date(), nullable=False),
        sa.Column("original_end", sa.Date(), nullable=False),
        sa.Column("cost", Fixed(2), nullable=False),
        sa.Column("core_cost", Fixed(2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=True),
        sa.Column("project_id", Identifier(), nullable=True),
        sa.Column("theme_id", Identifier(), nullable=True),
        sa.Column("place_id", Identifier(), nullable=True),
        sa.Column("earlier_id", Identifier(), nullable=True),
        sa.Column("carried_from_id", Identifier(), nullable=True),
        sa.Column("carried_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["carried_from_id"], ["plan_item.id"], name=op.f("fk_plan_item_carried_from_id")),
        sa.ForeignKeyConstraint(["earlier_id"], ["plan_item.id"], name=op.f("fk_plan_item_earlier_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_plan_item_office_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_plan_item_place_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["evaluation_plan.id"], name=op.f("fk_plan_item_plan_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_plan_item_project_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_plan_item_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_item_plan_id_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_plan_item_carried_from_id"), "plan_item", ["carried_from_id"], unique=False)
    op.create_index(op.f("ix_plan_item_earlier_id"), "plan_item", ["earlier_id"], unique=False)
    op.create_index(op.f("ix_plan_item_office_id"), "plan_item", ["office_id"], unique=False)
    op.create_index(op.f("ix_plan_item_place_id"), "plan_item", ["place_id"], unique=False)
    op.create_index(op.f("ix_plan_item_plan_id"), "plan_item", ["plan_id"], unique=False)
    op.create_index(op.f("ix_plan_item_project_id"), "plan_item", ["project_id"], unique=False)
    op.create_index(op.f("ix_plan_item_theme_id"), "plan_item", ["theme_id"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("commissioned_by", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("conducted_by", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("manager_id", Identifier(), nullable=True),
        sa.Column("item_id", Identifier(), nullable=True),
        sa.Column("unplanned_reason", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("planned_end", sa.Date(), nullable=False),
        sa.Column("original_end", sa.Date(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("decision_id", Identifier(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("comments_from", sa.Date(), nullable=True),
        sa.Column("comments_until", sa.Date(), nullable=True),
        sa.Column("final_on", sa.Date(), nullable=True),
        sa.Column("disclosed_on", sa.Date(), nullable=True),
        sa.Column("withheld_until", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("report_hash", sa.Text(), nullable=True),
        sa.Column("budget", Fixed(2), nullable=True),
        sa.Column("spent", Fixed(2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["governing_decision.id"], name=op.f("fk_evaluation_decision_id")),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_evaluation_item_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_evaluation_manager_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_evaluation_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("code", name=op.f("uq_evaluation_code")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_evaluation_decision_id"), "evaluation", ["decision_id"], unique=False)
    op.create_index(op.f("ix_evaluation_item_id"), "evaluation", ["item_id"], unique=False)
    op.create_index(op.f("ix_evaluation_manager_id"), "evaluation", ["manager_id"], unique=False)
    op.create_index(op.f("ix_evaluation_office_id"), "evaluation", ["office_id"], unique=False)
    op.create_table(
        "plan_request",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("plan_id", Identifier(), nullable=False),
        sa.Column("item_id", Identifier(), nullable=True),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("requested_by_id", Identifier(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by_id", Identifier(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_plan_request_decided_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_plan_request_item_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_plan_request_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["evaluation_plan.id"], name=op.f("fk_plan_request_plan_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_plan_request_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_request")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_plan_request_item_id"), "plan_request", ["item_id"], unique=False)
    op.create_index(op.f("ix_plan_request_office_id"), "plan_request", ["office_id"], unique=False)
    op.create_index(op.f("ix_plan_request_plan_id"), "plan_request", ["plan_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("call_id", Identifier(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("scores", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("item_id", Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["proposal_call.id"], name=op.f("fk_proposal_call_id")),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_proposal_item_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_proposal_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_proposal_call_id"), "proposal", ["call_id"], unique=False)
    op.create_index(op.f("ix_proposal_item_id"), "proposal", ["item_id"], unique=False)
    op.create_index(op.f("ix_proposal_office_id"), "proposal", ["office_id"], unique=False)
    op.create_table(
        "criterion_rating",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("scale_edition", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("points", Fixed(6), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_criterion_rating_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_rating")),
        sa.UniqueConstraint("evaluation_id", "criterion", name=op.f("uq_criterion_rating_evaluation_id_criterion")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_criterion_rating_evaluation_id"), "criterion_rating", ["evaluation_id"], unique=False)
    op.create_table(
        "disclosure_exception",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_disclosure_exception_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_disclosure_exception_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_exception")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_disclosure_exception_evaluation_id"), "disclosure_exception", ["evaluation_id"], unique=False
    )
    op.create_table(
        "evaluation_comment",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_id", Identifier(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by_id", Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_evaluation_comment_answered_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_comment_evaluation_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_evaluation_comment_made_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_evaluation_comment_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_comment")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_evaluation_comment_evaluation_id"), "evaluation_comment", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_evaluation_comment_office_id"), "evaluation_comment", ["office_id"], unique=False)
    op.create_table(
        "evaluation_document",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("attached_at", Moment(), nullable=False),
        sa.Column("attached_by_id", Identifier(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_evaluation_document_approved_by_id")),
        sa.ForeignKeyConstraint(["attached_by_id"], ["person.id"], name=op.f("fk_evaluation_document_attached_by_id")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_document_evaluation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_document")),
        sa.UniqueConstraint(
            "evaluation_id",
            "kind",
            "language",
            "edition",
            name=op.f("uq_evaluation_document_evaluation_id_kind_language_edition"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_evaluation_document_evaluation_id"), "evaluation_document", ["evaluation_id"], unique=False
    )
    op.create_table(
        "evaluation_report",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("methods", sa.Text(), nullable=True),
        sa.Column("sources", sa.Text(), nullable=True),
        sa.Column("limitations", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_report_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_report")),
        sa.UniqueConstraint("evaluation_id", name=op.f("uq_evaluation_report_evaluation_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "evaluation_subject",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("framework_id", Identifier(), nullable=True),
        sa.Column("project_id", Identifier(), nullable=True),
        sa.Column("result_id", Identifier(), nullable=True),
        sa.Column("indicator_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_subject_evaluation_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_evaluation_subject_framework_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_evaluation_subject_indicator_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_evaluation_subject_office_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_evaluation_subject_project_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_evaluation_subject_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_subject")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_evaluation_subject_evaluation_id"), "evaluation_subject", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_evaluation_subject_framework_id"), "evaluation_subject", ["framework_id"], unique=False)
    op.create_index(op.f("ix_evaluation_subject_indicator_id"), "evaluation_subject", ["indicator_id"], unique=False)
    op.create_index(op.f("ix_evaluation_subject_office_id"), "evaluation_subject", ["office_id"], unique=False)
    op.create_index(op.f("ix_evaluation_subject_project_id"), "evaluation_subject", ["project_id"], unique=False)
    op.create_index(op.f("ix_evaluation_subject_result_id"), "evaluation_subject", ["result_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by_id", Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_finding_evaluation_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_finding_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("evaluation_id", "kind", "number", name=op.f("uq_finding_evaluation_id_kind_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_finding_evaluation_id"), "finding", ["evaluation_id"], unique=False)
    op.create_table(
        "interference_report",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_at", Moment(), nullable=False),
        sa.Column("reported_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_interference_report_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["reported_by_id"], ["person.id"], name=op.f("fk_interference_report_reported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interference_report")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_interference_report_evaluation_id"), "interference_report", ["evaluation_id"], unique=False
    )
    op.create_table(
        "joint_partner",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("planning_role", sa.Text(), nullable=True),
        sa.Column("delivery_role", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_joint_partner_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_partner")),
        sa.UniqueConstraint("evaluation_id", "name", name=op.f("uq_joint_partner_evaluation_id_name")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_joint_partner_evaluation_id"), "joint_partner", ["evaluation_id"], unique=False)
    op.create_table(
        "management_response",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("transmitted_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rule_edition", sa.Integer(), nullable=False),
        sa.Column("drafted_by_id", Identifier(), nullable=True),
        sa.Column("submitted_by_id", Identifier(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("endorsed_by_id", Identifier(), nullable=True),
        sa.Column("endorsed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["person.id"], name=op.f("fk_management_response_drafted_by_id")),
        sa.ForeignKeyConstraint(["endorsed_by_id"], ["person.id"], name=op.f("fk_management_response_endorsed_by_id")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_management_response_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_management_response_office_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_management_response_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_response")),
        sa.UniqueConstraint("evaluation_id", "office_id", name=op.f("uq_management_response_evaluation_id_office_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_management_response_evaluation_id"), "management_response", ["evaluation_id"], unique=False
    )
    op.create_index(op.f("ix_management_response_office_id"), "management_response", ["office_id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("depends_on_funding", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("superseded_by_id", Identifier(), nullable=True),
        sa.Column("effect_observed", sa.Boolean(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_recommendation_evaluation_id")),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["recommendation.id"], name=op.f("fk_recommendation_superseded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("code", name=op.f("uq_recommendation_code")),
        sa.UniqueConstraint("evaluation_id", "number", name=op.f("uq_recommendation_evaluation_id_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recommendation_evaluation_id"), "recommendation", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_recommendation_superseded_by_id"), "recommendation", ["superseded_by_id"], unique=False)
    op.create_table(
        "reserve_charge",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("reserve_id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("amount", Fixed(2), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("charged_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["charged_by_id"], ["person.id"], name=op.f("fk_reserve_charge_charged_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_reserve_charge_evaluation_id")),
        sa.ForeignKeyConstraint(["reserve_id"], ["evaluation_reserve.id"], name=op.f("fk_reserve_charge_reserve_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserve_charge")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reserve_charge_evaluation_id"), "reserve_charge", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_reserve_charge_reserve_id"), "reserve_charge", ["reserve_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("person_id", Identifier(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("declared_at", Moment(), nullable=True),
        sa.Column("conflict", sa.Boolean(), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_team_member_evaluation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("evaluation_id", "person_id", name=op.f("uq_team_member_evaluation_id_person_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_team_member_evaluation_id"), "team_member", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_team_member_person_id"), "team_member", ["person_id"], unique=False)
    op.create_table(
        "addressee",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("office_id", Identifier(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_addressee_office_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_addressee_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressee")),
        sa.UniqueConstraint("recommendation_id", "office_id", name=op.f("uq_addressee_recommendation_id_office_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_addressee_office_id"), "addressee", ["office_id"], unique=False)
    op.create_index(op.f("ix_addressee_recommendation_id"), "addressee", ["recommendation_id"], unique=False)
    op.create_table(
        "erratum",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", Moment(), nullable=False),
        sa.Column("corrected_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["person.id"], name=op.f("fk_erratum_corrected_by_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_erratum_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum")),
        sa.UniqueConstraint("recommendation_id", "edition", name=op.f("uq_erratum_recommendation_id_edition")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_erratum_recommendation_id"), "erratum", ["recommendation_id"], unique=False)
    op.create_table(
        "follow_up_round",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["management_response.id"], name=op.f("fk_follow_up_round_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_round")),
        sa.UniqueConstraint("response_id", "number", name=op.f("uq_follow_up_round_response_id_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_follow_up_round_response_id"), "follow_up_round", ["response_id"], unique=False)
    op.create_table(
        "quality_review",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("evaluation_id", Identifier(), nullable=False),
        sa.Column("checklist_id", Identifier(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("assessor_id", Identifier(), nullable=False),
        sa.Column("assigned_at", Moment(), nullable=False),
        sa.Column("document_id", Identifier(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("score", Fixed(6), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("gender_points", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessor_id"], ["person.id"], name=op.f("fk_quality_review_assessor_id")),
        sa.ForeignKeyConstraint(["checklist_id"], ["checklist.id"], name=op.f("fk_quality_review_checklist_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["evaluation_document.id"], name=op.f("fk_quality_review_document_id")
        ),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_quality_review_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_review")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_quality_review_assessor_id"), "quality_review", ["assessor_id"], unique=False)
    op.create_index(op.f("ix_quality_review_checklist_id"), "quality_review", ["checklist_id"], unique=False)
    op.create_index(op.f("ix_quality_review_document_id"), "quality_review", ["document_id"], unique=False)
    op.create_index(op.f("ix_quality_review_evaluation_id"), "quality_review", ["evaluation_id"], unique=False)
    op.create_table(
        "recommendation_basis",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("finding_id", Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_recommendation_basis_finding_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_basis_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_basis")),
        sa.UniqueConstraint(
            "recommendation_id", "finding_id", name=op.f("uq_recommendation_basis_recommendation_id_finding_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recommendation_basis_finding_id"), "recommendation_basis", ["finding_id"], unique=False)
    op.create_index(
        op.f("ix_recommendation_basis_recommendation_id"), "recommendation_basis", ["recommendation_id"], unique=False
    )
    op.create_table(
        "recommendation_link",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("result_id", Identifier(), nullable=True),
        sa.Column("normative_target_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(
            ["normative_target_id"], ["normative_target.id"], name=op.f("fk_recommendation_link_normative_target_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_link_recommendation_id")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_recommendation_link_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_link")),
        sa.UniqueConstraint(
            "recommendation_id",
            "normative_target_id",
            name=op.f("uq_recommendation_link_recommendation_id_normative_target_id"),
        ),
        sa.UniqueConstraint(
            "recommendation_id", "result_id", name=op.f("uq_recommendation_link_recommendation_id_result_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_recommendation_link_normative_target_id"), "recommendation_link", ["normative_target_id"], unique=False
    )
    op.create_index(
        op.f("ix_recommendation_link_recommendation_id"), "recommendation_link", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_recommendation_link_result_id"), "recommendation_link", ["result_id"], unique=False)
    op.create_table(
        "recommendation_part",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_part_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_part")),
        sa.UniqueConstraint(
            "recommendation_id", "letter", name=op.f("uq_recommendation_part_recommendation_id_letter")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_recommendation_part_recommendation_id"), "recommendation_part", ["recommendation_id"], unique=False
    )
    op.create_table(
        "response_edition",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("overall", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["management_response.id"], name=op.f("fk_response_edition_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_edition")),
        sa.UniqueConstraint("response_id", "edition", name=op.f("uq_response_edition_response_id_edition")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_response_edition_response_id"), "response_edition", ["response_id"], unique=False)
    op.create_table(
        "action",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("part_id", Identifier(), nullable=True),
        sa.Column("office_id", Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", Identifier(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=True),
        sa.Column("milestone_on", sa.Date(), nullable=True),
        sa.Column("depends_on_funding", sa.Boolean(), nullable=False),
        sa.Column("verification_scope", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("claimed_on", sa.Date(), nullable=True),
        sa.Column("claimed_by_id", Identifier(), nullable=True),
        sa.Column("verify_by", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("superseded_by_id", Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["person.id"], name=op.f("fk_action_claimed_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_action_office_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_action_owner_id")),
        sa.ForeignKeyConstraint(["part_id"], ["recommendation_part.id"], name=op.f("fk_action_part_id")),
        sa.ForeignKeyConstraint(["recommendation_id"], ["recommendation.id"], name=op.f("fk_action_recommendation_id")),
        sa.ForeignKeyConstraint(["response_id"], ["management_response.id"], name=op.f("fk_action_response_id")),
        sa.ForeignKeyConstraint(["superseded_by_id"], ["action.id"], name=op.f("fk_action_superseded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint(
            "response_id", "recommendation_id", "number", name=op.f("uq_action_response_id_recommendation_id_number")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_due_on"), "action", ["due_on"], unique=False)
    op.create_index(op.f("ix_action_office_id"), "action", ["office_id"], unique=False)
    op.create_index(op.f("ix_action_owner_id"), "action", ["owner_id"], unique=False)
    op.create_index(op.f("ix_action_part_id"), "action", ["part_id"], unique=False)
    op.create_index(op.f("ix_action_recommendation_id"), "action", ["recommendation_id"], unique=False)
    op.create_index(op.f("ix_action_response_id"), "action", ["response_id"], unique=False)
    op.create_index(op.f("ix_action_superseded_by_id"), "action", ["superseded_by_id"], unique=False)
    op.create_table(
        "recommendation_response",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("response_id", Identifier(), nullable=False),
        sa.Column("recommendation_id", Identifier(), nullable=False),
        sa.Column("part_id", Identifier(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("alternative", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_recommendation_response_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["recommendation_part.id"], name=op.f("fk_recommendation_response_part_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_response_recommendation_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["management_response.id"], name=op.f("fk_recommendation_response_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_response")),
        sa.UniqueConstraint(
            "response_id",
            "recommendation_id",
            "part_id",
            "edition",
            name=op.f("uq_recommendation_response_response_id_recommendation_id_part_id_edition"),
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recommendation_response_part_id"), "recommendation_response", ["part_id"], unique=False)
    op.create_index(
        op.f("ix_recommendation_response_recommendation_id"),
        "recommendation_response",
        ["recommendation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_recommendation_response_response_id"), "recommendation_response", ["response_id"], unique=False
    )
    op.create_table(
        "action_evidence",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("action_id", Identifier(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("added_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_evidence_action_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_action_evidence_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_evidence")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_evidence_action_id"), "action_evidence", ["action_id"], unique=False)
    op.create_table(
        "action_request",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("action_id", Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_wanted", sa.Date(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("requested_by_id", Identifier(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", Identifier(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_request_action_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_action_request_decided_by_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_action_request_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_request")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_request_action_id"), "action_request", ["action_id"], unique=False)
    op.create_table(
        "action_update",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("action_id", Identifier(), nullable=False),
        sa.Column("round_id", Identifier(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=True),
        sa.Column("percent", Fixed(6), nullable=True),
        sa.Column("reported_at", Moment(), nullable=False),
        sa.Column("reported_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_update_action_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["person.id"], name=op.f("fk_action_update_reported_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["follow_up_round.id"], name=op.f("fk_action_update_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_update")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_update_action_id"), "action_update", ["action_id"], unique=False)
    op.create_index(op.f("ix_action_update_round_id"), "action_update", ["round_id"], unique=False)
    op.create_table(
        "action_verification",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("action_id", Identifier(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence_seen", sa.Text(), nullable=True),
        sa.Column("verified_at", Moment(), nullable=False),
        sa.Column("verified_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_verification_action_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["person.id"], name=op.f("fk_action_verification_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_verification")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_verification_action_id"), "action_verification", ["action_id"], unique=False)
    op.add_column("reminder", sa.Column("told", sa.JSON(none_as_null=True), nullable=True))
