"""Rows of formula indicators between the columns the engine made."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.rollup.columns import Exclusions, Figures
from rbm.terms.rollup import Reason

TRUTHS = {"value": "has_value", "verified": "has_verified", "self_reported": "has_self_reported"}
REASONS = {reason: position for position, reason in enumerate(Reason)}
Slice = tuple[int, int]
Row = dict[str, int]
ByPeriod = Mapping[int, Row]


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """The figures with those of formulas in their order, and which of them rest on a value that is not released."""

    figures: Figures
    hidden: Bools


@dataclass(slots=True)
class Sheet:
    """The figures of an indicator: rows by slice (category, crossing) and period, in micros, absent where null."""

    rows: dict[Slice, dict[int, Row]] = field(default_factory=lambda: defaultdict(dict))


def merged(figures: Figures, hidden: Bools, sheets: Mapping[int, Sheet]) -> Applied:
    """The columns with the rows of the sheets in place of those of their nodes, in order."""
    kept = np.flatnonzero(~np.isin(figures.node, list(sheets)))
    fresh = [
        {"node": node, "period": period, "category": key[0], "crossing": key[1]} | row
        for node, sheet in sheets.items()
        for key, rows in sheet.rows.items()
        for period, row in rows.items()
    ]
    names = [one.name for one in fields(Figures) if one.name != "exclusions"]
    columns = {name: np.concatenate([getattr(figures, name)[kept], _column(figures, name, fresh)]) for name in names}
    order = np.lexsort([columns[name] for name in ("crossing", "category", "period", "node")])
    unseen = np.concatenate([hidden[kept], np.array([row["hidden"] for row in fresh], dtype=np.bool_)])
    exclusions = _exclusions(figures, kept, fresh, order)
    ordered = {name: column[order] for name, column in columns.items()}
    return Applied(replace(figures, **ordered, exclusions=exclusions), unseen[order])


def _column(figures: Figures, name: str, fresh: Iterable[Row]) -> Ints:
    """A column of the new rows; where a row says nothing it is 0, or -1 for none."""
    absent = -1 if name == "reason" else 0
    kind = getattr(figures, name).dtype
    source = {has: truth for truth, has in TRUTHS.items()}
    if name in source:
        return np.array([source[name] in row for row in fresh], dtype=kind)
    if name == "has_parts":
        return np.array(["numerator" in row and "denominator" in row for row in fresh], dtype=kind)
    return np.array([row.get(name, absent) for row in fresh], dtype=kind)


def _exclusions(figures: Figures, kept: Ints, fresh: Sequence[Row], order: Ints) -> Exclusions:
    """The exclusions by the new positions of their figures, with the parts that new ones miss."""
    before = figures.exclusions
    place = np.full(len(figures.node), -1, dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    place[kept] = rank[: len(kept)]
    stay = place[before.figure] >= 0
    missing = [(len(kept) + at, row["missing"]) for at, row in enumerate(fresh) if row.get("missing")]
    figure = np.concatenate([place[before.figure[stay]], rank[[at for at, _ in missing]].astype(np.int64)])
    reason = np.full(len(missing), REASONS[Reason.FORMULA_PART_MISSING], dtype=before.reason.dtype)
    counts = np.array([count for _, count in missing], dtype=before.count.dtype)
    reasons = np.concatenate([before.reason[stay], reason])
    again = np.lexsort([reasons, figure])
    return Exclusions(figure[again], reasons[again], np.concatenate([before.count[stay], counts])[again])
