"""Figures as the rows of a listing."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services import rollup
from rbm.work import Work

Listed = dict[str, Any]


def list_figures(work: Work, question: rollup.FigureQuestion, *, explained: bool = False) -> list[Listed]:
    """The figures of a question, in order; `explained` adds what each is made of."""
    query = rollup.find_figures(work, question).options(
        contains_eager(Figure.indicator)
        .contains_eager(Indicator.result)
        .contains_eager(Result.framework)
        .contains_eager(Framework.office),
        contains_eager(Figure.period),
        contains_eager(Figure.category),
        selectinload(Figure.excluded),
    )
    figures = work.session.scalars(query).all()
    rows = [_listed(figure, by=question.by is not None) for figure in figures]
    if explained:
        for row in rows:
            row["explanation"] = explanation(work, row["id"])
    return rows


def _listed(figure: Figure, *, by: bool) -> Listed:
    indicator, period = figure.indicator, figure.period
    framework = indicator.result.framework
    row = {
        "id": figure.id,
        "level": framework.level,
        "office": framework.office.code,
        "office_name": framework.office.name,
        "indicator": indicator.id,
        "code": indicator.code,
        "title": indicator.title,
        "period_start": period.start,
        "period_end": period.end,
    }
    names = ("value", "numerator", "denominator", "verified", "self_reported", "reported", "expected")
    row |= {name: getattr(figure, name) for name in names}
    excluded = sorted(figure.excluded, key=lambda each: each.reason)
    row |= {"excluded": [{"reason": each.reason, "count": each.count} for each in excluded], "reason": figure.reason}
    if by and figure.category is not None:
        row |= {"category": figure.category.code, "category_label": figure.category.label}
    return row


def explanation(work: Work, figure_id: int) -> Listed:
    """What a figure is made of, as a listing shows it."""
    opened = rollup.explain(work, figure_id)
    return {
        "contributions": [vars(contribution) for contribution in opened.contributions],
        "measurements": opened.measurements,
        "units": opened.units,
        "measured": opened.measured,
    }


def by_office(rows: Sequence[Listed]) -> dict[str, list[Listed]]:
    """Rows by the code of their office."""
    made: dict[str, list[Listed]] = defaultdict(list)
    for row in rows:
        made[row["office"]].append(row)
    return made


def count(work: Work, cls: Any) -> int:
    """How many rows of a class there are."""
    return len(work.session.scalars(sa.select(cls.id)).all())
