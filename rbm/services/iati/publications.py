"""An activity as the rows that stand for it: its publication, its project and the plan it is the content of."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from rbm import ids
from rbm.access import Permission
from rbm.files.iati import ActivityRecord
from rbm.model.iati import Publication, PublicationRelation
from rbm.model.people import Office, OfficePlacement
from rbm.model.projects import Project
from rbm.model.strategy import Framework
from rbm.services import people
from rbm.services.iati.catalogue import Catalogue, Known
from rbm.services.iati.identity import publisher_code, publisher_name
from rbm.terms.people import OfficeKind
from rbm.terms.projects import ProjectStage
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from rbm.work import Work

STATUS = "activity-status"
STAGES = {str(number): stage for number, stage in enumerate(ProjectStage, 1)}
"""IATI ActivityStatus to ours."""

Values = dict[str, Any]


def open_publication(work: Work, catalogue: Catalogue, activity: ActivityRecord, hashes: tuple[str, str]) -> Known:
    """Put a new activity's publication, project and plan into the batch; `hashes` are those of file and content.

    They stand under the publisher until the file is read: then the chain gives them their place.
    """
    work.require(Permission.IMPORT)
    known = Known(ids.new(), ids.new(), ids.new(), hashes[1])
    office_id = _publisher_office(work, catalogue, activity)
    shared = {"code": activity.identifier, "office_id": office_id, "released_on": work.today, "version": 1}
    days = _days(activity)
    project = {"id": known.project_id, "stage": stage_of(activity.status), "starts_on": days[0], "ends_on": days[1]}
    catalogue.batch.add(Project, shared | project | _titles(activity))
    plan: Values = {"id": known.plan_id, "project_id": known.project_id, "level": FrameworkLevel.PROJECT, "edition": 1}
    plan |= {"stage": FrameworkStage.APPROVED, "public": True, "approved_on": work.today}
    plan |= {"approved_by": f"published by {publisher_name(activity)}"}
    catalogue.batch.add(Framework, shared | plan | plan_facts(activity))
    publication = {
        "id": known.id,
        "code": activity.identifier,
        "project_id": known.project_id,
        "plan_id": known.plan_id,
    }
    catalogue.batch.add(Publication, publication | publication_facts(work, activity, hashes))
    for row in relation_rows(activity, known.id):
        catalogue.batch.add(PublicationRelation, row)
    catalogue.publications[activity.identifier] = known
    return known


def publication_facts(work: Work, activity: ActivityRecord, hashes: tuple[str, str]) -> Values:
    """What a publication says of itself, in columns; `hashes` are those of file and content."""
    reporting = activity.reporting
    reporter = {"type": reporting.type, "names": reporting.names} | reporting.attributes
    stated = {"humanitarian": activity.humanitarian, "last-updated-datetime": activity.last_updated}
    return {
        "publisher": publisher_code(activity),
        "publisher_name": publisher_name(activity),
        "language": activity.language,
        "currency": activity.currency,
        "hierarchy": activity.hierarchy,
        "iati_version": activity.iati_version,
        "file_hash": hashes[0],
        "content_hash": hashes[1],
        "attributes": activity.attributes | stated | {STATUS: activity.status, "reporting-org": reporter},
        "remainder": list(activity.remainder),
        "imported_at": work.now,
    }


def plan_facts(activity: ActivityRecord) -> Values:
    """Titles and days of a plan."""
    start, end = _days(activity)
    return {"period_start": start, "period_end": end} | _titles(activity)


def relation_rows(activity: ActivityRecord, publication_id: UUID) -> Iterator[Values]:
    """The related activities, each once, in the order of the file."""
    for kind, reference in dict.fromkeys((relation.kind, relation.ref) for relation in activity.relations):
        yield {"id": ids.new(), "publication_id": publication_id, "kind": kind, "reference": reference}


def stage_of(status: str | None) -> ProjectStage:
    """The stage a published status means; one without a known status is under implementation."""
    return STAGES.get(status or "", ProjectStage.IMPLEMENTATION)


def _titles(activity: ActivityRecord) -> Values:
    return {"title": activity.title, "translations": {"title": activity.titles}}


def _days(activity: ActivityRecord) -> tuple[date | None, date | None]:
    """First and last day: actual before planned dates, else the span of its periods, else unknown."""
    days = {item.kind: item.date for item in activity.dates}
    periods = [period for result in activity.results for each in result.indicators for period in each.periods]
    starts = days.get("2") or days.get("1") or min((period.start for period in periods), default=None)
    ends = days.get("4") or days.get("3") or max((period.end for period in periods), default=None)
    return starts, ends


def _publisher_office(work: Work, catalogue: Catalogue, activity: ActivityRecord) -> UUID:
    """The headquarters office of the publisher, made under our own when it is new."""
    code = publisher_code(activity)
    if code not in catalogue.offices:
        above = work.find(Office, people.HEADQUARTERS).id
        office: Values = {"id": ids.new(), "code": code, "name": publisher_name(activity), "version": 1}
        catalogue.batch.add(Office, office | {"kind": OfficeKind.HEADQUARTERS, "place_id": None})
        catalogue.batch.add(OfficePlacement, placement(office["id"], above, people.BEGINNING))
        catalogue.offices[code] = office["id"]
    return catalogue.offices[code]


def placement(office_id: UUID, parent_id: UUID, first: date, last: date | None = None) -> Values:
    """An office under another one from a day to a day."""
    return {"id": ids.new(), "office_id": office_id, "parent_id": parent_id, "valid_from": first, "valid_to": last}
