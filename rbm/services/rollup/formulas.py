"""The formulas of a roll-up, evaluated between the engine and the rows.

    made = formulas_of(work, loaded.nodes)
    applied = apply_formulas(roll_up(loaded.inputs), hidden, made, loaded.inputs.periods)

`hidden` says of each figure of the engine whether it rests on a value that is not released; `applied.figures` and
`applied.hidden` stand in its place from there on. What follows from what, contribution links and formulas alike, is
told by `loading.reached`: marks on a source refresh the formula in every period.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import FormulaTerm, Indicator
from rbm.rules.formula import Applied, Made, apply_formulas, parse
from rbm.services.rollup.asking import named, parameters
from rbm.work import Work

__all__ = ["Applied", "apply_formulas", "formulas_of"]


def formulas_of(work: Work, nodes: Sequence[UUID]) -> list[Made]:
    """The formulas among these indicators (keys by node position), each after those it is made of."""
    position = {key: at for at, key in enumerate(nodes)}
    table = table_of(Indicator).c
    asked = parameters(nodes)
    query = sa.select(table.id, table.formula, table.measure).where(table.formula.is_not(None))
    found = bulk.select(work.session, query.where(named(table.id, scoped=asked is not None)), asked)
    rows = {row.id: row for row in found if row.id in position}
    terms = _terms(work) if rows else {}
    made = []
    for key in _ordered(terms, rows):
        sources = {name: position.get(source) for name, source in terms.get(key, {}).items()}
        made.append(Made(position[key], rows[key].measure, parse(rows[key].formula), sources))
    return made


def _ordered(terms: Mapping[UUID, Mapping[str, UUID]], wanted: Collection[UUID]) -> list[UUID]:
    """The formula indicators in an order in which nothing comes before a part of it."""
    graph: nx.DiGraph[UUID] = nx.DiGraph()
    graph.add_nodes_from(sorted(wanted))
    graph.add_edges_from((source, key) for key in sorted(wanted) for source in terms.get(key, {}).values())
    return [key for key in nx.topological_sort(graph) if key in wanted]


def _terms(work: Work) -> dict[UUID, dict[str, UUID]]:
    table = table_of(FormulaTerm).c
    found: dict[UUID, dict[str, UUID]] = {}
    for row in bulk.select(work.session, sa.select(table.indicator_id, table.name, table.source_id)):
        found.setdefault(row.indicator_id, {})[row.name] = row.source_id
    return found
