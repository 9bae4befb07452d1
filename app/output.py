"""Prints for people (Rich) or for programs (one JSON document on standard output, exact numbers)."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rbm.errors import Refusal

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
    made = Table(
        title=escape(title), title_justify="left", header_style="bold", box=SIMPLE_HEAD, show_edge=False, pad_edge=False
    )
    for column in columns:
        right = column.endswith("#")
        made.add_column(column.rstrip("#"), justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        made.add_row(*(escape(shown(value)) for value in row))
    paper.print(made, "")


def words(reason: str) -> str:
    """A word of a closed list as a person reads it."""
    return reason.replace("_", " ")


def span(start: date, end: date) -> str:
    """Days from and to; a calendar year is its number."""
    whole = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year
    return str(start.year) if whole else f"{start} – {end}"


def line(text: str) -> None:
    """A line on standard output as it is, never wrapped, so that it can be copied."""
    paper.print(text, soft_wrap=True, markup=False)


def refused(refusal: Refusal, *, as_json: bool) -> None:
    """Why nothing was done: a document of problems on standard output, or a line on standard error."""
    if as_json:
        document({"problems": [{"code": refusal.code, "message": refusal.message, "field": refusal.field}]})
    else:
        where = f" ({refusal.field})" if refusal.field else ""
        console.print("[red]refused[/red]:", f"{escape(refusal.message)}{where}", soft_wrap=True)


def answer(as_json: bool, value: Any, show: Callable[[], None]) -> None:
    """Print `value` as JSON when asked for, otherwise call `show`."""
    if as_json:
        document(value)
    else:
        show()
