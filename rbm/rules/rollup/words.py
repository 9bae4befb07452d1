"""Words as small integers: the position of each word in its enum, and what the words of a node mean together."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from rbm.rules.arrays import Bools, Codes
from rbm.rules.rollup.columns import Nodes
from rbm.terms.indicators import Additivity, Measure, OverUnits
from rbm.terms.rollup import Reason

NO_REASON = np.int8(-1)


@lru_cache(maxsize=None, typed=True)
def code(word: StrEnum) -> np.int8:
    """The position of a word in its enum."""
    return np.int8(list(type(word)).index(word))


def is_any(codes: Codes, *words: StrEnum) -> Bools:
    """Where a column holds one of the words."""
    found: Bools = codes == code(words[0])
    for word in words[1:]:
        found |= codes == code(word)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """What follows from the words of each node, n rows.

    operator: how units combine; percentages and ratios always by the ratio of their sums.
    hundred: whether its quotient is shown times 100.
    parts_gate: why several own parts cannot become one value; units_gate: the same for units (-1 = they can).
    contribution_gate: why it cannot enter a sum above it.
    text: it holds no number; people: it counts people.
    """

    operator: Codes
    hundred: Bools
    parts_gate: Codes
    units_gate: Codes
    contribution_gate: Codes
    text: Bools
    people: Bools


def habits(nodes: Nodes) -> Habits:
    """The habits of each node."""
    quotient = is_any(nodes.measure, Measure.PERCENTAGE, Measure.RATIO)
    text = is_any(nodes.measure, Measure.MILESTONE, Measure.NARRATIVE)
    operator = np.where(quotient, code(OverUnits.RATIO_OF_SUMS), nodes.over_units).astype(np.int8)
    undeclared = is_any(nodes.additivity, Additivity.UNDECLARED)
    apart = is_any(nodes.additivity, Additivity.NO)
    refused = is_any(nodes.over_units, OverUnits.NONE) | (is_any(operator, OverUnits.SUM) & apart)
    units_gate = _first(
        (text, Reason.NOT_NUMERIC), (undeclared, Reason.ADDITIVITY_UNDECLARED), (refused, Reason.NOT_ADDITIVE)
    )
    return Habits(
        operator=operator,
        hundred=is_any(nodes.measure, Measure.PERCENTAGE) | is_any(operator, OverUnits.SHARE_YES),
        parts_gate=np.where(is_any(operator, OverUnits.RATIO_OF_SUMS), NO_REASON, units_gate),
        units_gate=units_gate,
        contribution_gate=_first((undeclared, Reason.ADDITIVITY_UNDECLARED), (apart | quotient, Reason.NOT_ADDITIVE)),
        text=text,
        people=nodes.people & ~text,
    )


def _first(*cases: tuple[Bools, Reason]) -> Codes:
    """The reason of the first case that holds, by row."""
    conditions = [condition for condition, _ in cases]
    return np.select(conditions, [code(reason) for _, reason in cases], NO_REASON).astype(np.int8)
