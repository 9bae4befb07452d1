"""Checks of values by somebody of another unit, and issues found in data."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Permission, Scoped, Seen, office_of
from rbm.db import Key, Row, table
from rbm.errors import Forbidden
from rbm.model.indicators import Indicator, Target
from rbm.model.people import Person, Post
from rbm.model.reporting import Measurement, Period, Report, took_part
from rbm.stages import Flow, Step
from rbm.terms.quality import IssueRule, IssueStage
from rbm.terms.reporting import ReportStage, Verification
from rbm.work import Work

CHECKED = (ReportStage.SUBMITTED, ReportStage.APPROVED)


def refuse_own_check(work: Work, check: "Check") -> None:
    """Nothing, when whoever acts may judge the value of this check."""
    refuse_checker(work, work.session.get_one(Measurement, check.measurement_id))


def refuse_checker(work: Work, measurement: Measurement) -> None:
    """Nothing, when whoever acts had no part in the value and sits in another unit (R054). Forbidden otherwise.

    A part: a value of its report was ever recorded, the report submitted or approved, earlier revisions included.
    Another unit: no role is held in the office of the value itself, only in one above it.
    """
    person, report_id = work.actor.person_id, measurement.report_id
    report = work.session.get_one(Report, report_id) if report_id else None
    parts = {measurement.recorded_by_id} | ({report.submitted_by_id, report.approved_by_id} if report else set())
    if (person and person in parts) or (report_id and took_part(work, report_id, *CHECKED)):
        raise Forbidden("not by a person who recorded, submitted or approved the value")
    office_id = office_of(work.session, measurement)
    if any(grant.office_id == office_id for grant in work.actor.grants):
        raise Forbidden("not by somebody of the same unit")


class Check(Row):
    """A check of one value: opened by a verifier of another unit, ended with a verdict. Its stage is the value's."""

    __tablename__ = "measurement_check"
    SEEN: ClassVar[Seen] = Scoped("measurement.indicator.result.framework")
    FLOW: ClassVar[Flow] = {
        Verification.UNDER_CHECK: {
            Verification.VERIFIED: Step(Permission.VERIFY, refuse_own_check),
            Verification.REJECTED: Step(Permission.VERIFY, refuse_own_check, reason_needed=True),
        },
        Verification.VERIFIED: {},
        Verification.REJECTED: {},
    }

    id: Mapped[Key]
    measurement_id: Mapped[int] = mapped_column(sa.ForeignKey("measurement.id"), index=True)
    stage: Mapped[Verification]
    checker_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]

    measurement: Mapped[Measurement] = relationship(lazy="raise")
    checker: Mapped[Person | None] = relationship(lazy="raise")


class Issue(Row):
    """Something wrong with a target or value, with somebody responsible and a day by which to settle it."""

    __tablename__ = "data_quality_issue"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework")
    FLOW: ClassVar[Flow] = {
        IssueStage.OPEN: {
            IssueStage.RESOLVED: Step(Permission.REPORT),
            IssueStage.ACCEPTED: Step(Permission.REVIEW, reason_needed=True),
        },
        IssueStage.RESOLVED: {IssueStage.OPEN: Step(Permission.OPERATE, reason_needed=True)},
        IssueStage.ACCEPTED: {},
    }

    id: Mapped[Key]
    rule: Mapped[IssueRule]
    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    target_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("target.id"))
    stage: Mapped[IssueStage]
    explanation: Mapped[str]
    responsible_id: Mapped[UUID] = mapped_column(sa.ForeignKey("post.id"))
    raised_on: Mapped[date]
    due_on: Mapped[date]

    indicator: Mapped[Indicator] = relationship(lazy="raise")
    period: Mapped[Period] = relationship(lazy="raise")
    target: Mapped[Target | None] = relationship(lazy="raise")
    responsible: Mapped[Post] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("rule", "target_id"))
