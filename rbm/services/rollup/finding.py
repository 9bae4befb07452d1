"""Finds figures by year or life, level, indicator, office, country, region, theme, partner and dimensions."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rbm.errors import Invalid
from rbm.model.indicators import Category, Disaggregation, Indicator
from rbm.model.people import Office
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services.rollup.narrowing import narrowed
from rbm.services.rollup.slicing import sliced
from rbm.terms.reporting import PeriodKind
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work

EARLIEST, LATEST = 1900, 2200


@dataclass(frozen=True)
class FigureQuestion:
    """Which figures are asked for: a year (periods wholly inside it) or life periods, a level, and what narrows them.

    `indicator` is part of a code or title in any case; `office` the code of an office; `region` of one that stands
    above it today, or itself; `country` the M49 or ISO code of its country, or its name; `theme` the code of a theme of
    its project; `partner` part of the name or reference of an organisation that takes part in it. `by` is the code or
    label of a dimension, for one figure a category instead of the total, or several with commas, for one a crossing.
    """

    level: FrameworkLevel
    year: int | None = None
    life: bool = False
    indicator: str | None = None
    office: str | None = None
    by: str | None = None
    region: str | None = None
    country: str | None = None
    theme: str | None = None
    partner: str | None = None


def find_figures(work: Work, question: FigureQuestion) -> sa.Select[Figure]:
    """The figures in the order of indicator title, office, indicator code, period and category or crossing.

    Invalid when the year is none; NotFound when no dimension has a code or label in `by`, and when no office, place or
    theme has what `region`, `country` or `theme` says.
    """
    query = (
        sa.select(Figure)
        .join(Figure.indicator)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Framework.office)
        .join(Figure.period)
        .where(Framework.level == question.level, *_periods(question), *_named(question), *narrowed(work, question))
    )
    order = (Category.code, Disaggregation.code, Figure.id)
    return sliced(work, query, question.by).order_by(
        Indicator.title, Office.code, Indicator.code, Period.start, Period.end, *order
    )


def _named(question: FigureQuestion) -> list[sa.ColumnElement[bool]]:
    named: list[sa.ColumnElement[bool]] = []
    if question.indicator:
        matches = (name.icontains(question.indicator, autoescape=True) for name in (Indicator.code, Indicator.title))
        named.append(sa.or_(*matches))
    if question.office:
        named.append(Office.code == question.office)
    return named


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
