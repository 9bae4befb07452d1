"""Writes workbooks that are safe to open: what people typed is text, never a formula; dates are dates."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

LONGEST = 32_767
"""Characters a cell of a workbook can hold."""
WIDE, NARROW = 48, 16
WIDE_FROM = 30
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the beginning of a formula."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its headings, its rows."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of sheets, their headings bold and frozen. Text is written as text, whatever it begins with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        made = book.create_sheet(sheet.name)
        for row, values in enumerate([sheet.headings, *sheet.rows], 1):
            for column, value in enumerate(values, 1):
                _put(made.cell(row, column), value)
        _dress(made, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, date | int | float) or value is None:
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))[:LONGEST]
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA)


def _dress(made: Any, sheet: Sheet) -> None:
    made.freeze_panes = "A2"
    for column, heading in enumerate(sheet.headings, 1):
        longest = max((len(str(row[column - 1] or "")) for row in sheet.rows), default=0)
        made.column_dimensions[get_column_letter(column)].width = WIDE if longest > WIDE_FROM else NARROW
        head: Cell = made.cell(1, column, heading)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
