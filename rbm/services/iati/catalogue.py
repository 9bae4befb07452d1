"""What is known already while a file is read: places, periods, categories, offices and publications, by their words."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.db import Row, table_of
from rbm.model.iati import Publication
from rbm.model.indicators import Category, Dimension, Disaggregation, DisaggregationPart
from rbm.model.people import Office, Place, PlaceName
from rbm.model.projects import Project
from rbm.model.reporting import Period
from rbm.model.strategy import Framework
from rbm.services import series
from rbm.services.iati.batch import Batch
from rbm.services.iati.identity import fold, slug
from rbm.terms.indicators import OverUnits
from rbm.terms.people import PlaceKind
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work

LONGEST_YEAR = timedelta(days=366)
Values = dict[str, Any]
MONTHS = {12: PeriodKind.YEAR, 6: PeriodKind.SEMESTER, 3: PeriodKind.QUARTER, 1: PeriodKind.MONTH}


@dataclass
class Known:
    """A publication that is there: its rows' keys and the digest of what it said."""

    id: UUID
    project_id: UUID
    plan_id: UUID
    content_hash: str


@dataclass
class Catalogue:
    """Look-ups by word; what is missing is made and put into the batch.

    `taken`: codes of projects and frameworks that were not published; `decisions`: operators decided for keys.
    """

    batch: Batch
    publications: dict[str, Known] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    countries: dict[str, UUID] = field(default_factory=dict)
    periods: dict[tuple[date, date], UUID] = field(default_factory=dict)
    dimensions: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    crossings: dict[str, UUID] = field(default_factory=dict)
    offices: dict[str, UUID] = field(default_factory=dict)
    period_codes: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    decisions: dict[str, OverUnits] = field(default_factory=dict)

    def period(self, start: date, end: date) -> UUID:
        """The period of these days; one longer than a year is a life period."""
        if (start, end) not in self.periods:
            code = period_code(start, end)
            code = span_code(start, end) if code in self.period_codes else code
            row: Values = {"id": ids.new(), "code": code, "kind": period_kind(start, end)}
            self.batch.add(Period, row | {"start": start, "end": end, "stage": PeriodStage.CLOSED})
            self.periods[start, end] = row["id"]
            self.period_codes.add(code)
        return self.periods[start, end]

    def crossing(self, dimensions: tuple[tuple[str, str], ...]) -> UUID | None:
        """The crossing of these (dimension, category) words, or None for the total."""
        if not dimensions:
            return None
        words = _one_a_dimension(dimensions)
        joined = "|".join(sorted(f"{slug(name)}:{slug(value)}" for name, value in words))
        if joined not in self.crossings:
            parts = [self._category(name, value) for name, value in words]
            self.crossings[joined] = self._make_crossing(joined, words, parts)
        return self.crossings[joined]

    def _make_crossing(self, code: str, words: list[tuple[str, str]], parts: list[UUID]) -> UUID:
        key = ids.new()
        label = ", ".join(value or "not stated" for _, value in words)
        self.batch.add(Disaggregation, {"id": key, "code": code, "label": label})
        for part in parts:
            self.batch.add(DisaggregationPart, {"id": ids.new(), "disaggregation_id": key, "category_id": part})
        return key

    def _category(self, dimension: str, value: str) -> UUID:
        code = f"{slug(dimension)}:{slug(value)}"
        if code not in self.categories:
            owner = self._dimension(dimension)
            row: Values = {"id": ids.new(), "code": code, "label": value or "not stated", "dimension_id": owner}
            self.batch.add(Category, row)
            self.categories[code] = row["id"]
        return self.categories[code]

    def _dimension(self, name: str) -> UUID:
        code = slug(name)
        if code not in self.dimensions:
            row: Values = {"id": ids.new(), "code": code, "label": name or "not stated", "additive": True}
            self.batch.add(Dimension, row)
            self.dimensions[code] = row["id"]
        return self.dimensions[code]


def _one_a_dimension(dimensions: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """A dimension that a cell names twice holds both words as one category."""
    words: dict[str, tuple[str, list[str]]] = {}
    for name, value in dimensions:
        words.setdefault(slug(name), (name, []))[1].append(value)
    return [(name, " / ".join(values)) for name, values in words.values()]


def load_catalogue(work: Work, batch: Batch) -> Catalogue:
    """Everything an import has to recognise."""
    made = Catalogue(batch)
    table = table_of(Publication).c
    columns = (table.id, table.project_id, table.plan_id, table.content_hash)
    for row in bulk.select(work.session, sa.select(table.code, *columns)):
        made.publications[row.code] = Known(row.id, row.project_id, row.plan_id, row.content_hash)
    for cls in (Project, Framework):
        made.taken |= {row.code for row in bulk.select(work.session, sa.select(table_of(cls).c.code))}
    made.taken -= made.publications.keys()
    made.decisions = series.decided(work)
    _load_places(work, made)
    for row in bulk.select(work.session, sa.select(table_of(Period))):
        made.periods[row.start, row.end] = row.id
        made.period_codes.add(row.code)
    made.dimensions = _by_code(work, Dimension)
    made.categories = _by_code(work, Category)
    made.crossings = _by_code(work, Disaggregation)
    made.offices = _by_code(work, Office)
    return made


def _load_places(work: Work, made: Catalogue) -> None:
    for row in bulk.select(work.session, sa.select(table_of(Place)).where(table_of(Place).c.kind == PlaceKind.COUNTRY)):
        made.places[fold(row.name)] = row.id
        made.countries[row.iso2 or row.name] = row.id
    names = bulk.select(work.session, sa.select(table_of(PlaceName)))
    made.places |= {fold(row.name): row.place_id for row in names}


def _by_code(work: Work, cls: type[Row]) -> dict[str, UUID]:
    table = table_of(cls).c
    return {row.code: row.id for row in bulk.select(work.session, sa.select(table.code, table.id))}


def period_kind(start: date, end: date) -> PeriodKind:
    """Year, semester, quarter or month when the days are whole months; life when longer than a year."""
    after = end + timedelta(days=1)
    if end - start > LONGEST_YEAR:
        return PeriodKind.LIFE
    months = (after.year - start.year) * 12 + after.month - start.month
    whole = start.day == 1 and after.day == 1
    return MONTHS.get(months, PeriodKind.OTHER) if whole else PeriodKind.OTHER


def period_code(start: date, end: date) -> str:
    """The year for a calendar year, otherwise both days."""
    calendar_year = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year
    return str(start.year) if calendar_year else span_code(start, end)


def span_code(start: date, end: date) -> str:
    """Both days."""
    return f"{start.isoformat()}..{end.isoformat()}"
