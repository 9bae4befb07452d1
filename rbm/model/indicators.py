"""Indicators with their protocol, the links along which they add up, and their versioned baselines and targets."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Actor, Everyone, Scoped, Seen
from rbm.db import Code, Edited, Key, Measured, Row, table
from rbm.model.people import Place
from rbm.model.reporting import Period
from rbm.model.strategy import Result
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    ChangeReason,
    Composition,
    Direction,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
)

if TYPE_CHECKING:
    from rbm.model.evaluation import EvaluationSubject


class Dimension(Row):
    """An axis of disaggregation. The parts of an additive dimension add up to the total."""

    __tablename__ = "dimension"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    label: Mapped[str]
    additive: Mapped[bool]

    categories: Mapped[list["Category"]] = relationship(back_populates="dimension", lazy="raise")


class Category(Row):
    """One part of a dimension; its code is unique over all dimensions."""

    __tablename__ = "category"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    label: Mapped[str]
    dimension_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dimension.id"), index=True)

    dimension: Mapped[Dimension] = relationship(back_populates="categories", lazy="raise")


class Disaggregation(Row):
    """A crossing of categories, at most one of each dimension; its code joins the codes of its categories."""

    __tablename__ = "disaggregation"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    code: Mapped[Code]
    label: Mapped[str]

    parts: Mapped[list["DisaggregationPart"]] = relationship(back_populates="disaggregation", lazy="raise")


class DisaggregationPart(Row):
    """A category in a crossing."""

    __tablename__ = "disaggregation_part"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    disaggregation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("disaggregation.id"), index=True)
    category_id: Mapped[UUID] = mapped_column(sa.ForeignKey("category.id"), index=True)

    disaggregation: Mapped[Disaggregation] = relationship(back_populates="parts", lazy="raise")
    category: Mapped[Category] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("disaggregation_id", "category_id"))


class Indicator(Edited, Row):
    """What is measured of a result, how, and how its values combine; `content` keeps what was published besides.

    `population` is how many people there are where people are counted; a `formula` makes its figures of other ones'.
    """

    __tablename__ = "indicator"
    SEEN: ClassVar[Seen] = Scoped("result.framework", shared=True)

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    result_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result.id"), index=True)
    definition: Mapped[str | None]
    unit: Mapped[str | None]
    measure: Mapped[Measure]
    direction: Mapped[Direction | None]
    accumulation: Mapped[Accumulation]
    over_units: Mapped[OverUnits]
    over_time: Mapped[OverTime]
    missing_policy: Mapped[MissingPolicy]
    composition: Mapped[Composition]
    additivity: Mapped[Additivity] = mapped_column(index=True)
    counts_people: Mapped[bool]
    population: Mapped[Measured | None]
    formula: Mapped[str | None]
    source: Mapped[str | None]
    method: Mapped[str | None]
    frequency: Mapped[str | None]
    rationale: Mapped[str | None]
    fitness: Mapped[Fitness]
    fitness_note: Mapped[str | None]
    topics: Mapped[list[str] | None]
    derived: Mapped[bool]
    translations: Mapped[dict[str, Any] | None]
    references: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON(none_as_null=True))
    content: Mapped[dict[str, Any] | None]

    result: Mapped[Result] = relationship(back_populates="indicators", lazy="raise")
    baselines: Mapped[list["Baseline"]] = relationship(back_populates="indicator", lazy="raise")
    targets: Mapped[list["Target"]] = relationship(back_populates="indicator", lazy="raise")
    splits: Mapped[list["IndicatorDimension"]] = relationship(back_populates="indicator", lazy="raise")
    terms: Mapped[list["FormulaTerm"]] = relationship(
        back_populates="indicator", foreign_keys="FormulaTerm.indicator_id", lazy="raise"
    )
    parent_links: Mapped[list["ContributionLink"]] = relationship(
        back_populates="child", foreign_keys="ContributionLink.child_id", lazy="raise"
    )
    child_links: Mapped[list["ContributionLink"]] = relationship(
        back_populates="parent", foreign_keys="ContributionLink.parent_id", lazy="raise"
    )
    evaluation_subjects: Mapped[list["EvaluationSubject"]] = relationship(back_populates="indicator", lazy="raise")


class FormulaTerm(Row):
    """A name in the formula of an indicator, and the indicator whose figures it stands for."""

    __tablename__ = "formula_term"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", shared=True)

    id: Mapped[Key]
    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    name: Mapped[str]
    source_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)

    indicator: Mapped[Indicator] = relationship(back_populates="terms", foreign_keys=[indicator_id], lazy="raise")
    source: Mapped[Indicator] = relationship(foreign_keys=[source_id], lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("indicator_id", "name"))


class IndicatorDimension(Row):
    """A dimension along which an indicator is to be split."""

    __tablename__ = "indicator_dimension"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", shared=True)

    id: Mapped[Key]
    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    dimension_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dimension.id"), index=True)

    indicator: Mapped[Indicator] = relationship(back_populates="splits", lazy="raise")
    dimension: Mapped[Dimension] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("indicator_id", "dimension_id"))


@dataclass(frozen=True)
class Between(Scoped):
    """Rows between two others: seen with the one that `path` leads to, and in the office that `other` leads to."""

    other: str = ""

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """The rule of one end, or the other end belongs to an own or lower office."""
        return sa.or_(super().predicate(cls, actor), Scoped(self.other).predicate(cls, actor))

    def told(self, cls: type[Row]) -> str:
        """Who."""
        end = self.other.partition(".")[0]
        return f"{super().told(cls)}; the office of its {end} and the offices above"


class ContributionLink(Edited, Row):
    """An indicator whose values enter another one's figure, with weight, conversion factor and validity."""

    __tablename__ = "contribution_link"
    SEEN: ClassVar[Seen] = Between("child.result.framework", shared=True, other="parent.result.framework")

    id: Mapped[Key]
    child_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    parent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    weight: Mapped[Measured]
    factor: Mapped[Measured]
    included: Mapped[bool]
    non_overlapping: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    child: Mapped[Indicator] = relationship(back_populates="parent_links", foreign_keys=[child_id], lazy="raise")
    parent: Mapped[Indicator] = relationship(back_populates="child_links", foreign_keys=[parent_id], lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("child_id", "parent_id", "valid_from"))


class _Cell:
    """What baselines and targets share: a value or its parts, for a cell, in numbered editions that stay."""

    id: Mapped[Key]
    value: Mapped[Measured | None]
    numerator: Mapped[Measured | None]
    denominator: Mapped[Measured | None]
    text: Mapped[str | None]
    place_text: Mapped[str | None]
    comment: Mapped[dict[str, Any] | None]
    occurrence: Mapped[int]
    source: Mapped[str | None]
    edition: Mapped[int]
    current: Mapped[bool]
    reason_code: Mapped[ChangeReason | None]
    reason: Mapped[str | None]
    set_at: Mapped[datetime]
    set_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class Baseline(_Cell, Row):
    """The value an indicator started from. Without place and categories it belongs to the total.

    A rolling baseline belongs to a period; the strategy's baseline belongs to none.
    """

    __tablename__ = "baseline"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", shared=True)

    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"))
    disaggregation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("disaggregation.id"))
    period_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("period.id"))
    year: Mapped[int | None]
    measured_on: Mapped[date | None]

    indicator: Mapped[Indicator] = relationship(back_populates="baselines", lazy="raise")
    period: Mapped[Period | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    disaggregation: Mapped[Disaggregation | None] = relationship(lazy="raise")


class Target(_Cell, Row):
    """The value an indicator is to reach in a period. Without place and categories it belongs to the total."""

    __tablename__ = "target"
    SEEN: ClassVar[Seen] = Scoped("indicator.result.framework", shared=True)

    indicator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    period_id: Mapped[UUID] = mapped_column(sa.ForeignKey("period.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"))
    disaggregation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("disaggregation.id"))
    review_on: Mapped[date | None]

    indicator: Mapped[Indicator] = relationship(back_populates="targets", lazy="raise")
    period: Mapped[Period] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    disaggregation: Mapped[Disaggregation | None] = relationship(lazy="raise")
