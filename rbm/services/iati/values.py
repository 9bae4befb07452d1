"""Results, indicators and published cells of an activity as rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rbm import ids
from rbm.files.iati import ActivityRecord, BaselineCell, Cell, IndicatorRecord, PeriodRecord, ResultRecord
from rbm.services.iati.catalogue import Catalogue
from rbm.services.iati.details import first, place_named
from rbm.services.iati.identity import LEVELS, MEASURES, indicator_code, result_code
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

Values = dict[str, Any]


@dataclass
class Location:
    """Where a value belongs: the M49 country if one is meant, whether it was stated, and the words used."""

    place_id: UUID | None
    place_stated: bool
    place_text: str | None


@dataclass
class Mapping:
    """One activity on its way into rows."""

    work: Work
    activity: ActivityRecord
    catalogue: Catalogue
    locations: dict[str, Location] = field(default_factory=dict)
    home: UUID | None = None

    def __post_init__(self) -> None:
        countries = {place.code for place in self.activity.places if place.role == "recipient_country"}
        known = [self.catalogue.countries.get(code or "") for code in countries]
        self.home = known[0] if len(known) == 1 else None
        for place in self.activity.places:
            if place.role == "location" and place.ref:
                named = place_named(place, self.catalogue)
                self.locations[place.ref] = Location(named or self.home, True, first(place.names) or place.ref)

    def location(self, cell: Cell) -> Location:
        """The place of a cell: its first location, resolved inside the activity, else the activity's one country."""
        if not cell.locations:
            return Location(self.home, False, None)
        found = [self.locations.get(ref) or Location(None, True, ref) for ref in cell.locations]
        return Location(found[0].place_id, True, "; ".join(each.place_text or "" for each in found))


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
        "version": 1,
    }


def indicator_row(mapping: Mapping, result: ResultRecord, indicator: IndicatorRecord, result_id: UUID) -> Values:
    """An indicator as a row. Additivity is the publisher's aggregation status, the result's where its own is absent."""
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
        "over_units": _operator(measure, ADDITIVITY[status]),
        "over_time": OverTime.LAST,
        "missing_policy": MissingPolicy.EXCLUDE,
        "composition": Composition.OWN_ONLY,
        "additivity": ADDITIVITY[status],
        "counts_people": False,
        "fitness": Fitness.NOT_REVIEWED,
        "derived": False,
        "translations": {"title": indicator.titles, "description": indicator.descriptions},
        "references": _references(indicator),
        "version": 1,
    }


def _operator(measure: Measure, additivity: Additivity) -> OverUnits:
    """What the publisher declared to add up adds up; percentages combine by their parts; the rest is for a person."""
    if measure is Measure.PERCENTAGE:
        return OverUnits.RATIO_OF_SUMS
    summed = measure is Measure.NUMBER and additivity is Additivity.YES
    return OverUnits.SUM if summed else OverUnits.NONE


def _references(record: ResultRecord | IndicatorRecord) -> list[Values] | None:
    listed = [{"vocabulary": item.vocabulary, "code": item.code, "uri": item.uri} for item in record.references]
    return listed or None


def baseline_rows(mapping: Mapping, indicator: IndicatorRecord, indicator_id: UUID) -> Iterator[Values]:
    """The baselines of an indicator as rows."""
    seen: Counter[Any] = Counter()
    for cell in indicator.baselines:
        row = _cell(mapping, cell, seen) | _edition(mapping, indicator_id)
        yield row | {"year": cell.year, "measured_on": cell.date}


def target_rows(mapping: Mapping, period: PeriodRecord, indicator_id: UUID) -> Iterator[Values]:
    """The targets of one period as rows."""
    seen: Counter[Any] = Counter()
    period_id = mapping.catalogue.period(period.start, period.end)
    for cell in period.targets:
        yield _cell(mapping, cell, seen) | _edition(mapping, indicator_id) | {"period_id": period_id}


def measurement_rows(mapping: Mapping, period: PeriodRecord, indicator_id: UUID) -> Iterator[Values]:
    """The actual values of one period as rows: approved and released, with the origin, never verified."""
    seen: Counter[Any] = Counter()
    shared = {
        "indicator_id": indicator_id,
        "period_id": mapping.catalogue.period(period.start, period.end),
        "stage": ValueStage.APPROVED,
        "verification": Verification.SELF_REPORTED,
        "origin": f"published by {publisher_name(mapping.activity)}",
        "released_on": mapping.work.today,
        "recorded_at": mapping.work.now,
    }
    for cell in period.actuals:
        location = mapping.location(cell)
        row = _cell(mapping, cell, seen) | shared | {"place_stated": location.place_stated}
        yield row | {"missing_reason": _missing_reason(cell)}


def publisher_name(activity: ActivityRecord) -> str:
    """Who published the activity, in words."""
    return first(activity.reporting.names) or activity.reporting.ref or "an unnamed publisher"


def _cell(mapping: Mapping, cell: Cell | BaselineCell, seen: Counter[Any]) -> Values:
    location = mapping.location(cell)
    crossing = mapping.catalogue.crossing(cell.dimensions)
    key = (location.place_id, location.place_text, crossing)
    seen[key] += 1
    facts = {"place_id": location.place_id, "place_text": location.place_text, "disaggregation_id": crossing}
    return facts | {
        "occurrence": seen[key],
        "value": cell.value,
        "text": cell.text,
        "comment": cell.comments or None,
    }


def _edition(mapping: Mapping, indicator_id: UUID) -> Values:
    return {
        "id": ids.new(),
        "indicator_id": indicator_id,
        "source": f"published by {publisher_name(mapping.activity)}",
        "edition": 1,
        "current": True,
        "reason_code": None,
        "reason": None,
        "set_at": mapping.work.now,
    }


def _missing_reason(cell: Cell) -> MissingReason | None:
    if cell.value is not None:
        return None
    return MissingReason.TEXT_ONLY if cell.text or cell.comments else MissingReason.NOT_REPORTED
