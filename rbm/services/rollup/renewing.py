"""Renews figures: computes what is asked for and stores what came out different."""

from dataclasses import dataclass
from uuid import UUID

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


def renew(work: Work, marked: set[UUID] | None = None) -> Refreshed:
    """Compute and store the figures of the marked indicators and all above them, or of everything for None."""
    return _renew_all(work) if marked is None else _renew_marked(work, marked)


def _renew_all(work: Work) -> Refreshed:
    made = compute(work)
    changed = store(work, made.figures, stored(work))
    return Refreshed(len(made.figures), made.values, made.nodes, changed)


def _renew_marked(work: Work, marked: set[UUID]) -> Refreshed:
    if not marked:
        return Refreshed(0, 0, 0, 0)
    affected, needed = affected_by(work, marked)
    made = compute(work, needed)
    figures = {cell: facts for cell, facts in made.figures.items() if cell[0] in affected}
    changed = store(work, figures, stored(work, affected))
    return Refreshed(len(figures), made.values, len(affected), changed)
