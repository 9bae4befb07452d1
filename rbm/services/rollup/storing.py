"""Keeps computed figures: what is the same stays as it is, so that a second run changes nothing."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.model.rollup import Figure, FigureExclusion
from rbm.services.rollup.computing import Cell, Facts
from rbm.work import Work

COLUMNS = (
    *("value", "numerator", "denominator", "verified", "self_reported"),
    *("reported", "expected", "reason", "released_on"),
)


def stored(work: Work, scope: Collection[UUID] | None = None) -> dict[Cell, Facts]:
    """The figures that are kept, of everything or of the indicators in `scope`, by cell, each with its `id`."""
    table, out = Figure.__table__, FigureExclusion.__table__
    excluded: dict[int, dict[Any, int]] = defaultdict(dict)
    for row in bulk.select(work.session, sa.select(out.c.figure_id, out.c.reason, out.c.count)):
        excluded[row.figure_id][row.reason] = row.count
    query = sa.select(table)
    if scope is not None:
        query = query.where(table.c.indicator_id.in_(scope))
    kept = {}
    for row in bulk.select(work.session, query):
        facts = {name: getattr(row, name) for name in COLUMNS}
        kept[row.indicator_id, row.period_id, row.category_id] = facts | {"id": row.id, "excluded": excluded[row.id]}
    return kept


def store(work: Work, computed: dict[Cell, Facts], kept: dict[Cell, Facts]) -> int:
    """Write new and changed figures, take out those that are gone; the number of figures touched."""
    gone = [facts["id"] for cell, facts in kept.items() if cell not in computed]
    changed = {cell: facts for cell, facts in computed.items() if cell in kept and differs(kept[cell], facts)}
    fresh = {cell: facts for cell, facts in computed.items() if cell not in kept}
    bulk.delete(work.session, FigureExclusion, "figure_id", [*gone, *(kept[cell]["id"] for cell in changed)])
    bulk.delete(work.session, Figure, "id", gone)
    bulk.update(work.session, Figure, [_row(facts, work) | {"id": kept[cell]["id"]} for cell, facts in changed.items()])
    bulk.insert(work.session, Figure, [_row(facts, work) | _columns(cell) for cell, facts in fresh.items()])
    _store_exclusions(work, changed | fresh)
    return len(gone) + len(changed) + len(fresh)


def differs(before: Facts, after: Facts) -> bool:
    """Whether a stored figure is not what was computed; tolerance zero. The day of release is compared as open or not."""
    names = (*COLUMNS[:-1], "excluded")
    return any(before[name] != after[name] for name in names) or (before["released_on"] is None) != (
        after["released_on"] is None
    )


def _columns(cell: Cell) -> Facts:
    return dict(zip(("indicator_id", "period_id", "category_id"), cell, strict=True))


def _row(facts: Facts, work: Work) -> Facts:
    return {name: facts[name] for name in COLUMNS} | {"stale": False, "computed_at": work.now}


def _store_exclusions(work: Work, touched: dict[Cell, Facts]) -> None:
    wanting = {cell for cell, facts in touched.items() if facts["excluded"]}
    if not wanting:
        return
    table = Figure.__table__.c
    query = sa.select(table.id, table.indicator_id, table.period_id, table.category_id)
    keys = {tuple(row[1:]): row.id for row in bulk.select(work.session, query)}
    rows = [
        {"figure_id": keys[cell], "reason": reason, "count": count}
        for cell in touched
        if cell in wanting
        for reason, count in touched[cell]["excluded"].items()
    ]
    bulk.insert(work.session, FigureExclusion, rows)
