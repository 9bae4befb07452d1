"""Figures as the rows of a listing."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import contains_eager, selectinload

from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services import rollup, series
from rbm.work import Work

Listed = dict[str, Any]
ORDER = ("title", "office", "code", "period_start", "period_end")
"""The order of a listing: by characters, the same on every database."""


def list_figures(work: Work, question: rollup.FigureQuestion, *, explained: bool = False) -> list[Listed]:
    """The figures of a question, in order; what does not add up has its distribution.

    `explained` adds what each is made of.
    """
    query = rollup.find_figures(work, question).options(
        contains_eager(Figure.indicator)
        .contains_eager(Indicator.result)
        .contains_eager(Result.framework)
        .contains_eager(Framework.office),
        contains_eager(Figure.period),
        contains_eager(Figure.category),
        contains_eager(Figure.disaggregation),
        selectinload(Figure.excluded),
    )
    figures = work.session.scalars(query).all()
    leads, spreads = rollup.leads(work, figures), series.distributions(work, figures)
    rows = [
        listed(figure) | {"lead": vars(lead)} | ({"distribution": asdict(spread)} if spread else {})
        for figure, lead, spread in zip(figures, leads, spreads, strict=True)
    ]
    rows.sort(key=lambda row: (*(row[name] for name in ORDER), row.get("category", ""), row["id"]))
    if explained:
        for row in rows:
            row["explanation"] = explanation(work, row["id"])
    return rows


def listed(figure: Figure) -> Listed:
    """A figure with everything it belongs to loaded, as a row."""
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
    part = figure.category or figure.disaggregation
    return row | ({"category": part.code, "category_label": part.label} if part else {})


def explanation(work: Work, figure_id: int) -> Listed:
    """What a figure is made of, as a listing shows it."""
    told = vars(rollup.explain(work, figure_id)).copy()
    del told["figure_id"]
    return told | {"contributions": [vars(contribution) for contribution in told["contributions"]]}
