"""Reads a register: which columns it has, and what each cell says, all faults together."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from rbm.files.registers import words
from rbm.files.registers.records import COLUMNS, Fault, Place, Register, RegisterRow
from rbm.files.registers.tables import Cell, Line, read_lines
from rbm.terms.evaluation import EvaluationLevel, EvaluationType, SourceKind, TextLanguage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseDecision, ResponseReason

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
SPREADSHEET_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
MOST_NUMBER = 9_999
FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_CODE = 100
SCHEMES = ("https://", "http://")


def read_register(path: Path) -> Register:
    """The rows of a .xlsx or .csv file with the faults of their cells.

    Invalid when the file cannot be read; Faulty when its columns are not those of a register.
    """
    head, *lines = read_lines(path)
    columns, places, faults = _columns(head)
    Register(path.name, (), (), places).refuse_faulty(faults)
    rows = []
    for line in lines:
        row, wrong = _row(line, columns)
        rows.append(row)
        faults += wrong
    return Register(path.name, rows, faults, places, sha256(path.read_bytes()).hexdigest())


def _columns(head: Line) -> tuple[dict[int, str | None], dict[str, Place], list[Fault]]:
    """The code of each column by its place (None: not read), where each stands, and what is wrong with the headings."""
    known = {words.plainly(name): column for column in COLUMNS for name in _names(column)}
    found: dict[int, str | None] = {}
    places: dict[str, Place] = {}
    faults = []
    for place, cell in enumerate(head.cells):
        heading = str(cell or "").strip()
        column = known.get(words.plainly(heading))
        at = Place(heading or "no heading", get_column_letter(place + 1))
        if column is None and heading:
            places[heading] = at
            faults.append(Fault(head.row, heading, f"no such column; known are {_known()}"))
        elif column and column.code in places:
            faults.append(Fault(head.row, column.code, f"the same column as {places[column.code].letter}"))
        elif column:
            places[column.code] = at
            found[place] = column.code if column.read else None
    missing = [column for column in COLUMNS if column.needed and column.code not in places]
    return found, places, faults + [Fault(head.row, column.code, "this column is missing") for column in missing]


def _names(column: Any) -> tuple[str, ...]:
    return (column.heading, column.code, *column.others)


def _known() -> str:
    return ", ".join(column.heading for column in COLUMNS)


def _row(line: Line, columns: Mapping[int, str | None]) -> tuple[RegisterRow, list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for place, cell in enumerate(line.cells):
        stated = cell.strip() if isinstance(cell, str) else cell
        if stated is None or stated == "":
            continue
        if place not in columns:
            faults.append(Fault(line.row, f"column {get_column_letter(place + 1)}", "it stands under no heading"))
            continue
        code = columns[place]
        try:
            values |= {code: PARSERS[code](stated)} if code else {}
        except (TypeError, ValueError) as error:
            faults.append(Fault(line.row, str(code), str(error)))
    return RegisterRow(line.row, **values), faults


def _text(cell: Cell) -> str:
    """A cell as text. ValueError or TypeError when it is none that both databases can hold."""
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    text = f"{cell:.15g}" if number else cell
    if not isinstance(text, str):
        raise TypeError(f"{cell} is no text")
    if text in SPREADSHEET_ERRORS:
        raise ValueError(f"{text} is an error of the spreadsheet")
    if any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text):
        raise ValueError("it holds what is no text")
    return text


def _code(cell: Cell) -> str:
    text = _text(cell)
    if len(text) > LONGEST_CODE:
        raise ValueError(f"a code has at most {LONGEST_CODE} characters")
    return text


def _number(cell: Cell) -> int:
    """A number of a recommendation: a whole one from 1 on."""
    text = _text(cell)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST_NUMBER:
        raise ValueError(f"{text!r} is no whole number from 1 to {MOST_NUMBER:,}")
    return int(text)


def _date(cell: Cell) -> date:
    """A day: a date of the spreadsheet, or text in the order of year, month, day, which alone cannot be mistaken."""
    if isinstance(cell, datetime):
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    if isinstance(cell, str) and ISO.fullmatch(cell):
        return _sane(_calendar(cell))
    raise ValueError(f"{_shown(cell)} is no date: write year, month and day, such as 2026-12-31")


def _calendar(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar") from None


def _sane(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _shown(cell: Cell) -> str:
    return repr(cell) if isinstance(cell, str) else str(cell)


def _links(cell: Cell) -> tuple[str, ...]:
    """Addresses, one a line or with spaces between. ValueError when one is no address of the web."""
    found = tuple(_text(cell).split())
    for link in found:
        if not link.lower().startswith(SCHEMES):
            raise ValueError(f"{link!r} is no link: it has to begin with https:// or http://")
    return found


def _reasons(cell: Cell) -> tuple[ResponseReason, ...]:
    parts = [part for part in re.split(r"[;,\n]", _text(cell)) if part.strip()]
    return tuple(dict.fromkeys(words.word(part.strip(), ResponseReason, words.REASONS) for part in parts))


def _word(kind: Any, others: Mapping[str, Any], cell: Cell) -> Any:
    return words.word(_text(cell), kind, others)


PARSERS: Mapping[str, Callable[[Cell], Any]] = {
    "evaluation": _code,
    "title": _text,
    "source": partial(_word, SourceKind, words.SOURCES),
    "final_on": _date,
    "type": partial(_word, EvaluationType, {}),
    "level": partial(_word, EvaluationLevel, {}),
    "number": _number,
    "text": _text,
    "priority": partial(_word, RecommendationPriority, words.PRIORITIES),
    "office": _code,
    "decision": partial(_word, ResponseDecision, words.DECISIONS),
    "reasons": _reasons,
    "explanation": _text,
    "responded_on": _date,
    "action": _text,
    "owner": _text,
    "original_due_on": _date,
    "due_on": _date,
    "status": partial(_word, ActionStage, words.STATUSES),
    "completed_on": _date,
    "evidence": _links,
    "part": _text,
    "milestone": _text,
    "milestone_on": _date,
    "language": partial(_word, TextLanguage, words.LANGUAGES),
}
