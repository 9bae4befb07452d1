"""Reconciliation: compute everything anew and hold it against what is stored; a difference is an incident."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.access import Permission
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Reconciliation
from rbm.services.rollup.computing import Cell, Facts, compute
from rbm.services.rollup.storing import differs, stored
from rbm.work import Work


@dataclass(frozen=True)
class Difference:
    """A figure that is not what it should be."""

    indicator: str
    period: str
    category_id: UUID | None
    stored: Decimal | None
    computed: Decimal | None
    fault: str


def reconcile(work: Work) -> list[Difference]:
    """Compare stored figures with a full recomputation, tolerance zero; the outcome is kept, nothing is repaired."""
    work.require(Permission.OPERATE)
    computed, _, _ = compute(work)
    kept = stored(work)
    found = [
        _difference(work, cell, kept.get(cell), computed.get(cell))
        for cell in sorted(kept.keys() | computed.keys(), key=str)
        if cell not in kept or cell not in computed or differs(kept[cell], computed[cell])
    ]
    listed: list[dict[str, Any]] = [{name: _plain(value) for name, value in vars(each).items()} for each in found]
    work.add(Reconciliation(held_at=work.now, figures=len(computed), differences=listed or None))
    return found


def _difference(work: Work, cell: Cell, kept: Facts | None, computed: Facts | None) -> Difference:
    indicator, period = work.get(Indicator, cell[0]), work.get(Period, cell[1])
    fault = "not stored" if kept is None else "not computed" if computed is None else _fault(kept, computed)
    before, after = (facts["value"] if facts else None for facts in (kept, computed))
    return Difference(indicator.code, period.code, cell[2], before, after, fault)


def _fault(kept: Facts, computed: Facts) -> str:
    return ", ".join(sorted(name for name in computed if name in kept and kept[name] != computed[name]))


def _plain(value: object) -> object:
    return str(value) if isinstance(value, (Decimal, UUID)) else value
