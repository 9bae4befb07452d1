"""Offices in a dated tree, the posts in them, the persons who hold them and what they may do."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Holders, Permission, Seen, Staff
from rbm.db import Code, Edited, Key, Row, Serial, table
from rbm.terms.people import Language, OfficeKind, PlaceKind, Role


class Place(Row):
    """A place of the UN M49 standard; `code` is its three-digit M49 code."""

    __tablename__ = "place"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    name: Mapped[str]
    kind: Mapped[PlaceKind]
    iso2: Mapped[str | None] = mapped_column(unique=True)
    iso3: Mapped[str | None] = mapped_column(unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"), index=True)

    parent: Mapped["Place | None"] = relationship(remote_side="Place.id", lazy="raise")


class PlaceName(Row):
    """Another name under which a place is published."""

    __tablename__ = "place_name"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    place_id: Mapped[UUID] = mapped_column(sa.ForeignKey("place.id"), index=True)

    place: Mapped[Place] = relationship(lazy="raise")


class Office(Edited, Row):
    """An organisational unit. Its place in the tree is kept by date in `OfficePlacement`."""

    __tablename__ = "office"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    name: Mapped[str]
    kind: Mapped[OfficeKind]
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"), index=True)

    place: Mapped[Place | None] = relationship(lazy="raise")
    placements: Mapped[list["OfficePlacement"]] = relationship(
        back_populates="office", foreign_keys="OfficePlacement.office_id", lazy="raise"
    )
    posts: Mapped[list["Post"]] = relationship(back_populates="office", lazy="raise")


class OfficePlacement(Row):
    """Under which office an office stood, from a day to a day (both inclusive; no last day means still)."""

    __tablename__ = "office_placement"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    parent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    office: Mapped[Office] = relationship(back_populates="placements", foreign_keys=[office_id], lazy="raise")
    parent: Mapped[Office] = relationship(foreign_keys=[parent_id], lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("office_id", "valid_from"))


class Person(Edited, Row):
    """Somebody who works with the system. A person who is not active acts no more."""

    __tablename__ = "person"
    SEEN: ClassVar[Seen] = Staff("id")

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[Language]
    active: Mapped[bool]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", lazy="raise")


class Post(Edited, Row):
    """A position in an office, filled or vacant, so that everything always has somebody responsible."""

    __tablename__ = "post"
    SEEN: ClassVar[Seen] = Staff("holder_id")

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    holder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)

    office: Mapped[Office] = relationship(back_populates="posts", lazy="raise")
    holder: Mapped[Person | None] = relationship(lazy="raise")


class Membership(Row):
    """A role of a person in an office, from a day to a day; it reaches the offices below."""

    __tablename__ = "membership"
    SEEN: ClassVar[Seen] = Staff("person_id")

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    role: Mapped[Role]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="memberships", lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")


class ApiToken(Row):
    """A bearer token of a person, kept only as its SHA-256."""

    __tablename__ = "api_token"
    SEEN: ClassVar[Seen] = Holders(Permission.MANAGE_PEOPLE, own="person_id")
    SECRET: ClassVar[tuple[str, ...]] = ("digest",)

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    scopes: Mapped[list[str] | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Identity(Row):
    """Under which subject an identity provider knows a person."""

    __tablename__ = "identity"
    SEEN: ClassVar[Seen] = Holders(Permission.MANAGE_PEOPLE, own="person_id")

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("issuer", "subject"))


class SignIn(Row):
    """The first use of credentials: of an access token, or of an API token on a business date. Kept once for each."""

    __tablename__ = "sign_in"
    SEEN: ClassVar[Seen] = Holders(Permission.MANAGE_PEOPLE, own="person_id")
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    credentials: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")
