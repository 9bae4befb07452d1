"""Attributes that hold days, yes or no, whole numbers, percentages and codes; unreadable ones are told as refused."""

import datetime as dt
import re
from collections.abc import Collection
from decimal import Decimal

from rbm.files.iati import numbers
from rbm.files.iati.findings import quoted
from rbm.files.iati.spot import Spot

DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2}|T[0-9:.]{5,20}(?:Z|[+-][0-9]{2}:[0-9]{2})?)?")
WHOLE = re.compile(r"[0-9]{1,9}")
FLAGS = {"0": False, "false": False, "1": True, "true": True}
HUNDRED = Decimal(100)


def day(spot: Spot, attribute: str = "iso-date") -> dt.date | None:
    """Return a day, its time zone or time of day cut off and told as repaired."""
    text = spot.get(attribute)
    if text is None:
        return None
    match = DAY.fullmatch(text)
    try:
        found = dt.date.fromisoformat(match[1]) if match else None
    except ValueError:
        found = None
    if found is None or match is None:
        spot.tell("refused", f"{quoted(text)} is no date", f"@{attribute}")
    elif match[2]:
        spot.tell("repaired", f"{quoted(text)} read as {found}", f"@{attribute}")
    return found


def flag(spot: Spot, attribute: str) -> bool | None:
    """Return true or false from 1, 0, true and false; None when absent."""
    text = spot.get(attribute)
    if text is not None and text not in FLAGS:
        spot.tell("refused", f"{quoted(text)} is neither true nor false", f"@{attribute}")
    return FLAGS.get(text or "")


def whole(spot: Spot, attribute: str) -> int | None:
    """Return a whole number of up to nine digits."""
    text = spot.get(attribute)
    if text is None:
        return None
    if not WHOLE.fullmatch(text):
        spot.tell("refused", f"{quoted(text)} is no whole number", f"@{attribute}")
        return None
    return int(text)


def percentage(spot: Spot) -> Decimal | None:
    """Return the percentage attribute in percent; one outside 0 to 100 is kept and noted."""
    text = spot.element.get("percentage")
    if text is None or not text.strip():
        return None
    reading = numbers.read(text, numbers.PERCENTAGE)
    if reading.reason:
        spot.tell("refused" if reading.value is None else "repaired", reading.reason, "@percentage")
    if reading.value is not None and not 0 <= reading.value <= HUNDRED:
        spot.tell("noted", f"{numbers.plain(reading.value)} is not between 0 and 100", "@percentage")
    return reading.value


def code(spot: Spot, attribute: str, known: Collection[str], otherwise: str) -> str:
    """Return a code of a closed list; an unknown one is noted and read as `otherwise`, as an absent one is."""
    text = spot.get(attribute)
    if text is not None and text not in known:
        spot.tell("noted", f"{quoted(text)} is an unknown code, read as {otherwise}", f"@{attribute}")
        return otherwise
    return text or otherwise


def required(spot: Spot, attribute: str, known: Collection[str] | None = None) -> str | None:
    """Return an attribute without which its element means nothing; absent or not `known` it is told as refused."""
    text = spot.get(attribute)
    if text is None:
        spot.tell("refused", f"{attribute} is missing, the element is not kept", f"@{attribute}")
    elif known is not None and text not in known:
        spot.tell("refused", f"{quoted(text)} is an unknown code, the element is not kept", f"@{attribute}")
        return None
    return text
