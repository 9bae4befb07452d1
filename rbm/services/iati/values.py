"""Results, indicators and published cells of an activity as rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rbm import ids
from rbm.db import Row
from rbm.files.iati import ActivityRecord, Cell, IndicatorRecord, ResultRecord
from rbm.model.indicators import Baseline, Target
from rbm.model.reporting import Measurement
from rbm.services import series
from rbm.services.iati.catalogue import Catalogue
from rbm.services.iati.details import place_named
from rbm.services.iati.identity import (
    LEVELS,
    MEASURES,
    first,
    fold,
    indicator_code,
    publisher_name,
    result_code,
)
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Direction,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
)
from rbm.terms.reporting import MissingReason, ValueStage, Verification
from rbm.terms.strategy import NodeKind
from rbm.work import Work

ADDITIVITY = {True: Additivity.YES, False: Additivity.NO, None: Additivity.UNDECLARED}
DIRECTIONS = {True: Direction.INCREASE, False: Direction.DECREASE, None: None}

PUBLISHED = "published by "

Values = dict[str, Any]


@dataclass(frozen=True)
class Location:
    """Where a value belongs: the M49 country if one is meant, whether it was stated, and the words used."""

    place_id: UUID | None
    place_stated: bool
    place_text: str | None


@dataclass
class Mapping:
    """One activity on its way into rows. `seen` numbers equal cells over all periods of the activity."""

    work: Work
    activity: ActivityRecord
    catalogue: Catalogue
    locations: dict[str, Location] = field(default_factory=dict)
    home: UUID | None = None
    seen: Counter[Any] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Read the places of the activity."""
        countries = {place.code for place in self.activity.places if place.role == "recipient_country"}
        known = [self.catalogue.countries.get((code or "").upper()) for code in countries]
        self.home = known[0] if len(known) == 1 else None
        for place in self.activity.places:
            if place.role == "location" and place.ref:
                named, words = place_named(place, self.catalogue), first(place.names) or place.ref
                self.locations[place.ref] = Location(named or self.home, place_stated=True, place_text=words)

    def location(self, cell: Cell) -> Location:
        """The place of a cell: the country its locations share, else the activity's own one."""
        if not cell.locations:
            return Location(self.home, place_stated=False, place_text=None)
        found = [self.locations.get(ref) or self._undeclared(ref) for ref in cell.locations]
        places = {each.place_id for each in found}
        words = "; ".join(each.place_text or "" for each in found)
        return Location(places.pop() if len(places) == 1 else None, place_stated=True, place_text=words)

    def _undeclared(self, ref: str) -> Location:
        """A name where a reference belongs."""
        return Location(self.catalogue.places.get(fold(ref)), place_stated=True, place_text=ref)


def result_row(mapping: Mapping, result: ResultRecord, plan_id: UUID) -> Values:
    """A result as a row."""
    return {
        "id": ids.new(),
        "code": result_code(mapping.activity, result),
        "title": result.title,
        "description": first(result.descriptions),
        "kind": NodeKind.RESULT,
        "level": LEVELS[result.type],
        "framework_id": plan_id,
        "derived": False,
        "translations": {"title": result.titles, "description": result.descriptions},
        "references": _references(result),
        "content": _content(result),
        "version": 1,
    }


def indicator_row(mapping: Mapping, result: ResultRecord, indicator: IndicatorRecord, result_id: UUID) -> Values:
    """An indicator as a row. Additivity is the publisher's aggregation status, the result's where its own is absent.

    What was decided here for its key stands before what the publisher says.
    """
    measure = MEASURES.get(indicator.measure, Measure.NARRATIVE)
    status = result.aggregation_status if indicator.aggregation_status is None else indicator.aggregation_status
    return {
        "id": ids.new(),
        "code": indicator_code(mapping.activity, result, indicator),
        "title": indicator.title,
        "result_id": result_id,
        "definition": first(indicator.descriptions),
        "measure": measure,
        "direction": DIRECTIONS[indicator.ascending],
        "accumulation": Accumulation.PERIODIC,
        "over_units": operator_of(measure, ADDITIVITY[status]),
        "over_time": OverTime.LAST,
        "missing_policy": MissingPolicy.EXCLUDE,
        "composition": Composition.OWN_ONLY,
        "additivity": ADDITIVITY[status],
        "counts_people": False,
        "fitness": Fitness.NOT_REVIEWED,
        "derived": False,
        "translations": {"title": indicator.titles, "description": indicator.descriptions},
        "references": _references(indicator),
        "content": _content(indicator),
        "version": 1,
    } | series.combined(mapping.catalogue.decisions, LEVELS[result.type], indicator.title, measure)


def operator_of(measure: Measure, additivity: Additivity) -> OverUnits:
    """What the publisher declared to add up adds up; percentages combine by their parts; the rest is for a person."""
    if measure is Measure.PERCENTAGE:
        return OverUnits.RATIO_OF_SUMS
    summed = measure is Measure.NUMBER and additivity is Additivity.YES
    return OverUnits.SUM if summed else OverUnits.NONE


def _references(record: ResultRecord | IndicatorRecord) -> list[Values] | None:
    listed = [{"vocabulary": item.vocabulary, "code": item.code, "uri": item.uri} for item in record.references]
    return listed or None


def _content(record: ResultRecord | IndicatorRecord) -> Values:
    """All attributes as published, and what the standard does not know: the way to it and its XML."""
    strays = [{"at": at, "xml": xml} for at, xml in record.remainder]
    return {"attributes": record.attributes} | ({"remainder": strays} if strays else {})


def cells(mapping: Mapping, indicator: IndicatorRecord, indicator_id: UUID) -> Iterator[tuple[type[Row], Values]]:
    """Every baseline, target and measurement of an indicator, each with its class; equal cells are numbered."""
    for baseline in indicator.baselines:
        stated = {"indicator_id": indicator_id, "year": baseline.year}
        row = _cell(mapping, Baseline, baseline, stated) | _edition(mapping)
        yield Baseline, row | {"measured_on": baseline.date}
    for period in indicator.periods:
        stated = {"indicator_id": indicator_id, "period_id": mapping.catalogue.period(period.start, period.end)}
        for target in period.targets:
            yield Target, _cell(mapping, Target, target, stated) | _edition(mapping)
        for actual in period.actuals:
            yield Measurement, _cell(mapping, Measurement, actual, stated) | _measurement(mapping, actual)


def _cell(mapping: Mapping, kind: type[Row], cell: Cell, stated: Values) -> Values:
    location = mapping.location(cell)
    crossing = mapping.catalogue.crossing(cell.dimensions)
    place = {"place_id": location.place_id, "place_text": location.place_text, "disaggregation_id": crossing}
    key = (kind, *stated.values(), *place.values())
    mapping.seen[key] += 1
    said = {"value": cell.value, "text": cell.text, "comment": cell.comments or None}
    return stated | place | said | {"occurrence": mapping.seen[key]}


def _edition(mapping: Mapping) -> Values:
    return {
        "id": ids.new(),
        "source": origin_of(mapping.activity),
        "edition": 1,
        "current": True,
        "reason_code": None,
        "reason": None,
        "set_at": mapping.work.now,
    }


def _measurement(mapping: Mapping, cell: Cell) -> Values:
    """Approved and released, with the origin, never verified."""
    missing = MissingReason.TEXT_ONLY if cell.text or cell.comments else MissingReason.NOT_REPORTED
    return {
        "place_stated": bool(cell.locations),
        "missing_reason": missing if cell.value is None else None,
        "stage": ValueStage.APPROVED,
        "verification": Verification.SELF_REPORTED,
        "origin": origin_of(mapping.activity),
        "released_on": mapping.work.today,
        "recorded_at": mapping.work.now,
    }


def origin_of(activity: ActivityRecord) -> str:
    """What published values carry as their origin."""
    return PUBLISHED + publisher_name(activity)
