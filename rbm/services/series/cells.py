"""Cells of reporting units: actual, target and baseline of one place and one crossing of categories."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import Baseline, Category, DisaggregationPart, Target
from rbm.model.reporting import Measurement
from rbm.model.rollup import Figure
from rbm.services.rollup.loading import within
from rbm.terms.reporting import ValueStage, Verification
from rbm.work import Work

CELL = ("place_id", "place_text", "disaggregation_id", "occurrence")
Categories = dict[UUID, dict[UUID, UUID]]
"""The categories of each crossing, and the dimension of each."""


@dataclass
class Cell:
    """What is known of one cell in one period. `crossing` is None for the total."""

    crossing: UUID | None
    actual: Decimal | None = None
    target: Decimal | None = None
    baseline: Decimal | None = None


@dataclass
class Cells:
    """Cells by indicator and period, and the categories behind their crossings."""

    crossings: Categories
    known: dict[tuple[UUID, UUID], dict[Any, Cell]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, unit: UUID, figure: Figure) -> list[Cell]:
        """The cells of a unit that a figure is about: a stated total, else those of the fewest dimensions."""
        found = [cell for cell in self.known[unit, figure.period_id].values() if self._belongs(cell, figure)]
        kinds = sorted({self._kind(cell) for cell in found}, key=lambda kind: (len(kind), kind))
        return [cell for cell in found if self._kind(cell) == kinds[0]]

    def _belongs(self, cell: Cell, figure: Figure) -> bool:
        if figure.disaggregation_id:
            return cell.crossing == figure.disaggregation_id
        if figure.category_id:
            return cell.crossing is not None and figure.category_id in self.crossings[cell.crossing]
        return True

    def _kind(self, cell: Cell) -> tuple[str, ...]:
        return tuple(sorted(map(str, self.crossings[cell.crossing].values()))) if cell.crossing else ()


def load_cells(work: Work, units: Collection[UUID], periods: Collection[UUID]) -> Cells:
    """Approved values, current targets and baselines of units in periods; a strategy's baseline is of every period."""
    cells = Cells(_crossings(work))
    value, target, baseline = (table_of(cls).c for cls in (Measurement, Target, Baseline))
    approved = (value.stage == ValueStage.APPROVED, value.verification != Verification.REJECTED)
    _put(cells, "actual", _rows(work, Measurement, units, (value.period_id.in_(periods), *approved)))
    _put(cells, "target", _rows(work, Target, units, (target.period_id.in_(periods), target.current)))
    ruling = sa.or_(baseline.period_id.is_(None), baseline.period_id.in_(periods))
    rows = _rows(work, Baseline, units, (ruling, baseline.current))
    _put_baselines(cells, sorted(rows, key=lambda row: row.period_id is None))
    return cells


def _crossings(work: Work) -> Categories:
    part, category = table_of(DisaggregationPart).c, table_of(Category).c
    query = sa.select(part.disaggregation_id, part.category_id, category.dimension_id)
    query = query.join_from(table_of(DisaggregationPart), table_of(Category), part.category_id == category.id)
    made: Categories = defaultdict(dict)
    for row in bulk.select(work.session, query):
        made[row.disaggregation_id][row.category_id] = row.dimension_id
    return made


def _rows(work: Work, cls: Any, units: Collection[UUID], conditions: Sequence[Any]) -> list[Any]:
    table = table_of(cls).c
    columns = [table[name] for name in ("indicator_id", "period_id", *CELL, "value")]
    query = sa.select(*columns).where(within(table.indicator_id, units), table.value.is_not(None), *conditions)
    wanted = set(units)
    return [row for row in bulk.select(work.session, query.order_by(table.id)) if row.indicator_id in wanted]


def _put(cells: Cells, name: str, rows: Sequence[Any]) -> None:
    for row in rows:
        held = cells.known[row.indicator_id, row.period_id]
        setattr(held.setdefault(_place(row), Cell(row.disaggregation_id)), name, row.value)


def _put_baselines(cells: Cells, rows: Sequence[Any]) -> None:
    """Give the cells that are there their baselines; that of the strategy comes last and stands."""
    by_unit: dict[UUID, list[dict[Any, Cell]]] = defaultdict(list)
    periods: dict[tuple[UUID, UUID], dict[Any, Cell]] = dict(cells.known)
    for (unit, _), held in periods.items():
        by_unit[unit].append(held)
    for row in rows:
        meant = by_unit[row.indicator_id] if row.period_id is None else [periods.get((row.indicator_id, row.period_id))]
        for held in filter(None, meant):
            if cell := held.get(_place(row)):
                cell.baseline = row.value


def _place(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in CELL)
