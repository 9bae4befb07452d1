"""Consolidation: on each parent plan one result and one indicator per key found among its children, linked to them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.strategy import Framework, Result, ResultLink
from rbm.services import marks
from rbm.services.iati.batch import Batch
from rbm.services.iati.identity import IndicatorKey, ResultKey, digest, leading_code
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Fitness,
    MissingPolicy,
    OverTime,
)
from rbm.terms.strategy import NodeKind
from rbm.work import Work


@dataclass
class Contents:
    """The indicators of one plan by key, own before derived, and the keys of its results."""

    own: dict[IndicatorKey, list[Any]] = field(default_factory=lambda: defaultdict(list))
    derived: dict[IndicatorKey, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def offered(self) -> Iterator[tuple[IndicatorKey, list[Any]]]:
        """What a plan gives upward: what was consolidated into it, else what it published itself, never both."""
        for key in dict.fromkeys((*self.own, *self.derived)):
            yield key, self.derived.get(key) or self.own[key]


@dataclass
class State:
    """Plans, what they hold, and the links that are there."""

    work: Work
    batch: Batch
    plans: dict[UUID, Any]
    contents: dict[UUID, Contents]
    results: dict[str, UUID]
    indicators: dict[str, UUID]
    result_links: set[tuple[UUID, UUID]]
    links: set[tuple[UUID, UUID]]
    touched: list[UUID] = field(default_factory=list)


def consolidate(work: Work) -> int:
    """Build the chain upward over all published plans; the number of indicators made. Running again makes none."""
    work.require(Permission.IMPORT)
    state = _load(work)
    graph = nx.DiGraph((plan.parent_id, plan.id) for plan in state.plans.values() if plan.parent_id)
    for parent in reversed(list(nx.topological_sort(graph))):
        children = sorted(graph.successors(parent), key=lambda key: str(state.plans[key].code))
        _consolidate_plan(state, state.plans[parent], children)
    state.batch.write()
    marks.mark(work, state.touched, "consolidate")
    made = state.batch.written["indicator"]
    if made or state.batch.written["contribution_link"]:
        bulk.record(work.session, "indicator", "consolidation", dict(state.batch.written))
    return made


def _load(work: Work) -> State:
    plan = Framework.__table__.c
    plans = {row.id: row for row in bulk.select(work.session, sa.select(plan.id, plan.code, plan.parent_id))}
    state = State(work, Batch(work.session), plans, defaultdict(Contents), {}, {}, set(), set())
    result, indicator = Result.__table__.c, Indicator.__table__.c
    results = sa.select(result.id, result.code).where(result.derived)
    state.results = {row.code: row.id for row in bulk.select(work.session, results)}
    columns = [indicator.id, indicator.code, indicator.title, indicator.measure, indicator.direction]
    columns += [indicator.additivity, indicator.over_units, indicator.unit, indicator.derived]
    query = sa.select(*columns, result.title.label("result_title"), result.level, result.framework_id, result.id.label("result_id"))
    query = query.join_from(Indicator.__table__, Result.__table__, indicator.result_id == result.id)
    for row in bulk.select(work.session, query.where(result.level.is_not(None)).order_by(indicator.code)):
        contents = state.contents[row.framework_id]
        (contents.derived if row.derived else contents.own)[_key(row)].append(row)
        state.indicators[row.code] = row.id
    links, between = ContributionLink.__table__.c, ResultLink.__table__.c
    state.links = {tuple(row) for row in bulk.select(work.session, sa.select(links.child_id, links.parent_id))}
    pairs = bulk.select(work.session, sa.select(between.child_id, between.parent_id))
    state.result_links = {tuple(row) for row in pairs}
    return state


def _key(row: Any) -> IndicatorKey:
    return IndicatorKey(ResultKey(row.level, row.result_title), row.title, row.measure)


def _consolidate_plan(state: State, parent: Any, children: list[UUID]) -> None:
    merged: dict[IndicatorKey, list[Any]] = defaultdict(list)
    for child in children:
        for key, offered in state.contents[child].offered():
            merged[key].extend(offered)
    contents = state.contents[parent.id]
    contents.derived = defaultdict(list)
    for key, offered in merged.items():
        result_id = _result(state, parent, key.result)
        made = _indicator(state, parent, key, offered, result_id)
        contents.derived[key] = [made]
        for child in offered:
            _link(state, child, made, result_id)


def _result(state: State, parent: Any, key: ResultKey) -> UUID:
    code = f"{parent.code}/consolidated/R-{digest(key.level, key.title)}"
    if code not in state.results:
        state.results[code] = ids.new()
        row = {"id": state.results[code], "code": code, "title": key.title, "kind": NodeKind.RESULT}
        row |= {"level": key.level, "framework_id": parent.id, "derived": True, "version": 1}
        state.batch.add(Result, row)
    return state.results[code]


@dataclass(frozen=True)
class Made:
    """A consolidated indicator, as its own parent meets it."""

    id: UUID
    result_id: UUID
    direction: Any
    additivity: Additivity
    over_units: Any
    unit: str | None


def _indicator(state: State, parent: Any, key: IndicatorKey, offered: list[Any], result_id: UUID) -> Made:
    number = leading_code(key.title)
    code = f"{parent.code}/consolidated/{number}-{digest(key.result.level, key.result.title, key.title, key.measure)}"
    facts = {"direction": _shared([row.direction for row in offered]), "unit": _shared([row.unit for row in offered])}
    facts |= {"additivity": _additivity([row.additivity for row in offered]), "over_units": offered[0].over_units}
    if code not in state.indicators:
        state.indicators[code] = ids.new()
        row = {"id": state.indicators[code], "code": code, "title": key.title, "result_id": result_id}
        row |= {"measure": key.measure, "accumulation": Accumulation.PERIODIC, "over_time": OverTime.LAST}
        row |= {"missing_policy": MissingPolicy.EXCLUDE, "composition": Composition.CONTRIBUTED_ONLY, "version": 1}
        row |= {"counts_people": False, "fitness": Fitness.NOT_REVIEWED, "derived": True}
        state.batch.add(Indicator, row | facts)
    return Made(id=state.indicators[code], result_id=result_id, **facts)


def _shared(values: list[Any]) -> Any:
    return values[0] if len(set(values)) == 1 else None


def _additivity(values: list[Additivity]) -> Additivity:
    """Yes as soon as one child adds up (the others are left out and counted), otherwise what all children say."""
    if Additivity.YES in values:
        return Additivity.YES
    return Additivity.NO if set(values) == {Additivity.NO} else Additivity.UNDECLARED


def _link(state: State, child: Any, parent: Made, result_id: UUID) -> None:
    if (child.result_id, result_id) not in state.result_links:
        state.result_links.add((child.result_id, result_id))
        row = {"id": ids.new(), "child_id": child.result_id, "parent_id": result_id}
        state.batch.add(ResultLink, row)
    if (child.id, parent.id) not in state.links:
        state.links.add((child.id, parent.id))
        state.touched.append(parent.id)
        row = {"id": ids.new(), "child_id": child.id, "parent_id": parent.id, "version": 1}
        state.batch.add(ContributionLink, row | {"weight": 1, "factor": 1, "included": True})
