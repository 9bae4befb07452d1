"""Evaluates a formula for every period, exactly: what is missing stays missing and says which part it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rbm.rules.exact import LIMIT, ONE
from rbm.rules.formula.axis import Axis
from rbm.rules.formula.reading import EXACT, OVER_PERIODS, QUOTIENTS, Node
from rbm.terms.rollup import Reason


@dataclass(frozen=True, slots=True)
class Gap:
    """Why there is no value, and the names of the parts that are missing."""

    reason: Reason
    parts: frozenset[str] = frozenset()


Entry = Fraction | Gap
Column = Sequence[Entry]


def evaluate(node: Node, columns: Mapping[str, Column], axis: Axis) -> list[Entry]:
    """The value of a formula in every period of the axis, from the columns of its names (one entry a period)."""
    if node.number is not None:
        return [node.number] * axis.size
    if node.word == "name":
        return list(columns[node.name])
    if node.word in _PLACES:
        return [Gap(Reason.NOT_NUMERIC) if one is None else Fraction(one) for one in _PLACES[node.word](axis)]
    parts = [evaluate(part, columns, axis) for part in node.parts]
    if node.word in OVER_PERIODS:
        return _over_periods(node, parts[0], axis)
    if node.word == "or_zero":
        return [_or_zero(entry) for entry in parts[0]]
    return [_combined(node.word, entries) for entries in zip(*parts, strict=True)]


def touched(node: Node, marked: Mapping[str, Sequence[bool]], axis: Axis) -> list[bool]:
    """Whether a formula looks at a marked figure, for every period; `marked` has one entry a period for each name."""
    if node.word == "name":
        return list(marked[node.name])
    parts = [touched(part, marked, axis) for part in node.parts]
    if node.word == "ytd":
        return [any(parts[0][one] for one in so_far) for so_far in axis.to_date]
    if node.word == "previous":
        return [one is not None and parts[0][one] for one in _befores(node, axis)]
    return [any(entries) for entries in zip(*parts, strict=True)] if parts else [False] * axis.size


def rounded(entry: Entry) -> int | Gap:
    """The value in micros, rounded once, half to even; a gap where it is missing or needs more than 64 bits."""
    if isinstance(entry, Gap):
        return entry
    micros = round(entry * ONE)
    return micros if abs(micros) <= LIMIT else Gap(Reason.OUT_OF_RANGE)


_PLACES: dict[str, Callable[[Axis], Sequence[int | None]]] = {
    "period_index": lambda axis: axis.index,
    "periods_in_year": lambda axis: axis.in_year,
}


def _over_periods(node: Node, entries: Column, axis: Axis) -> list[Entry]:
    if node.word == "ytd":
        return [_to_date([entries[one] for one in so_far]) for so_far in axis.to_date]
    nothing = Gap(Reason.FORMULA_PART_MISSING, frozenset(node.names()))
    return [nothing if one is None else entries[one] for one in _befores(node, axis)]


def _befores(node: Node, axis: Axis) -> list[int | None]:
    """The position that `previous` looks at from each period."""
    found: list[int | None] = list(range(axis.size))
    for _ in range(node.back):
        found = [None if one is None else axis.before[one] for one in found]
    return found


def _to_date(entries: Column) -> Entry:
    """The sum of what there is; nothing before the first value, and nothing after a value that cannot be made."""
    gaps = [entry for entry in entries if isinstance(entry, Gap)]
    broken = [gap for gap in gaps if gap.reason is not Reason.FORMULA_PART_MISSING]
    if broken:
        return broken[0]
    values = [entry for entry in entries if isinstance(entry, Fraction)]
    return sum(values, Fraction(0)) if values else _joined(gaps)


def _or_zero(entry: Entry) -> Entry:
    missing = isinstance(entry, Gap) and entry.reason is Reason.FORMULA_PART_MISSING
    return Fraction(0) if missing else entry


def _combined(word: str, entries: Sequence[Entry]) -> Entry:
    gaps = [entry for entry in entries if isinstance(entry, Gap)]
    if gaps:
        return _joined(gaps)
    numbers = [entry for entry in entries if isinstance(entry, Fraction)]
    if word in QUOTIENTS and not numbers[1]:
        return Gap(Reason.DENOMINATOR_ZERO)
    return EXACT[word](*numbers)


def _joined(gaps: Sequence[Gap]) -> Gap:
    """One gap for several: a part that is missing is told before what follows from the others."""
    missing = [gap for gap in gaps if gap.reason is Reason.FORMULA_PART_MISSING]
    if not missing:
        return gaps[0]
    return Gap(Reason.FORMULA_PART_MISSING, frozenset().union(*(gap.parts for gap in missing)))
