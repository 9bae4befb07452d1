"""The chain that publications describe: siblings joined over the years, parents, depth, offices and their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.files.iati import ActivityRecord
from rbm.model.iati import Publication, PublicationRelation
from rbm.model.people import Office, OfficePlacement
from rbm.model.projects import Project
from rbm.model.strategy import Framework
from rbm.services import people
from rbm.services.iati.batch import DETAILS
from rbm.terms.people import OfficeKind
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work

PARENT, CHILD, SIBLING = "1", "2", "3"
LEVELS = {1: FrameworkLevel.CORPORATE, 2: FrameworkLevel.REGIONAL, 3: FrameworkLevel.COUNTRY}
KINDS = {1: OfficeKind.HEADQUARTERS, 2: OfficeKind.REGIONAL, 3: OfficeKind.COUNTRY}

Note = tuple[str | None, str, int, str]


@dataclass
class Plan:
    """One publication in the chain, with the plan it is the content of."""

    publication: Any
    project_id: UUID
    parent: str | None = None
    depth: int = 0
    office_id: UUID | None = None
    notes: list[str] = field(default_factory=list)


def publisher_office(work: Work, known: dict[str, UUID], activity: ActivityRecord) -> UUID:
    """The headquarters office of the publisher, made under our own when it is new; `known` holds offices by code."""
    code = activity.reporting.ref or "unnamed publisher"
    if code not in known:
        above = work.find(Office, people.HEADQUARTERS)
        name = activity.reporting.names.get("en") or next(iter(activity.reporting.names.values()), code)
        office = work.add(Office(code=code, name=name, kind=OfficeKind.HEADQUARTERS))
        work.add(OfficePlacement(office=office, parent=above, valid_from=people.BEGINNING))
        known[code] = office.id
    return known[code]


def arrange(work: Work) -> list[Note]:
    """Bring projects, plans and offices in line with what all publications say of one another, in any order of import.

    Returns notes (activity, element, line, reason) on levels that are skipped or doubled and on parents in a circle.
    """
    work.require(Permission.IMPORT)
    plans = _load(work)
    relations = _relations(work, plans)
    _join(work, plans, relations)
    _find_parents(plans, relations)
    chained = {code for code, plan in plans.items() if plan.parent} | {plan.parent for plan in plans.values()}
    _place_offices(work, plans, chained)
    _write_plans(work, plans, chained)
    return [(code, "related-activity", 0, note) for code, plan in plans.items() for note in plan.notes]


def _load(work: Work) -> dict[str, Plan]:
    publication, plan = Publication.__table__.c, Framework.__table__.c
    columns = [publication.code, publication.plan_id, publication.publisher, publication.hierarchy]
    columns += [plan.period_start, plan.period_end, plan.title, plan.level, plan.office_id, plan.parent_id]
    query = sa.select(*columns, publication.project_id).join_from(
        Publication.__table__, Framework.__table__, publication.plan_id == plan.id
    )
    rows = bulk.select(work.session, query.order_by(publication.id))
    return {row.code: Plan(row, row.project_id) for row in rows}


def _relations(work: Work, plans: dict[str, Plan]) -> list[tuple[str, str, str]]:
    query = (
        sa.select(Publication.__table__.c.code, PublicationRelation.__table__.c.kind, PublicationRelation.__table__.c.reference)
        .join_from(Publication.__table__, PublicationRelation.__table__)
        .order_by(PublicationRelation.__table__.c.id)
    )
    rows = bulk.select(work.session, query)
    return [(code, kind, reference) for code, kind, reference in rows if reference in plans and reference != code]


def _join(work: Work, plans: dict[str, Plan], relations: list[tuple[str, str, str]]) -> None:
    """Siblings are one operation: its project is that of the publication imported first."""
    order = {code: position for position, code in enumerate(plans)}
    graph = nx.Graph()
    graph.add_nodes_from(plans)
    graph.add_edges_from((code, other) for code, kind, other in relations if kind == SIBLING)
    moved: dict[UUID, UUID] = {}
    for group in nx.connected_components(graph):
        kept = plans[min(group, key=order.__getitem__)].project_id
        for code in group:
            if plans[code].project_id != kept:
                moved[plans[code].project_id] = kept
                plans[code].project_id = kept
    _move_projects(work, plans, moved)


def _move_projects(work: Work, plans: dict[str, Plan], moved: dict[UUID, UUID]) -> None:
    if not moved:
        return
    for cls in (*DETAILS, Framework, Publication):
        table = cls.__table__
        query = sa.select(table.c.id, table.c.project_id).where(table.c.project_id.in_(moved))
        rows = [{"id": key, "project_id": moved[project]} for key, project in bulk.select(work.session, query)]
        bulk.update(work.session, cls, rows)
    bulk.delete(work.session, Project, "id", moved)


def _find_parents(plans: dict[str, Plan], relations: list[tuple[str, str, str]]) -> None:
    graph = nx.DiGraph()
    for code, kind, other in relations:
        parent, child = (other, code) if kind == PARENT else (code, other)
        if kind not in {PARENT, CHILD} or plans[child].parent == parent:
            continue
        if plans[child].parent is not None:
            plans[child].notes.append(f"{parent} is a second parent and is not followed")
        elif graph.has_node(child) and graph.has_node(parent) and nx.has_path(graph, child, parent):
            plans[child].notes.append(f"{parent} stands under it, so it is not followed as its parent")
        else:
            plans[child].parent = parent
            graph.add_edge(parent, child)
    for code in nx.topological_sort(graph):
        plan = plans[code]
        plan.depth = plans[plan.parent].depth + 1 if plan.parent else 1
        _note_level(plan, plans)


def _note_level(plan: Plan, plans: dict[str, Plan]) -> None:
    own = plan.publication.hierarchy
    above = plans[plan.parent].publication.hierarchy if plan.parent else None
    if own is None or above is None or own == above + 1:
        return
    word = "doubles" if own == above else "skips" if own > above else "stands above"
    plan.notes.append(f"hierarchy {own} under {above} {word} a level; kept at depth {plan.depth} of the chain")


def _groups(plans: dict[str, Plan]) -> dict[UUID, list[str]]:
    groups: dict[UUID, list[str]] = {}
    for code, plan in plans.items():
        groups.setdefault(plan.project_id, []).append(code)
    return {key: sorted(codes, key=lambda code: _start(plans[code])) for key, codes in groups.items()}


def _start(plan: Plan) -> date:
    return plan.publication.period_start or people.BEGINNING


def _place_offices(work: Work, plans: dict[str, Plan], chained: set[str | None]) -> None:
    """One office an operation; whoever stands in no chain belongs to its publisher's headquarters."""
    offices = _offices(work)
    publishers = {plan.publication.publisher for plan in plans.values()}
    groups = sorted(_groups(plans).values(), key=lambda codes: plans[codes[-1]].depth)
    first_codes = _project_codes(work)
    for codes in groups:
        latest = max((plans[code] for code in codes), key=lambda plan: (plan.depth > 0, _start(plan)))
        own = first_codes[latest.project_id]
        deep = latest.depth > 1
        office_id = _office(work, offices, own, latest) if deep else offices[latest.publication.publisher].id
        for code in codes:
            plans[code].office_id = office_id
    for codes in groups:
        if plans[codes[-1]].office_id not in {offices[publisher].id for publisher in publishers}:
            _date_placements(work, plans, codes)


def _offices(work: Work) -> dict[str, Any]:
    return {office.code: office for office in work.session.scalars(sa.select(Office))}


def _project_codes(work: Work) -> dict[UUID, str]:
    table = Project.__table__.c
    return {key: code for key, code in bulk.select(work.session, sa.select(table.id, table.code))}


def _office(work: Work, offices: dict[str, Any], code: str, plan: Plan) -> UUID:
    kind = KINDS.get(plan.depth, OfficeKind.SUB)
    if code not in offices:
        offices[code] = work.add(Office(code=code, name=plan.publication.title, kind=kind))
    found: UUID = offices[code].id
    return found


def _date_placements(work: Work, plans: dict[str, Plan], codes: list[str]) -> None:
    """Where an office stood, plan by plan: from the first day of a plan until the day before the next one moves it."""
    office_id = plans[codes[0]].office_id
    wanted: list[tuple[UUID, date]] = []
    for code in codes:
        parent = plans[plans[code].parent or code].office_id
        if plans[code].parent and parent and (not wanted or wanted[-1][0] != parent):
            wanted.append((parent, _start(plans[code])))
    ends = [start - timedelta(days=1) for _, start in wanted[1:]]
    rows = [
        {"office_id": office_id, "parent_id": parent, "valid_from": start, "valid_to": end}
        for (parent, start), end in zip(wanted, [*ends, None], strict=True)
    ]
    columns = OfficePlacement.__table__.c
    query = sa.select(columns.office_id, columns.parent_id, columns.valid_from, columns.valid_to)
    present = bulk.select(work.session, query.where(columns.office_id == office_id).order_by(columns.valid_from))
    if [dict(row._mapping) for row in present] != rows:  # noqa: SLF001
        bulk.delete(work.session, OfficePlacement, "office_id", [office_id])
        bulk.insert(work.session, OfficePlacement, [{"id": ids.new()} | row for row in rows])


def _write_plans(work: Work, plans: dict[str, Plan], chained: set[str | None]) -> None:
    changed = list(_changed(plans, chained))
    bulk.update(work.session, Framework, changed)
    projects = {}
    for codes in _groups(plans).values():
        latest = plans[codes[-1]]
        projects[latest.project_id] = {"id": latest.project_id, "office_id": latest.office_id}
    bulk.update(work.session, Project, list(projects.values()))


def _changed(plans: dict[str, Plan], chained: set[str | None]) -> Iterator[dict[str, Any]]:
    for code, plan in plans.items():
        level = LEVELS.get(plan.depth, FrameworkLevel.PROJECT) if code in chained else FrameworkLevel.PROJECT
        parent = plans[plan.parent].publication.plan_id if plan.parent else None
        row = {"level": level, "office_id": plan.office_id, "parent_id": parent}
        if any(getattr(plan.publication, name) != value for name, value in row.items()):
            yield {"id": plan.publication.plan_id} | row
