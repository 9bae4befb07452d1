"""How an evaluation is judged and guarded: comments, quality reviews, disclosure, interference, the roster."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Holders, Permission, Seen, Staff
from rbm.db import Edited, Key, Measured, Row, table
from rbm.disclosure import Content, Internal
from rbm.model.evaluation import Evaluation, EvaluationDocument
from rbm.model.people import Office, Person
from rbm.stages import Flow, Step
from rbm.terms.evaluation import QualityGate, QualityLevel, QualityStage


class Checklist(Row):
    """An edition of the questions a quality gate asks; the newest in force on the day of assignment is used."""

    __tablename__ = "checklist"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    gate: Mapped[QualityGate]
    edition: Mapped[int]
    title: Mapped[str]
    effective_from: Mapped[date]
    pass_mark: Mapped[Measured]

    questions: Mapped[list["ChecklistQuestion"]] = relationship(back_populates="checklist", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("gate", "edition"))


class ChecklistQuestion(Row):
    """One question of a checklist, in a section, with its weight."""

    __tablename__ = "checklist_question"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    checklist_id: Mapped[UUID] = mapped_column(sa.ForeignKey("checklist.id"), index=True)
    section: Mapped[str]
    number: Mapped[int]
    text: Mapped[str]
    weight: Mapped[Measured]

    checklist: Mapped[Checklist] = relationship(back_populates="questions", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("checklist_id", "number"))


class QualityReview(Edited, Row):
    """A review of an evaluation at a gate, by somebody outside its team and the office that commissioned it.

    `score` is the weighted share of points, 0 to 100; `gender_points` are the 0 to 9 of the UN-SWAP indicator.
    `document` is the text that was rated and `content_hash` its SHA-256: another text has not passed. `reason` says why
    what had passed is reviewed again. What is said of drafts is never public.
    """

    __tablename__ = "quality_review"
    SEEN: ClassVar[Seen] = Content(issued="finished_on", public="gate", when=QualityGate.FINAL)
    FLOW: ClassVar[Flow] = {
        QualityStage.ASSIGNED: {QualityStage.RATED: Step(Permission.ASSESS_QUALITY, central=True)},
        QualityStage.RATED: {
            QualityStage.FINAL: Step(Permission.ASSESS_QUALITY, central=True),
            QualityStage.ASSIGNED: Step(Permission.ASSESS_QUALITY, reason_needed=True, central=True),
        },
        QualityStage.FINAL: {},
    }

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    checklist_id: Mapped[UUID] = mapped_column(sa.ForeignKey("checklist.id"), index=True)
    gate: Mapped[QualityGate]
    stage: Mapped[QualityStage]
    assessor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    assigned_at: Mapped[datetime]
    document_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("evaluation_document.id"), index=True)
    content_hash: Mapped[str | None]
    answers: Mapped[dict[str, Any] | None]
    score: Mapped[Measured | None]
    level: Mapped[QualityLevel | None]
    passed: Mapped[bool | None]
    gender_points: Mapped[int | None]
    note: Mapped[str | None]
    reason: Mapped[str | None]
    finished_on: Mapped[date | None]

    evaluation: Mapped[Evaluation] = relationship(back_populates="quality_reviews", lazy="raise")
    checklist: Mapped[Checklist] = relationship(lazy="raise")
    assessor: Mapped[Person] = relationship(lazy="raise")
    document: Mapped[EvaluationDocument | None] = relationship(lazy="raise")


class EvaluationComment(Edited, Row):
    """What management says of a draft within the comment window, and what the evaluators answer."""

    __tablename__ = "evaluation_comment"
    SEEN: ClassVar[Seen] = Content(disclosed=False)

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    text: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    evaluation: Mapped[Evaluation] = relationship(back_populates="comments", lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id], lazy="raise")
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id], lazy="raise")


class DisclosureException(Row):
    """Why, and until which day, the head of evaluation withholds a final text."""

    __tablename__ = "disclosure_exception"
    SEEN: ClassVar[Seen] = Internal("evaluation")

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    reason: Mapped[str]
    ends_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    evaluation: Mapped[Evaluation] = relationship(back_populates="exceptions", lazy="raise")
    recorded_by: Mapped[Person | None] = relationship(lazy="raise")


class InterferenceReport(Row):
    """What is reported as an attempt to influence an evaluation; for its head, oversight and the governing body."""

    __tablename__ = "interference_report"
    SEEN: ClassVar[Seen] = Holders(Permission.READ_ATTEMPTS, own="reported_by_id")

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    text: Mapped[str]
    reported_at: Mapped[datetime]
    reported_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    evaluation: Mapped[Evaluation] = relationship(lazy="raise")
    reported_by: Mapped[Person | None] = relationship(lazy="raise")


class Evaluator(Edited, Row):
    """Somebody on the roster of evaluators: from within or outside, with training and coaching."""

    __tablename__ = "evaluator"
    SEEN: ClassVar[Seen] = Staff("person_id")

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    external: Mapped[bool]
    trained_on: Mapped[date | None]
    training: Mapped[str | None]
    coaching: Mapped[str | None]

    person: Mapped[Person] = relationship(lazy="raise")
