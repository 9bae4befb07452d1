"""Computes figures as rows: what the engine returns, with the keys of the database and whether it is released."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rbm.db import from_fixed
from rbm.rules.rollup import Figures, roll_up, trace
from rbm.services.rollup.loading import Loaded, edges, load
from rbm.terms.rollup import Reason
from rbm.work import Work

REASONS = tuple(Reason)
AMOUNTS = {
    "value": "has_value",
    "numerator": "has_parts",
    "denominator": "has_parts",
    "verified": "has_verified",
    "self_reported": "has_self_reported",
    "lower": "has_bounds",
    "upper": "has_bounds",
}
COUNTS = ("reported", "expected", "verified_units")
Cell = tuple[UUID, UUID, UUID | None]
Facts = dict[str, Any]


@dataclass(frozen=True)
class Computed:
    """Figures by (indicator, period, category), and how many values and indicators went in."""

    figures: dict[Cell, Facts]
    values: int
    nodes: int


def affected_by(work: Work, marked: Collection[UUID]) -> tuple[set[UUID], set[UUID]]:
    """The indicators whose figures change with the marked ones, and every indicator needed to compute them."""
    links = edges(work)
    affected = _reached(links, marked)
    return affected, _reached([(parent, child) for child, parent in links], affected)


def _reached(links: Iterable[tuple[UUID, UUID]], starts: Collection[UUID]) -> set[UUID]:
    """The starts and everything that ways of links lead to."""
    onward: dict[UUID, list[UUID]] = defaultdict(list)
    for start, end in links:
        onward[start].append(end)
    reached, waiting = set(starts), list(starts)
    while waiting:
        fresh = [key for key in onward[waiting.pop()] if key not in reached]
        reached.update(fresh)
        waiting += fresh
    return reached


def compute(work: Work, scope: Collection[UUID] | None = None) -> Computed:
    """Figures of everything, or of the indicators in `scope` as far as the values among them make them.

    A figure is released from the day on which it is first computed from released values alone.
    """
    loaded = load(work, scope)
    figures = roll_up(loaded.inputs)
    hidden = _hidden(loaded, len(figures.node)).tolist()
    rows = _facts(figures) | {"released_on": [None if each else work.today for each in hidden]}
    facts = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    made = dict(zip(_cells(loaded, figures), facts, strict=True))
    return Computed(made, len(loaded.inputs.cells.node), len(loaded.nodes))


def _cells(loaded: Loaded, figures: Figures) -> list[Cell]:
    categories = [*loaded.categories, None]
    positions = zip(figures.node.tolist(), figures.period.tolist(), figures.category.tolist(), strict=True)
    return [(loaded.nodes[node], loaded.periods[period], categories[category]) for node, period, category in positions]


def _facts(figures: Figures) -> dict[str, list[Any]]:
    """Columns of facts, one entry a figure."""
    columns: dict[str, list[Any]] = {name: _amounts(figures, name) for name in AMOUNTS}
    columns |= {name: getattr(figures, name).tolist() for name in COUNTS}
    columns |= {name: [None] * len(figures.node) for name in ("target", "baseline")}
    columns |= {name: [0] * len(figures.node) for name in ("targets", "baselines")}
    columns["reason"] = [None if reason < 0 else REASONS[reason] for reason in figures.reason.tolist()]
    return columns | {"excluded": _exclusions(figures)}


def _amounts(figures: Figures, name: str) -> list[Decimal | None]:
    pairs = zip(getattr(figures, name).tolist(), getattr(figures, AMOUNTS[name]).tolist(), strict=True)
    return [from_fixed(micros) if present else None for micros, present in pairs]


def _exclusions(figures: Figures) -> list[dict[Reason, int]]:
    made: dict[int, dict[Reason, int]] = defaultdict(dict)
    out = figures.exclusions
    for row, reason, count in zip(out.figure.tolist(), out.reason.tolist(), out.count.tolist(), strict=True):
        made[row][REASONS[reason]] = count
    return [made.get(row, {}) for row in range(len(figures.node))]


def _hidden(loaded: Loaded, count: int) -> NDArray[np.bool_]:
    """Which of the `count` figures hold a value that is not released, approved or only reported so far."""
    hidden = np.zeros(count, dtype=np.bool_)
    cells = loaded.inputs.cells
    if not loaded.unreleased.any():
        return hidden
    standing = ~cells.rejected
    truths = [standing] if (cells.approved | cells.rejected).all() else [standing, standing & cells.approved]
    for admitted in truths:
        hidden |= trace(loaded.inputs, admitted).tainted(loaded.unreleased)
    return hidden
