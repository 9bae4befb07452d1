"""Consolidation: on each parent plan one result and one indicator per key found among its children, linked to them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.iati import Publication
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.strategy import Framework, Result, ResultLink
from rbm.services import marks
from rbm.services.iati.batch import Batch
from rbm.services.iati.identity import IndicatorKey, ResultKey, digest, leading_code
from rbm.services.iati.values import operator_of
from rbm.services.strategy.edges import queue_up
from rbm.terms.indicators import Accumulation, Additivity, Composition, Fitness, MissingPolicy, OverTime
from rbm.terms.strategy import NodeKind
from rbm.work import Work

COMBINED = ("direction", "unit", "additivity", "over_units")
"""What a consolidated indicator has of its children, as long as nobody has edited it."""

Pair = tuple[UUID, UUID]


@dataclass(frozen=True)
class Node:
    """An indicator as its parent meets it. `version` above 1 says that somebody has edited it here."""

    id: UUID
    result_id: UUID
    plan_id: UUID
    key: IndicatorKey
    facts: dict[str, Any]
    version: int


@dataclass
class State:
    """Published plans, what they published, what stands consolidated on them, and the links between."""

    work: Work
    batch: Batch
    plans: dict[UUID, Any]
    own: dict[UUID, dict[IndicatorKey, list[Node]]]
    offered: dict[UUID, dict[IndicatorKey, list[Node]]]
    results: dict[str, UUID]
    derived: dict[str, Node]
    links: dict[Pair, UUID]
    result_links: dict[Pair, UUID]
    wanted: set[Pair] = field(default_factory=set)
    touched: list[UUID] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)


def consolidate(work: Work) -> int:
    """Build the chain upward over all published plans; the number of indicators made. Running again changes nothing.

    A plan gives upward what was consolidated on it, else what it published itself, never both. Links that an earlier
    consolidation made and the chain no longer has are taken out.
    """
    work.require(Permission.IMPORT)
    queue_up(work)
    state = _load(work)
    graph: nx.DiGraph[UUID] = nx.DiGraph((row.parent_id, row.id) for row in state.plans.values() if row.parent_id)
    for plan_id in reversed(list(nx.topological_sort(graph))):
        children = sorted(graph.successors(plan_id), key=lambda key: str(state.plans[key].code))
        _consolidate_plan(state, state.plans[plan_id], children)
    state.batch.write()
    bulk.update(work.session, Indicator, state.changed)
    gone = _unlink(state)
    marks.mark(work, state.touched, "consolidate")
    written = {name: count for name, count in state.batch.written.items() if count}
    if written or state.changed or gone:
        facts = {"written": written, "changed": len(state.changed), "unlinked": gone}
        bulk.record(work.session, "indicator", "consolidation", facts)
    return state.batch.written["indicator"]


def _load(work: Work) -> State:
    plan, publication = table_of(Framework).c, table_of(Publication).c
    query = sa.select(plan.id, plan.code, plan.parent_id)
    query = query.join_from(table_of(Framework), table_of(Publication), publication.plan_id == plan.id)
    plans = {row.id: row for row in bulk.select(work.session, query)}
    nodes: dict[UUID, dict[IndicatorKey, list[Node]]] = defaultdict(lambda: defaultdict(list))
    state = State(work, Batch(work.session), plans, nodes, {}, {}, {}, _links(work, ContributionLink), {})
    state.result_links = _links(work, ResultLink)
    result = table_of(Result).c
    made = bulk.select(work.session, sa.select(result.id, result.code).where(result.derived))
    state.results = {row.code: row.id for row in made}
    for code, derived, node in _nodes(work):
        if derived:
            state.derived[code] = node
        elif node.plan_id in plans:
            state.own[node.plan_id][node.key].append(node)
    return state


def _links(work: Work, cls: type[ContributionLink | ResultLink]) -> dict[Pair, UUID]:
    table = table_of(cls).c
    rows = bulk.select(work.session, sa.select(table.id, table.child_id, table.parent_id))
    return {(row.child_id, row.parent_id): row.id for row in rows}


def _nodes(work: Work) -> Iterator[tuple[str, bool, Node]]:
    """Every indicator with its code, and whether it was made by consolidation."""
    result, indicator = table_of(Result).c, table_of(Indicator).c
    columns: list[Any] = [
        indicator.id,
        indicator.code,
        indicator.title,
        indicator.measure,
        indicator.derived,
        indicator.version,
    ]
    columns += [indicator[name] for name in COMBINED]
    columns += [result.title.label("result_title"), result.level, result.framework_id, indicator.result_id]
    query = sa.select(*columns).join_from(table_of(Indicator), table_of(Result), indicator.result_id == result.id)
    for row in bulk.select(work.session, query.where(result.level.is_not(None)).order_by(indicator.code)):
        key = IndicatorKey(ResultKey(row.level, row.result_title), row.title, row.measure)
        facts = {name: getattr(row, name) for name in COMBINED}
        yield row.code, row.derived, Node(row.id, row.result_id, row.framework_id, key, facts, row.version)


def _consolidate_plan(state: State, plan: Any, children: list[UUID]) -> None:
    merged: dict[IndicatorKey, list[Node]] = defaultdict(list)
    for child in children:
        for key, offered in state.offered.get(child, state.own[child]).items():
            merged[key].extend(offered)
    made = {key: [_indicator(state, plan, key, offered)] for key, offered in merged.items()}
    for key, (parent,) in made.items():
        for node in merged[key]:
            _link(state, node, parent)
    state.offered[plan.id] = dict(state.own[plan.id]) | made


def _indicator(state: State, plan: Any, key: IndicatorKey, offered: list[Node]) -> Node:
    number = leading_code(key.title)
    code = f"{plan.code}/consolidated/{number}-{digest(key.result.level, key.result.title, key.title, key.measure)}"
    facts = _combined(key, offered)
    node = state.derived.get(code)
    if node is None:
        node = Node(ids.new(), _result(state, plan, key.result), plan.id, key, facts, 1)
        row: dict[str, Any] = {
            "id": node.id,
            "code": code,
            "title": key.title,
            "result_id": node.result_id,
            "version": 1,
        }
        row |= {"measure": key.measure, "accumulation": Accumulation.PERIODIC, "over_time": OverTime.LAST}
        row |= {"missing_policy": MissingPolicy.EXCLUDE, "composition": Composition.CONTRIBUTED_ONLY}
        row |= {"counts_people": False, "fitness": Fitness.NOT_REVIEWED, "derived": True}
        state.batch.add(Indicator, row | facts)
    elif node.version == 1 and node.facts != facts:
        state.changed.append({"id": node.id} | facts)
        state.touched.append(node.id)
        node = Node(node.id, node.result_id, node.plan_id, key, facts, 1)
    return node


def _combined(key: IndicatorKey, offered: list[Node]) -> dict[str, Any]:
    """Adds up as soon as one child does (the others are left out and counted), else what all children say."""
    said = {node.facts["additivity"] for node in offered}
    additivity = Additivity.NO if said == {Additivity.NO} else Additivity.UNDECLARED
    additivity = Additivity.YES if Additivity.YES in said else additivity
    facts = {name: _shared([node.facts[name] for node in offered]) for name in ("direction", "unit")}
    operators = [node.facts["over_units"] for node in offered if node.facts["additivity"] is additivity]
    return facts | {"additivity": additivity, "over_units": _shared(operators) or operator_of(key.measure, additivity)}


def _shared(values: list[Any]) -> Any:
    return values[0] if len(set(values)) == 1 else None


def _result(state: State, plan: Any, key: ResultKey) -> UUID:
    code = f"{plan.code}/consolidated/R-{digest(key.level, key.title)}"
    if code not in state.results:
        state.results[code] = ids.new()
        row = {"id": state.results[code], "code": code, "title": key.title, "kind": NodeKind.RESULT}
        row |= {"level": key.level, "framework_id": plan.id, "derived": True, "version": 1}
        state.batch.add(Result, row)
    return state.results[code]


def _link(state: State, child: Node, parent: Node) -> None:
    pair, between = (child.id, parent.id), (child.result_id, parent.result_id)
    state.wanted |= {pair, between}
    if between not in state.result_links:
        state.result_links[between] = ids.new()
        ends = {"child_id": between[0], "parent_id": between[1]}
        state.batch.add(ResultLink, {"id": state.result_links[between]} | ends)
    if pair not in state.links:
        state.links[pair] = ids.new()
        state.touched.append(parent.id)
        row: dict[str, Any] = {"id": state.links[pair], "child_id": child.id, "parent_id": parent.id, "version": 1}
        state.batch.add(ContributionLink, row | {"weight": Decimal(1), "factor": Decimal(1), "included": True})


def _unlink(state: State) -> int:
    """Take out links onto consolidated rows from published ones of the same key that stand elsewhere by now."""
    derived = {node.id: node for node in state.derived.values()}
    own = {node.id: node for plan in state.own.values() for nodes in plan.values() for node in nodes}
    known = derived | own
    stale = {
        (child, parent)
        for child, parent in state.links.keys() - state.wanted
        if parent in derived and child in known and known[child].key == derived[parent].key
    }
    results = {(known[child].result_id, derived[parent].result_id) for child, parent in stale} - state.wanted
    state.touched += [parent for _, parent in stale]
    bulk.delete(state.work.session, ContributionLink, "id", [state.links[pair] for pair in stale])
    bulk.delete(
        state.work.session,
        ResultLink,
        "id",
        [state.result_links[pair] for pair in results if pair in state.result_links],
    )
    return len(stale)
