"""What a reader did about one fault of a file, and where."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["repaired", "refused", "noted"]

LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: `element` is a path inside the activity with numbers from 1, `line` counts from 1 in the file."""

    kind: Kind
    activity: str | None
    element: str
    line: int
    reason: str


def quoted(text: str) -> str:
    """Return a published text as it can stand in a sentence: one line, cut at 80 characters.

    Quotation marks are added only where spaces at the ends or inside would otherwise mislead.
    """
    line = "".join(mark if mark.isprintable() else " " for mark in text[: LONGEST_QUOTE + 1])
    if len(line) > LONGEST_QUOTE:
        line = line[:LONGEST_QUOTE] + "…"
    return f'"{line}"' if " " in line or not line else line
