"""Periods, the reports on a plan for a period, and the values measured in them with their evidence."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm import bulk
from rbm.access import Everyone, Permission, Scoped, Seen
from rbm.db import Code, Edited, Key, Measured, Row, Serial, table, table_of
from rbm.errors import Conflict, Forbidden
from rbm.model.people import Person, Place
from rbm.stages import Flow, Step, Transition
from rbm.terms.reporting import (
    CausalLink,
    MissingReason,
    PeriodKind,
    PeriodStage,
    ReportStage,
    ValueStage,
    Verification,
)
from rbm.work import Work

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


def refuse_closed(work: Work, report: "Report") -> None:
    """Nothing, while the period of the report takes values. Conflict once it is closed."""
    period = work.session.get_one(Period, report.period_id)
    if period.stage is PeriodStage.CLOSED:
        raise Conflict(f"the period {period.code} is closed", "period")


def refuse_empty(work: Work, report: "Report") -> None:
    """Nothing, when the report holds a value and its period is open. Conflict otherwise."""
    refuse_closed(work, report)
    if work.session.scalars(_current_values(report)).first() is None:
        raise Conflict("a report without a value is not submitted", "measurements")


def refuse_own_values(work: Work, report: "Report") -> None:
    """Nothing, when the period is open and whoever acts never recorded a value in the report nor submitted it.

    Forbidden or Conflict otherwise.
    """
    refuse_closed(work, report)
    if took_part(work, report.id, ReportStage.SUBMITTED):
        raise Forbidden("not by a person who recorded values in it or submitted it")


def took_part(work: Work, report_id: UUID, *moves: ReportStage) -> bool:
    """Whether whoever acts ever recorded a value of the report, superseded or not, or moved it to one of the stages."""
    person = work.actor.person_id
    return person is not None and bool(bulk.select(work.session, sa.select(1).where(in_it(person, report_id, *moves))))


def in_it(person: UUID, report: Any, *moves: ReportStage) -> sa.ColumnElement[bool]:
    """The condition that a person ever recorded a value of a report (a key, or a column of it) or moved it so."""
    value, move = table_of(Measurement).alias().c, table_of(Transition).alias().c
    recorded = sa.exists().where(value.report_id == report, value.recorded_by_id == person)
    staged = (move.entity == Report.__tablename__, move.entity_id == report, move.to_stage.in_(moves))
    return sa.or_(recorded, sa.exists().where(*staged, move.person_id == person))


def _current_values(report: "Report") -> sa.Select[int]:
    query = sa.select(Measurement.id).where(Measurement.report_id == report.id)
    return query.where(Measurement.stage != ValueStage.SUPERSEDED).limit(1)


class Report(Edited, Row):
    """What an office reports on a plan for a period: the values recorded in it, submitted and approved as one.

    `submitted_at` is the latest submission; `first_submitted_at`, which decides whether it came late, stays.
    """

    __tablename__ = "report"
    SEEN: ClassVar[Seen] = Scoped("framework")
    FLOW: ClassVar[Flow] = {
        ReportStage.DRAFT: {
            ReportStage.SUBMITTED: Step(Permission.REPORT, refuse_empty),
            ReportStage.WITHDRAWN: Step(Permission.REPORT),
        },
        ReportStage.SUBMITTED: {
            ReportStage.RETURNED: Step(Permission.APPROVE, reason_needed=True),
            ReportStage.APPROVED: Step(Permission.APPROVE, refuse_own_values, ("submitted_by_id",)),
            ReportStage.WITHDRAWN: Step(Permission.REPORT),
        },
        ReportStage.RETURNED: {
            ReportStage.SUBMITTED: Step(Permission.REPORT, refuse_empty),
            ReportStage.WITHDRAWN: Step(Permission.REPORT),
        },
        ReportStage.APPROVED: {
            ReportStage.RETURNED: Step(Permission.APPROVE, refuse_closed, reason_needed=True),
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
    first_submitted_at: Mapped[datetime | None]
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
    evidence: Mapped[list["Evidence"]] = relationship(back_populates="measurement", lazy="raise")

    __table_args__ = table(sa.Index("ix_measurement_cell", "indicator_id", "period_id"))


class Evidence(Row):
    """What a value rests on: an address, a note, or both."""

    __tablename__ = "evidence"
    SEEN: ClassVar[Seen] = Scoped("measurement.indicator.result.framework")

    id: Mapped[Key]
    measurement_id: Mapped[int] = mapped_column(sa.ForeignKey("measurement.id"), index=True)
    url: Mapped[str | None]
    note: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    measurement: Mapped[Measurement] = relationship(back_populates="evidence", lazy="raise")
    added_by: Mapped[Person | None] = relationship(lazy="raise")
