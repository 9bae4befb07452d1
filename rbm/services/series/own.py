"""What reporting units say of themselves: their own figures of a period and slice, with own targets and baselines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.db import from_fixed, table_of
from rbm.model.rollup import Figure
from rbm.rules.arrays import Ints
from rbm.rules.rollup import Links, roll_up
from rbm.rules.rollup.words import code
from rbm.services.rollup.loading import Loaded, key_column, load, within
from rbm.services.rollup.sheets import AMOUNTS, COUNTS, Left, Sheet, positions
from rbm.services.rollup.stating import attach_stated
from rbm.terms.indicators import Composition
from rbm.work import Work

STATED = ("value", "target", "baseline")
SLICE = ("period_id", "category_id", "disaggregation_id")
Pair = tuple[Figure, UUID]
"""A figure and a unit behind it: the unit is asked about in the period and slice of the figure."""


@dataclass(frozen=True)
class Own:
    """The own value of a unit, its target and its baseline; None where there is none."""

    actual: Decimal | None = None
    target: Decimal | None = None
    baseline: Decimal | None = None


def own_figures(work: Work, pairs: Sequence[Pair], derived: Collection[UUID]) -> list[Own]:
    """What each unit says of itself where a figure is, made by the engine as if nothing were linked to any of them.

    `derived` are the units that a formula makes: theirs are the figures that are stored.
    """
    if not pairs:
        return []
    made = {unit for _, unit in pairs if unit in derived}
    found = _computed(work, [pair for pair in pairs if pair[1] not in made])
    found |= _stored(work, made, {figure.period_id for figure, _ in pairs})
    return [found.get((unit, *_slice(figure)), Own()) for figure, unit in pairs]


def _slice(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in SLICE)


def _computed(work: Work, pairs: Sequence[Pair]) -> dict[tuple[Any, ...], Own]:
    units = {unit for _, unit in pairs}
    if not units:
        return {}
    loaded = _unlinked(load(work, units))
    asked = _keys(loaded, pairs)
    sheet = attach_stated(work, loaded, (_sheet(loaded, asked), units))
    at = np.searchsorted(sheet.key, asked).tolist()
    return {(unit, *_slice(figure)): _own(sheet, row) for (figure, unit), row in zip(pairs, at, strict=True)}


def _unlinked(loaded: Loaded) -> Loaded:
    """The same indicators, each with nothing but its own values."""
    inputs = loaded.inputs
    alone = np.full_like(inputs.nodes.composition, code(Composition.OWN_ONLY))
    none = Links(*(getattr(inputs.links, name)[:0] for name in Links.__slots__))
    return replace(loaded, inputs=replace(inputs, nodes=replace(inputs.nodes, composition=alone), links=none))


def _keys(loaded: Loaded, pairs: Sequence[Pair]) -> Ints:
    axes = loaded.axes
    ends = (
        (axes.nodes, [unit for _, unit in pairs]),
        (axes.periods, [figure.period_id for figure, _ in pairs]),
        (axes.categories, [figure.category_id for figure, _ in pairs]),
        (axes.crossings, [figure.disaggregation_id for figure, _ in pairs]),
    )
    node, period, category, crossing = (
        positions(keys, key_column([key or UUID(int=0) for key in wanted])) for keys, wanted in ends
    )
    return axes.key(node, period, category, crossing)


def _sheet(loaded: Loaded, asked: Ints) -> Sheet:
    """The own figures there are, and an empty one wherever one is asked for and there is none."""
    made = roll_up(loaded.inputs)
    key = loaded.axes.key(made.node, made.period, made.category, made.crossing)
    every = np.union1d(key, asked)
    nothing, nowhere = np.zeros(len(every), dtype=np.int64), np.zeros(len(every), dtype=np.bool_)
    value, valued, at = nothing.copy(), nowhere.copy(), np.searchsorted(every, key)
    value[at], valued[at] = made.value, made.has_value
    return Sheet(
        axes=loaded.axes,
        key=every,
        amounts=dict.fromkeys(AMOUNTS, nothing) | {"value": value},
        present=dict.fromkeys(AMOUNTS, nowhere) | {"value": valued},
        counts=dict.fromkeys(COUNTS, nothing),
        reason=np.full(len(every), -1, dtype=np.int8),
        released=nowhere,
        left=Left(nothing[:0], nothing[:0], nothing[:0]),
    )


def _own(sheet: Sheet, row: int) -> Own:
    return Own(*(from_fixed(int(sheet.amounts[name][row])) if sheet.present[name][row] else None for name in STATED))


def _stored(work: Work, units: Collection[UUID], periods: Collection[UUID]) -> dict[tuple[Any, ...], Own]:
    table = table_of(Figure).c
    query = sa.select(*(table[name] for name in ("indicator_id", *SLICE, *STATED)))
    query = query.where(within(table.indicator_id, units), table.period_id.in_(periods))
    return {
        (row.indicator_id, *_slice(row)): Own(row.value, row.target, row.baseline)
        for row in (bulk.select(work.session, query) if units else ())
        if row.indicator_id in units
    }
