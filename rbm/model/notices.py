"""The outbox: what people are told, once, and the ledger that keeps reminders from being sent twice."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Holders, Own, Permission, Seen
from rbm.db import Key, Row, Serial, table
from rbm.model.people import Person
from rbm.terms.notices import NoticeKind, NoticeStage


class Notice(Row):
    """Something a person is told, written in the transaction of what it tells.

    `content_key` makes it unique; `text` is in the person's language; `due_at` is when it may be sent, and `digest` is
    the e-mail it was put into.
    """

    __tablename__ = "notice"
    SEEN: ClassVar[Seen] = Own("person_id")
    AUDITED: ClassVar[bool] = False

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[NoticeKind]
    content_key: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any]]
    text: Mapped[str]
    told_at: Mapped[datetime]
    stage: Mapped[NoticeStage]
    due_at: Mapped[datetime]
    digest: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int]
    error: Mapped[str | None]
    read_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = table(sa.Index("ix_notice_outbox", "stage", "due_at"))


class Reminder(Row):
    """A step of the reminder ladder that was taken: once for each subject, due date and offset.

    `told` keeps to whom it was brought where it escalates: office and persons by level.
    """

    __tablename__ = "reminder"
    SEEN: ClassVar[Seen] = Holders(Permission.OPERATE)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    ladder: Mapped[str]
    subject_id: Mapped[UUID]
    due_on: Mapped[date]
    offset: Mapped[int]
    sent_on: Mapped[date]
    told: Mapped[dict[str, Any] | None]

    __table_args__ = table(sa.UniqueConstraint("ladder", "subject_id", "due_on", "offset"))
