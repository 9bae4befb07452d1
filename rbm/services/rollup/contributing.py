"""The direct contributions of a figure: each child with its value, or why it stays out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.db import from_fixed, table_of
from rbm.model.indicators import ContributionLink, FormulaTerm, Indicator
from rbm.model.people import Office
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services.rollup.counting import counting_links
from rbm.services.rollup.opening import Opened
from rbm.terms.rollup import Reason
from rbm.work import Work

WHOLE = Decimal(1)


@dataclass(frozen=True)
class Contribution:
    """A unit of a figure: a child indicator, or the indicator's own measurements; its value, or why it stays out.

    A child without any value stands there as well, with null. `reason` is None as well where a caller does not see the
    office and values behind it are not released; so is the value of such an indicator's own measurements.
    """

    indicator: str
    office: str
    office_name: str
    value: Decimal | None
    weight: Decimal
    factor: Decimal
    reason: Reason | None
    own: bool = False


def contributions_of(work: Work, figure: Figure, opened: Opened) -> list[Contribution]:
    """The units of a figure: its own values first, then its children in the order of office and indicator.

    The units of a formula are the indicators it names; what takes its own values alone is its only unit. None where
    nothing is linked.
    """
    children = list(_children(work, figure).values())
    own = _own(work, figure, opened) if children else []
    if opened.own_only(figure.indicator_id):
        children = []
    reasons = opened.reasons()
    found = [_contribution(row, reasons, told=_told(work, opened, row[1].id, row[2].id)) for row in children]
    found += [_part(row) for row in work.session.execute(_parts(figure))]
    found.sort(key=lambda each: (each.office, each.indicator))
    return [*own, *found]


def _own(work: Work, figure: Figure, opened: Opened) -> list[Contribution]:
    own = opened.own()
    if own is None:
        return []
    indicator, office = work.session.execute(_named().where(Indicator.id == figure.indicator_id)).one()
    told = _told(work, opened, indicator.id, office.id, own=True)
    value = from_fixed(own.value) if told and own.value is not None else None
    reason = (opened.reason(own) or (figure.reason if value is None else None)) if told else None
    return [Contribution(indicator.code, office.code, office.name, value, WHOLE, WHOLE, reason, own=True)]


def _told(work: Work, opened: Opened, indicator_id: UUID, office_id: UUID, *, own: bool = False) -> bool:
    """Whether the caller may know what stands at an indicator now: seen in its office, or nothing of it is hidden."""
    seen = work.actor.system or office_id in work.actor.offices(Permission.SEE)
    return seen or not opened.hidden(indicator_id, own=own)


def _named() -> sa.Select[Indicator, Office]:
    return sa.select(Indicator, Office).join(Indicator.result).join(Result.framework).join(Framework.office)


def _same_cell(figure: Figure, indicator: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        Figure.indicator_id == indicator,
        Figure.period_id == figure.period_id,
        Figure.category_id.is_not_distinct_from(figure.category_id),
        Figure.disaggregation_id.is_not_distinct_from(figure.disaggregation_id),
    )


def _children(work: Work, figure: Figure) -> dict[UUID, Any]:
    """The children by key, each with the link that counts: of several in the period the one that is valid longest."""
    among = table_of(ContributionLink).c.parent_id == figure.indicator_id
    counting = {row.id for row in counting_links(work, work.get(Period, figure.period_id), among)}
    query = (
        sa.select(ContributionLink, Indicator, Office, Figure)
        .join(ContributionLink.child)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Framework.office)
        .outerjoin(Figure, _same_cell(figure, ContributionLink.child_id))
        .where(ContributionLink.parent_id == figure.indicator_id)
    )
    rows = sorted(
        (row for row in work.session.execute(query) if row[0].id in counting), key=lambda row: _precedence(row[0])
    )
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


def _parts(figure: Figure) -> sa.Select[Indicator, Office, Figure]:
    sources = sa.select(FormulaTerm.source_id).where(FormulaTerm.indicator_id == figure.indicator_id)
    query: sa.Select[Indicator, Office, Figure] = (
        sa.select(Indicator, Office, Figure)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Framework.office)
        .outerjoin(Figure, _same_cell(figure, Indicator.id))
        .where(Indicator.id.in_(sources))
    )
    return query


def _part(row: Any) -> Contribution:
    indicator, office, figure = row
    value, reason = (figure.value, figure.reason) if figure else (None, Reason.NO_VALUE)
    return Contribution(indicator.code, office.code, office.name, value, WHOLE, WHOLE, reason)
