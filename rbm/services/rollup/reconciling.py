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
from rbm.model.indicators import Category, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Reconciliation
from rbm.services.rollup.computing import Cell, Facts, compute
from rbm.services.rollup.storing import differences, stored
from rbm.work import Work


@dataclass(frozen=True)
class Difference:
    """A figure that is not what it should be: the codes of its cell, both values, and what differs."""

    indicator: str
    period: str
    category: str | None
    stored: Decimal | None
    computed: Decimal | None
    fault: str


def reconcile(work: Work) -> list[Difference]:
    """Compare stored figures with a full recomputation, tolerance zero; the outcome is kept, nothing is repaired.

    The differences stand in the order of indicator, period and category.
    """
    work.require(Permission.OPERATE)
    computed, kept = compute(work).figures, stored(work)
    faults = {cell: _fault(kept.get(cell), computed.get(cell)) for cell in kept.keys() | computed.keys()}
    found = _named(work, {cell: fault for cell, fault in faults.items() if fault}, kept, computed)
    listed = [{name: _plain(value) for name, value in vars(each).items()} for each in found]
    work.add(Reconciliation(held_at=work.now, figures=len(computed), differences=listed or None))
    return found


def _fault(kept: Facts | None, computed: Facts | None) -> str:
    if kept is None or computed is None:
        return "not stored" if kept is None else "not computed"
    return ", ".join(differences(kept, computed))


def _named(
    work: Work, faults: dict[Cell, str], kept: dict[Cell, Facts], computed: dict[Cell, Facts]
) -> list[Difference]:
    indicators, periods, categories = (
        _codes(work, cls, {key for cell in faults if (key := cell[place])})
        for place, cls in enumerate((Indicator, Period, Category))
    )
    found = [
        Difference(
            indicators[cell[0]],
            periods[cell[1]],
            categories[cell[2]] if cell[2] else None,
            kept[cell]["value"] if cell in kept else None,
            computed[cell]["value"] if cell in computed else None,
            fault,
        )
        for cell, fault in faults.items()
    ]
    return sorted(found, key=lambda each: (each.indicator, each.period, each.category or ""))


def _codes(work: Work, cls: type[Row], keys: Iterable[UUID]) -> dict[UUID, str]:
    wanted, table = set(keys), table_of(cls).c
    rows = bulk.select(work.session, sa.select(table.id, table.code)) if wanted else []
    return {row.id: row.code for row in rows if row.id in wanted}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
