"""Histories of evaluation follow-up in columns, from plain rows, for tests of the rules."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, get_type_hints

import numpy as np

from rbm.rules.followup.columns import Evaluations, Histories
from rbm.rules.followup.view import Scope, View


def table(kind: type, rows: Sequence[Sequence[int]]) -> Any:
    """Rows of whole numbers as the table of a kind, a number for each of its columns."""
    width = len(fields(kind))
    made = kind(*np.array([list(row) for row in rows], dtype=np.int64).reshape(len(rows), width).T)
    if kind is Evaluations:
        return replace(made, joint=made.joint.astype(np.bool_), planned=made.planned.astype(np.bool_))
    return made


def histories(**rows: Sequence[Sequence[int]]) -> Histories:
    """Histories with rows by the names of their tables; what is not named is empty."""
    kinds = get_type_hints(Histories)
    return Histories(**{name: table(kind, rows.get(name, ())) for name, kind in kinds.items()})


def seen(made: Histories, on: date, offices: int = 1) -> View:
    """Histories as of a day, of all offices."""
    return View(made, on, Scope(np.ones(offices, dtype=np.bool_)))
