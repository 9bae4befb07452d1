"""One activity element into one record."""

from lxml.etree import _Element as Element

from rbm.files.iati import attributes, content, money, organisations, places, themes
from rbm.files.iati.documents import documents
from rbm.files.iati.findings import Finding, quoted
from rbm.files.iati.records import ActivityRecord, DateRecord, DescriptionRecord, RelationRecord
from rbm.files.iati.results import results
from rbm.files.iati.spot import Report, Spot, line_of
from rbm.files.iati.strays import is_plain
from rbm.files.iati.texts import FALLBACK_LANGUAGE, LANGUAGE, language_of, narratives, narratives_under, title_of

FIELDS = frozenset({LANGUAGE, "default-currency", "hierarchy", "humanitarian", "last-updated-datetime"})
DATE_KINDS = frozenset("1234")
RELATIONS = frozenset("12345")
KNOWN = frozenset(
    {
        "iati-identifier",
        "reporting-org",
        "title",
        "description",
        "participating-org",
        "activity-status",
        "activity-date",
        "related-activity",
        "recipient-country",
        "recipient-region",
        "location",
        "sector",
        "policy-marker",
        "tag",
        "budget",
        "transaction",
        "document-link",
        "result",
    }
)
WHOLE = frozenset({"recipient-country", "recipient-region", "location", "budget", "transaction", "result"})
"""Children that are kept whole, or that look after what is strange in them."""


def read(element: Element, version: str) -> ActivityRecord | Finding:
    """Read an iati-activity element of a version; one without identifier is a refused Finding."""
    published = element.findtext("iati-identifier") or ""
    identifier = published.strip()
    if not identifier:
        return _nameless(element)
    spot = Spot(element, "", Report(identifier, _language(element)))
    if identifier != published:
        spot.tell("repaired", f"{quoted(published)} read as {quoted(identifier)}", "iati-identifier[1]")
    spot.report.currency = spot.get("default-currency")
    spot.report.location_refs = frozenset(ref for child in spot.each("location") if (ref := child.get("ref")))
    return _record(spot, version)


def _nameless(element: Element) -> Finding:
    title = " ".join("".join(str(piece) for piece in found.itertext()) for found in element.iterchildren("title"))
    reason = f"activity {quoted(' '.join(title.split()))} has no iati-identifier and is not read"
    return Finding("refused", None, "iati-identifier", line_of(element), reason)


def _language(element: Element) -> str:
    root = element.getparent()
    of_file = language_of(root.get(LANGUAGE) if root is not None else None, FALLBACK_LANGUAGE)
    return language_of(element.get(LANGUAGE), of_file)


def _record(spot: Spot, version: str) -> ActivityRecord:
    spot.one("iati-identifier")
    report = spot.report
    titles = narratives_under(spot, "title")
    title = title_of(titles, report.language)
    if not title:
        spot.tell("noted", "no title", "title")
    return ActivityRecord(
        identifier=report.activity,
        iati_version=version,
        language=report.language,
        currency=report.currency,
        hierarchy=attributes.whole(spot, "hierarchy"),
        humanitarian=attributes.flag(spot, "humanitarian"),
        last_updated=spot.get("last-updated-datetime"),
        attributes={str(name): str(value) for name, value in spot.element.attrib.items() if name not in FIELDS},
        reporting=organisations.reporting(spot),
        title=title,
        titles=titles,
        descriptions=_descriptions(spot),
        participations=organisations.participations(spot),
        dates=_dates(spot),
        status=_status(spot),
        relations=_relations(spot),
        places=places.places(spot),
        sectors=themes.sectors(spot),
        tags=themes.tags(spot),
        markers=themes.markers(spot),
        budgets=money.budgets(spot),
        transactions=money.transactions(spot),
        documents=documents(spot),
        results=results(spot),
        remainder=_remainder(spot),
        lost_targets=report.lost["target"],
        lost_actuals=report.lost["actual"],
        findings=tuple(sorted(report.findings, key=lambda finding: finding.line)),
        line=spot.line,
    )


def _descriptions(activity: Spot) -> tuple[DescriptionRecord, ...]:
    found = []
    for child in activity.each("description"):
        texts = narratives(child)
        if texts:
            found.append(DescriptionRecord(child.get("type"), texts))
        else:
            child.tell("noted", "description without text")
    return tuple(found)


def _dates(activity: Spot) -> tuple[DateRecord, ...]:
    found = []
    for child in activity.each("activity-date"):
        kind, day = attributes.required(child, "type", DATE_KINDS), attributes.day(child)
        if day is None and child.get("iso-date") is None:
            child.tell("refused", "iso-date is missing, the element is not kept", "@iso-date")
        if kind is not None and day is not None:
            found.append(DateRecord(kind, day, narratives(child)))
    return tuple(found)


def _status(activity: Spot) -> str | None:
    status = activity.one("activity-status")
    return status.get("code") if status else None


def _relations(activity: Spot) -> tuple[RelationRecord, ...]:
    found = []
    for child in activity.each("related-activity"):
        kind, ref = attributes.required(child, "type", RELATIONS), attributes.required(child, "ref")
        if kind is not None and ref is not None:
            found.append(RelationRecord(kind, ref, child.line))
    return tuple(found)


def _remainder(spot: Spot) -> tuple[str, ...]:
    found = []
    for child in spot.element:
        extended = child.tag in KNOWN - WHOLE and not is_plain(child)
        if extended:
            name = f"{child.tag} on line {line_of(child)}"
            spot.tell("noted", f"{name} holds what does not belong there and is kept whole as well", child.tag)
        if extended or (child.tag not in KNOWN and not content.is_contact(child)):
            found.append(content.xml_of(child))
    return tuple(found)
