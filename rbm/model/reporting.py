"""Periods and the values measured in them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Permission, Scoped, Seen
from rbm.db import Code, Edited, Key, Measured, Row, Serial, table
from rbm.model.people import Person, Place
from rbm.terms.reporting import (
    CausalLink,
    MissingReason,
    PeriodKind,
    PeriodStage,
    ReportStage,
    ValueStage,
    Verification,
)
from rbm.work import Flow, Step

if TYPE_CHECKING:
    from rbm.model.indicators import Disaggregation, Indicator
    from rbm.model.strategy import Framework


class Period(Row):
    """A span of days for which values are reported, both days inclusive."""

    __tablename__ = "period"
    SEEN: ClassVar[Seen] = Everyone()
    FLOW: ClassVar[Flow] = {
        PeriodStage.OPEN: {PeriodStage.CLOSED: Step(Permission.OPERATE)},
        PeriodStage.CLOSED: {PeriodStage.OPEN: Step(Permission.OPERATE, reason_needed=True)},
    }

    id: Mapped[Key]
    code: Mapped[Code]
    kind: Mapped[PeriodKind]
    start: Mapped[date]
    end: Mapped[date]
    stage: Mapped[PeriodStage]
    reports_due_on: Mapped[date | None]
    locks_on: Mapped[date | None]

    __table_args__ = table(sa.UniqueConstraint("kind", "start", "end"))


class Report(Edited, Row):
    """What an office reports on a plan for a period: the values recorded in it, submitted and approved as one."""

    __tablename__ = "report"
    SEEN: ClassVar[Seen] = Scoped("framework")
    FLOW: ClassVar[Flow] = {
        ReportStage.DRAFT: {
            ReportStage.SUBMITTED: Step(Permission.REPORT),
            ReportStage.WITHDRAWN: Step(Permission.REPORT),
        },
        ReportStage.SUBMITTED: {
            ReportStage.RETURNED: Step(Permission.APPROVE, reason_needed=True),
            ReportStage.APPROVED: Step(Permission.APPROVE, apart_from=("submitted_by_id",)),
            ReportStage.WITHDRAWN: Step(Permission.REPORT),
        },
        ReportStage.RETURNED: {
            ReportStage.SUBMITTED: Step(Permission.REPORT),
            ReportStage.WITHDRAWN: Step(Permission.REPORT),
        },
        ReportStage.APPROVED: {
            ReportStage.RETURNED: Step(Permission.APPROVE, reason_needed=True),
            ReportStage.SUPERSEDED: Step(Permission.APPROVE, reason_needed=True),
        },
        ReportStage.SUPERSEDED: {},
        ReportStage.WITHDRAWN: {},
    }

    id: Mapped[Key]
    code: Mapped[Code]
    framework_id: Mapped[UUID] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    stage: Mapped[ReportStage]
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    narrative: Mapped[str | None]

    framework: Mapped["Framework"] = relationship(lazy="raise")
    period: Mapped[Period] = relationship(lazy="raise")
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id], lazy="raise")
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id], lazy="raise")
    measurements: Mapped[list["Measurement"]] = relationship(back_populates="report", lazy="raise")


class Measurement(Row):
    """A value of an indicator for a period, a place and a crossing of categories: a number, its parts, or a reason."""

    __tablename__ = "measurement"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", released="released_on")

    id: Mapped[Serial]
    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"))
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    report_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("report.id"), index=True)
    supersedes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("measurement.id"))
    correction_reason: Mapped[str | None]
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
    report: Mapped[Report | None] = relationship(back_populates="measurements", lazy="raise")
    supersedes: Mapped["Measurement | None"] = relationship(remote_side="Measurement.id", lazy="raise")
    recorded_by: Mapped[Person | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    disaggregation: Mapped["Disaggregation | None"] = relationship(lazy="raise")

    __table_args__ = table(sa.Index("ix_measurement_cell", "indicator_id", "period_id"))
