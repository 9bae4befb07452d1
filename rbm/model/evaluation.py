"""Evaluations and what is known of them: subjects, team, partners, documents, and what the report says of itself."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Permission, Seen
from rbm.db import Code, Edited, Key, Money, Row, table
from rbm.disclosure import Content, Internal
from rbm.model import evaluation_guards
from rbm.model.governance import GoverningDecision
from rbm.model.indicators import Indicator
from rbm.model.people import Office, Person
from rbm.model.planning import PlanItem
from rbm.model.projects import Project
from rbm.model.strategy import Framework, Result
from rbm.stages import Flow, Step
from rbm.terms.evaluation import (
    ConductedBy,
    DocumentKind,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    TeamRole,
    TextLanguage,
    Timing,
)

if TYPE_CHECKING:
    from rbm.model.appraisal import DisclosureException, EvaluationComment, QualityReview
    from rbm.model.findings import CriterionRating, Finding, Recommendation
    from rbm.model.responses import ManagementResponse

_OVERSEE = Step(Permission.OVERSEE_EVALUATION, central=True)
_TO_TERMS = Step(Permission.MANAGE_EVALUATION, evaluation_guards.refuse_missing_terms)
_TO_TEAM = Step(Permission.MANAGE_EVALUATION, evaluation_guards.refuse_unready)
_TO_INCEPTION = Step(Permission.MANAGE_EVALUATION, evaluation_guards.refuse_unfit_team)
_TO_DATA = Step(Permission.MANAGE_EVALUATION, evaluation_guards.refuse_missing_inception)
_TO_DRAFT = Step(Permission.MANAGE_EVALUATION, evaluation_guards.refuse_missing_draft)
_TO_REVIEW = Step(Permission.MANAGE_EVALUATION, evaluation_guards.refuse_poor_draft)
_TO_FINAL = Step(Permission.OVERSEE_EVALUATION, evaluation_guards.refuse_unfinished, central=True)
_PUBLISH = Step(Permission.OVERSEE_EVALUATION, evaluation_guards.refuse_withheld, central=True)
_POSTPONE = Step(Permission.OVERSEE_EVALUATION, reason_needed=True, central=True)
_CANCEL = Step(Permission.DIRECT_EVALUATION, reason_needed=True, central=True)


class Evaluation(Edited, Row):
    """An evaluation, or another source of recommendations: its public record. What it says stands in rows of its own.

    `office` commissions it. `original_end` is the end it was first planned with, kept for ever. `final_on` starts every
    clock; from `disclosed_on` everyone reads the final text unless it is `withheld_until` a later day; that there is
    an evaluation, its title and what it judges are public even then. `end_reason` says why it ends at another day than
    planned, `decision` is that of the governing body which cancelled it.
    """

    __tablename__ = "evaluation"
    SEEN: ClassVar[Seen] = Internal(opened="disclosed_on", team="")
    FLOW: ClassVar[Flow] = {
        EvaluationStage.PLANNED: {
            EvaluationStage.TOR: _TO_TERMS,
            EvaluationStage.POSTPONED: _POSTPONE,
            EvaluationStage.CANCELLED: _CANCEL,
        },
        EvaluationStage.TOR: {
            EvaluationStage.TEAM_ONBOARD: _TO_TEAM,
            EvaluationStage.POSTPONED: _POSTPONE,
            EvaluationStage.CANCELLED: _CANCEL,
        },
        EvaluationStage.POSTPONED: {EvaluationStage.PLANNED: _OVERSEE, EvaluationStage.CANCELLED: _CANCEL},
        EvaluationStage.TEAM_ONBOARD: {EvaluationStage.INCEPTION: _TO_INCEPTION, EvaluationStage.CANCELLED: _CANCEL},
        EvaluationStage.INCEPTION: {EvaluationStage.DATA_COLLECTION: _TO_DATA, EvaluationStage.CANCELLED: _CANCEL},
        EvaluationStage.DATA_COLLECTION: {EvaluationStage.DRAFT_REPORT: _TO_DRAFT, EvaluationStage.CANCELLED: _CANCEL},
        EvaluationStage.DRAFT_REPORT: {EvaluationStage.QUALITY_REVIEW: _TO_REVIEW, EvaluationStage.CANCELLED: _CANCEL},
        EvaluationStage.QUALITY_REVIEW: {EvaluationStage.FINAL: _TO_FINAL, EvaluationStage.CANCELLED: _CANCEL},
        EvaluationStage.FINAL: {EvaluationStage.PUBLISHED: _PUBLISH},
        EvaluationStage.PUBLISHED: {},
        EvaluationStage.CANCELLED: {},
    }

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    source: Mapped[SourceKind]
    commissioned_by: Mapped[str | None]
    type: Mapped[EvaluationType]
    level: Mapped[EvaluationLevel]
    timing: Mapped[Timing]
    conducted_by: Mapped[ConductedBy]
    scope: Mapped[EvaluationScope]
    joint: Mapped[bool]
    stage: Mapped[EvaluationStage]
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    manager_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_item.id"), index=True)
    unplanned_reason: Mapped[str | None]
    starts_on: Mapped[date | None]
    planned_end: Mapped[date]
    original_end: Mapped[date]
    end_reason: Mapped[str | None]
    decision_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("governing_decision.id"), index=True)
    planned_on: Mapped[date]
    comments_from: Mapped[date | None]
    comments_until: Mapped[date | None]
    final_on: Mapped[date | None]
    disclosed_on: Mapped[date | None]
    withheld_until: Mapped[date | None]
    published_on: Mapped[date | None]
    report_hash: Mapped[str | None]
    budget: Mapped[Money | None]
    spent: Mapped[Money | None]
    currency: Mapped[str | None]

    office: Mapped[Office] = relationship(lazy="raise")
    manager: Mapped[Person | None] = relationship(lazy="raise")
    item: Mapped[PlanItem | None] = relationship(back_populates="evaluations", lazy="raise")
    decision: Mapped[GoverningDecision | None] = relationship(lazy="raise")
    subjects: Mapped[list["EvaluationSubject"]] = relationship(back_populates="evaluation", lazy="raise")
    team: Mapped[list["TeamMember"]] = relationship(back_populates="evaluation", lazy="raise")
    partners: Mapped[list["JointPartner"]] = relationship(back_populates="evaluation", lazy="raise")
    documents: Mapped[list["EvaluationDocument"]] = relationship(back_populates="evaluation", lazy="raise")
    reports: Mapped[list["EvaluationReport"]] = relationship(back_populates="evaluation", lazy="raise")
    comments: Mapped[list["EvaluationComment"]] = relationship(back_populates="evaluation", lazy="raise")
    exceptions: Mapped[list["DisclosureException"]] = relationship(back_populates="evaluation", lazy="raise")
    quality_reviews: Mapped[list["QualityReview"]] = relationship(back_populates="evaluation", lazy="raise")
    findings: Mapped[list["Finding"]] = relationship(back_populates="evaluation", lazy="raise")
    ratings: Mapped[list["CriterionRating"]] = relationship(back_populates="evaluation", lazy="raise")
    recommendations: Mapped[list["Recommendation"]] = relationship(back_populates="evaluation", lazy="raise")
    responses: Mapped[list["ManagementResponse"]] = relationship(back_populates="evaluation", lazy="raise")


class EvaluationSubject(Row):
    """What an evaluation judges: one office, plan, project, result or indicator. `office` is the one it belongs to."""

    __tablename__ = "evaluation_subject"
    SEEN: ClassVar[Seen] = Internal("evaluation", opened="disclosed_on", at="evaluation", team="evaluation")

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    framework_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    project_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    result_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("result.id"), index=True)
    indicator_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("indicator.id"), index=True)

    evaluation: Mapped[Evaluation] = relationship(back_populates="subjects", lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    framework: Mapped[Framework | None] = relationship(back_populates="evaluation_subjects", lazy="raise")
    project: Mapped[Project | None] = relationship(back_populates="evaluation_subjects", lazy="raise")
    result: Mapped[Result | None] = relationship(back_populates="evaluation_subjects", lazy="raise")
    indicator: Mapped[Indicator | None] = relationship(back_populates="evaluation_subjects", lazy="raise")


class TeamMember(Edited, Row):
    """Somebody in the team of an evaluation, with the declaration of interest made for it."""

    __tablename__ = "team_member"
    SEEN: ClassVar[Seen] = Internal("evaluation", own="person_id", team="evaluation")

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[TeamRole]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    declared_at: Mapped[datetime | None]
    conflict: Mapped[bool | None]
    declaration: Mapped[str | None]

    evaluation: Mapped[Evaluation] = relationship(back_populates="team", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "person_id"))


class JointPartner(Row):
    """Another organisation in a joint evaluation: whether it leads, and what it does in planning and delivery."""

    __tablename__ = "joint_partner"
    SEEN: ClassVar[Seen] = Internal("evaluation", opened="disclosed_on", at="evaluation", team="evaluation")

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    name: Mapped[str]
    leads: Mapped[bool]
    planning_role: Mapped[str | None]
    delivery_role: Mapped[str | None]

    evaluation: Mapped[Evaluation] = relationship(back_populates="partners", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "name"))


class EvaluationDocument(Row):
    """A document of an evaluation in one language, with the SHA-256 of its text. A new version is a new row.

    `shared` opens it to all within at once, as terms of reference are; only what is `public` is ever disclosed.
    """

    __tablename__ = "evaluation_document"
    SEEN: ClassVar[Seen] = Content(shared="shared", public="public")

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    kind: Mapped[DocumentKind]
    edition: Mapped[int]
    language: Mapped[TextLanguage]
    title: Mapped[str]
    text: Mapped[str | None]
    url: Mapped[str | None]
    content_hash: Mapped[str]
    shared: Mapped[bool]
    public: Mapped[bool]
    attached_at: Mapped[datetime]
    attached_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    evaluation: Mapped[Evaluation] = relationship(back_populates="documents", lazy="raise")
    attached_by: Mapped[Person | None] = relationship(foreign_keys=[attached_by_id], lazy="raise")
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id], lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "kind", "language", "edition"))


class EvaluationReport(Edited, Row):
    """What the report says of itself: summary, methods, sources and limitations. Frozen with the final."""

    __tablename__ = "evaluation_report"
    SEEN: ClassVar[Seen] = Content()

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), unique=True)
    language: Mapped[TextLanguage]
    summary: Mapped[str | None]
    methods: Mapped[str | None]
    sources: Mapped[str | None]
    limitations: Mapped[str | None]

    evaluation: Mapped[Evaluation] = relationship(back_populates="reports", lazy="raise")
