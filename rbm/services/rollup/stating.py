"""Targets and baselines rolled up by the same operators, beside the figures of what was measured."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import Baseline, Target
from rbm.rules.rollup import Cells, Figures, roll_up_stated
from rbm.services.rollup.asking import APPROVED, PARTS, PLACED, VALUE, flags
from rbm.services.rollup.bordering import Border, joined, stated_cells
from rbm.services.rollup.loading import Loaded, cells_of, places, within
from rbm.services.rollup.sheets import Array, Sheet, positions
from rbm.work import Work

STATED: tuple[tuple[str, type[Target | Baseline]], ...] = (("target", Target), ("baseline", Baseline))


def anything_stated(work: Work) -> bool:
    """Whether there is any target or baseline at all."""
    return any(bulk.select(work.session, sa.select(table_of(cls).c.id).limit(1)) for _, cls in STATED)


def attach_stated(
    work: Work, loaded: Loaded, made: tuple[Sheet, Collection[UUID] | None], border: Border | None = None
) -> Sheet:
    """The sheet with what was stated for each of its figures: a value where it is complete, and how many stated one.

    `made` are the sheet and the indicators whose own targets and baselines are read; a border gives those of others.
    """
    sheet, scope = made
    for name, cls in STATED if len(sheet) and (border is None or border.strict) else ():
        cells = _cells(work, loaded, sheet, (cls, scope))
        if border is not None:
            cells = joined(cells, stated_cells(loaded, border, name))
        if len(cells.node):
            sheet = _attached(sheet, name, roll_up_stated(loaded.inputs, cells))
    return sheet


def _attached(sheet: Sheet, name: str, figures: Figures) -> Sheet:
    key = sheet.axes.key(figures.node, figures.period, figures.category, figures.crossing)
    _, into, row = np.intersect1d(sheet.key, key, assume_unique=True, return_indices=True)
    value, count = np.zeros(len(sheet), dtype=np.int64), np.zeros(len(sheet), dtype=np.int64)
    present = np.zeros(len(sheet), dtype=np.bool_)
    value[into], present[into], count[into] = figures.value[row], figures.has_value[row], figures.reported[row]
    return replace(
        sheet,
        amounts=sheet.amounts | {name: value},
        present=sheet.present | {name: present},
        counts=sheet.counts | {f"{name}s": count},
    )


def _cells(
    work: Work, loaded: Loaded, sheet: Sheet, asked: tuple[type[Target | Baseline], Collection[UUID] | None]
) -> Cells:
    """What is stated now; a strategy's baseline for every period with figures, before one of that period alone."""
    cls, scope = asked
    table = table_of(cls).c
    marks = flags(
        (VALUE, table.value.is_not(None)),
        (PARTS, sa.and_(table.numerator.is_not(None), table.denominator.is_not(None))),
        (APPROVED, table.current),
        (PLACED, sa.or_(table.place_id.is_not(None), table.place_text.is_not(None))),
    )
    current = sa.and_(table.current, within(table.indicator_id, scope))
    keys = (table.id, table.indicator_id, table.period_id, table.disaggregation_id, table.occurrence)
    query = sa.select(*keys, table.value, table.numerator, table.denominator, marks).where(current).order_by(table.id)
    found = bulk.columns(work.session, query)
    found["place"] = places(work, found, cls, (current, None))
    inside = positions(loaded.axes.nodes, found["indicator_id"]) >= 0
    found = {name: column[inside] for name, column in found.items()}
    periods = loaded.axes.periods[np.unique(sheet.axes.split(sheet.key)[1])]
    found = _everywhere(found, periods)
    return cells_of(loaded.axes, found, found["place"])


def _everywhere(found: dict[str, Array], periods: Array) -> dict[str, Array]:
    """Rows without a period repeated for each of the periods, where they stand in the place of what is stated there."""
    lasting = found["period_id"] == b""
    every = {name: np.repeat(column[lasting], len(periods)) for name, column in found.items()}
    every["period_id"] = np.tile(periods, int(lasting.sum()))
    valued = (every["flags"] & (VALUE | PARTS)) > 0
    kept = ~lasting & ~np.isin(_cell(found), _cell(every)[valued])
    stands = valued | ~np.isin(_cell(every), _cell(found)[kept])
    return {name: np.concatenate((column[kept], every[name][stands])) for name, column in found.items()}


def _cell(found: dict[str, Array]) -> Array:
    """Indicator, period, crossing, place and occurrence of each row as one key."""
    names = ("indicator_id", "period_id", "disaggregation_id")
    parts = [found[name].astype("S16").view("u1").reshape(-1, 16) for name in names]
    parts += [found[name].astype(np.int64).view("u1").reshape(-1, 8) for name in ("place", "occurrence")]
    return np.ascontiguousarray(np.concatenate(parts, axis=1)).view("V64").ravel()
