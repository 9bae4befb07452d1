"""Brings projects, plans and offices in line with what all publications say of one another, in any order of import."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.people import Office, OfficePlacement
from rbm.model.projects import Project
from rbm.model.strategy import Framework
from rbm.services.iati.batch import Batch
from rbm.services.iati.chain import Note, Plan, Plans, find_parents, load_plans, load_relations, operations
from rbm.services.iati.moving import move_references, referred_to
from rbm.services.iati.placing import Operation, date_placements, give_offices, write_placements
from rbm.services.iati.publications import STATUS, stage_of
from rbm.work import Work

OWN = ((OfficePlacement, "office_id"),)
DERIVED = ("title", "translations", "stage", "starts_on", "ends_on")
"""What a project has of its plans, as long as nobody has edited it here."""


@dataclass(frozen=True)
class Arranged:
    """What was odd, and how many rows of which kind changed."""

    notes: list[Note]
    changes: Counter[str]


def arrange(work: Work, batch: Batch) -> Arranged:
    """Join, place and date everything that was published; running again changes nothing."""
    work.require(Permission.IMPORT)
    changes: Counter[str] = Counter()
    plans, relations = load_plans(work), load_relations(work)
    groups = list(operations(plans, relations))
    changes["joined projects"] = _join(work, groups)
    find_parents(plans, relations)
    found = give_offices(work, batch, [sorted(group, key=lambda plan: (plan.start, plan.code)) for group in groups])
    batch.write()
    changes["offices"] = _write_offices(work, found)
    changes["plans"] = bulk.update(work.session, Framework, list(_changed_plans(plans)))
    changes["projects"] = _write_projects(work, found)
    changes["placements"] = write_placements(work, date_placements(plans, found))
    changes["joined offices"] = _retire_offices(work, plans, found)
    notes = [note for plan in plans.values() for note in plan.notes]
    return Arranged(notes, +changes)


def _join(work: Work, groups: list[list[Plan]]) -> int:
    """Siblings are one operation: its project is that of the publication imported first."""
    moved: dict[UUID, UUID] = {}
    for first, *others in groups:
        moved |= {plan.project_id: first.project_id for plan in others if plan.project_id != first.project_id}
        for plan in others:
            plan.project_id = first.project_id
    move_references(work, Project, moved)
    bulk.delete(work.session, Project, "id", moved)
    return len(moved)


def _write_offices(work: Work, found: list[Operation]) -> int:
    """Keep offices in line with the newest plan of their operation, unless somebody has edited them here."""
    changed = []
    for operation in found:
        row, lead = operation.office, operation.lead
        if row is None or lead is None or row.version > 1 or row.id == operation.publisher_id:
            continue
        facts = {"name": lead.publication.title, "kind": operation.kind, "place_id": operation.place_id}
        if any(getattr(row, name) != value for name, value in facts.items()):
            changed.append({"id": row.id} | facts)
    return bulk.update(work.session, Office, changed)


def _retire_offices(work: Work, plans: Plans, found: list[Operation]) -> int:
    """Offices that a publication once had of its own: their posts, roles and plans move to the office it has now.

    Where it has none of its own any more they stay, unless nothing refers to them.
    """
    own = {operation.office_id for operation in found if operation.lead}
    used = {plan.office_id for plan in plans.values()} | {operation.publisher_id for operation in found}
    offices = {
        row.code: row.id for row in bulk.select(work.session, sa.select(table_of(Office).c.code, table_of(Office).c.id))
    }
    left = {
        offices[code]: plan.office_id for code, plan in plans.items() if code in offices and offices[code] not in used
    }
    moved = {old: new for old, new in left.items() if new in own and new is not None}
    bulk.delete(work.session, OfficePlacement, "office_id", moved)
    move_references(work, Office, moved)
    alone = left.keys() - moved.keys()
    alone -= referred_to(work, Office, alone, apart=OWN)
    bulk.delete(work.session, OfficePlacement, "office_id", alone)
    bulk.delete(work.session, Office, "id", [*moved, *alone])
    return len(moved) + len(alone)


def _changed_plans(plans: Plans) -> Iterator[dict[str, Any]]:
    for plan in plans.values():
        parent = plans[plan.parent].publication.plan_id if plan.parent else None
        row = {"level": plan.level, "office_id": plan.office_id, "parent_id": parent}
        if any(getattr(plan.publication, name) != value for name, value in row.items()):
            yield {"id": plan.publication.plan_id} | row


def _write_projects(work: Work, found: list[Operation]) -> int:
    table = table_of(Project).c
    columns = (table.id, table.office_id, table.version, *(table[name] for name in DERIVED))
    present = {row.id: row for row in bulk.select(work.session, sa.select(*columns))}
    changed = []
    for operation in found:
        before = present[operation.plans[0].project_id]
        facts = {"office_id": operation.office_id} | _facts(operation.plans)
        kept = {name: getattr(before, name) for name in DERIVED} if before.version > 1 else {}
        if any(getattr(before, name) != value for name, value in (facts | kept).items()):
            changed.append({"id": before.id} | facts | kept)
    return bulk.update(work.session, Project, changed)


def _facts(plans: list[Plan]) -> dict[str, Any]:
    last = plans[-1].publication
    starts = [plan.publication.period_start for plan in plans if plan.publication.period_start]
    ends = [plan.publication.period_end for plan in plans if plan.publication.period_end]
    facts = {
        "title": last.title,
        "translations": last.translations,
        "stage": stage_of((last.attributes or {}).get(STATUS)),
    }
    return facts | {"starts_on": min(starts, default=None), "ends_on": max(ends, default=None)}
