"""Recipient countries, recipient regions and locations of an activity."""

import re
from collections.abc import Iterator
from decimal import Decimal

from rbm.files.iati import attributes, numbers
from rbm.files.iati.content import content_of
from rbm.files.iati.findings import quoted
from rbm.files.iati.records import PlaceRecord, PlaceRole
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import narratives, narratives_under

BETWEEN = re.compile(r",?\s+")
POLE, DATE_LINE = Decimal(90), Decimal(180)
RECIPIENTS: tuple[tuple[str, PlaceRole], ...] = (
    ("recipient-country", "recipient_country"),
    ("recipient-region", "recipient_region"),
)


def places(activity: Spot) -> tuple[PlaceRecord, ...]:
    """Return countries, then regions, then locations; recipients without code or name are told as refused."""
    return (*_recipients(activity), *(_location(child) for child in activity.each("location")))


def _recipients(activity: Spot) -> Iterator[PlaceRecord]:
    for tag, role in RECIPIENTS:
        for child in activity.each(tag):
            place = _recipient(child, role)
            if place.code is None and not place.names:
                child.tell("refused", f"{tag} has neither code nor name and is not kept")
            else:
                yield place


def _recipient(spot: Spot, role: PlaceRole) -> PlaceRecord:
    return PlaceRecord(
        role=role,
        code=spot.get("code"),
        vocabulary=spot.get("vocabulary"),
        percentage=attributes.percentage(spot),
        names=narratives(spot),
        ref=None,
        latitude=None,
        longitude=None,
        content=content_of(spot.element),
    )


def _location(spot: Spot) -> PlaceRecord:
    # A location may carry several ids; the first is its code here, all stand in the content.
    identity = next(spot.each("location-id"), None)
    latitude, longitude = _coordinates(spot)
    return PlaceRecord(
        role="location",
        code=identity.get("code") if identity else None,
        vocabulary=identity.get("vocabulary") if identity else None,
        percentage=attributes.percentage(spot),
        names=narratives_under(spot, "name"),
        ref=spot.get("ref"),
        latitude=latitude,
        longitude=longitude,
        content=content_of(spot.element),
    )


def _coordinates(spot: Spot) -> tuple[Decimal | None, Decimal | None]:
    point = spot.one("point")
    position = point.one("pos") if point else None
    text = (position.element.text or "").strip() if position else ""
    if position is None or not text:
        return None, None
    readings = [numbers.read(part, numbers.DEGREES) for part in BETWEEN.split(text, maxsplit=2)]
    match [reading.value for reading in readings]:
        case [Decimal() as latitude, Decimal() as longitude] if abs(latitude) <= POLE and abs(longitude) <= DATE_LINE:
            if "," in text or any(reading.reason for reading in readings):
                found = f"{numbers.plain(latitude)} {numbers.plain(longitude)}"
                position.tell("repaired", f"{quoted(text)} read as {found}")
            return latitude, longitude
        case _:
            position.tell("refused", f"{quoted(text)} is no latitude and longitude")
            return None, None
