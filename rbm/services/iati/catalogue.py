"""What the database knows already while a file is read: places, periods, categories and publications, by their words."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm import ids
from rbm.model.iati import Publication
from rbm.model.indicators import Category, Dimension, Disaggregation, DisaggregationPart
from rbm.model.people import Office, Place, PlaceName
from rbm.model.reporting import Period
from rbm.services.iati.batch import Batch
from rbm.services.iati.identity import fold, slug
from rbm.terms.people import PlaceKind
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work

LONGEST_YEAR = timedelta(days=366)
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
    """Look-ups by word; what is missing is made and put into the batch."""

    batch: Batch
    publications: dict[str, Known] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    countries: dict[str, UUID] = field(default_factory=dict)
    periods: dict[tuple[date, date], UUID] = field(default_factory=dict)
    dimensions: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    crossings: dict[str, UUID] = field(default_factory=dict)
    publishers: dict[str, UUID] = field(default_factory=dict)

    def period(self, start: date, end: date) -> UUID:
        """The period of these days; one longer than a year is a life period."""
        if (start, end) not in self.periods:
            row = {"id": ids.new(), "code": period_code(start, end), "kind": period_kind(start, end)}
            self.batch.add(Period, row | {"start": start, "end": end, "stage": PeriodStage.CLOSED})
            self.periods[start, end] = row["id"]
        return self.periods[start, end]

    def crossing(self, dimensions: tuple[tuple[str, str], ...]) -> UUID | None:
        """The crossing of these (dimension, category) words, or None for the total."""
        if not dimensions:
            return None
        words = {slug(name): (name, value) for name, value in dimensions}
        codes = sorted(f"{code}:{slug(value)}" for code, (_, value) in words.items())
        joined = "|".join(codes)
        if joined not in self.crossings:
            parts = [self._category(name, value) for name, value in words.values()]
            self.crossings[joined] = self._make_crossing(joined, dimensions, parts)
        return self.crossings[joined]

    def _make_crossing(self, code: str, dimensions: tuple[tuple[str, str], ...], parts: list[UUID]) -> UUID:
        key = ids.new()
        label = ", ".join(value or "not stated" for _, value in dimensions)
        self.batch.add(Disaggregation, {"id": key, "code": code, "label": label})
        for part in parts:
            self.batch.add(DisaggregationPart, {"id": ids.new(), "disaggregation_id": key, "category_id": part})
        return key

    def _category(self, dimension: str, value: str) -> UUID:
        code = f"{slug(dimension)}:{slug(value)}"
        if code not in self.categories:
            owner = self._dimension(dimension)
            row = {"id": ids.new(), "code": code, "label": value or "not stated", "dimension_id": owner}
            self.batch.add(Category, row)
            self.categories[code] = row["id"]
        return self.categories[code]

    def _dimension(self, name: str) -> UUID:
        code = slug(name)
        if code not in self.dimensions:
            row = {"id": ids.new(), "code": code, "label": name or "not stated", "additive": True}
            self.batch.add(Dimension, row)
            self.dimensions[code] = row["id"]
        return self.dimensions[code]


def load_catalogue(work: Work, batch: Batch) -> Catalogue:
    """Everything an import has to recognise."""
    scalars = work.session.execute
    made = Catalogue(batch)
    columns = (Publication.code, Publication.id, Publication.project_id, Publication.plan_id, Publication.content_hash)
    made.publications = {code: Known(*rest) for code, *rest in scalars(sa.select(*columns))}
    for code, name, kind, key in scalars(sa.select(Place.iso2, Place.name, Place.kind, Place.id)):
        if kind is PlaceKind.COUNTRY:
            made.places[fold(name)] = key
            made.countries[code or name] = key
    made.places |= {fold(name): key for name, key in scalars(sa.select(PlaceName.name, PlaceName.place_id))}
    made.periods = {(start, end): key for start, end, key in scalars(sa.select(Period.start, Period.end, Period.id))}
    made.dimensions = {code: key for code, key in scalars(sa.select(Dimension.code, Dimension.id))}
    made.categories = {code: key for code, key in scalars(sa.select(Category.code, Category.id))}
    made.crossings = {code: key for code, key in scalars(sa.select(Disaggregation.code, Disaggregation.id))}
    made.publishers = {code: key for code, key in scalars(sa.select(Office.code, Office.id))}
    return made


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
    return str(start.year) if calendar_year else f"{start.isoformat()}..{end.isoformat()}"
