"""Import of one IATI activity file: all of it or nothing, told element by element."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.files.iati import ActivityRecord, Finding, read
from rbm.model.iati import ImportFinding
from rbm.model.indicators import Indicator
from rbm.model.strategy import Framework, Result
from rbm.services import marks
from rbm.services.iati import values
from rbm.services.iati.arranging import arrange
from rbm.services.iati.batch import Batch
from rbm.services.iati.catalogue import Catalogue, load_catalogue
from rbm.services.iati.chain import Note
from rbm.services.iati.details import details
from rbm.services.iati.publications import open_publication
from rbm.services.iati.report import ImportReport, Told
from rbm.services.iati.revising import revise
from rbm.services.strategy.edges import queue_up
from rbm.work import Work

CREATED = ("publication", "result", "indicator", "baseline", "target", "measurement")


@dataclass
class Run:
    """One file on its way in. `lines` says where it speaks of a pair of activities."""

    work: Work
    catalogue: Catalogue
    report: ImportReport
    touched: list[UUID] = field(default_factory=list)
    revised: int = 0
    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def batch(self) -> Batch:
        """The rows that wait."""
        return self.catalogue.batch


def import_file(work: Work, path: Path) -> ImportReport:
    """Read an activity file (2.01 to 2.03, plain or gzipped) into the database, with one audit entry; one at a time.

    Known activities are compared: what is the same stays untouched, what changed becomes a new edition.
    Invalid, naming the line, when the file as a whole is no good; then nothing is written.
    """
    work.require(Permission.IMPORT)
    queue_up(work)
    run = Run(work, load_catalogue(work, Batch(work.session)), ImportReport(path.name, _sha256(path)))
    periods, offices = set(run.catalogue.periods.values()), _offices(work)
    for record in read(path):
        if isinstance(record, Finding):
            run.report.tell(record)
        else:
            take(run, record)
            run.batch.write_when_full()
    run.batch.write()
    arranged = arrange(work, run.batch)
    _tell(run, arranged.notes)
    _keep_findings(run)
    run.batch.write()
    marks.mark(work, [*run.touched, *_moved(work, offices)], "import_file")
    marks.mark_periods(work, set(run.catalogue.periods.values()) - periods, "import_file")
    run.report.created = sum(run.batch.written[table] for table in CREATED)
    _record(run, arranged.changes)
    return run.report


def _offices(work: Work) -> dict[UUID, UUID]:
    """The office of each framework."""
    table = table_of(Framework).c
    return {row.id: row.office_id for row in bulk.select(work.session, sa.select(table.id, table.office_id))}


def _moved(work: Work, before: dict[UUID, UUID]) -> list[UUID]:
    """The indicators of frameworks that stand in another office than before: figures combine within an office."""
    now = _offices(work)
    moved = [key for key, office_id in before.items() if now.get(key, office_id) != office_id]
    indicator, result = table_of(Indicator), table_of(Result)
    query = sa.select(indicator.c.id).join(result, result.c.id == indicator.c.result_id)
    return [row.id for key in moved for row in bulk.select(work.session, query.where(result.c.framework_id == key))]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take(run: Run, activity: ActivityRecord) -> None:
    """Put one activity into the batch: a new one whole, a known one where it changed."""
    report, known = run.report, run.catalogue.publications.get(activity.identifier)
    report.counts.add(activity)
    for finding in activity.findings:
        report.tell(finding)
    for relation in activity.relations:
        run.lines[activity.identifier, relation.ref] = relation.line
    if activity.identifier in run.catalogue.taken:
        reason = "a project or framework made here has this code, so the activity is not read"
        report.refused.append(Told(activity.identifier, "iati-identifier[1]", activity.line, reason))
        return
    hashes = (report.sha256, hashlib.sha256(repr(activity).encode()).hexdigest())
    if known and known.content_hash == hashes[1]:
        return
    if known:
        run.touched += revise(run.work, run.catalogue, activity, hashes)
        run.revised += 1
    else:
        known = open_publication(run.work, run.catalogue, activity, hashes)
        _add_results(run, activity, known.plan_id)
    for cls, row in details(activity, known.project_id, known.plan_id, run.catalogue):
        run.batch.add(cls, row)


def _add_results(run: Run, activity: ActivityRecord, plan_id: UUID) -> None:
    mapping = values.Mapping(run.work, activity, run.catalogue)
    for result in activity.results:
        row = values.result_row(mapping, result, plan_id)
        run.batch.add(Result, row)
        for indicator in result.indicators:
            indicator_row = values.indicator_row(mapping, result, indicator, row["id"])
            run.batch.add(Indicator, indicator_row)
            run.touched.append(indicator_row["id"])
            for cls, cell in values.cells(mapping, indicator, indicator_row["id"]):
                run.batch.add(cls, cell)


def _tell(run: Run, notes: list[Note]) -> None:
    """Tell what the chain says of activities that this file speaks of."""
    for note in notes:
        line = run.lines.get((note.activity, note.other)) or run.lines.get((note.other, note.activity))
        if line is not None:
            run.report.noted.append(Told(note.activity, "related-activity", line, note.reason))


def _keep_findings(run: Run) -> None:
    """Keep what there was to tell of a file, once."""
    report = run.report
    known = sa.select(ImportFinding.id).where(ImportFinding.file_hash == report.sha256).limit(1)
    if run.work.session.scalars(known).first() is not None:
        return
    for kind, told in (("repaired", report.repaired), ("refused", report.refused), ("noted", report.noted)):
        for each in told:
            row = {"file_hash": report.sha256, "file_name": report.name, "kind": kind} | vars(each)
            run.batch.add(ImportFinding, row)


def _record(run: Run, arranged: Counter[str]) -> None:
    """One audit entry a file, of everything that was written; none when nothing was."""
    written = {name: count for name, count in run.batch.written.items() if count}
    if not (written or run.revised or arranged):
        return
    facts: dict[str, Any] = {"sha256": run.report.sha256, "read": vars(run.report.counts), "written": written}
    facts |= {"revised": run.revised, "arranged": dict(arranged)}
    bulk.record(run.work.session, "publication", run.report.name, facts)
