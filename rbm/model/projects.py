"""Projects and what is published of them: money, places, themes, partners, dates and documents."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Scoped, Seen
from rbm.db import Code, Edited, Key, Measured, Money, Row, table
from rbm.model.people import Office, Person, Place
from rbm.terms.projects import (
    BudgetKind,
    BudgetStatus,
    DateKind,
    OrganisationRole,
    PlaceRole,
    ProjectStage,
    TransactionKind,
)

if TYPE_CHECKING:
    from rbm.model.evaluation import EvaluationSubject
    from rbm.model.strategy import Framework


class Project(Edited, Row):
    """An intervention of an office; each of its plans is a framework, one a year where it is planned by year."""

    __tablename__ = "project"
    SEEN: ClassVar[Seen] = Scoped(shared=True)

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    stage: Mapped[ProjectStage]
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    manager_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    released_on: Mapped[date | None]
    translations: Mapped[dict[str, Any] | None]

    office: Mapped[Office] = relationship(lazy="raise")
    manager: Mapped[Person | None] = relationship(lazy="raise")
    plans: Mapped[list["Framework"]] = relationship(back_populates="project", lazy="raise")
    themes: Mapped[list["ProjectTheme"]] = relationship(back_populates="project", lazy="raise")
    budgets: Mapped[list["ProjectBudget"]] = relationship(back_populates="project", lazy="raise")
    transactions: Mapped[list["ProjectTransaction"]] = relationship(back_populates="project", lazy="raise")
    places: Mapped[list["ProjectPlace"]] = relationship(back_populates="project", lazy="raise")
    sectors: Mapped[list["ProjectSector"]] = relationship(back_populates="project", lazy="raise")
    tags: Mapped[list["ProjectTag"]] = relationship(back_populates="project", lazy="raise")
    markers: Mapped[list["ProjectMarker"]] = relationship(back_populates="project", lazy="raise")
    participations: Mapped[list["ProjectParticipation"]] = relationship(back_populates="project", lazy="raise")
    dates: Mapped[list["ProjectDate"]] = relationship(back_populates="project", lazy="raise")
    texts: Mapped[list["ProjectText"]] = relationship(back_populates="project", lazy="raise")
    documents: Mapped[list["ProjectDocument"]] = relationship(back_populates="project", lazy="raise")
    evaluation_subjects: Mapped[list["EvaluationSubject"]] = relationship(back_populates="project", lazy="raise")


class Theme(Row):
    """A focus area or operational field of the organisation."""

    __tablename__ = "theme"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    label: Mapped[str]
    kind: Mapped[str]


class ProjectTheme(Row):
    """A project carries a theme."""

    __tablename__ = "project_theme"
    SEEN: ClassVar[Seen] = Scoped("project", shared=True)

    id: Mapped[Key]
    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"), index=True)
    theme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("theme.id"), index=True)

    project: Mapped[Project] = relationship(back_populates="themes", lazy="raise")
    theme: Mapped[Theme] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("project_id", "theme_id"))


class _OfPlan:
    """A fact of a project as one of its plans states it; `content` keeps what has no column."""

    SEEN: ClassVar[Seen] = Scoped("project", shared=True)

    id: Mapped[Key]
    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"), index=True)
    plan_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    content: Mapped[dict[str, Any] | None]


class ProjectBudget(_OfPlan, Row):
    """A budget for a span of days."""

    __tablename__ = "project_budget"

    kind: Mapped[BudgetKind]
    status: Mapped[BudgetStatus]
    start: Mapped[date | None]
    end: Mapped[date | None]
    amount: Mapped[Money]
    currency: Mapped[str]
    value_date: Mapped[date | None]

    project: Mapped[Project] = relationship(back_populates="budgets", lazy="raise")


class ProjectTransaction(_OfPlan, Row):
    """Money that moved or was promised."""

    __tablename__ = "project_transaction"

    kind: Mapped[TransactionKind]
    moved_on: Mapped[date | None]
    amount: Mapped[Money]
    currency: Mapped[str]
    value_date: Mapped[date | None]

    project: Mapped[Project] = relationship(back_populates="transactions", lazy="raise")


class ProjectPlace(_OfPlan, Row):
    """A recipient country or region, or a location within one."""

    __tablename__ = "project_place"

    role: Mapped[PlaceRole]
    code: Mapped[str | None]
    vocabulary: Mapped[str | None]
    name: Mapped[str | None]
    percentage: Mapped[Measured | None]
    latitude: Mapped[Measured | None]
    longitude: Mapped[Measured | None]
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"), index=True)

    project: Mapped[Project] = relationship(back_populates="places", lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")


class ProjectSector(_OfPlan, Row):
    """A sector of a vocabulary with its share."""

    __tablename__ = "project_sector"

    vocabulary: Mapped[str]
    code: Mapped[str]
    name: Mapped[str | None]
    percentage: Mapped[Measured | None]

    project: Mapped[Project] = relationship(back_populates="sectors", lazy="raise")


class ProjectTag(_OfPlan, Row):
    """A tag of a vocabulary: 2 is an SDG goal, 3 an SDG target."""

    __tablename__ = "project_tag"

    vocabulary: Mapped[str]
    code: Mapped[str]
    name: Mapped[str | None]

    project: Mapped[Project] = relationship(back_populates="tags", lazy="raise")


class ProjectMarker(_OfPlan, Row):
    """A policy marker with its significance."""

    __tablename__ = "project_marker"

    vocabulary: Mapped[str]
    code: Mapped[str]
    significance: Mapped[str | None]
    name: Mapped[str | None]

    project: Mapped[Project] = relationship(back_populates="markers", lazy="raise")


class ProjectParticipation(_OfPlan, Row):
    """An organisation that takes part."""

    __tablename__ = "project_participation"

    role: Mapped[OrganisationRole | None]
    reference: Mapped[str | None]
    name: Mapped[str | None]
    kind: Mapped[str | None]

    project: Mapped[Project] = relationship(back_populates="participations", lazy="raise")


class ProjectDate(_OfPlan, Row):
    """A planned or actual start or end."""

    __tablename__ = "project_date"

    kind: Mapped[DateKind]
    day: Mapped[date]

    project: Mapped[Project] = relationship(back_populates="dates", lazy="raise")


class ProjectText(_OfPlan, Row):
    """A title or description in one language."""

    __tablename__ = "project_text"

    kind: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]

    project: Mapped[Project] = relationship(back_populates="texts", lazy="raise")


class ProjectDocument(_OfPlan, Row):
    """A document published elsewhere; `subject` is the code of the result or indicator it is evidence for, if any."""

    __tablename__ = "project_document"

    url: Mapped[str]
    format: Mapped[str | None]
    title: Mapped[str | None]
    categories: Mapped[list[str] | None]
    languages: Mapped[list[str] | None]
    dated: Mapped[date | None]
    subject: Mapped[str | None]

    project: Mapped[Project] = relationship(back_populates="documents", lazy="raise")
