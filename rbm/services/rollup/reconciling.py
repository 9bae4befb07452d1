"""Reconciliation: compute everything anew and hold it against what is stored; a difference is an incident."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import Row, table_of
from rbm.model.indicators import Category, Disaggregation, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import DirtyMark, Reconciliation
from rbm.services.rollup.computing import compute
from rbm.services.rollup.failing import tell_operators
from rbm.services.rollup.loading import reached
from rbm.services.rollup.sheets import Fault, uuids
from rbm.services.rollup.storing import faults
from rbm.services.strategy.edges import queue_up
from rbm.terms.notices import NoticeKind
from rbm.work import Work

TOTAL = "total"


@dataclass(frozen=True)
class Difference:
    """A figure that is not what it should be: the codes of its cell, both values, and what differs.

    `category` is the code of its slice: of one category, or of several that are crossed.
    """

    indicator: str
    period: str
    category: str | None
    stored: Decimal | None
    computed: Decimal | None
    fault: str


def reconcile(work: Work) -> list[Difference]:
    """Compare stored figures with a full recomputation, tolerance zero; the outcome is kept, nothing is repaired.

    The differences stand in the order of indicator, period and category, and those who operate at headquarters are
    told of them. Figures for which a mark waits are not compared: that they are old is known.
    """
    work.require(Permission.OPERATE)
    queue_up(work)
    sheet = compute(work).sheet
    differing = faults(work, sheet)
    known = _marked(work)
    found = _named(work, [fault for fault in differing if fault.cell[0] not in known])
    listed = [{name: _plain(value) for name, value in vars(each).items()} for each in found]
    number = sum(key not in known for key in uuids(sheet.indicators))
    row = work.add(Reconciliation(held_at=work.now, figures=number, differences=listed or None))
    if found:
        _tell(work, row.id, found)
    return found


def _marked(work: Work) -> set[UUID]:
    """The indicators whose figures are old by what is marked, read last: what changed meanwhile has left its mark."""
    marks = bulk.select(work.session, sa.select(table_of(DirtyMark).c.indicator_id).distinct())
    return reached(work, {mark.indicator_id for mark in marks}, upward=True)


def _tell(work: Work, number: int, found: list[Difference]) -> None:
    first = found[0]
    facts = {
        "count": str(len(found)),
        "indicator": first.indicator,
        "period": first.period,
        "slice": first.category or TOTAL,
        "stored": _shown(first.stored),
        "computed": _shown(first.computed),
    }
    tell_operators(work, NoticeKind.FIGURES_DIFFER, f"reconciliation {number} {work.now.isoformat()}", facts)


def _shown(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:f}"


def _named(work: Work, differing: list[Fault]) -> list[Difference]:
    indicators, periods, categories, crossings = (
        _codes(work, cls, {key for fault in differing if (key := fault.cell[place])})
        for place, cls in enumerate((Indicator, Period, Category, Disaggregation))
    )
    slices = categories | crossings
    found = [
        Difference(
            indicators[fault.cell[0]],
            periods[fault.cell[1]],
            slices.get(fault.cell[2] or fault.cell[3] or fault.cell[0]),
            fault.stored,
            fault.computed,
            fault.fault,
        )
        for fault in differing
    ]
    return sorted(found, key=lambda each: (each.indicator, each.period, each.category or ""))


def _codes(work: Work, cls: type[Row], keys: Iterable[UUID]) -> dict[UUID, str]:
    wanted, table = set(keys), table_of(cls).c
    rows = bulk.select(work.session, sa.select(table.id, table.code)) if wanted else []
    return {row.id: row.code for row in rows if row.id in wanted}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
