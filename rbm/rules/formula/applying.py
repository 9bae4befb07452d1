"""Puts the figures of formula indicators beside those the engine made: after aggregation, in dependency order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rbm.rules.arrays import Bools
from rbm.rules.exact import ONE
from rbm.rules.formula.axis import Axis, axis_of
from rbm.rules.formula.evaluating import Column, Entry, Gap, evaluate, rounded, touched
from rbm.rules.formula.merging import REASONS, TRUTHS, Applied, ByPeriod, Row, Sheet, merged
from rbm.rules.formula.reading import Node
from rbm.rules.rollup.columns import Figures, Periods
from rbm.terms.indicators import Measure
from rbm.terms.rollup import Reason

PARTS = {Measure.PERCENTAGE: ("share",), Measure.RATIO: ("ratio", "divide")}
"""The outermost operation by which a formula of a measure has a numerator and a denominator."""

MISSING = REASONS[Reason.FORMULA_PART_MISSING]
GAPS = {truth: f"why_no_{truth}" for truth in TRUTHS}
"""Where a row says why it has no amount of a truth."""

WITHOUT = frozenset(
    {
        Reason.NO_VALUE,
        Reason.NO_CONTRIBUTION,
        Reason.UNFIT,
        Reason.OPTED_OUT,
        Reason.NOT_APPROVED,
        Reason.REJECTED,
        Reason.FORMULA_PART_MISSING,
    }
)
"""Why a part is missing. For every other reason something is there and makes no number: the formula says the same."""


@dataclass(frozen=True, slots=True)
class Made:
    """An indicator made by a formula: its node position, and the node positions its names stand for (None: unknown)."""

    node: int
    measure: Measure
    tree: Node
    terms: Mapping[str, int | None]


def apply_formulas(figures: Figures, hidden: Bools, made: Sequence[Made], periods: Periods) -> Applied:
    """The engine's figures and those of `made`, which stand in dependency order; `hidden` has one entry a figure.

    A figure is made for each period and slice in which a part has one, and where a value comes out of other periods
    that has begun. Figures the engine made of formula indicators themselves are dropped.
    """
    if not made:
        return Applied(figures, hidden)
    axis = axis_of(periods.first_day, periods.last_day, periods.kind)
    wanted = {position for one in made for position in one.terms.values() if position is not None}
    own = {one.node for one in made}
    sheets = {position: _sheet(figures, hidden, position) for position in wanted - own}
    for one in made:
        sheets[one.node] = _made(one, sheets, axis, periods.begun.tolist())
    return merged(figures, hidden, {node: sheets[node] for node in own})


def _sheet(figures: Figures, hidden: Bools, position: int) -> Sheet:
    """The rows of a node out of the columns, which are in the order of nodes."""
    sheet = Sheet()
    first, end = np.searchsorted(figures.node, [position, position + 1]).tolist()
    for row in range(first, end):
        facts = {"hidden": int(hidden[row])}
        if not figures.has_value[row]:
            facts |= dict.fromkeys(GAPS.values(), int(figures.reason[row]))
        facts |= {name: int(getattr(figures, name)[row]) for name, has in TRUTHS.items() if getattr(figures, has)[row]}
        sheet.rows[int(figures.category[row]), int(figures.crossing[row])][int(figures.period[row])] = facts
    return sheet


def _made(one: Made, sheets: Mapping[int, Sheet], axis: Axis, begun: Sequence[bool]) -> Sheet:
    terms = {name: sheets.get(position) if position is not None else None for name, position in one.terms.items()}
    found = Sheet()
    slices = {key for sheet in terms.values() if sheet for key in sheet.rows}
    for key in sorted(slices):
        rows = {name: sheet.rows.get(key, {}) if sheet else {} for name, sheet in terms.items()}
        made = _slice(one, rows, axis)
        stated = {period for by_period in rows.values() for period in by_period}
        found.rows[key] = {
            period: row for period, row in enumerate(made) if period in stated or ("value" in row and begun[period])
        }
    return found


def _slice(one: Made, rows: Mapping[str, ByPeriod], axis: Axis) -> list[Row]:
    """The rows of one slice, one for every period."""
    marked = {
        name: [bool(by_period.get(at, {}).get("hidden")) for at in range(axis.size)] for name, by_period in rows.items()
    }
    hidden = touched(one.tree, marked, axis)
    made: list[Row] = [_counts(rows, at) | {"hidden": int(hidden[at])} for at in range(axis.size)]
    for truth in TRUTHS:
        for row, entry in zip(made, evaluate(one.tree, _columns(rows, truth, axis), axis), strict=True):
            _put(row, truth, rounded(entry))
    if one.tree.word in PARTS.get(one.measure, ()):
        _put_parts(made, one.tree.parts, _columns(rows, "value", axis), axis)
    return made


def _columns(rows: Mapping[str, ByPeriod], truth: str, axis: Axis) -> dict[str, list[Entry]]:
    return {
        name: [_entry(name, by_period.get(at), truth) for at in range(axis.size)] for name, by_period in rows.items()
    }


def _entry(name: str, row: Row | None, truth: str) -> Entry:
    if row is not None and truth in row:
        return Fraction(row[truth], ONE)
    why = tuple(Reason)[row.get(GAPS[truth], MISSING)] if row else Reason.FORMULA_PART_MISSING
    return Gap(Reason.FORMULA_PART_MISSING, frozenset({name})) if why in WITHOUT else Gap(why)


def _put(row: Row, truth: str, amount: int | Gap) -> None:
    if not isinstance(amount, Gap):
        row[truth] = amount
        return
    row[GAPS[truth]] = REASONS[amount.reason]
    if truth == "value":
        row["reason"] = REASONS[amount.reason]
        row["missing"] = len(amount.parts)


def _put_parts(made: Sequence[Row], parts: Sequence[Node], columns: Mapping[str, Column], axis: Axis) -> None:
    """Numerator and denominator, where both fit."""
    numerators, denominators = ([rounded(entry) for entry in evaluate(part, columns, axis)] for part in parts)
    for row, numerator, denominator in zip(made, numerators, denominators, strict=True):
        if not isinstance(numerator, Gap) and not isinstance(denominator, Gap):
            row.update(numerator=numerator, denominator=denominator)


def _counts(rows: Mapping[str, ByPeriod], at: int) -> Row:
    """How many of the parts have a value in the period, and how many of these a verified one."""
    present = [by_period[at] for by_period in rows.values() if "value" in by_period.get(at, {})]
    return {
        "expected": len(rows),
        "reported": len(present),
        "verified_units": sum("verified" in row for row in present),
    }
