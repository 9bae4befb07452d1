"""Builds registers of recommendations as CSV and workbooks."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEAD = (
    *("Evaluation code", "Evaluation title", "Source", "Final date", "Number", "Recommendation", "Priority", "Office"),
    *("Decision", "Reason", "Explanation", "Response date", "Action", "Owner", "Due date", "Status", "Completed on"),
    *("Evidence", "Language"),
)
GOOD = {
    "Evaluation code": "A-1",
    "Evaluation title": "Audit of the country office",
    "Source": "Audit",
    "Final date": "2025-06-30",
    "Number": "1",
    "Recommendation": "Keep a register of assets",
    "Priority": "High",
    "Office": "JOR",
    "Decision": "Agreed",
    "Action": "Write the register",
    "Owner": "lina@example.org",
    "Due date": "2025-12-31",
    "Status": "Not Initiated",
}


def cells(**changes: Any) -> list[Any]:
    """The cells of a good row, some of them otherwise: names with underscores for spaces."""
    facts = GOOD | {name.replace("_", " "): value for name, value in changes.items()}
    return [facts.get(name) for name in HEAD]


def csv_file(folder: Path, *rows: Sequence[Any], head: Sequence[Any] = HEAD, **dialect: Any) -> Path:
    """A file with a heading line and rows."""
    stream = io.StringIO()
    csv.writer(stream, **dialect).writerows([head, *rows])
    path = folder / "register.csv"
    path.write_bytes(stream.getvalue().encode())
    return path


def workbook(folder: Path, *rows: Sequence[Any], head: Sequence[Any] = HEAD, sheet: str = "Tracker") -> Path:
    """A workbook with one sheet."""
    book = Workbook()
    made = book.worksheets[0]
    made.title = sheet
    for row in (head, *rows):
        made.append(list(row))
    path = folder / "register.xlsx"
    book.save(path)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    """A workbook with one part more, or another content of one."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, before in (parts | {name: content}).items():
            archive.writestr(part, content if part == name else before)
    return path
