"""Periods and the values measured in them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Scoped, Seen
from rbm.db import Code, Key, Measured, Row, Serial, table
from rbm.model.people import Place
from rbm.terms.reporting import CausalLink, MissingReason, PeriodKind, PeriodStage, ValueStage, Verification

if TYPE_CHECKING:
    from rbm.model.indicators import Disaggregation, Indicator


class Period(Row):
    """A span of days for which values are reported, both days inclusive."""

    __tablename__ = "period"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    kind: Mapped[PeriodKind]
    start: Mapped[date]
    end: Mapped[date]
    stage: Mapped[PeriodStage]

    __table_args__ = table(sa.UniqueConstraint("kind", "start", "end"))


class Measurement(Row):
    """A value of an indicator for a period, a place and a crossing of categories: a number, its parts, or a reason."""

    __tablename__ = "measurement"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", released="released_on")

    id: Mapped[Serial]
    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"))
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"))
    place_stated: Mapped[bool]
    place_text: Mapped[str | None]
    disaggregation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("disaggregation.id"))
    occurrence: Mapped[int]
    value: Mapped[Measured | None]
    numerator: Mapped[Measured | None]
    denominator: Mapped[Measured | None]
    text: Mapped[str | None]
    missing_reason: Mapped[MissingReason | None]
    comment: Mapped[dict[str, Any] | None]
    stage: Mapped[ValueStage]
    verification: Mapped[Verification]
    causal_link: Mapped[CausalLink | None]
    origin: Mapped[str | None]
    released_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    indicator: Mapped["Indicator"] = relationship(lazy="raise")
    period: Mapped[Period] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    disaggregation: Mapped["Disaggregation | None"] = relationship(lazy="raise")

    __table_args__ = table(sa.Index("ix_measurement_cell", "indicator_id", "period_id"))
