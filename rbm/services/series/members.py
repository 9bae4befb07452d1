"""The indicators that a crosswalk joins: of a framework by its code, or of all plans published for a year."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.errors import NotFound
from rbm.model.iati import Publication
from rbm.model.indicators import Indicator
from rbm.model.strategy import Framework, Result
from rbm.rules.series import Sense, key_of
from rbm.terms.strategy import ResultLevel
from rbm.work import Work

YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Member:
    """An indicator of an earlier or later plan. `published`: nobody has edited what a publication said of it."""

    id: UUID
    code: str
    title: str
    result: str
    level: ResultLevel
    sense: Sense
    office_id: UUID
    starts_on: date | None
    derived: bool
    published: bool

    @property
    def key(self) -> str:
        """What it is known by in all years and plans."""
        return key_of(self.level, self.title, self.sense.measure)


def members(work: Work, named: str, field: str) -> list[Member]:
    """The indicators, as far as they are seen, of a framework by its code or of the plans published for a year."""
    named = named.strip()
    columns = (Indicator.id, Indicator.code, Indicator.title, Indicator.measure, Indicator.unit, Indicator.direction)
    query = (
        sa.select(
            *columns, Indicator.accumulation, Indicator.derived, Indicator.version, Result.level, Framework.office_id
        )
        .add_columns(Framework.period_start, Publication.id.label("publication"), Result.title.label("result"))
        .select_from(Indicator)
        .join(Indicator.result)
        .join(Result.framework)
        .outerjoin(Publication, Publication.plan_id == Framework.id)
        .where(Result.level.is_not(None))
        .order_by(Indicator.code)
    )
    framework = work.session.scalars(sa.select(Framework).where(Framework.code == named)).one_or_none()
    if framework is None and not (YEAR.fullmatch(named) and int(named)):
        raise NotFound(f"no framework has the code {named}, and it is no year", field)
    rows = work.session.execute(query.where(_of_year(int(named)) if framework is None else Framework.code == named))
    found = [_member(row) for row in rows]
    if framework is None and not found:
        raise NotFound(f"nothing was published for {named}", field)
    return found


def _of_year(year: int) -> sa.ColumnElement[bool]:
    first = sa.and_(Framework.period_start >= date(year, 1, 1), Framework.period_start <= date(year, 12, 31))
    return sa.and_(Publication.id.is_not(None), first)


def _member(row: Any) -> Member:
    published = row.publication is not None and row.version == 1
    where = (row.office_id, row.period_start)
    return Member(row.id, row.code, row.title, row.result, row.level, sense_of(row), *where, row.derived, published)


def sense_of(row: Any) -> Sense:
    """What the values of an indicator mean, or of a row with these columns."""
    return Sense(row.measure, row.unit, row.direction, row.accumulation)
