"""Values that were published elsewhere: approved and released as they come, never verified."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.db import table_of, to_fixed
from rbm.errors import Conflict, Invalid, NotFound
from rbm.model.indicators import Baseline, Disaggregation, Indicator, Target
from rbm.model.people import Place
from rbm.model.reporting import Measurement, Period
from rbm.services import marks
from rbm.terms.indicators import Measure
from rbm.terms.reporting import MissingReason, ValueStage, Verification
from rbm.work import Work

WORDLESS = frozenset({Measure.NARRATIVE, Measure.MILESTONE})


@dataclass(frozen=True)
class PublishedCell:
    """A published cell: baseline, target and actual value of an indicator for a period, a place and a crossing."""

    indicator_id: UUID
    period_id: UUID
    place_id: UUID | None = None
    disaggregation_id: UUID | None = None
    baseline: Decimal | None = None
    baseline_year: int | None = None
    target: Decimal | None = None
    actual: Decimal | None = None


@dataclass(frozen=True)
class Published:
    """How many rows of each kind a publication made."""

    baselines: int
    targets: int
    measurements: int


def publish_cells(work: Work, cells: Sequence[PublishedCell], origin: str) -> Published:
    """Keep cells that somebody has published, in one batch with one audit entry; equal cells stand in parallel.

    `origin` says who published them. NotFound or Invalid names the row (counted from 1) and field of the first fault;
    a cell that holds a value already is a Conflict, so that publishing twice counts once. Then nothing is kept.
    """
    work.require(Permission.IMPORT)
    _refuse_faults(work, cells)
    _refuse_taken(work, cells)
    seen: Counter[tuple[UUID | None, ...]] = Counter()
    baselines, targets, measurements = [], [], []
    for cell in cells:
        where: dict[str, UUID | None] = {"indicator_id": cell.indicator_id, "period_id": cell.period_id}
        where |= {"place_id": cell.place_id, "disaggregation_id": cell.disaggregation_id}
        seen[tuple(where.values())] += 1
        facts: dict[str, Any] = where | {"occurrence": seen[tuple(where.values())]}
        edition = {"source": origin, "edition": 1, "current": True, "set_at": work.now}
        if cell.baseline is not None:
            row = {"id": ids.new(), "value": cell.baseline, "year": cell.baseline_year}
            baselines.append(row | facts | edition)
        if cell.target is not None:
            targets.append({"id": ids.new(), "value": cell.target} | facts | edition)
        measurements.append(facts | _measurement(work, cell, origin))
    for cls, rows in ((Baseline, baselines), (Target, targets), (Measurement, measurements)):
        bulk.insert(work.session, cls, rows)
    marks.mark(work, {cell.indicator_id for cell in cells}, "publish_cells")
    made = Published(len(baselines), len(targets), len(measurements))
    bulk.record(work.session, "measurement", origin, vars(made))
    return made


def _measurement(work: Work, cell: PublishedCell, origin: str) -> dict[str, Any]:
    return {
        "value": cell.actual,
        "missing_reason": MissingReason.NOT_REPORTED if cell.actual is None else None,
        "place_stated": cell.place_id is not None,
        "stage": ValueStage.APPROVED,
        "verification": Verification.SELF_REPORTED,
        "origin": origin,
        "released_on": work.today,
        "recorded_at": work.now,
    }


def _refuse_faults(work: Work, cells: Sequence[PublishedCell]) -> None:
    measures: dict[UUID | None, Any] = dict(_pairs(work, sa.select(Indicator.id, Indicator.measure)))
    known: dict[str, dict[UUID | None, Any]] = {
        "indicator_id": measures,
        "period_id": dict(_pairs(work, sa.select(Period.id, Period.code))),
        "place_id": dict(_pairs(work, sa.select(Place.id, Place.code))),
        "disaggregation_id": dict(_pairs(work, sa.select(Disaggregation.id, Disaggregation.code))),
    }
    for row, cell in enumerate(cells, 1):
        for field, keys in known.items():
            key = getattr(cell, field)
            if key is not None and key not in keys:
                raise NotFound(f"row {row}: no such {field.removesuffix('_id')}", f"cells.{row}.{field}")
        for field in ("baseline", "target", "actual"):
            _refuse_value(row, field, getattr(cell, field), measures[cell.indicator_id])


def _refuse_taken(work: Work, cells: Sequence[PublishedCell]) -> None:
    table = table_of(Measurement).c
    columns = (table.indicator_id, table.period_id, table.place_id, table.disaggregation_id)
    live = sa.select(*columns).where(table.stage.in_((ValueStage.SUBMITTED, ValueStage.APPROVED)))
    periods = {cell.period_id for cell in cells}
    taken = {tuple(row) for row in bulk.select(work.session, live.where(table.period_id.in_(periods)))}
    for row, cell in enumerate(cells, 1):
        if (cell.indicator_id, cell.period_id, cell.place_id, cell.disaggregation_id) in taken:
            raise Conflict(f"row {row}: this cell holds a value already", f"cells.{row}")


def _pairs(work: Work, query: Any) -> list[tuple[UUID, Any]]:
    return [(key, value) for key, value in work.session.execute(query)]


def _refuse_value(row: int, field: str, value: Decimal | None, measure: Measure) -> None:
    if value is None:
        return
    if measure in WORDLESS:
        raise Invalid(f"row {row}: an indicator of measure {measure} holds no number", f"cells.{row}.{field}")
    try:
        to_fixed(value)
    except Invalid as refusal:
        raise Invalid(f"row {row}: {refusal.message}", f"cells.{row}.{field}") from refusal
