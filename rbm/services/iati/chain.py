"""The chain that publications describe: siblings joined over the years, parents, and the depth that makes a level."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.iati import Publication, PublicationRelation
from rbm.model.projects import ProjectPlace
from rbm.model.strategy import Framework
from rbm.services.people import BEGINNING
from rbm.terms.projects import PlaceRole
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work

PARENT, CHILD, SIBLING = "1", "2", "3"
LEVELS = {1: FrameworkLevel.CORPORATE, 2: FrameworkLevel.REGIONAL, 3: FrameworkLevel.COUNTRY}


@dataclass(frozen=True)
class Note:
    """Something odd about how an activity stands to another one."""

    activity: str
    other: str
    reason: str


@dataclass
class Plan:
    """A publication in the chain, with the plan it is the content of. Depth 1 is the top, 0 stands in no chain."""

    publication: Any
    project_id: UUID
    countries: set[UUID | None] = field(default_factory=set)
    parent: str | None = None
    depth: int = 0
    office_id: UUID | None = None
    notes: list[Note] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The activity identifier."""
        code: str = self.publication.code
        return code

    @property
    def start(self) -> date:
        """The first day of the plan."""
        return self.publication.period_start or BEGINNING

    @property
    def level(self) -> FrameworkLevel:
        """The level of its framework."""
        return LEVELS.get(self.depth, FrameworkLevel.PROJECT)

    def note(self, other: str, reason: str) -> None:
        """Remember something odd."""
        self.notes.append(Note(self.code, other, reason))


Plans = dict[str, Plan]
Relation = tuple[str, str, str]


def load_plans(work: Work) -> Plans:
    """Every publication by its identifier, in the order of import."""
    publication, plan, place = table_of(Publication).c, table_of(Framework).c, table_of(ProjectPlace).c
    columns = [publication.code, publication.plan_id, publication.publisher, publication.hierarchy]
    columns += [publication.attributes, plan.period_start, plan.period_end, plan.title, plan.translations]
    columns += [plan.level, plan.office_id, plan.parent_id, publication.project_id]
    query = sa.select(*columns).join_from(table_of(Publication), table_of(Framework), publication.plan_id == plan.id)
    plans = {row.code: Plan(row, row.project_id) for row in bulk.select(work.session, query.order_by(publication.id))}
    of_plan = {plan.publication.plan_id: plan for plan in plans.values()}
    found = sa.select(place.plan_id, place.place_id).where(place.role == PlaceRole.RECIPIENT_COUNTRY)
    for row in bulk.select(work.session, found):
        if row.plan_id in of_plan:
            of_plan[row.plan_id].countries.add(row.place_id)
    return plans


def load_relations(work: Work) -> list[Relation]:
    """What publications say of one another: (identifier, kind, other), in the order of import."""
    publication, relation = table_of(Publication), table_of(PublicationRelation)
    query = sa.select(publication.c.code, relation.c.kind, relation.c.reference)
    query = query.join_from(publication, relation, publication.c.id == relation.c.publication_id)
    rows = bulk.select(work.session, query.order_by(relation.c.id))
    return [(row.code, row.kind, row.reference) for row in rows]


def operations(plans: Plans, relations: Collection[Relation]) -> Iterator[list[Plan]]:
    """Publications joined by siblings, each group in the order of import: one operation over the years."""
    order = {code: position for position, code in enumerate(plans)}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(plans)
    graph.add_edges_from(
        (code, other) for code, kind, other in relations if kind == SIBLING and other in plans and code != other
    )
    for group in nx.connected_components(graph):
        yield [plans[code] for code in sorted(group, key=order.__getitem__)]


def find_parents(plans: Plans, relations: Collection[Relation]) -> None:
    """Give every plan its parent and its depth; what a child says of its parent counts before what a parent says.

    A second parent, a parent that stands below and one that is not here are noted and not followed.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    for child, parent in _claims(relations):
        if child in plans and parent in plans:
            _follow(plans, graph, child, parent)
    for child, parent in _claims(relations):
        if child in plans and parent not in plans and plans[child].parent is None:
            plans[child].note(parent, f"its parent {parent} is not here; it is kept without")
    for code in nx.topological_sort(graph):
        plan = plans[code]
        plan.depth = plans[plan.parent].depth + 1 if plan.parent else 1
        _note_level(plan, plans)


def _claims(relations: Collection[Relation]) -> list[tuple[str, str]]:
    """Pairs of child and parent, in an order that does not depend on the order of import."""
    own = sorted((code, other) for code, kind, other in relations if kind == PARENT)
    others = sorted((other, code) for code, kind, other in relations if kind == CHILD)
    return list(dict.fromkeys(own + others))


def _follow(plans: Plans, graph: "nx.DiGraph[str]", child: str, parent: str) -> None:
    plan = plans[child]
    if plan.parent is not None:
        plan.note(parent, f"{parent} is a second parent and is not followed")
    elif child == parent or (graph.has_node(child) and graph.has_node(parent) and nx.has_path(graph, child, parent)):
        plan.note(parent, f"{parent} stands under it, so it is not followed as its parent")
    else:
        plan.parent = parent
        graph.add_edge(parent, child)


def _note_level(plan: Plan, plans: Plans) -> None:
    if plan.parent is None:
        return
    own, above = plan.publication.hierarchy, plans[plan.parent].publication.hierarchy
    if own is None or above is None or own == above + 1:
        return
    word = "doubles a" if own == above else "skips a" if own > above else "stands above that"
    reason = f"hierarchy {own} under {above} {word} level; kept at depth {plan.depth} of the chain"
    plan.note(plan.parent, reason)
