"""Offices of operations, and where in the tree they stood, plan by plan."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.db import table_of
from rbm.model.people import Office, OfficePlacement
from rbm.model.projects import Project
from rbm.services.iati.batch import Batch
from rbm.services.iati.chain import Plan, Plans
from rbm.services.iati.publications import placement
from rbm.terms.people import OfficeKind
from rbm.work import Work

KINDS = {2: OfficeKind.REGIONAL, 3: OfficeKind.COUNTRY}
DAY = timedelta(days=1)

Placed = tuple[UUID, date]


@dataclass(frozen=True)
class Operation:
    """Plans of one operation in the order of their days.

    `lead` is the newest one that stands below the top of a chain: then the operation has an office of its own, `office`
    as it is (None when it is new). Otherwise it belongs to its publisher's headquarters.
    """

    plans: list[Plan]
    publisher_id: UUID
    office_id: UUID
    lead: Plan | None
    office: Any

    @property
    def kind(self) -> OfficeKind:
        """Regional at depth 2, country at depth 3, sub-office below."""
        return KINDS.get(self.lead.depth if self.lead else 0, OfficeKind.SUB)

    @property
    def place_id(self) -> UUID | None:
        """The one country of its newest plan."""
        countries = self.lead.countries if self.lead else set()
        return next(iter(countries)) if len(countries) == 1 else None


def give_offices(work: Work, batch: Batch, groups: Iterable[list[Plan]]) -> list[Operation]:
    """Give every plan its office; new offices go into the batch, with the code of their operation's project."""
    office, project = table_of(Office).c, table_of(Project).c
    columns = (office.id, office.code, office.name, office.kind, office.place_id, office.version)
    offices = {row.code: row for row in bulk.select(work.session, sa.select(*columns))}
    codes = {row.id: row.code for row in bulk.select(work.session, sa.select(project.id, project.code))}
    found = []
    for plans in groups:
        lead = next((plan for plan in reversed(plans) if plan.depth > 1), None)
        publisher_id = offices[plans[-1].publication.publisher].id
        present = offices.get(codes[plans[0].project_id]) if lead else None
        office_id = (present.id if present else ids.new()) if lead else publisher_id
        operation = Operation(plans, publisher_id, office_id, lead, present)
        if lead and present is None:
            row = {"id": office_id, "code": codes[plans[0].project_id], "name": lead.publication.title, "version": 1}
            batch.add(Office, row | {"kind": operation.kind, "place_id": operation.place_id})
        for plan in plans:
            plan.office_id = office_id
        found.append(operation)
    return found


def date_placements(plans: Plans, found: list[Operation]) -> dict[UUID, list[Placed]]:
    """Under which office each operation's own office stood and since when: (parent, first day), in order.

    A plan without a parent stands under the publisher, as does one whose parent would close a circle of offices.
    """
    placed: dict[UUID, list[Placed]] = {}
    for operation in sorted(found, key=lambda each: each.lead.depth if each.lead else 0):
        if operation.lead is None or operation.office_id == operation.publisher_id:
            continue
        since = {plan.start: _above(plans, operation, plan) for plan in operation.plans}
        wanted: list[Placed] = []
        for start, parent in sorted(since.items()):
            closes = _closes(placed, operation.office_id, parent, start)
            above = operation.publisher_id if closes else parent
            if not wanted or wanted[-1][0] != above:
                wanted.append((above, start))
        placed[operation.office_id] = wanted
    return placed


def write_placements(work: Work, placed: dict[UUID, list[Placed]]) -> int:
    """Write what is different from what is there; the number of offices moved."""
    table = table_of(OfficePlacement).c
    present: dict[UUID, list[Any]] = defaultdict(list)
    for row in bulk.select(work.session, sa.select(table_of(OfficePlacement)).order_by(table.valid_from)):
        present[row.office_id].append((row.parent_id, row.valid_from, row.valid_to))
    wanted = {office_id: _spans(since) for office_id, since in placed.items()}
    moved = [office_id for office_id, spans in wanted.items() if present[office_id] != spans]
    bulk.delete(work.session, OfficePlacement, "office_id", moved)
    rows = [placement(office_id, *span) for office_id in moved for span in wanted[office_id]]
    bulk.insert(work.session, OfficePlacement, rows)
    return len(moved)


def _above(plans: Plans, operation: Operation, plan: Plan) -> UUID:
    parent = plans[plan.parent].office_id if plan.parent else None
    return parent if parent and parent != operation.office_id else operation.publisher_id


def _closes(placed: dict[UUID, list[Placed]], office_id: UUID, parent_id: UUID, start: date) -> bool:
    """Whether the office would stand above its own parent on that day or when others move later."""
    days = {start, *(since for spans in placed.values() for _, since in spans if since > start)}
    return any(office_id in _line(placed, parent_id, day) for day in days)


def _line(placed: dict[UUID, list[Placed]], office_id: UUID, day: date) -> list[UUID]:
    """The office and those above it on a day."""
    line = [office_id]
    while above := [parent for parent, since in placed.get(line[-1], []) if since <= day]:
        line.append(above[-1])
    return line


def _spans(since: list[Placed]) -> list[tuple[UUID, date, date | None]]:
    """From the first day until the day before the next one."""
    ends = [start - DAY for _, start in since[1:]]
    return [(parent, start, end) for (parent, start), end in zip(since, [*ends, None], strict=True)]
