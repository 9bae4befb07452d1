"""Finds figures by year or life, level, indicator, office and dimension."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rbm.errors import Invalid, NotFound
from rbm.model.indicators import Category, Dimension, Indicator
from rbm.model.people import Office
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.terms.reporting import PeriodKind
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work

EARLIEST, LATEST = 1900, 2200


@dataclass(frozen=True)
class FigureQuestion:
    """Which figures are asked for: a year (periods wholly inside it) or life periods, a level, and what narrows them.

    `indicator` is part of a code or title in any case; `office` the code of an office; `by` the code or label of a
    dimension, for one figure a category instead of the total.
    """

    level: FrameworkLevel
    year: int | None = None
    life: bool = False
    indicator: str | None = None
    office: str | None = None
    by: str | None = None


def find_figures(work: Work, question: FigureQuestion) -> sa.Select[Figure]:
    """The figures in the order of indicator title, office, indicator code, period and category.

    Invalid when the year is none; NotFound when no dimension has the code or label in `by`.
    """
    query = (
        sa.select(Figure)
        .join(Figure.indicator)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Framework.office)
        .join(Figure.period)
        .where(Framework.level == question.level, *_periods(question))
    )
    if question.indicator:
        matches = (name.icontains(question.indicator, autoescape=True) for name in (Indicator.code, Indicator.title))
        query = query.where(sa.or_(*matches))
    if question.office:
        query = query.where(Office.code == question.office)
    return _sliced(work, query, question).order_by(
        Indicator.title, Office.code, Indicator.code, Period.start, Period.end, Category.code, Figure.id
    )


def _periods(question: FigureQuestion) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if question.year is not None:
        if not EARLIEST <= question.year <= LATEST:
            raise Invalid(f"{question.year} is no year between {EARLIEST} and {LATEST}", "year")
        first, last = date(question.year, 1, 1), date(question.year, 12, 31)
        if question.life:
            wanted += [Period.start <= last, Period.end >= first]
        else:
            wanted += [Period.start >= first, Period.end <= last]
    kind = Period.kind == PeriodKind.LIFE if question.life else Period.kind != PeriodKind.LIFE
    return [*wanted, kind]


def _sliced(work: Work, query: sa.Select[Figure], question: FigureQuestion) -> sa.Select[Figure]:
    query = query.outerjoin(Figure.category)
    if question.by is None:
        return query.where(Figure.category_id.is_(None))
    wanted = question.by.lower()
    named = sa.or_(sa.func.lower(Dimension.code) == wanted, sa.func.lower(Dimension.label) == wanted)
    dimension = work.session.scalars(sa.select(Dimension.id).where(named).order_by(Dimension.code)).first()
    if dimension is None:
        known = ", ".join(sorted(work.session.scalars(sa.select(Dimension.code)))) or "none"
        raise NotFound(f"no dimension has the code {question.by}; there are: {known}", "by")
    return query.where(Category.dimension_id == dimension)
