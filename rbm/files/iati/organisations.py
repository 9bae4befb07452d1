"""The organisation that reports an activity and those that take part in it."""

from rbm.files.iati.findings import quoted
from rbm.files.iati.records import OrganisationRecord
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import LANGUAGE, narratives

FIELDS = frozenset({"ref", "type", "role", "activity-id", LANGUAGE})
ROLES = frozenset("1234")
NOBODY = OrganisationRecord(None, None, {}, None, None, {})


def reporting(activity: Spot) -> OrganisationRecord:
    """Return who reports the activity; an empty record, noted, when nobody does."""
    reporter = activity.one("reporting-org")
    if reporter is None:
        activity.tell("noted", "no reporting organisation", "reporting-org")
        return NOBODY
    return _organisation(reporter)


def participations(activity: Spot) -> tuple[OrganisationRecord, ...]:
    """Return who takes part, in the order of the file."""
    return tuple(_organisation(child) for child in activity.each("participating-org"))


def _organisation(spot: Spot) -> OrganisationRecord:
    others = {str(name): str(value) for name, value in spot.element.attrib.items() if name not in FIELDS}
    return OrganisationRecord(
        ref=spot.get("ref"),
        type=spot.get("type"),
        names=narratives(spot),
        role=_role(spot),
        activity_id=spot.get("activity-id"),
        attributes=others,
    )


def _role(spot: Spot) -> str | None:
    role = spot.get("role")
    if role is not None and role not in ROLES:
        spot.tell("refused", f"{quoted(role)} is an unknown role", "@role")
        return None
    return role
