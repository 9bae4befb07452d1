"""Numbers as publishers write them: exact decimals out, repairs and refusals told in words."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from rbm.files.iati.findings import quoted

CEILING = Decimal("9.2e12")
LONGEST = 64
EXACT = Context(prec=2 * LONGEST, rounding=ROUND_HALF_EVEN)
WRITTEN = re.compile(
    r"(?:(?P<year>(?:19|20|21)[0-9]{2}):\s*)?"
    r"(?P<number>[+-]?(?:(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]*)?|\.[0-9]+))"
    r"\s*(?P<percent>%)?"
)


@dataclass(frozen=True, slots=True)
class Form:
    """What may stand around a number, and how many decimals it keeps."""

    places: int = 6
    percent: bool = False
    year: bool = False


VALUE = Form(year=True)
PERCENTAGE_VALUE = Form(percent=True, year=True)
PERCENTAGE = Form(percent=True)
MONEY = Form(places=2)
DEGREES = Form()


@dataclass(frozen=True, slots=True)
class Reading:
    """A value with the repair it took, or no value with the reason; both None never happens."""

    value: Decimal | None
    reason: str | None = None


def read(text: str, form: Form = VALUE) -> Reading:
    """Read a number from `text` as a Decimal of exactly `form.places` decimals.

    Plain decimals are taken as they stand; groups of thousands, outer spaces and what `form` allows are repaired;
    decimals beyond `form.places` are rounded half to even. Exponents, decimal commas, words, digits of other scripts
    and sizes of 9.2e12 or more give a Reading without value. Nothing is raised.
    """
    bare = text.strip()
    match = WRITTEN.fullmatch(bare) if len(bare) <= LONGEST else None
    if match is None or (match["year"] and not form.year):
        return Reading(None, f"{quoted(text)} is no number")
    if match["percent"] and not form.percent:
        return Reading(None, f"{quoted(text)} is a percentage, which is not what is measured here")
    exact = EXACT.create_decimal(match["number"].replace(",", ""))
    value = _rounded(exact, form.places)
    if abs(value) >= CEILING:
        return Reading(None, f"{quoted(text)} is out of range, it must be smaller than 9,200,000,000,000")
    return Reading(value, _repair(text, match, value, exact))


def plain(value: Decimal) -> str:
    """Return the digits of a value without exponent and without closing zeros."""
    return f"{value.normalize(EXACT):f}"


def _rounded(exact: Decimal, places: int) -> Decimal:
    rounded = exact.quantize(Decimal(1).scaleb(-places), context=EXACT)
    return EXACT.add(rounded, Decimal(0))  # turns minus zero into zero


def _repair(text: str, match: re.Match[str], value: Decimal, exact: Decimal) -> str | None:
    if value == exact and text == match["number"] and "," not in text:
        return None
    of_year = f" of the year {match['year']}" if match["year"] else ""
    rounding = "" if value == exact else ", rounded half to even"
    return f"{quoted(text)} read as {plain(value)}{of_year}{rounding}"
