"""What evaluations find and recommend: findings, ratings, recommendations with their parts, addressees and errata."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Following, Permission, Seen
from rbm.db import Code, Edited, Key, Measured, Row, table
from rbm.disclosure import Content
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office, Person
from rbm.model.strategy import NormativeTarget, Result
from rbm.stages import Flow, Step
from rbm.terms.evaluation import TextLanguage
from rbm.terms.findings import (
    AddresseeKind,
    Criterion,
    FindingKind,
    RatingScaleName,
    RecommendationPriority,
    RecommendationStage,
)

OF_RECOMMENDATION = "recommendation.evaluation"


class Finding(Edited, Row):
    """A numbered finding, conclusion or lesson of an evaluation; frozen with the final."""

    __tablename__ = "finding"
    SEEN: ClassVar[Seen] = Content()

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    kind: Mapped[FindingKind]
    number: Mapped[int]
    text: Mapped[str]
    language: Mapped[TextLanguage]
    criterion: Mapped[Criterion | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    evaluation: Mapped[Evaluation] = relationship(back_populates="findings", lazy="raise")
    recorded_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "kind", "number"))


class CriterionRating(Edited, Row):
    """How an evaluation rates its subject by a criterion, on an edition of a declared scale, with the justification.

    `points` are null when it was unable to assess, and then no mean takes it in.
    """

    __tablename__ = "criterion_rating"
    SEEN: ClassVar[Seen] = Content()

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    criterion: Mapped[Criterion]
    scale: Mapped[RatingScaleName]
    scale_edition: Mapped[int]
    rating: Mapped[str]
    points: Mapped[Measured | None]
    justification: Mapped[str]

    evaluation: Mapped[Evaluation] = relationship(back_populates="ratings", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "criterion"))


class Recommendation(Edited, Row):
    """A numbered recommendation. Issued, its text, number, priority, criterion and addressees change no more.

    `effect_observed` and `effect` say what came of it beyond the actions.
    """

    __tablename__ = "recommendation"
    SEEN: ClassVar[Seen] = Content(issued="issued_on")
    FLOW: ClassVar[Flow] = {
        RecommendationStage.DRAFT: {
            RecommendationStage.ISSUED: Step(Permission.OVERSEE_EVALUATION, central=True),
        },
        RecommendationStage.ISSUED: {
            RecommendationStage.SUPERSEDED: Step(Permission.OVERSEE_EVALUATION, reason_needed=True, central=True),
        },
        RecommendationStage.SUPERSEDED: {},
    }

    id: Mapped[Key]
    code: Mapped[Code]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    number: Mapped[int]
    text: Mapped[str]
    language: Mapped[TextLanguage]
    priority: Mapped[RecommendationPriority]
    criterion: Mapped[Criterion | None]
    stage: Mapped[RecommendationStage]
    depends_on_funding: Mapped[bool]
    edition: Mapped[int]
    issued_on: Mapped[date | None]
    superseded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    effect_observed: Mapped[bool | None]
    effect: Mapped[str | None]

    evaluation: Mapped[Evaluation] = relationship(back_populates="recommendations", lazy="raise")
    superseded_by: Mapped["Recommendation | None"] = relationship(remote_side="Recommendation.id", lazy="raise")
    parts: Mapped[list["RecommendationPart"]] = relationship(back_populates="recommendation", lazy="raise")
    addressees: Mapped[list["Addressee"]] = relationship(back_populates="recommendation", lazy="raise")
    bases: Mapped[list["RecommendationBasis"]] = relationship(back_populates="recommendation", lazy="raise")
    links: Mapped[list["RecommendationLink"]] = relationship(back_populates="recommendation", lazy="raise")
    errata: Mapped[list["Erratum"]] = relationship(back_populates="recommendation", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "number"))


class RecommendationPart(Row):
    """One of the parts of a recommendation, answered on its own."""

    __tablename__ = "recommendation_part"
    SEEN: ClassVar[Seen] = Following("recommendation", OF_RECOMMENDATION)

    id: Mapped[Key]
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    letter: Mapped[str]
    text: Mapped[str]

    recommendation: Mapped[Recommendation] = relationship(back_populates="parts", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("recommendation_id", "letter"))


class Addressee(Row):
    """Whom a recommendation is addressed to: an office, which answers it, or somebody outside, who does not here.

    `due_on` is set where the response of the office had come before the recommendation was issued: its own clock, which
    never changes; `answered_on` is the day on which that was answered.
    """

    __tablename__ = "addressee"
    SEEN: ClassVar[Seen] = Following("recommendation", OF_RECOMMENDATION)

    id: Mapped[Key]
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    kind: Mapped[AddresseeKind]
    office_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("office.id"), index=True)
    name: Mapped[str | None]
    leads: Mapped[bool]
    due_on: Mapped[date | None]
    answered_on: Mapped[date | None]

    recommendation: Mapped[Recommendation] = relationship(back_populates="addressees", lazy="raise")
    office: Mapped[Office | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("recommendation_id", "office_id"))


class RecommendationBasis(Row):
    """A conclusion or finding that a recommendation rests on."""

    __tablename__ = "recommendation_basis"
    SEEN: ClassVar[Seen] = Following("recommendation", OF_RECOMMENDATION)

    id: Mapped[Key]
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    finding_id: Mapped[UUID] = mapped_column(sa.ForeignKey("finding.id"), index=True)

    recommendation: Mapped[Recommendation] = relationship(back_populates="bases", lazy="raise")
    finding: Mapped[Finding] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("recommendation_id", "finding_id"))


class RecommendationLink(Row):
    """A result or a target of the SDGs that a recommendation is about."""

    __tablename__ = "recommendation_link"
    SEEN: ClassVar[Seen] = Following("recommendation", OF_RECOMMENDATION)

    id: Mapped[Key]
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    result_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("result.id"), index=True)
    normative_target_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("normative_target.id"), index=True)

    recommendation: Mapped[Recommendation] = relationship(back_populates="links", lazy="raise")
    result: Mapped[Result | None] = relationship(lazy="raise")
    normative_target: Mapped[NormativeTarget | None] = relationship(lazy="raise")

    __table_args__ = table(
        sa.UniqueConstraint("recommendation_id", "result_id"),
        sa.UniqueConstraint("recommendation_id", "normative_target_id"),
    )


class Erratum(Row):
    """A correction of an issued recommendation: what it said before and says now, why, and who corrected it."""

    __tablename__ = "erratum"
    SEEN: ClassVar[Seen] = Following("recommendation", OF_RECOMMENDATION)

    id: Mapped[Key]
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    edition: Mapped[int]
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    corrected_at: Mapped[datetime]
    corrected_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    recommendation: Mapped[Recommendation] = relationship(back_populates="errata", lazy="raise")
    corrected_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("recommendation_id", "edition"))


class SynthesisEntry(Edited, Row):
    """How many evaluations of a yearly sample are positive, negative or silent on a topic; together they are all."""

    __tablename__ = "synthesis_entry"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    year: Mapped[int]
    topic: Mapped[str]
    sample: Mapped[int]
    positive: Mapped[int]
    negative: Mapped[int]
    not_assessed: Mapped[int]
    source: Mapped[str]

    __table_args__ = table(sa.UniqueConstraint("year", "topic"))
