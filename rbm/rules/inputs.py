"""Refusals of input that read the same in every room: blank texts, numbers that do not fit, years that are none."""

from decimal import Decimal
from urllib.parse import urlsplit

from rbm.errors import Invalid

PLACES = 6
LIMIT = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2200
SCHEMES = frozenset({"http", "https"})


def refuse_blank(text: str | None, field: str) -> str:
    """The text without white space around it. Invalid when nothing is left."""
    stated = (text or "").strip()
    if not stated:
        raise Invalid(f"{field.replace('_', ' ')} is missing", field)
    return stated


def refuse_address(url: str, field: str) -> str:
    """The address. Invalid when it is none of http or https."""
    try:
        address = urlsplit(url)
        good = address.scheme in SCHEMES and bool(address.hostname)
    except ValueError:
        good = False
    if not good or any(character.isspace() for character in url):
        raise Invalid(f"{url} is not an http or https address", field)
    return url


def refuse_inexact(value: Decimal | None, field: str) -> None:
    """Nothing, when the value is None or fits six decimals and 64 bits exactly. Invalid otherwise."""
    if value is None:
        return
    if not value.is_finite():
        raise Invalid(f"{value} is not a number", field)
    if abs(value) > Decimal(LIMIT).scaleb(-PLACES):
        raise Invalid(f"{value} is out of range", field, "out_of_range")
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -PLACES:
        raise Invalid(f"{value} has more than {PLACES} decimals", field)


def refuse_year(year: int | None, field: str = "year") -> None:
    """Nothing, when the year is None or one of our times. Invalid otherwise."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(f"{year} is not a year between {FIRST_YEAR} and {LAST_YEAR}", field)
