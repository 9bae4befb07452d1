"""Files of conformance cases: read, and refused in plain words where they are none."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn


class Malformed(Exception):
    """The file holds no cases that could be replayed."""


@dataclass(frozen=True)
class Case:
    """One case: what is done, what is expected, and whether we mean to do otherwise."""

    id: str
    inputs: Any
    expected: Any
    deviates: bool


def read(path: Path) -> list[Case]:
    """The cases of a file in its order: a list of objects with `id`, `inputs` and `expected`. Malformed otherwise."""
    try:
        document = json.loads(path.read_text("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (OSError, ValueError, RecursionError) as fault:
        raise Malformed(f"{path}: {fault}") from fault
    if not isinstance(document, list):
        raise Malformed(f"{path}: a file of cases is a list")
    cases = [_case(path, number, row) for number, row in enumerate(document, 1)]
    ids = [case.id for case in cases]
    twice = sorted({key for key in ids if ids.count(key) > 1})
    if twice:
        raise Malformed(f"{path}: there is more than one case {', '.join(twice)}")
    return cases


def _case(path: Path, number: int, row: Any) -> Case:
    if not isinstance(row, dict):
        raise Malformed(f"{path}: case {number} is no object")
    if not isinstance(row.get("id"), str) or not row["id"].strip():
        raise Malformed(f"{path}: case {number} has no id")
    for name in ("inputs", "expected"):
        if name not in row:
            raise Malformed(f"{path}: {row['id']} has no {name}")
    return Case(row["id"], row["inputs"], row["expected"], row.get("stance") == "deviate")


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
