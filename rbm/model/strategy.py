"""Frameworks at every level, the results in them and the links that make them a chain."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Permission, Scoped, Seen
from rbm.db import Code, Edited, Key, Measured, Row, table
from rbm.model.people import Office, Person, Place
from rbm.stages import Flow, Step
from rbm.terms.strategy import (
    ExternalPlanKind,
    FrameworkLevel,
    FrameworkStage,
    NodeKind,
    NormativeFramework,
    ResultLevel,
    ReviewOutcome,
)

if TYPE_CHECKING:
    from rbm.model.evaluation import EvaluationSubject
    from rbm.model.indicators import Indicator
    from rbm.model.projects import Project


class Framework(Edited, Row):
    """A strategy or plan of an office for a period, with the results it means to bring about."""

    __tablename__ = "framework"
    SEEN: ClassVar[Seen] = Scoped(shared=True)
    FLOW: ClassVar[Flow] = {
        FrameworkStage.DRAFT: {FrameworkStage.APPROVED: Step(Permission.APPROVE_STRATEGY)},
        FrameworkStage.APPROVED: {FrameworkStage.CLOSED: Step(Permission.APPROVE_STRATEGY, reason_needed=True)},
        FrameworkStage.CLOSED: {},
    }

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    level: Mapped[FrameworkLevel] = mapped_column(index=True)
    stage: Mapped[FrameworkStage]
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    project_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    vision: Mapped[str | None]
    approved_on: Mapped[date | None]
    approved_by: Mapped[str | None]
    public: Mapped[bool]
    released_on: Mapped[date | None]
    review_interval_months: Mapped[int | None]
    next_review_on: Mapped[date | None]
    monitoring_plan: Mapped[str | None]
    translations: Mapped[dict[str, Any] | None]
    edition: Mapped[int]

    office: Mapped[Office] = relationship(lazy="raise")
    project: Mapped["Project | None"] = relationship(back_populates="plans", lazy="raise")
    parent: Mapped["Framework | None"] = relationship(
        remote_side="Framework.id", back_populates="children", lazy="raise"
    )
    children: Mapped[list["Framework"]] = relationship(back_populates="parent", lazy="raise")
    results: Mapped[list["Result"]] = relationship(back_populates="framework", lazy="raise")
    reviews: Mapped[list["FrameworkReview"]] = relationship(back_populates="framework", lazy="raise")
    evaluation_subjects: Mapped[list["EvaluationSubject"]] = relationship(back_populates="framework", lazy="raise")


class FrameworkReview(Row):
    """A review of a framework that was held, and what it concluded."""

    __tablename__ = "framework_review"
    SEEN: ClassVar[Seen] = Scoped("framework", shared=True)

    id: Mapped[Key]
    framework_id: Mapped[UUID] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    held_on: Mapped[date]
    outcome: Mapped[ReviewOutcome]
    note: Mapped[str | None]

    framework: Mapped[Framework] = relationship(back_populates="reviews", lazy="raise")


class Result(Edited, Row):
    """A node of a framework: a principle, an objective, or a goal, outcome, output or activity of the chain.

    `content` keeps what was published of it and has no column.
    """

    __tablename__ = "result"
    SEEN: ClassVar[Seen] = Scoped("framework", shared=True)

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    description: Mapped[str | None]
    kind: Mapped[NodeKind]
    level: Mapped[ResultLevel | None]
    framework_id: Mapped[UUID] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    owner_office_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("office.id"), index=True)
    owner_person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    derived: Mapped[bool]
    translations: Mapped[dict[str, Any] | None]
    references: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON(none_as_null=True))
    content: Mapped[dict[str, Any] | None]

    framework: Mapped[Framework] = relationship(back_populates="results", lazy="raise")
    owner_office: Mapped[Office | None] = relationship(lazy="raise")
    owner_person: Mapped[Person | None] = relationship(lazy="raise")
    indicators: Mapped[list["Indicator"]] = relationship(back_populates="result", lazy="raise")
    editions: Mapped[list["ResultEdition"]] = relationship(back_populates="result", lazy="raise")
    parent_links: Mapped[list["ResultLink"]] = relationship(
        back_populates="child", foreign_keys="ResultLink.child_id", lazy="raise"
    )
    child_links: Mapped[list["ResultLink"]] = relationship(
        back_populates="parent", foreign_keys="ResultLink.parent_id", lazy="raise"
    )
    evaluation_subjects: Mapped[list["EvaluationSubject"]] = relationship(back_populates="result", lazy="raise")


class ResultEdition(Row):
    """How a result read in one edition of its framework; reports keep the edition they used."""

    __tablename__ = "result_edition"
    SEEN: ClassVar[Seen] = Scoped("result.framework", shared=True)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Key]
    result_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result.id"), index=True)
    edition: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    made_at: Mapped[datetime]

    result: Mapped[Result] = relationship(back_populates="editions", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("result_id", "edition"))


class ResultLink(Row):
    """A result contributes to another one: to the level above in its framework, or to a higher framework."""

    __tablename__ = "result_link"
    SEEN: ClassVar[Seen] = Scoped("child.framework", shared=True)

    id: Mapped[Key]
    child_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result.id"), index=True)
    parent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result.id"), index=True)
    causal_statement: Mapped[str | None]

    child: Mapped[Result] = relationship(back_populates="parent_links", foreign_keys=[child_id], lazy="raise")
    parent: Mapped[Result] = relationship(back_populates="child_links", foreign_keys=[parent_id], lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("child_id", "parent_id"))


class NormativeTarget(Row):
    """A goal, target or objective of an external normative framework."""

    __tablename__ = "normative_target"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    framework: Mapped[NormativeFramework]
    number: Mapped[str]
    label: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("normative_target.id"), index=True)

    parent: Mapped["NormativeTarget | None"] = relationship(remote_side="NormativeTarget.id", lazy="raise")


class NormativeLink(Edited, Row):
    """An intended contribution of a result to a normative target, measurable when it names indicator and target."""

    __tablename__ = "normative_link"
    SEEN: ClassVar[Seen] = Scoped("result.framework", shared=True)

    id: Mapped[Key]
    result_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result.id"), index=True)
    target_id: Mapped[UUID] = mapped_column(sa.ForeignKey("normative_target.id"), index=True)
    indicator_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    baseline: Mapped[Measured | None]
    intended: Mapped[Measured | None]
    year: Mapped[int | None]
    owner_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)

    result: Mapped[Result] = relationship(lazy="raise")
    target: Mapped[NormativeTarget] = relationship(lazy="raise")
    indicator: Mapped["Indicator | None"] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("result_id", "target_id"))


class ExternalPlan(Row):
    """A plan of others that strategies and projects join: UNDAF, humanitarian response plan, national plan."""

    __tablename__ = "external_plan"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    kind: Mapped[ExternalPlanKind]
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"), index=True)

    place: Mapped[Place | None] = relationship(lazy="raise")


class ExternalPlanLink(Row):
    """A framework (a strategy, or the plan of a project) that joins an external plan."""

    __tablename__ = "external_plan_link"
    SEEN: ClassVar[Seen] = Scoped("framework", shared=True)

    id: Mapped[Key]
    framework_id: Mapped[UUID] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    external_plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("external_plan.id"), index=True)

    framework: Mapped[Framework] = relationship(lazy="raise")
    external_plan: Mapped[ExternalPlan] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("framework_id", "external_plan_id"))
