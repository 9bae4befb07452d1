"""What the roll-up keeps: figures, what was left out of them, what must be computed again, and proofs."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Following, Holders, Permission, Scoped, Seen
from rbm.db import Measured, Row, Serial, table
from rbm.model.indicators import Category, Disaggregation, Indicator
from rbm.model.reporting import Period
from rbm.terms.rollup import Reason


class Figure(Row):
    """The value of an indicator for a period, in all, for one category or one crossing, and what of the chain made it.

    `lower` and `upper` bound how many different people a count of people stands for. `target` and `baseline` are rolled
    up like the value, only where all `expected` units have one; `targets` and `baselines` say how many do.
    """

    __tablename__ = "figure"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", shared=True, released="released_on")
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"))
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    category_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("category.id"))
    disaggregation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("disaggregation.id"))
    value: Mapped[Measured | None]
    numerator: Mapped[Measured | None]
    denominator: Mapped[Measured | None]
    verified: Mapped[Measured | None]
    self_reported: Mapped[Measured | None]
    lower: Mapped[Measured | None]
    upper: Mapped[Measured | None]
    target: Mapped[Measured | None]
    targets: Mapped[int] = mapped_column(default=0)
    baseline: Mapped[Measured | None]
    baselines: Mapped[int] = mapped_column(default=0)
    reported: Mapped[int]
    expected: Mapped[int]
    verified_units: Mapped[int] = mapped_column(default=0)
    reason: Mapped[Reason | None]
    released_on: Mapped[date | None]
    stale: Mapped[bool]
    computed_at: Mapped[datetime]

    indicator: Mapped[Indicator] = relationship(lazy="raise")
    period: Mapped[Period] = relationship(lazy="raise")
    category: Mapped[Category | None] = relationship(lazy="raise")
    disaggregation: Mapped[Disaggregation | None] = relationship(lazy="raise")
    excluded: Mapped[list["FigureExclusion"]] = relationship(back_populates="figure", lazy="raise")

    @classmethod
    def whole(cls) -> sa.ColumnElement[bool]:
        """The condition of being of the total, not of a slice."""
        return sa.and_(cls.category_id.is_(None), cls.disaggregation_id.is_(None))

    __table_args__ = table(sa.Index("ix_figure_cell", "indicator_id", "period_id", "category_id", "disaggregation_id"))


class FigureExclusion(Row):
    """How many contributions a figure leaves out for one reason."""

    __tablename__ = "figure_exclusion"
    SEEN: ClassVar[Seen] = Following("figure")
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    figure_id: Mapped[int] = mapped_column(sa.ForeignKey("figure.id"), index=True)
    reason: Mapped[Reason]
    count: Mapped[int]

    figure: Mapped[Figure] = relationship(back_populates="excluded", lazy="raise")


class DirtyMark(Row):
    """An indicator whose figures must be computed again, written with the change that caused it.

    A refresh that fails counts its attempt and waits until `next_at`; after the last one the mark is `dead`.
    """

    __tablename__ = "dirty_mark"
    SEEN: ClassVar[Seen] = Holders(Permission.OPERATE)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    indicator_id: Mapped[UUID] = mapped_column(index=True)
    cause: Mapped[str]
    marked_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    dead: Mapped[bool] = mapped_column(default=False)


class Reconciliation(Row):
    """A full recomputation held against what was stored; every difference is an incident."""

    __tablename__ = "reconciliation"
    SEEN: ClassVar[Seen] = Holders(Permission.OPERATE)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    held_at: Mapped[datetime]
    figures: Mapped[int]
    differences: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON(none_as_null=True))
