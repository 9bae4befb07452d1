"""What one indicator is known by over years and strategies, and what may not have changed for it to be the same."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from rbm.errors import Invalid
from rbm.rules.titles import leading_number
from rbm.terms.indicators import Direction, Measure
from rbm.terms.strategy import ResultLevel

DIGITS = 10


@dataclass(frozen=True, slots=True)
class Sense:
    """What a value means: its measure, the unit it is counted in, the side on which improvement lies."""

    measure: Measure
    unit: str | None
    direction: Direction | None


def lead_of(title: str) -> str:
    """The number a title leads with, else ten hexadecimal digits of the title without case, accents and signs."""
    return leading_number(title) or hashlib.sha256(folded(title).encode()).hexdigest()[:DIGITS]


def key_of(level: ResultLevel | None, title: str, measure: Measure) -> str:
    """The key of an indicator in all years and plans, such as goal/4.2a/number."""
    return f"{level or ResultLevel.OTHER}/{lead_of(title)}/{measure}"


def parts_of(key: str) -> tuple[ResultLevel, str, Measure]:
    """Level, leading number or digest, and measure of a key. Invalid naming `key` when it has not this form."""
    level, _, rest = key.strip().partition("/")
    lead, _, measure = rest.rpartition("/")
    if level not in set(ResultLevel) or measure not in set(Measure) or not lead:
        raise Invalid(f"{key!r} is no key: LEVEL/NUMBER/MEASURE such as goal/4.2a/number", "key")
    return ResultLevel(level), lead, Measure(measure)


def folded(text: str) -> str:
    """Words alone: no case, no accents, no signs, single spaces."""
    plain = (mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(re.findall(r"\w+|%", "".join(plain).casefold()))


def refuse_another(before: Sense, after: Sense) -> None:
    """Nothing, when values mean the same. Invalid naming measure, unit or direction where that is another one.

    A unit or direction that one of them does not state is no other one.
    """
    for name in ("measure", "unit", "direction"):
        if name in differences(before, after):
            one, other = getattr(before, name), getattr(after, name)
            raise Invalid(f"the {name} changed from {_word(one)} to {_word(other)}: that is not the same", name)


def differences(before: Sense, after: Sense) -> tuple[str, ...]:
    """Which of measure, unit and direction, stated by both, are not the same."""
    units = tuple(unit and folded(unit) for unit in (before.unit, after.unit))
    pairs: dict[str, tuple[str | None, ...]] = {"measure": (before.measure, after.measure), "unit": units}
    pairs["direction"] = (before.direction, after.direction)
    return tuple(name for name, (one, other) in pairs.items() if one and other and one != other)


def _word(word: str) -> str:
    return word.replace("_", " ")
