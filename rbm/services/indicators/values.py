"""Baselines and targets: stated for a cell, revised with a reason, never overwritten."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.indicators import Baseline, Category, Disaggregation, Indicator, Target
from rbm.model.people import Person, Place
from rbm.model.reporting import Period
from rbm.rules.cell import Stated, settled
from rbm.rules.inputs import refuse_blank, refuse_year
from rbm.services import marks
from rbm.services.indicators.dimensions import dimensions_of, disaggregation_of
from rbm.terms.indicators import ChangeReason
from rbm.work import Work

Cell = TypeVar("Cell", Baseline, Target)


@dataclass(frozen=True, kw_only=True)
class CellInput:
    """A value (or its parts, or a text) for a place and a crossing of categories; without these for the total.

    The first one of a cell needs no reason; later ones need a code and a reason.
    """

    indicator_id: UUID
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    text: str | None = None
    source: str | None = None
    place_id: UUID | None = None
    category_ids: tuple[UUID, ...] = ()
    reason_code: ChangeReason | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class BaselineInput(CellInput):
    """Where an indicator started: the value, and the year or day it was measured. A rolling one is of a period."""

    period_id: UUID | None = None
    year: int | None = None
    measured_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class TargetInput(CellInput):
    """What an indicator is to reach in a period, and the day on which that is looked at again."""

    period_id: UUID
    review_on: date | None = None


@dataclass(frozen=True)
class Edition:
    """One baseline or target as it was stated, by whom, and why it replaced the one before."""

    kind: str
    period: str | None
    place: str | None
    disaggregation: str | None
    edition: int
    current: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    text: str | None
    reason_code: ChangeReason | None
    reason: str | None
    set_at: datetime
    set_by: str | None


def set_baseline(work: Work, baseline: BaselineInput) -> Baseline:
    """State or revise the value a cell of an indicator started from. Invalid names the field that does not fit."""
    indicator = _indicator(work, baseline)
    refuse_year(baseline.year)
    measured = baseline.measured_on
    period = work.get(Period, baseline.period_id, "period_id") if baseline.period_id else None
    if baseline.year is None and measured is None:
        raise Invalid("a baseline has a year or the day it was measured", "year")
    if measured and baseline.year not in (None, measured.year):
        raise Invalid(f"{measured} is not in {baseline.year}", "year")
    facts = _facts(work, indicator, baseline) | {"period_id": period.id if period else None, "measured_on": measured}
    row = Baseline(**facts, year=measured.year if measured else baseline.year)
    return _supersede(work, row, baseline)


def set_target(work: Work, target: TargetInput) -> Target:
    """State or revise the value a cell of an indicator is to reach in a period. Invalid names the field."""
    indicator = _indicator(work, target)
    period = work.get(Period, target.period_id, "period_id")
    row = Target(**_facts(work, indicator, target), period_id=period.id, review_on=target.review_on)
    return _supersede(work, row, target)


def history(work: Work, indicator_id: UUID) -> tuple[Edition, ...]:
    """Every edition of every baseline and target of an indicator: baselines first, cell by cell, oldest first."""
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    found = [*work.session.execute(_editions(Baseline, indicator)), *work.session.execute(_editions(Target, indicator))]
    editions = (_as_stated(*row) for row in found)
    return tuple(sorted(editions, key=_cell_and_edition))


def _indicator(work: Work, stated: CellInput) -> Indicator:
    """The indicator, locked so that two revisions of a cell follow one another."""
    indicator = work.get(Indicator, stated.indicator_id, "indicator_id", hold=True)
    work.require(Permission.SET_TARGET, indicator)
    return indicator


def _facts(work: Work, indicator: Indicator, stated: CellInput) -> dict[str, Any]:
    value = settled(indicator.measure, Stated(stated.value, stated.numerator, stated.denominator, stated.text))
    place = work.get(Place, stated.place_id, "place_id") if stated.place_id else None
    crossing = _crossing(work, indicator, stated)
    return {
        "indicator_id": indicator.id,
        "place_id": place.id if place else None,
        "disaggregation_id": crossing.id if crossing else None,
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "text": value.text,
        "source": stated.source,
    }


def _crossing(work: Work, indicator: Indicator, stated: CellInput) -> Disaggregation | None:
    if not stated.category_ids:
        return None
    along = dimensions_of(work, indicator)
    for key in stated.category_ids:
        category = work.get(Category, key, "category_ids")
        if category.dimension_id not in along:
            raise Invalid(f"{indicator.code} is not split along the dimension of {category.code}", "category_ids")
    return disaggregation_of(work, stated.category_ids)


def _supersede(work: Work, row: Cell, stated: CellInput) -> Cell:
    cls = type(row)
    query = sa.select(cls).where(
        cls.indicator_id == row.indicator_id,
        cls.place_id.is_not_distinct_from(row.place_id),
        cls.disaggregation_id.is_not_distinct_from(row.disaggregation_id),
        cls.period_id.is_not_distinct_from(row.period_id),
        cls.current.is_(True),
    )
    before = work.session.scalars(query).all()
    if before:
        if stated.reason_code is None:
            raise Invalid(f"a revised {cls.__tablename__} needs the code of its reason", "reason_code")
        row.reason = refuse_blank(stated.reason, "reason")
    for old in before:
        old.current = False
    row.edition = max((old.edition for old in before), default=0) + 1
    row.reason_code, row.current, row.occurrence = stated.reason_code, True, 1
    row.set_at, row.set_by_id = work.now, work.actor.person_id
    work.add(row)
    marks.mark(work, [row.indicator_id], f"set_{cls.__tablename__}")
    return row


def _editions(cls: type[Cell], indicator: Indicator) -> sa.Select[Cell, str | None, str | None, str | None, str | None]:
    query = sa.select(cls, Period.code, Place.code, Disaggregation.code, Person.name)
    query = query.outerjoin(cls.period).outerjoin(cls.place).outerjoin(cls.disaggregation)
    return query.outerjoin(Person, Person.id == cls.set_by_id).where(cls.indicator_id == indicator.id)


def _as_stated(row: Baseline | Target, *names: str | None) -> Edition:
    period, place, crossing, by = names
    return Edition(
        kind=row.__tablename__,
        period=period,
        place=place,
        disaggregation=crossing,
        edition=row.edition,
        current=row.current,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        text=row.text,
        reason_code=row.reason_code,
        reason=row.reason,
        set_at=row.set_at,
        set_by=by,
    )


def _cell_and_edition(one: Edition) -> tuple[str, str, str, str, int]:
    return one.kind, one.period or "", one.place or "", one.disaggregation or "", one.edition
