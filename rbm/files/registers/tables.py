"""Reads a file as lines of cells: CSV here, workbooks beside; only what is safe and of bounded size."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from rbm.errors import Invalid
from rbm.files.registers.workbooks import read_workbook

Cell = str | int | float | bool | date | datetime | time | None
LARGEST = 10_000_000
"""Bytes of a file."""
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST = 32_767
"""Characters of a cell, as many as one of a workbook can hold."""
DELIMITERS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Line:
    """The cells of a row that is not empty, and its number as a spreadsheet counts."""

    row: int
    cells: Sequence[Cell]


def read_lines(path: Path) -> list[Line]:
    """The rows of a file that are not empty. Invalid when it is no .csv or .xlsx, is unsafe or too large."""
    content = _content(path)
    workbook = content.startswith(ZIP)
    if path.suffix.lower() == ".xlsx" and workbook:
        rows: Iterator[Sequence[Cell]] = read_workbook(content, path.name, MOST_COLUMNS)
    elif path.suffix.lower() == ".csv" and not workbook:
        rows = _rows(content, path.name)
    else:
        raise Invalid(f"{path.name} is neither a .xlsx workbook nor a .csv file", "file")
    lines = list(_bounded(rows, path.name))
    if not lines:
        raise Invalid(f"{path.name} is empty", "file")
    return lines


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid(f"{path.name} is larger than {LARGEST:,} bytes", "file")
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path.name} cannot be read: {error.strerror}", "file") from None
    if content.startswith(OLD_WORKBOOK):
        raise Invalid(f"{path.name} is an old or encrypted workbook: save it as .xlsx without a password", "file")
    return content


def _rows(content: bytes, name: str) -> Iterator[Sequence[Cell]]:
    if content.startswith(UTF_16):
        raise Invalid(f"{name} is UTF-16: save it as CSV in UTF-8", "file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Invalid(f"{name} is not UTF-8, first in line {line}: save it as CSV in UTF-8", "file") from None
    if "\0" in text:
        raise Invalid(f"{name} holds what is no text", "file")
    head = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Invalid(f"{name}, line {reader.line_num}: {error}", "file") from None


def _bounded(rows: Iterator[Sequence[Cell]], name: str) -> Iterator[Line]:
    filled = 0
    for row, cells in enumerate(rows, 1):
        if all(_empty(cell) for cell in cells):
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise Invalid(f"{name} has more than {MOST_ROWS:,} rows", "file")
        if len(cells) > MOST_COLUMNS:
            raise Invalid(f"{name}, row {row}: it has more than {MOST_COLUMNS} columns", "file")
        if any(isinstance(cell, str) and len(cell) > LONGEST for cell in cells):
            raise Invalid(f"{name}, row {row}: a cell has more than {LONGEST:,} characters", "file")
        yield Line(row, cells)


def _empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
