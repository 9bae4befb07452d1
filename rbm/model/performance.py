"""Rule sets with dates, flags on interventions, the plans to improve them, and what was reported on them."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Permission, Scoped, Seen
from rbm.db import Edited, Key, Row, table
from rbm.model.people import Person, Post
from rbm.model.reporting import Period
from rbm.model.strategy import Framework
from rbm.stages import Flow, Step
from rbm.terms.flags import FlagStage

_IMPROVE = Step(Permission.IMPROVE)
_RESOLVE = Step(Permission.IMPROVE, reason_needed=True)
_FAIL = Step(Permission.OPERATE, reason_needed=True)
_CLEAR = Step(Permission.OPERATE)


class RuleSet(Row):
    """The parameters of a rule from a day to a day; the one valid on the day of the run decides."""

    __tablename__ = "rule_set"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    rule: Mapped[str]
    edition: Mapped[int]
    parameters: Mapped[dict[str, Any]]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]

    __table_args__ = table(sa.UniqueConstraint("rule", "edition"))


class Flag(Edited, Row):
    """A rule found an intervention wanting in a period: one flag for the three, with what it saw and who answers."""

    __tablename__ = "flag"
    SEEN: ClassVar[Seen] = Scoped("framework")
    FLOW: ClassVar[Flow] = {
        FlagStage.WATCH: {FlagStage.NEW: _CLEAR, FlagStage.CLEARED: _CLEAR},
        FlagStage.NEW: {
            FlagStage.ACKNOWLEDGED: _IMPROVE,
            FlagStage.ACTION: _IMPROVE,
            FlagStage.CLEARED: _CLEAR,
            FlagStage.CLOSED_AS_FAILED: _FAIL,
        },
        FlagStage.ACKNOWLEDGED: {
            FlagStage.ACTION: _IMPROVE,
            FlagStage.CLEARED: _CLEAR,
            FlagStage.CLOSED_AS_FAILED: _FAIL,
        },
        FlagStage.ACTION: {
            FlagStage.IMPROVING: _IMPROVE,
            FlagStage.RESOLVED: _RESOLVE,
            FlagStage.CLEARED: _CLEAR,
            FlagStage.CLOSED_AS_FAILED: _FAIL,
        },
        FlagStage.IMPROVING: {
            FlagStage.ACTION: _IMPROVE,
            FlagStage.RESOLVED: _RESOLVE,
            FlagStage.CLEARED: _CLEAR,
            FlagStage.CLOSED_AS_FAILED: _FAIL,
        },
        FlagStage.RESOLVED: {},
        FlagStage.CLEARED: {FlagStage.NEW: _CLEAR, FlagStage.WATCH: _CLEAR},
        FlagStage.CLOSED_AS_FAILED: {},
    }

    id: Mapped[Key]
    rule: Mapped[str]
    rule_version: Mapped[str]
    framework_id: Mapped[UUID] = mapped_column(sa.ForeignKey("framework.id"), index=True)
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    stage: Mapped[FlagStage]
    responsible_id: Mapped[UUID] = mapped_column(sa.ForeignKey("post.id"), index=True)
    raised_on: Mapped[date]
    inputs: Mapped[dict[str, Any]]
    thresholds: Mapped[dict[str, Any]]
    explanation: Mapped[str]
    plan_due_on: Mapped[date | None]
    escalation: Mapped[int]
    cleared_on: Mapped[date | None]

    framework: Mapped[Framework] = relationship(lazy="raise")
    period: Mapped[Period] = relationship(lazy="raise")
    responsible: Mapped[Post] = relationship(lazy="raise")
    plans: Mapped[list["ImprovementPlan"]] = relationship(back_populates="flag", lazy="raise")
    updates: Mapped[list["FlagUpdate"]] = relationship(back_populates="flag", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("rule", "framework_id", "period_id"))


class ImprovementPlan(Row):
    """What is to be done about a flag, by whom and by when."""

    __tablename__ = "improvement_plan"
    SEEN: ClassVar[Seen] = Scoped("flag.framework")

    id: Mapped[Key]
    flag_id: Mapped[UUID] = mapped_column(sa.ForeignKey("flag.id"), index=True)
    measures: Mapped[str]
    due_on: Mapped[date]
    planned_at: Mapped[datetime]
    planned_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    flag: Mapped[Flag] = relationship(back_populates="plans", lazy="raise")
    planned_by: Mapped[Person | None] = relationship(lazy="raise")


class FlagUpdate(Row):
    """What was reported on the way to resolving a flag; never changed."""

    __tablename__ = "flag_update"
    SEEN: ClassVar[Seen] = Scoped("flag.framework")

    id: Mapped[Key]
    flag_id: Mapped[UUID] = mapped_column(sa.ForeignKey("flag.id"), index=True)
    text: Mapped[str]
    reported_at: Mapped[datetime]
    reported_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    flag: Mapped[Flag] = relationship(back_populates="updates", lazy="raise")
    reported_by: Mapped[Person | None] = relationship(lazy="raise")
