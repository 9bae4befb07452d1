"""Refresh: drain the dirty marks and bring the figures they touch up to date, in one swap."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.rollup import DirtyMark
from rbm.services.rollup.computing import affected_by, compute
from rbm.services.rollup.storing import store, stored
from rbm.services.strategy.edges import queue_up
from rbm.work import Work


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: figures computed, values read, indicators computed, figures that came out different."""

    figures: int
    values: int
    nodes: int
    changed: int


def refresh(work: Work, *, full: bool = False) -> Refreshed:
    """Compute again what is marked, or everything; one refresh at a time. Running it twice changes nothing."""
    work.require(Permission.OPERATE)
    queue_up(work)
    table = table_of(DirtyMark).c
    marks = bulk.select(work.session, sa.select(table.id, table.indicator_id))
    done = _refresh_all(work) if full else _refresh_marked(work, {mark.indicator_id for mark in marks})
    bulk.delete(work.session, DirtyMark, "id", [mark.id for mark in marks])
    return done


def _refresh_all(work: Work) -> Refreshed:
    made = compute(work)
    changed = store(work, made.figures, stored(work))
    return Refreshed(len(made.figures), made.values, made.nodes, changed)


def _refresh_marked(work: Work, marked: set[UUID]) -> Refreshed:
    if not marked:
        return Refreshed(0, 0, 0, 0)
    affected, needed = affected_by(work, marked)
    made = compute(work, needed)
    figures = {cell: facts for cell, facts in made.figures.items() if cell[0] in affected}
    changed = store(work, figures, stored(work, affected))
    return Refreshed(len(figures), made.values, len(affected), changed)
