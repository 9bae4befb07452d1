"""The change between two figures of one kind, decomposed: same units, new units, units that left."""

from collections import defaultdict
from collections.abc import Collection
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.rules.change import Change, decompose
from rbm.services.rollup.adding import adds_units
from rbm.services.rollup.loading import within
from rbm.services.rollup.ways import way_of
from rbm.work import Work


def change_between(work: Work, before_id: int, after_id: int) -> Change:
    """Decompose the change from one figure to another by reporting office; totals in millionths.

    An office stands with the own figures of its units in the period, however these came about over time. Where links
    weigh or convert, each office's share is rounded once, half to even. Invalid when either figure is not a sum over
    units, or another one on the way to them is not: then there is nothing to decompose.
    """
    return decompose(_by_office(work, before_id, "before_id"), _by_office(work, after_id, "after_id"))


def _by_office(work: Work, figure_id: int, field: str) -> dict[UUID, int]:
    figure = work.get(Figure, figure_id, field)
    way = way_of(work, figure)
    if not adds_units(figure, way):
        raise Invalid("a figure that does not add up has no change by unit", field)
    opened = way.opened
    totals: dict[UUID, Fraction] = defaultdict(Fraction)
    offices = _offices(work, opened.loaded.nodes)
    for indicator, value in opened.unit_values():
        totals[offices[indicator]] += value
    return {office: round(total) for office, total in totals.items()}


def _offices(work: Work, indicators: Collection[UUID]) -> dict[UUID, UUID]:
    indicator, result, framework = table_of(Indicator).c, table_of(Result).c, table_of(Framework).c
    query = (
        sa.select(indicator.id, framework.office_id)
        .join_from(table_of(Indicator), table_of(Result), indicator.result_id == result.id)
        .join(table_of(Framework), result.framework_id == framework.id)
        .where(within(indicator.id, indicators))
    )
    return {row.id: row.office_id for row in bulk.select(work.session, query)}
