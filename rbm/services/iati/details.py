"""What an activity states of its project: money, places, themes, partners, dates, texts and documents as rows."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from rbm import ids
from rbm.db import Row
from rbm.files.iati import ActivityRecord, DocumentLink, IndicatorRecord, PlaceRecord
from rbm.model import projects as rows
from rbm.services.iati.catalogue import Catalogue
from rbm.services.iati.identity import first, fold, indicator_code, result_code
from rbm.terms.projects import (
    BudgetKind,
    BudgetStatus,
    DateKind,
    OrganisationRole,
    PlaceRole,
    TransactionKind,
)

DATES = {str(number): kind for number, kind in enumerate(DateKind, 1)}
TRANSACTIONS = {str(number): kind for number, kind in enumerate(TransactionKind, 1)}
BUDGETS = {"1": BudgetKind.ORIGINAL, "2": BudgetKind.REVISED}
BUDGET_STATUS = {"1": BudgetStatus.INDICATIVE, "2": BudgetStatus.COMMITTED}
ROLES = {str(number): role for number, role in enumerate(OrganisationRole, 1)}

Values = dict[str, Any]
Detail = tuple[type[Row], Values]


def details(activity: ActivityRecord, project_id: UUID, plan_id: UUID, catalogue: Catalogue) -> Iterator[Detail]:
    """Every detail row of one activity, each with its class."""
    owner: Values = {"project_id": project_id, "plan_id": plan_id}
    for source in SOURCES:
        for cls, row in source(activity):
            yield cls, {"id": ids.new(), "content": None} | owner | row
    for place in activity.places:
        yield rows.ProjectPlace, {"id": ids.new()} | owner | _place(place, catalogue)


def _budgets(activity: ActivityRecord) -> Iterator[Detail]:
    for budget in activity.budgets:
        row: Values = {"kind": BUDGETS[budget.kind], "status": BUDGET_STATUS[budget.status], "content": budget.content}
        row |= {"start": budget.start, "end": budget.end, "value_date": budget.value_date}
        yield rows.ProjectBudget, row | {"amount": budget.amount, "currency": budget.currency}


def _transactions(activity: ActivityRecord) -> Iterator[Detail]:
    for moved in activity.transactions:
        row: Values = {"kind": TRANSACTIONS[moved.kind], "moved_on": moved.date, "content": moved.content}
        row |= {"amount": moved.amount, "currency": moved.currency, "value_date": moved.value_date}
        yield rows.ProjectTransaction, row


def _place(place: PlaceRecord, catalogue: Catalogue) -> Values:
    country = catalogue.countries.get((place.code or "").upper()) if place.role == "recipient_country" else None
    named = None if country else place_named(place, catalogue)
    facts: Values = {"role": PlaceRole(place.role), "code": place.code or place.ref, "vocabulary": place.vocabulary}
    facts |= {"name": first(place.names), "percentage": place.percentage, "content": place.content}
    return facts | {"latitude": place.latitude, "longitude": place.longitude, "place_id": country or named}


def place_named(place: PlaceRecord, catalogue: Catalogue) -> UUID | None:
    """The country a place is named after, or None."""
    names = (catalogue.places.get(fold(name)) for name in place.names.values())
    return next((found for found in names if found), None)


def _sectors(activity: ActivityRecord) -> Iterator[Detail]:
    for sector in activity.sectors:
        row: Values = {"vocabulary": sector.vocabulary, "code": sector.code, "name": first(sector.names)}
        yield rows.ProjectSector, row | {"percentage": sector.percentage, "content": _content(sector.names, sector.uri)}


def _tags(activity: ActivityRecord) -> Iterator[Detail]:
    for tag in activity.tags:
        row: Values = {"vocabulary": tag.vocabulary or "", "code": tag.code, "name": first(tag.names)}
        yield rows.ProjectTag, row | {"content": _content(tag.names, tag.uri)}


def _markers(activity: ActivityRecord) -> Iterator[Detail]:
    for marker in activity.markers:
        row: Values = {"vocabulary": marker.vocabulary, "code": marker.code, "significance": marker.significance}
        yield rows.ProjectMarker, row | {"name": first(marker.names), "content": _content(marker.names, marker.uri)}


def _participations(activity: ActivityRecord) -> Iterator[Detail]:
    for organisation in activity.participations:
        role = ROLES[organisation.role] if organisation.role else None
        row: Values = {"role": role, "reference": organisation.ref, "kind": organisation.type}
        content: Values = {"names": organisation.names, "attributes": organisation.attributes}
        content["activity_id"] = organisation.activity_id
        yield rows.ProjectParticipation, row | {"name": first(organisation.names), "content": content}


def _dates(activity: ActivityRecord) -> Iterator[Detail]:
    for day in activity.dates:
        yield rows.ProjectDate, {"kind": DATES[day.kind], "day": day.date, "content": day.texts or None}


def _texts(activity: ActivityRecord) -> Iterator[Detail]:
    for language, text in activity.titles.items():
        yield rows.ProjectText, {"kind": "title", "language": language, "text": text}
    for description in activity.descriptions:
        for language, text in description.texts.items():
            kind = f"description {description.kind}" if description.kind else "description"
            yield rows.ProjectText, {"kind": kind, "language": language, "text": text}


def _documents(activity: ActivityRecord) -> Iterator[Detail]:
    yield from (_document(link, None, {}) for link in activity.documents)
    for result in activity.results:
        yield from (_document(link, result_code(activity, result), {}) for link in result.documents)
        for indicator in result.indicators:
            code = indicator_code(activity, result, indicator)
            yield from (_document(link, code, where) for link, where in _evidence(indicator))


def _evidence(indicator: IndicatorRecord) -> Iterator[tuple[DocumentLink, Values]]:
    """The documents of an indicator and its cells, each with the cell it belongs to."""
    yield from ((link, {}) for link in indicator.documents)
    for cell in indicator.baselines:
        yield from ((link, {"of": "baseline", "year": cell.year}) for link in cell.documents)
    for period in indicator.periods:
        days = {"start": period.start.isoformat(), "end": period.end.isoformat()}
        for kind, found in (("target", period.targets), ("actual", period.actuals)):
            yield from ((link, {"of": kind} | days) for each in found for link in each.documents)


def _document(link: DocumentLink, subject: str | None, where: Values) -> Detail:
    row: Values = {"url": link.url, "format": link.format, "title": first(link.titles), "subject": subject}
    row |= {"categories": list(link.categories), "languages": list(link.languages), "dated": link.date}
    return rows.ProjectDocument, row | {"content": {"titles": link.titles, "descriptions": link.descriptions} | where}


def _content(names: dict[str, str], uri: str | None) -> Values | None:
    return {"names": names, "uri": uri} if names or uri else None


SOURCES: tuple[Callable[[ActivityRecord], Iterator[Detail]], ...] = (
    *(_budgets, _transactions, _sectors, _tags, _markers),
    *(_participations, _dates, _texts, _documents),
)
