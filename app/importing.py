"""Imports of files from the command line: each file is one transaction, told as one report."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.progress import Progress

from app import output
from rbm.access import SYSTEM
from rbm.errors import Refusal
from rbm.services import iati
from rbm.work import begin

COUNTS = ("activities", "results", "indicators", "baselines", "targets", "actuals", "created")
KINDS = ("refused", "repaired", "noted")
FOUND = ("activity", "element", "line#", "reason")
SHOWN = 20
LINE = re.compile(r"line (\d+)")


def import_files(engine: sa.Engine, files: list[Path], progress: Progress, *, consolidate: bool) -> dict[str, Any]:
    """Read files one after the other, then consolidate if wanted; a bad file is refused whole and told."""
    task = progress.add_task("Importing", total=len(files) + consolidate)
    told = []
    for path in files:
        progress.update(task, description=f"Importing {path.name}")
        told.append(_import(engine, path))
        progress.advance(task)
    if consolidate:
        progress.update(task, description="Consolidating")
        with begin(engine, SYSTEM, "consolidate") as work:
            iati.consolidate(work)
        progress.advance(task)
    totals: dict[str, Any] = {name: sum(file[name] for file in told) for name in COUNTS}
    for kind in KINDS:
        totals[kind] = [finding | {"file": file["file"]} for file in told for finding in file.pop(kind)]
    return totals | {"files": told}


def _import(engine: sa.Engine, path: Path) -> dict[str, Any]:
    try:
        with begin(engine, SYSTEM, "import_file") as work:
            report = iati.import_file(work, path)
    except (Refusal, OSError) as error:
        message = error.message if isinstance(error, Refusal) else f"{path.name} cannot be read: {error.strerror}"
        return _unread(path, message)
    found = {"file": report.name, "read": True, "sha256": report.sha256} | vars(report.counts)
    findings = {kind: [vars(each) for each in getattr(report, kind)] for kind in KINDS}
    return found | {"created": report.created} | findings


def _unread(path: Path, message: str) -> dict[str, Any]:
    """A file of which nothing was kept, with the line that the message names."""
    line = LINE.search(message)
    refused = {"activity": None, "element": "file", "line": int(line.group(1)) if line else 0, "reason": message}
    empty: dict[str, Any] = {"file": path.name, "read": False, "sha256": None} | dict.fromkeys(COUNTS, 0)
    return empty | {"refused": [refused], "repaired": [], "noted": []}


def show(report: dict[str, Any]) -> None:
    """Print a report for people: counts by file, then every fault."""
    names = [f"{name}#" for name in COUNTS]
    output.table(
        "Imported", ("file", *names), ([file["file"], *(file[name] for name in COUNTS)] for file in report["files"])
    )
    if "decisions" in report:
        output.paper.print(f"{report['decisions']:,} decisions taken.")
    for kind in KINDS:
        rows = [(each["activity"], each["element"], each["line"], each["reason"]) for each in report[kind]]
        if rows:
            output.table(f"{kind.capitalize()}: {len(rows):,}", FOUND, rows[:SHOWN])
        if len(rows) > SHOWN:
            output.paper.print(f"… and {len(rows) - SHOWN:,} more; --json lists them all.")
