"""Identity of what is published: keys that merge, codes that stay, words that match."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from rbm.files.iati import ActivityRecord, IndicatorRecord, ResultRecord
from rbm.rules.titles import leading_number
from rbm.terms.indicators import Measure
from rbm.terms.strategy import ResultLevel

LEVELS = {"1": ResultLevel.OUTPUT, "2": ResultLevel.OUTCOME, "3": ResultLevel.GOAL, "9": ResultLevel.OTHER}
MEASURES = {
    "1": Measure.NUMBER,
    "2": Measure.PERCENTAGE,
    "3": Measure.MILESTONE,
    "4": Measure.SCORE,
    "5": Measure.NARRATIVE,
    None: Measure.NARRATIVE,
}
"""IATI IndicatorMeasure to ours; a nominal value names a state, and an indicator without a measure is narrative."""


@dataclass(frozen=True)
class ResultKey:
    """What makes results of different activities the same: level and title."""

    level: ResultLevel
    title: str


@dataclass(frozen=True)
class IndicatorKey:
    """What makes indicators of different activities the same: their result's key, title and measure."""

    result: ResultKey
    title: str
    measure: Measure


def result_code(activity: ActivityRecord, result: ResultRecord) -> str:
    """The stable code of a result: the activity identifier and a digest of key and occurrence."""
    return f"{activity.identifier}/R-{digest('result', result.type, result.title, result.occurrence)}"


def indicator_code(activity: ActivityRecord, result: ResultRecord, indicator: IndicatorRecord) -> str:
    """The stable code of an indicator: activity identifier, the number its title leads with, and a digest."""
    parts = ("indicator", result.type, result.title, indicator.title, indicator.measure, indicator.occurrence)
    return f"{activity.identifier}/{leading_code(indicator.title)}-{digest(*parts)}"


def publisher_code(activity: ActivityRecord) -> str:
    """The code of who published an activity: the reference, else the name."""
    return activity.reporting.ref or publisher_name(activity)


def publisher_name(activity: ActivityRecord) -> str:
    """Who published an activity, in words."""
    return first(activity.reporting.names) or activity.reporting.ref or "an unnamed publisher"


def first(texts: dict[str, str]) -> str | None:
    """The English text, else the first one, else None."""
    return texts.get("en") or next(iter(texts.values()), None)


def leading_code(title: str) -> str:
    """The number a title begins with, such as 4.2a, or I when it begins with none."""
    return leading_number(title) or "I"


def digest(*parts: object) -> str:
    """Ten hexadecimal digits that stand for the parts."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:10]


def fold(text: str) -> str:
    """A word for matching: no case, no accents, white space folded."""
    plain = (mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join("".join(plain).casefold().split())


def slug(text: str) -> str:
    """A word for codes; text without letters or digits becomes `unstated`."""
    return re.sub(r"[^\w]+", "-", fold(text)).strip("-") or "unstated"
