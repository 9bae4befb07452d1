"""What was published as IATI: activities as they came, code lists, and what each import had to tell."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Holders, Permission, Scoped, Seen
from rbm.db import Code, Key, Row, Serial, table
from rbm.model.projects import Project
from rbm.model.strategy import Framework


class Publication(Row):
    """One published activity: its attributes, and the elements that have no row of their own, as XML."""

    __tablename__ = "publication"
    SEEN: ClassVar[Seen] = Scoped("project", shared=True)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Key]
    code: Mapped[Code]
    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"), index=True)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    publisher: Mapped[str]
    publisher_name: Mapped[str | None]
    language: Mapped[str]
    currency: Mapped[str | None]
    hierarchy: Mapped[int | None]
    iati_version: Mapped[str]
    file_hash: Mapped[str]
    content_hash: Mapped[str]
    attributes: Mapped[dict[str, Any] | None]
    remainder: Mapped[list[str] | None]
    imported_at: Mapped[datetime]

    project: Mapped[Project] = relationship(lazy="raise")
    plan: Mapped[Framework] = relationship(lazy="raise")
    relations: Mapped[list["PublicationRelation"]] = relationship(back_populates="publication", lazy="raise")


class PublicationRelation(Row):
    """A related activity as published; the other one may not have been imported."""

    __tablename__ = "publication_relation"
    SEEN: ClassVar[Seen] = Scoped("publication.project", shared=True)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Key]
    publication_id: Mapped[UUID] = mapped_column(sa.ForeignKey("publication.id"), index=True)
    kind: Mapped[str]
    reference: Mapped[str] = mapped_column(index=True)

    publication: Mapped[Publication] = relationship(back_populates="relations", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("publication_id", "kind", "reference"))


class ImportFinding(Row):
    """What an import repaired, refused or noted, by activity, element and line."""

    __tablename__ = "import_finding"
    SEEN: ClassVar[Seen] = Holders(Permission.IMPORT)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    file_hash: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    kind: Mapped[str]
    activity: Mapped[str | None]
    element: Mapped[str]
    line: Mapped[int]
    reason: Mapped[str]


class CodelistItem(Row):
    """An item of a code list of the IATI standard; `code` is LIST:ITEM."""

    __tablename__ = "codelist_item"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    list: Mapped[str] = mapped_column(index=True)
    item: Mapped[str]
    name: Mapped[str]
