"""Computes figures as rows: what the engine returns, with the keys of the database and the day of release."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import networkx as nx

from rbm.db import from_fixed
from rbm.rules.rollup import Figures, roll_up
from rbm.services.rollup.loading import Loaded, edges, load
from rbm.terms.rollup import Reason
from rbm.work import Work

REASONS = list(Reason)
Cell = tuple[UUID, UUID, UUID | None]
Facts = dict[str, Any]


def affected_by(work: Work, marked: Collection[UUID]) -> tuple[set[UUID], set[UUID]]:
    """The indicators whose figures change with the marked ones, and every indicator needed to compute them."""
    graph: nx.DiGraph[UUID] = nx.DiGraph(edges(work))
    graph.add_nodes_from(marked)
    affected = set(marked).union(*(nx.descendants(graph, key) for key in marked))
    return affected, affected.union(*(nx.ancestors(graph, key) for key in affected))


def compute(work: Work, scope: Collection[UUID] | None = None) -> tuple[dict[Cell, Facts], int, int]:
    """Figures of everything, or of the indicators in `scope`, by cell; how many values and indicators went in."""
    loaded = load(work, scope)
    figures = roll_up(loaded.inputs)
    unreleased, released = _unreleased(work, loaded), _released(loaded, work.today)
    excluded = _exclusions(figures)
    made = {}
    for row in range(len(figures.node)):
        cell = _cell(loaded, figures, row)
        facts = _facts(figures, row) | {"excluded": excluded.get(row, {})}
        made[cell] = facts | {"released_on": unreleased.get(cell[:2], released)}
    return made, len(loaded.inputs.cells.node), len(loaded.nodes)


def _cell(loaded: Loaded, figures: Figures, row: int) -> Cell:
    category = int(figures.category[row])
    indicator, period = loaded.nodes[int(figures.node[row])], loaded.periods[int(figures.period[row])]
    return indicator, period, None if category < 0 else loaded.categories[category]


def _facts(figures: Figures, row: int) -> Facts:
    reason = int(figures.reason[row])
    return {
        "value": _amount(figures.value[row], figures.has_value[row]),
        "numerator": _amount(figures.numerator[row], figures.has_parts[row]),
        "denominator": _amount(figures.denominator[row], figures.has_parts[row]),
        "verified": _amount(figures.verified[row], figures.has_verified[row]),
        "self_reported": _amount(figures.self_reported[row], figures.has_self_reported[row]),
        "reported": int(figures.reported[row]),
        "expected": int(figures.expected[row]),
        "reason": None if reason < 0 else REASONS[reason],
    }


def _amount(micros: Any, present: Any) -> Decimal | None:
    return from_fixed(int(micros)) if present else None


def _exclusions(figures: Figures) -> dict[int, dict[Reason, int]]:
    made: dict[int, dict[Reason, int]] = defaultdict(dict)
    columns = figures.exclusions
    for row, reason, count in zip(columns.figure, columns.reason, columns.count, strict=True):
        made[int(row)][REASONS[int(reason)]] = int(count)
    return made


def _released(loaded: Loaded, today: date) -> date | None:
    """The day on which the last value became open to everyone."""
    return max((day for day in loaded.released if day), default=today)


def _unreleased(work: Work, loaded: Loaded) -> dict[tuple[UUID, UUID], None]:
    """Cells that hold a value not released yet, own or contributed: such a figure is not released either."""
    cells = loaded.inputs.cells
    held = {
        (loaded.nodes[int(cells.node[row])], loaded.periods[int(cells.period[row])])
        for row, day in enumerate(loaded.released)
        if day is None
    }
    if not held:
        return {}
    graph: nx.DiGraph[UUID] = nx.DiGraph(edges(work))
    graph.add_nodes_from(key for key, _ in held)
    return {(above, period): None for key, period in held for above in (key, *nx.descendants(graph, key))}
