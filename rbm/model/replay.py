"""Stored answers: a request that is sent again with its key is answered again and not done again."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from rbm.access import Own, Seen
from rbm.db import Row, Serial, table


class StoredAnswer(Row):
    """What a person's request with an idempotency key was answered, kept in the transaction of its change.

    `payload` is the SHA-256 of the request, so that a key is not used for two different ones.
    """

    __tablename__ = "stored_answer"
    SEEN: ClassVar[Seen] = Own("person_id")
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    key: Mapped[UUID]
    payload: Mapped[str]
    answer: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = table(sa.UniqueConstraint("person_id", "key"))
