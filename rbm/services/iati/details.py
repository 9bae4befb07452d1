"""What an activity states of its project: money, places, themes, partners, dates, texts and documents as rows."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from rbm import ids
from rbm.db import Row
from rbm.files.iati import ActivityRecord, DocumentLink, PlaceRecord
from rbm.model import projects as rows
from rbm.services.iati.catalogue import Catalogue
from rbm.services.iati.identity import fold, indicator_code, result_code
from rbm.terms.projects import (
    BudgetKind,
    BudgetStatus,
    DateKind,
    OrganisationRole,
    PlaceRole,
    ProjectStage,
    TransactionKind,
)

STAGES = {str(number): stage for number, stage in enumerate(ProjectStage, 1)}
DATES = {str(number): kind for number, kind in enumerate(DateKind, 1)}
TRANSACTIONS = {str(number): kind for number, kind in enumerate(TransactionKind, 1)}
BUDGETS = {"1": BudgetKind.ORIGINAL, "2": BudgetKind.REVISED}
BUDGET_STATUS = {"1": BudgetStatus.INDICATIVE, "2": BudgetStatus.COMMITTED}
ROLES = {str(number): role for number, role in enumerate(OrganisationRole, 1)}

Detail = tuple[type[Row], dict[str, Any]]


def details(activity: ActivityRecord, project_id: UUID, plan_id: UUID, catalogue: Catalogue) -> Iterator[Detail]:
    """Every detail row of one activity, each with its class."""
    owner: dict[str, Any] = {"project_id": project_id, "plan_id": plan_id}
    for source in (_money, _themes, _people_and_dates, _texts, _documents):
        for cls, row in source(activity):
            yield cls, {"id": ids.new(), "content": None} | owner | row
    for place in activity.places:
        yield rows.ProjectPlace, {"id": ids.new()} | owner | _place(place, catalogue)


def _money(activity: ActivityRecord) -> Iterator[Detail]:
    for budget in activity.budgets:
        row = {"kind": BUDGETS[budget.kind], "status": BUDGET_STATUS[budget.status], "content": budget.content}
        row |= {"start": budget.start, "end": budget.end, "value_date": budget.value_date}
        yield rows.ProjectBudget, row | {"amount": budget.amount, "currency": budget.currency}
    for moved in activity.transactions:
        row = {"kind": TRANSACTIONS[moved.kind], "moved_on": moved.date, "content": moved.content}
        row |= {"amount": moved.amount, "currency": moved.currency, "value_date": moved.value_date}
        yield rows.ProjectTransaction, row


def _place(place: PlaceRecord, catalogue: Catalogue) -> dict[str, Any]:
    country = catalogue.countries.get(place.code or "") if place.role == "recipient_country" else None
    named = None if country else place_named(place, catalogue)
    facts = {"role": PlaceRole(place.role), "code": place.code or place.ref, "vocabulary": place.vocabulary}
    facts |= {"name": first(place.names), "percentage": place.percentage, "content": place.content}
    return facts | {"latitude": place.latitude, "longitude": place.longitude, "place_id": country or named}


def place_named(place: PlaceRecord, catalogue: Catalogue) -> UUID | None:
    """The country a place is named after, or None."""
    names = (catalogue.places.get(fold(name)) for name in place.names.values())
    return next((found for found in names if found), None)


def _themes(activity: ActivityRecord) -> Iterator[Detail]:
    for sector in activity.sectors:
        row = {"vocabulary": sector.vocabulary, "code": sector.code, "name": first(sector.names)}
        yield rows.ProjectSector, row | {"percentage": sector.percentage, "content": _content(sector.names, sector.uri)}
    for tag in activity.tags:
        row = {"vocabulary": tag.vocabulary or "", "code": tag.code, "name": first(tag.names)}
        yield rows.ProjectTag, row | {"content": _content(tag.names, tag.uri)}
    for marker in activity.markers:
        row = {"vocabulary": marker.vocabulary, "code": marker.code, "significance": marker.significance}
        yield rows.ProjectMarker, row | {"name": first(marker.names), "content": _content(marker.names, marker.uri)}


def _people_and_dates(activity: ActivityRecord) -> Iterator[Detail]:
    for organisation in activity.participations:
        row = {"role": ROLES[organisation.role or "4"], "reference": organisation.ref, "kind": organisation.type}
        content = {"names": organisation.names, "attributes": organisation.attributes}
        content["activity_id"] = organisation.activity_id
        yield rows.ProjectParticipation, row | {"name": first(organisation.names), "content": content}
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
    yield from (_document(link, None) for link in activity.documents)
    for result in activity.results:
        yield from (_document(link, result_code(activity, result)) for link in result.documents)
        for indicator in result.indicators:
            code = indicator_code(activity, result, indicator)
            cells = [*indicator.baselines]
            links = [*indicator.documents, *(link for cell in cells for link in cell.documents)]
            for period in indicator.periods:
                links += [link for cell in (*period.targets, *period.actuals) for link in cell.documents]
            yield from (_document(link, code) for link in links)


def _document(link: DocumentLink, subject: str | None) -> Detail:
    row = {"url": link.url, "format": link.format, "title": first(link.titles), "subject": subject}
    row |= {"categories": list(link.categories), "languages": list(link.languages), "dated": link.date}
    return rows.ProjectDocument, row | {"content": {"titles": link.titles, "descriptions": link.descriptions}}


def _content(names: dict[str, str], uri: str | None) -> dict[str, Any] | None:
    return {"names": names, "uri": uri} if len(names) > 1 or uri else None


def first(texts: dict[str, str]) -> str | None:
    """The English text, else the first one, else None."""
    return texts.get("en") or next(iter(texts.values()), None)
