"""Keeps computed figures: what is the same stays as it is, so that a second run changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.copying import Column, Picked
from rbm.db import table_of
from rbm.model.rollup import Figure, FigureExclusion
from rbm.rules.arrays import Bools, Ints
from rbm.services.rollup.asking import flags, named, parameters, word
from rbm.services.rollup.loading import key_column
from rbm.services.rollup.sheets import (
    AMOUNTS,
    COUNTS,
    UNKNOWN,
    Array,
    Axes,
    Comparison,
    Fault,
    Left,
    Sheet,
    faults_between,
    keyed,
    positions,
)
from rbm.terms.rollup import Reason
from rbm.work import Work

REASONS = tuple(Reason)
KEY = ("indicator_id", "period_id", "category_id", "disaggregation_id")


@dataclass(frozen=True)
class Stored:
    """The figures that are kept with the keys of their rows, and rows that stand for nothing."""

    sheet: Sheet
    ids: Ints
    astray: Ints

    def of(self, nodes: Bools) -> "Stored":
        """Only the figures of these nodes (bool per node), and nothing astray but theirs."""
        chosen = nodes[self.sheet.axes.split(self.sheet.key)[0]]
        return Stored(self.sheet.where(chosen), self.ids[chosen], self.astray)


@cache
def _figure_query(*, scoped: bool) -> sa.Select[Any]:
    table = table_of(Figure).c
    marks = flags(*((1 << bit, table[name].is_not(None)) for bit, name in enumerate((*AMOUNTS, "released_on"))))
    columns = [table[name] for name in ("id", *KEY, *AMOUNTS, *COUNTS)]
    return sa.select(*columns, word(table.reason, Reason), marks).where(named(table.indicator_id, scoped=scoped))


@cache
def _left_query(*, scoped: bool) -> sa.Select[Any]:
    out, figure = table_of(FigureExclusion), table_of(Figure)
    query = sa.select(out.c.figure_id, word(out.c.reason, Reason), out.c.count.label("times"))
    if scoped:
        query = query.join_from(out, figure, figure.c.id == out.c.figure_id)
    return query.where(named(figure.c.indicator_id, scoped=scoped))


def stored(work: Work, axes: Axes, scope: Collection[UUID] | None = None) -> Stored:
    """The figures that are kept, of everything or of the indicators in `scope`, on the axes of a computation."""
    asked = parameters(scope)
    found = bulk.columns(work.session, _figure_query(scoped=asked is not None), asked)
    at = [positions(keys, found[name]) for keys, name in zip(_keys(axes), KEY, strict=True)]
    there = (np.min(at, axis=0) > UNKNOWN) & (np.min(at[:2], axis=0) >= 0)
    if scope is not None:
        ours = np.isin(found["indicator_id"], key_column(scope))
        there, found, at = there[ours], {name: each[ours] for name, each in found.items()}, [each[ours] for each in at]
    key = np.where(there, axes.key(*at), -1)
    order = np.lexsort((found["id"], key))
    ordered = key[order]
    first = np.append(True, ordered[1:] != ordered[:-1])[: len(key)] & (ordered >= 0)
    rows = order[first]
    columns = {name: column[rows] for name, column in found.items()}
    return Stored(_sheet(work, axes, (key[rows], columns), scope), columns["id"], found["id"][order[~first]])


def _keys(axes: Axes) -> tuple[Array, Array, Array, Array]:
    return axes.nodes, axes.periods, axes.categories, axes.crossings


def _sheet(work: Work, axes: Axes, rows: tuple[Ints, dict[str, Array]], scope: Collection[UUID] | None) -> Sheet:
    key, found = rows
    return Sheet(
        axes=axes,
        key=key,
        amounts={name: found[name] for name in AMOUNTS},
        present={name: (found["flags"] & (1 << bit)) > 0 for bit, name in enumerate(AMOUNTS)},
        counts={name: found[name] for name in COUNTS},
        reason=found["reason"].astype(np.int8),
        released=(found["flags"] & (1 << len(AMOUNTS))) > 0,
        left=_left(work, key, found["id"], scope),
    )


def _left(work: Work, key: Ints, ids: Ints, scope: Collection[UUID] | None) -> Left:
    asked = parameters(scope)
    found = bulk.columns(work.session, _left_query(scoped=asked is not None), asked)
    order = np.argsort(ids)
    at = np.searchsorted(ids[order], found["figure_id"])
    known = np.append(ids[order], -1)[at] == found["figure_id"]
    return Left(key[order[at[known]]], found["reason"][known], found["times"][known])


def store(work: Work, computed: Sheet, kept: Stored) -> int:
    """Write new and changed figures, take out those that are gone; the number of figures touched.

    What stays released keeps the day on which it was.
    """
    compared = Comparison(kept.sheet, computed)
    before, after = (rows[compared.changed] for rows in compared.pairs)
    gone = np.concatenate((kept.ids[compared.gone], kept.astray))
    touched = np.concatenate((gone, kept.ids[before]))
    if len(kept.ids) or len(kept.astray):
        bulk.delete(work.session, FigureExclusion, "figure_id", touched.tolist())
        bulk.delete(work.session, Figure, "id", gone.tolist())
    bulk.change(work.session, Figure, {"id": kept.ids[before]} | _columns(work, computed, after))
    turned = kept.sheet.released[before] != computed.released[after]
    bulk.change(work.session, Figure, {"id": kept.ids[before[turned]]} | _released(work, computed, after[turned]))
    fresh = compared.fresh
    ids = bulk.numbers(work.session, Figure, len(fresh))
    rows = {"id": ids} | _key_columns(computed, fresh) | _columns(work, computed, fresh)
    bulk.put(work.session, Figure, rows | _released(work, computed, fresh))
    written = (computed.key[np.concatenate((after, fresh))], np.concatenate((kept.ids[before], ids)))
    _leave_out(work, computed, written)
    return len(gone) + len(after) + len(fresh)


def faults(work: Work, computed: Sheet) -> list[Fault]:
    """Where the figures that are kept differ from all that were computed, tolerance zero."""
    kept = stored(work, computed.axes)
    table = table_of(Figure).c
    rows = (
        bulk.select(work.session, sa.select(table.id, *(table[name] for name in (*KEY, "value"))))
        if len(kept.astray)
        else []
    )
    astray = set(kept.astray.tolist())
    lost = [Fault(tuple(row)[1:5], row.value, None, "not computed") for row in rows if row.id in astray]
    return [*lost, *faults_between(Comparison(kept.sheet, computed))]


def _key_columns(sheet: Sheet, rows: Ints) -> dict[str, Column]:
    at = sheet.axes.split(sheet.key[rows])
    return {name: keyed(keys, where) for name, keys, where in zip(KEY, _keys(sheet.axes), at, strict=True)}


def _columns(work: Work, sheet: Sheet, rows: Ints) -> dict[str, Column]:
    columns: dict[str, Column] = {
        name: np.ma.masked_array(sheet.amounts[name][rows], ~sheet.present[name][rows]) for name in AMOUNTS
    }
    columns |= {name: sheet.counts[name][rows] for name in COUNTS}
    constant = np.zeros(len(rows), dtype=np.int64)
    return columns | {
        "reason": Picked(sheet.reason[rows].astype(np.int64), REASONS),
        "stale": Picked(constant, [False]),
        "computed_at": Picked(constant, [work.now]),
    }


def _released(work: Work, sheet: Sheet, rows: Ints) -> dict[str, Column]:
    return {"released_on": Picked(np.where(sheet.released[rows], 0, -1), [work.today])}


def _leave_out(work: Work, sheet: Sheet, figures: tuple[Ints, Ints]) -> None:
    """Write what the figures, given as numbers and keys of their rows, leave out."""
    key, ids = figures
    order = np.argsort(key)
    at = np.searchsorted(key[order], sheet.left.key)
    known = np.append(key[order], -1)[at] == sheet.left.key
    rows: dict[str, Any] = {
        "figure_id": ids[order[at[known]]],
        "reason": Picked(sheet.left.reason[known], REASONS),
        "count": sheet.left.count[known],
    }
    bulk.put(work.session, FigureExclusion, rows)
