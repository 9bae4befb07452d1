"""What one indicator is known by over years and strategies, and what may not have changed for it to be the same."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from rbm.errors import Invalid
from rbm.rules.titles import leading_number
from rbm.terms.indicators import Accumulation, Direction, Measure
from rbm.terms.strategy import ResultLevel

DIGITS = 10
SENSE = ("measure", "unit", "direction", "accumulation")
UNIT = re.compile(r"\w+|[^\w\s.,;:()'\"-]")
"""Words and signs of a unit, such as people, $ and ‰, without punctuation."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a value means: its measure, its unit, the side on which improvement lies, and whether it is one to date."""

    measure: Measure
    unit: str | None
    direction: Direction | None
    accumulation: Accumulation | None = None


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
    """Nothing, when values mean the same. Invalid naming the measure, unit, direction or accumulation that changed.

    What one of them does not state is no other one.
    """
    for name in differences(before, after):
        raise Invalid(f"{changed(name, before, after)}: that is not the same", name)


def changed(name: str, before: Sense, after: Sense) -> str:
    """The words for something that is not the same."""
    one, other = (getattr(sense, name).replace("_", " ") for sense in (before, after))
    return f"the {name} changed from {one} to {other}"


def differences(before: Sense, after: Sense) -> tuple[str, ...]:
    """Which of measure, unit, direction and accumulation, stated by both, are not the same."""
    found = []
    for name in SENSE:
        one, other = getattr(before, name), getattr(after, name)
        if one and other and (_unit(one) != _unit(other) if name == "unit" else one != other):
            found.append(name)
    return tuple(found)


def _unit(text: str) -> str:
    """A unit as it is compared: no case, no accents and no punctuation, but every sign that may be a unit."""
    plain = (mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(UNIT.findall("".join(plain).casefold())) or text.strip()
