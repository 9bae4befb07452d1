"""Opens a figure: the contributions it is made of, what was left out and why, down to the measurements."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.db import from_fixed
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.people import Office
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services.rollup.opening import Opened, open_figure
from rbm.terms.indicators import Additivity, OverUnits
from rbm.terms.rollup import Reason
from rbm.work import Work

WHOLE = Decimal(1)


@dataclass(frozen=True)
class Contribution:
    """A unit of a figure: a child indicator, or the indicator's own measurements; its value, or why it stays out.

    `reason` is None as well where a caller does not see the office and values behind it are not released; so is the
    value of such an indicator's own measurements.
    """

    indicator: str
    office: str
    office_name: str
    value: Decimal | None
    weight: Decimal
    factor: Decimal
    reason: Reason | None


@dataclass(frozen=True)
class Explanation:
    """A figure opened one level down, and how many measurements of how many indicators stand at the bottom.

    `measured` is their sum where the figure adds up, else None.
    """

    figure_id: int
    contributions: list[Contribution]
    measurements: int
    units: int
    measured: Decimal | None


def explain(work: Work, figure_id: int) -> Explanation:
    """Open a figure. NotFound when it is not there or not seen."""
    figure = work.get(Figure, figure_id, "figure_id")
    opened = open_figure(work, figure)
    measurements = work.session.scalars(_chosen(opened)).all()
    values = [row.value for row in measurements if row.value is not None]
    summed = sum(values, Decimal(0)) if values and adds_up(work, figure) else None
    units = {row.indicator_id for row in measurements}
    return Explanation(figure.id, _contributions(work, figure, opened), len(measurements), len(units), summed)


def find_measurements(work: Work, figure_id: int) -> sa.Select[Measurement]:
    """The measurements that entered the value of a figure, each once, in the order they were recorded.

    None where the figure has no value: then nothing entered it. NotFound when it is not there or not seen.
    """
    return _chosen(open_figure(work, work.get(Figure, figure_id, "figure_id")))


def adds_up(work: Work, figure: Figure) -> bool:
    """Whether a figure is the sum of its units."""
    query = sa.select(Indicator.additivity, Indicator.over_units).where(Indicator.id == figure.indicator_id)
    return work.session.execute(query).one() == (Additivity.YES, OverUnits.SUM)


def _chosen(opened: Opened) -> sa.Select[Measurement]:
    keys: sa.BindParameter[Any] = sa.bindparam("keys", opened.measurements(), expanding=True, literal_execute=True)
    return sa.select(Measurement).where(Measurement.id.in_(keys)).order_by(Measurement.id)


def _contributions(work: Work, figure: Figure, opened: Opened) -> list[Contribution]:
    reasons = opened.reasons()
    found = [
        _contribution(row, reasons, told=_told(work, opened, row[1].id, row[2].id))
        for row in _children(work, figure).values()
    ]
    found.sort(key=lambda each: (each.office, each.indicator))
    own = opened.own()
    if own is None:
        return found
    indicator, office = work.session.execute(_named().where(Indicator.id == figure.indicator_id)).one()
    told = _told(work, opened, indicator.id, office.id, own=True)
    value = from_fixed(own.value) if told and own.value is not None else None
    reason = opened.reason(own) if told else None
    return [Contribution(indicator.code, office.code, office.name, value, WHOLE, WHOLE, reason), *found]


def _told(work: Work, opened: Opened, indicator_id: UUID, office_id: UUID, *, own: bool = False) -> bool:
    """Whether the caller may know what stands at an indicator now: seen in its office, or nothing of it is hidden."""
    seen = work.actor.system or office_id in work.actor.offices(Permission.SEE)
    return seen or not opened.hidden(indicator_id, own=own)


def _named() -> sa.Select[Indicator, Office]:
    return sa.select(Indicator, Office).join(Indicator.result).join(Result.framework).join(Framework.office)


def _children(work: Work, figure: Figure) -> dict[UUID, Any]:
    """The children by key, each with the link that counts: of several in the period the one that is valid longest."""
    period = work.get(Period, figure.period_id)
    same = sa.and_(
        Figure.indicator_id == ContributionLink.child_id,
        Figure.period_id == period.id,
        Figure.category_id.is_not_distinct_from(figure.category_id),
    )
    query = (
        sa.select(ContributionLink, Indicator, Office, Figure)
        .join(ContributionLink.child)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Framework.office)
        .outerjoin(Figure, same)
        .where(
            ContributionLink.parent_id == figure.indicator_id,
            sa.or_(ContributionLink.valid_from.is_(None), ContributionLink.valid_from <= period.end),
            sa.or_(ContributionLink.valid_to.is_(None), ContributionLink.valid_to >= period.start),
        )
    )
    rows = sorted(work.session.execute(query), key=lambda row: _precedence(row[0]))
    return {row[1].id: row for row in rows}


def _precedence(link: ContributionLink) -> tuple[Any, ...]:
    last, first = link.valid_to or date.max, link.valid_from or date.min
    return last, first, link.weight, link.factor, link.included


def _contribution(row: Any, reasons: dict[UUID, Reason | None], *, told: bool) -> Contribution:
    link, indicator, office, figure = row
    otherwise = Reason.NO_VALUE if link.included else Reason.OPTED_OUT
    reason = reasons.get(indicator.id, otherwise) if told else None
    value = figure.value if figure else None
    return Contribution(indicator.code, office.code, office.name, value, link.weight, link.factor, reason)
