"""Renews figures: computes what is asked for and stores what came out different."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from rbm.rules.arrays import Bools
from rbm.services.rollup.bordering import Border, beside, usable, with_given
from rbm.services.rollup.computing import Computed, compute, compute_loaded
from rbm.services.rollup.loading import Loaded, key_column, load, reached
from rbm.services.rollup.sheets import Array
from rbm.services.rollup.stating import anything_stated
from rbm.services.rollup.storing import Stored, store, stored
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
    changed = store(work, made.sheet, stored(work, made.sheet.axes))
    return Refreshed(len(made.sheet), made.values, made.nodes, changed)


def _renew_marked(work: Work, marked: set[UUID]) -> Refreshed:
    """From the stored figures of what stands beside the ways up where these say enough, else from values."""
    if not marked:
        return Refreshed(0, 0, 0, 0)
    affected = reached(work, marked, upward=True)
    computed, kept = _from_border(work, affected) or _from_values(work, affected)
    ours = _in(computed.sheet.axes.nodes, affected)
    sheet = computed.sheet.where(ours[computed.sheet.nodes])
    changed = store(work, sheet, kept.of(ours))
    return Refreshed(len(sheet), computed.values, len(affected), changed)


def _from_values(work: Work, affected: set[UUID]) -> tuple[Computed, Stored]:
    computed = compute(work, reached(work, affected, upward=False))
    return computed, stored(work, computed.sheet.axes, affected)


def _from_border(work: Work, affected: set[UUID]) -> tuple[Computed, Stored] | None:
    """None where formulas are affected, or where targets and baselines cannot be told from what is stored."""
    border = beside(work, affected)
    if border is None:
        return None
    strict = anything_stated(work)
    loaded, kept, given = _loaded(work, affected, border)
    doubted = given & ~usable(loaded, kept.sheet, given, strict=strict)
    deep = affected
    if doubted.any():
        doubtful = {key for key, doubt in zip(loaded.nodes, doubted.tolist(), strict=True) if doubt}
        deep = affected | reached(work, doubtful, upward=False)
        loaded, kept, given = _loaded(work, deep, border - deep)
    made = Border(kept.sheet, given, strict=strict, formulas=bool(doubted.any()))
    computed = compute_loaded(work, with_given(loaded, made), deep, made)
    new = ~np.isin(computed.sheet.slots, kept.sheet.slots)
    return None if strict and new.any() else (computed, kept)


def _loaded(work: Work, measured: set[UUID], border: set[UUID]) -> tuple[Loaded, Stored, Bools]:
    scope = measured | border
    loaded = load(work, scope, measured)
    return loaded, stored(work, loaded.axes, scope), _in(loaded.axes.nodes, border)


def _in(nodes: Array, keys: Collection[UUID]) -> Bools:
    """Which nodes are among the keys."""
    found: Bools = np.isin(nodes, key_column(keys))
    return found
