"""Import of one IATI activity file: all of it or nothing, told element by element."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.files.iati import ActivityRecord, Finding, read
from rbm.model.iati import ImportFinding, Publication, PublicationRelation
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.projects import Project
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.services import marks, people
from rbm.services.iati import revising, values
from rbm.services.iati.arranging import arrange, publisher_office
from rbm.services.iati.batch import Batch
from rbm.services.iati.catalogue import Catalogue, Known, load_catalogue
from rbm.services.iati.details import STAGES, details
from rbm.services.iati.report import ImportReport, Told
from rbm.terms.projects import ProjectStage
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from rbm.work import Work

CREATED = ("publication", "result", "indicator", "baseline", "target", "measurement")
LINE = re.compile(r"line=\d+")


@dataclass
class Run:
    """One file on its way in."""

    work: Work
    catalogue: Catalogue
    report: ImportReport
    touched: list[UUID]

    @property
    def batch(self) -> Batch:
        """The rows that wait."""
        return self.catalogue.batch


def import_file(work: Work, path: Path) -> ImportReport:
    """Read an activity file (2.01 to 2.03, plain or gzipped) into the database, with one audit entry.

    Known activities are compared: what is the same stays untouched, what changed becomes a new edition.
    Invalid, naming the line, when the file as a whole is no good; then nothing is written.
    """
    work.require(Permission.IMPORT)
    people.initialise(work)
    report = ImportReport(path.name, _sha256(path))
    run = Run(work, load_catalogue(work, Batch(work.session)), report, [])
    for record in read(path):
        if isinstance(record, Finding):
            report.tell(record)
        else:
            _take(run, record)
            run.batch.write_when_full()
    _keep_findings(run)
    run.batch.write()
    report.noted += [Told(*note) for note in arrange(work)]
    marks.mark(work, run.touched, "import_file")
    report.created = sum(run.batch.written[table] for table in CREATED)
    if report.created or run.touched:
        bulk.record(work.session, "publication", report.name, {"sha256": report.sha256} | vars(report.counts))
    return report


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep_findings(run: Run) -> None:
    report = run.report
    known = sa.select(ImportFinding.id).where(ImportFinding.file_hash == report.sha256).limit(1)
    if run.work.session.scalars(known).first() is not None:
        return
    for kind, told in (("repaired", report.repaired), ("refused", report.refused), ("noted", report.noted)):
        for each in told:
            row = {"file_hash": report.sha256, "file_name": report.name, "kind": kind} | vars(each)
            run.batch.add(ImportFinding, row)


def _take(run: Run, activity: ActivityRecord) -> None:
    run.report.counts.add(activity)
    for finding in activity.findings:
        run.report.tell(finding)
    content_hash = hashlib.sha256(LINE.sub("", repr(activity)).encode()).hexdigest()
    known = run.catalogue.publications.get(activity.identifier)
    if known and known.content_hash == content_hash:
        return
    if known:
        run.batch.write()
        revising.revise(run.work, run.catalogue, activity, known)
        revising.mark_revised(run.work, known, run.report.sha256, content_hash)
        run.touched += revising.indicators_of(run.work, known)
    else:
        known = _open(run, activity, content_hash)
        _write_results(run, activity, known.plan_id)
    for cls, row in details(activity, known.project_id, known.plan_id, run.catalogue):
        run.batch.add(cls, row)


def _open(run: Run, activity: ActivityRecord, content_hash: str) -> Known:
    """Make the publication with its project and plan; `arrange` joins and places them once the file is read."""
    office_id = publisher_office(run.work, run.catalogue.publishers, activity)
    start, end = plan_days(activity)
    project: dict[str, Any] = {"id": ids.new(), "code": activity.identifier, "title": activity.title, "version": 1}
    project |= {"stage": STAGES.get(activity.status or "", ProjectStage.IMPLEMENTATION), "office_id": office_id}
    translations = {"title": activity.titles}
    project |= {"starts_on": start, "ends_on": end, "released_on": run.work.today, "translations": translations}
    run.batch.add(Project, project)
    plan: dict[str, Any] = {"id": ids.new(), "code": activity.identifier, "title": activity.title, "version": 1}
    plan |= {"level": FrameworkLevel.PROJECT, "stage": FrameworkStage.APPROVED, "office_id": office_id}
    plan |= {"project_id": project["id"], "period_start": start, "period_end": end, "public": True, "edition": 1}
    plan |= {"approved_on": run.work.today, "approved_by": f"published by {values.publisher_name(activity)}"}
    run.batch.add(Framework, plan | {"released_on": run.work.today, "translations": translations})
    known = Known(ids.new(), project["id"], plan["id"], content_hash)
    run.batch.add(Publication, _publication(run, activity, known))
    for kind, reference in dict.fromkeys((relation.kind, relation.ref) for relation in activity.relations):
        row = {"id": ids.new(), "publication_id": known.id, "kind": kind, "reference": reference}
        run.batch.add(PublicationRelation, row)
    run.catalogue.publications[activity.identifier] = known
    return known


def _publication(run: Run, activity: ActivityRecord, known: Known) -> dict[str, Any]:
    stated = {"humanitarian": activity.humanitarian, "last-updated-datetime": activity.last_updated}
    return {
        "id": known.id,
        "code": activity.identifier,
        "project_id": known.project_id,
        "plan_id": known.plan_id,
        "publisher": activity.reporting.ref or values.publisher_name(activity),
        "publisher_name": values.publisher_name(activity),
        "language": activity.language,
        "currency": activity.currency,
        "hierarchy": activity.hierarchy,
        "iati_version": activity.iati_version,
        "file_hash": run.report.sha256,
        "content_hash": known.content_hash,
        "attributes": activity.attributes | stated | {"reporting-org": activity.reporting.attributes},
        "remainder": list(activity.remainder),
        "imported_at": run.work.now,
    }


def plan_days(activity: ActivityRecord) -> tuple[Any, Any]:
    """First and last day of the plan: actual before planned dates, else the span of its periods, else unknown."""
    days = {item.kind: item.date for item in activity.dates}
    periods = [period for result in activity.results for each in result.indicators for period in each.periods]
    starts = days.get("2") or days.get("1") or min((period.start for period in periods), default=None)
    ends = days.get("4") or days.get("3") or max((period.end for period in periods), default=None)
    return starts, ends


def _write_results(run: Run, activity: ActivityRecord, plan_id: UUID) -> None:
    mapping = values.Mapping(run.work, activity, run.catalogue)
    for result in activity.results:
        row = values.result_row(mapping, result, plan_id)
        run.batch.add(Result, row)
        for indicator in result.indicators:
            indicator_row = values.indicator_row(mapping, result, indicator, row["id"])
            run.batch.add(Indicator, indicator_row)
            run.touched.append(indicator_row["id"])
            for cls, cell in cells(mapping, indicator, indicator_row["id"]):
                run.batch.add(cls, cell)


def cells(mapping: values.Mapping, indicator: Any, indicator_id: UUID) -> Any:
    """Every baseline, target and measurement of an indicator, each with its class."""
    for row in values.baseline_rows(mapping, indicator, indicator_id):
        yield Baseline, row
    for period in indicator.periods:
        for row in values.target_rows(mapping, period, indicator_id):
            yield Target, row
        for row in values.measurement_rows(mapping, period, indicator_id):
            yield Measurement, row
