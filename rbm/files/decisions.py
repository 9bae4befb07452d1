"""Reads decisions on adding up from a file: CSV with a head line, or one JSON object a line."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rbm.errors import Invalid
from rbm.terms.indicators import OverUnits

COLUMNS = ("key", "operator", "reason")
LARGEST = 10_000_000
"""Bytes."""


@dataclass(frozen=True)
class DecisionRecord:
    """One decision and the line it stands on."""

    line: int
    key: str
    operator: OverUnits
    reason: str


def read_decisions(path: Path) -> list[DecisionRecord]:
    """The decisions of a file in their order. Invalid naming line and field when one cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid(f"{path.name} is larger than {LARGEST:,} bytes", "decisions")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"{path.name} cannot be read", "decisions") from None
    stated = _objects(text) if text.lstrip().startswith("{") else _rows(text)
    made: list[DecisionRecord] = []
    lines: dict[str, int] = {}
    for line, fields in stated:
        record = _record(line, fields)
        if record.key in lines:
            raise Invalid(f"line {line}: {record.key} is decided in line {lines[record.key]} already", "key")
        lines[record.key] = line
        made.append(record)
    return made


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for name in COLUMNS:
            if name not in (reader.fieldnames or ()):
                raise Invalid(f"line 1: there is no column {name}", name)
        for fields in reader:
            if None in fields:
                raise Invalid(f"line {reader.line_num}: it has more fields than there are columns", "decisions")
            yield reader.line_num, fields
    except csv.Error as error:
        raise Invalid(f"line {reader.line_num + 1}: {error}", "decisions") from None


def _objects(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, stated in enumerate(text.split("\n"), 1):
        if not stated.strip():
            continue
        try:
            fields = json.loads(stated)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            raise Invalid(f"line {line}: it is no JSON object", "decisions")
        yield line, fields


def _record(line: int, fields: dict[str, Any]) -> DecisionRecord:
    values = []
    for name in COLUMNS:
        value = fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise Invalid(f"line {line}: {name} is missing", name)
        if not _storable(value):
            raise Invalid(f"line {line}: {name} holds what is no text", name)
        values.append(value.strip())
    key, operator, reason = values
    if operator not in set(OverUnits):
        raise Invalid(f"line {line}: {operator!r} is no operator: {', '.join(OverUnits)}", "operator")
    return DecisionRecord(line, key, OverUnits(operator), reason)


def _storable(text: str) -> bool:
    """Whether both databases can hold a text: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)
