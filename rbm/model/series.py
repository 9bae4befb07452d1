"""Series over years and strategies: which indicator follows which, and what was decided on adding up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Actor, Everyone, Scoped, Seen
from rbm.db import Key, Row, table
from rbm.model.indicators import Indicator
from rbm.model.people import Person
from rbm.terms.indicators import OverUnits
from rbm.terms.series import CrosswalkRelation


@dataclass(frozen=True)
class Joining(Scoped):
    """Rows between two others: seen by whoever sees both, as far as there is the other."""

    other: str = ""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The rule of one end, and that of the other where it is there."""
        end = cls.__table__.c[f"{self.other.partition('.')[0]}_id"]
        there = Scoped(self.other, shared=self.shared).predicate(cls, actor)
        return sa.and_(super().predicate(cls, actor), sa.or_(end.is_(None), there))

    def told(self, cls: type[Row]) -> str:
        """Who."""
        return f"{super().told(cls)}; of both of its ends"


class CrosswalkLink(Row):
    """From a day on, an indicator of a later framework follows an earlier one; nothing follows a discontinued one."""

    __tablename__ = "crosswalk_link"
    SEEN: ClassVar[Seen] = Joining("before.result.framework", shared=True, other="after.result.framework")

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
