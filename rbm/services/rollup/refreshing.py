"""Refresh: drain the dirty marks and bring the figures they touch up to date, in one swap."""

from dataclasses import dataclass

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.model.rollup import DirtyMark
from rbm.services.rollup.computing import affected_by, compute
from rbm.services.rollup.storing import store, stored
from rbm.work import Work


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: figures computed, values read, indicators computed, figures that came out different."""

    figures: int
    values: int
    nodes: int
    changed: int


def refresh(work: Work, full: bool = False) -> Refreshed:  # noqa: FBT002
    """Compute again what is marked, or everything. Running it twice changes nothing."""
    work.require(Permission.OPERATE)
    table = DirtyMark.__table__.c
    marks = bulk.select(work.session, sa.select(table.id, table.indicator_id))
    if full:
        computed, values, nodes = compute(work)
        changed = store(work, computed, stored(work))
        figures = len(computed)
    elif marks:
        affected, needed = affected_by(work, {mark.indicator_id for mark in marks})
        everything, values, _ = compute(work, needed)
        computed = {cell: facts for cell, facts in everything.items() if cell[0] in affected}
        changed = store(work, computed, stored(work, affected))
        figures, nodes = len(computed), len(affected)
    else:
        figures = values = nodes = changed = 0
    bulk.delete(work.session, DirtyMark, "id", [mark.id for mark in marks])
    return Refreshed(figures, values, nodes, changed)
