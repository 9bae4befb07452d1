"""Keeps computed figures: what is the same stays as it is, so that a second run changes nothing."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.rollup import Figure, FigureExclusion
from rbm.services.rollup.computing import AMOUNTS, COUNTS, Cell, Facts
from rbm.services.rollup.loading import within
from rbm.terms.rollup import Reason
from rbm.work import Work

COMPARED = (*AMOUNTS, *COUNTS, "target", "targets", "baseline", "baselines", "reason")
KEY = ("indicator_id", "period_id", "category_id")


def stored(work: Work, scope: Collection[UUID] | None = None) -> dict[Cell, Facts]:
    """The figures that are kept, of everything or of the indicators in `scope`, by cell, each with its `id`."""
    table = table_of(Figure).c
    columns = (table.id, *(table[name] for name in (*KEY, *COMPARED, "released_on")))
    query = sa.select(*columns).where(within(table.indicator_id, scope))
    excluded = _excluded(work, scope)
    kept = {}
    for row in bulk.select(work.session, query):
        if scope is None or row.indicator_id in scope:
            facts = dict(row._mapping) | {"excluded": excluded.get(row.id, {})}  # noqa: SLF001
            kept[row.indicator_id, row.period_id, row.category_id] = facts
    return kept


def store(work: Work, computed: dict[Cell, Facts], kept: dict[Cell, Facts]) -> int:
    """Write new and changed figures, take out those that are gone; the number of figures touched."""
    gone = [facts["id"] for cell, facts in kept.items() if cell not in computed]
    changed = {cell: facts for cell, facts in computed.items() if cell in kept and differences(kept[cell], facts)}
    fresh = {cell: facts for cell, facts in computed.items() if cell not in kept}
    bulk.delete(work.session, FigureExclusion, "figure_id", [*gone, *(kept[cell]["id"] for cell in changed)])
    bulk.delete(work.session, Figure, "id", gone)
    bulk.update(work.session, Figure, [_row(facts, work) | {"id": kept[cell]["id"]} for cell, facts in changed.items()])
    bulk.insert(
        work.session, Figure, [_row(facts, work) | dict(zip(KEY, cell, strict=True)) for cell, facts in fresh.items()]
    )
    _store_exclusions(work, changed | fresh)
    return len(gone) + len(changed) + len(fresh)


def differences(before: Facts, after: Facts) -> list[str]:
    """The names of what differs, tolerance zero; days of release differ when one of them is none."""
    names = [name for name in (*COMPARED, "excluded") if before[name] != after[name]]
    opened = (before["released_on"] is None) == (after["released_on"] is None)
    return names if opened else [*names, "released_on"]


def _excluded(work: Work, scope: Collection[UUID] | None) -> dict[int, dict[Reason, int]]:
    out, figure = table_of(FigureExclusion), table_of(Figure)
    query = sa.select(out.c.figure_id, out.c.reason, out.c.count.label("count_"))
    if scope is not None:
        query = query.join(figure, figure.c.id == out.c.figure_id).where(within(figure.c.indicator_id, scope))
    made: dict[int, dict[Reason, int]] = defaultdict(dict)
    for row in bulk.select(work.session, query):
        made[row.figure_id][row.reason] = row.count_
    return made


def _row(facts: Facts, work: Work) -> Facts:
    names = (*COMPARED, "released_on")
    return {name: facts[name] for name in names} | {"stale": False, "computed_at": work.now}


def _store_exclusions(work: Work, touched: dict[Cell, Facts]) -> None:
    wanting = {cell: facts["excluded"] for cell, facts in touched.items() if facts["excluded"]}
    if not wanting:
        return
    table = table_of(Figure).c
    query = sa.select(table.id, *(table[name] for name in KEY)).where(
        within(table.indicator_id, {cell[0] for cell in wanting})
    )
    keys: dict[Any, int] = {tuple(row[1:]): row.id for row in bulk.select(work.session, query)}
    rows = [
        {"figure_id": keys[cell], "reason": reason, "count": count}
        for cell, excluded in wanting.items()
        for reason, count in excluded.items()
    ]
    bulk.insert(work.session, FigureExclusion, rows)
