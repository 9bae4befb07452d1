"""Prints for people (Rich) or for programs (one JSON document on standard output, exact numbers)."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from rich.console import Console
from rich.table import Table

console = Console(stderr=True, highlight=False)
paper = Console(highlight=False)


def number(value: Decimal) -> str:
    """A decimal as the shortest exact JSON number."""
    if value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f")


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(number(value))
    if isinstance(value, (UUID, date, datetime)):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def document(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.buffer.write(orjson.dumps(value, default=_other, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()


def shown(value: Any) -> str:
    """A value as a person reads it; what is unknown is a dash, never zero."""
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        whole, _, parts = number(value).partition(".")
        return f"{int(whole):,}" + (f".{parts[:2]}" if parts else "")
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on standard output; columns that end in # hold numbers."""
    made = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column.rstrip("#"), justify="right" if column.endswith("#") else "left")
    for row in rows:
        made.add_row(*(shown(value) for value in row))
    paper.print(made)


def answer(as_json: bool, value: Any, show: Callable[[], None]) -> None:  # noqa: FBT001
    """Print `value` as JSON when asked for, otherwise call `show`."""
    if as_json:
        document(value)
    else:
        show()
