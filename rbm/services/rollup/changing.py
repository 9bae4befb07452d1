"""The change between two figures of one kind, decomposed: same units, new units, units that left."""

from uuid import UUID

import sqlalchemy as sa

from rbm.db import to_fixed
from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.rules.change import Change, decompose
from rbm.services.rollup.explaining import find_measurements
from rbm.terms.indicators import Additivity
from rbm.work import Work


def change_between(work: Work, before_id: int, after_id: int) -> Change:
    """Decompose the change from one figure to another by reporting office; totals in millionths.

    Invalid when either figure does not add up over units: then there is nothing to decompose.
    """
    return decompose(_by_office(work, before_id, "before_id"), _by_office(work, after_id, "after_id"))


def _by_office(work: Work, figure_id: int, field: str) -> dict[UUID, int]:
    figure = work.get(Figure, figure_id, field)
    if work.get(Indicator, figure.indicator_id).additivity is not Additivity.YES:
        raise Invalid("a figure that does not add up has no change by unit", field)
    offices: dict[UUID, UUID] = {}
    totals: dict[UUID, int] = {}
    for row in work.session.scalars(find_measurements(work, figure_id)):
        if row.value is None:
            continue
        if row.indicator_id not in offices:
            offices[row.indicator_id] = _office(work, row.indicator_id)
        office = offices[row.indicator_id]
        totals[office] = totals.get(office, 0) + to_fixed(row.value)
    return totals


def _office(work: Work, indicator_id: UUID) -> UUID:
    query = sa.select(Framework.office_id).join(Result, Result.framework_id == Framework.id)
    return work.session.scalars(query.join(Indicator, Indicator.result_id == Result.id).where(Indicator.id == indicator_id)).one()
