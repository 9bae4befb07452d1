"""Series over years and strategies: which indicator follows which, and what was decided on adding up."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Scoped, Seen
from rbm.db import Key, Row, table
from rbm.model.indicators import Indicator
from rbm.model.people import Person
from rbm.terms.indicators import OverUnits
from rbm.terms.series import CrosswalkRelation


class CrosswalkLink(Row):
    """From a day on, an indicator of a later framework follows an earlier one; nothing follows a discontinued one."""

    __tablename__ = "crosswalk_link"
    SEEN: ClassVar[Seen] = Scoped("before.result.framework", shared=True)

    id: Mapped[Key]
    before_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    after_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    relation: Mapped[CrosswalkRelation]
    valid_from: Mapped[date]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    before: Mapped[Indicator] = relationship(foreign_keys=[before_id], lazy="raise")
    after: Mapped[Indicator | None] = relationship(foreign_keys=[after_id], lazy="raise")
    decided_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("before_id", "after_id"))


class AggregationDecision(Row):
    """How all indicators of one key combine over units, in all years: who decided it, when and why; editions stay."""

    __tablename__ = "aggregation_decision"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    key: Mapped[str]
    operator: Mapped[OverUnits]
    reason: Mapped[str]
    edition: Mapped[int]
    current: Mapped[bool]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    decided_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("key", "edition"))
