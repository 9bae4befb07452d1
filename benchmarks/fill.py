"""Writes a synthetic organisation into a migrated, empty database, in bulk: offices, plans, indicators, links, values.

Values are recorded period by period and project by project, as reports bring them; those of the last period are not
released yet. Indicators and categories get their keys in the order of their positions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from benchmarks.generate import FIRST_YEAR, World, country_of, families_of, operator_of
from rbm import bulk, ids
from rbm.access import SYSTEM
from rbm.db import Row, from_fixed
from rbm.model.indicators import (
    Category,
    ContributionLink,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    Indicator,
)
from rbm.model.people import Office, OfficePlacement
from rbm.model.reporting import Measurement, Period
from rbm.model.strategy import Framework, Result
from rbm.rules.arrays import Ints
from rbm.services import people
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
from rbm.terms.people import OfficeKind
from rbm.terms.reporting import MissingReason, PeriodKind, PeriodStage, ValueStage, Verification
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, NodeKind, ResultLevel
from rbm.work import Work, begin

NOW = datetime(2026, 6, 1, tzinfo=UTC)
AT_ONCE = 50_000
LEVELS = (FrameworkLevel.PROJECT, FrameworkLevel.COUNTRY, FrameworkLevel.REGIONAL, FrameworkLevel.CORPORATE)


@dataclass(frozen=True)
class Filled:
    """The keys of what was written, by position."""

    indicators: list[UUID]
    periods: list[UUID]
    categories: list[UUID]
    crossings: list[UUID]


def fill(engine: sa.Engine, world: World) -> Filled:
    """The keys of a whole organisation, written in two transactions: what there is, then what was measured."""
    with begin(engine, SYSTEM, "fill", now=NOW) as work:
        made = _structure(work, world)
    with begin(engine, SYSTEM, "fill", now=NOW) as work:
        for rows in _measurements(world, made):
            bulk.insert(work.session, Measurement, rows)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    return made


def _structure(work: Work, world: World) -> Filled:
    results = _results(work, world, _offices(work, world))
    indicators = _keys(world.shape.firsts[4])
    bulk.insert(work.session, Indicator, _indicators(world, indicators, results))
    bulk.insert(work.session, ContributionLink, _links(world, indicators))
    periods, dimension = _keys(world.shape.periods), ids.new()
    bulk.insert(work.session, Period, [_period(key, FIRST_YEAR + at) for at, key in enumerate(periods)])
    bulk.insert(
        work.session, Dimension, [{"id": dimension, "code": "population", "label": "Population", "additive": True}]
    )
    categories, crossings = _keys(world.categories), _keys(world.categories)
    named = [{"code": f"group-{at:03}", "label": f"Group {at}"} for at in range(world.categories)]
    of = {"dimension_id": dimension}
    _insert(work, Category, [one | of | {"id": key} for one, key in zip(named, categories, strict=True)])
    _insert(work, Disaggregation, [one | {"id": key} for one, key in zip(named, crossings, strict=True)])
    pairs = zip(categories, crossings, strict=True)
    parts = [{"id": ids.new(), "disaggregation_id": crossing, "category_id": category} for category, crossing in pairs]
    _insert(work, DisaggregationPart, parts)
    return Filled(indicators, periods, categories, crossings)


def _insert(work: Work, cls: type[Row], rows: list[dict[str, Any]]) -> None:
    bulk.insert(work.session, cls, rows)


def _keys(count: int) -> list[UUID]:
    return [ids.new() for _ in range(count)]


def _offices(work: Work, world: World) -> list[list[UUID]]:
    """Keys of the offices that hold plans, by level: of each project, country and region, and the headquarters."""
    top = people.initialise(work).id
    work.flush()
    regions, countries = _keys(world.shape.regions), _keys(world.shape.countries)
    kinds = ((OfficeKind.REGIONAL, "r", regions), (OfficeKind.COUNTRY, "c", countries))
    rows = [
        {"id": key, "code": f"{stem}{at}", "name": f"Office {stem}{at}", "kind": kind, "version": 1}
        for kind, stem, keys in kinds
        for at, key in enumerate(keys)
    ]
    _insert(work, Office, rows)
    above = [(key, top) for key in regions] + [(key, regions[at % len(regions)]) for at, key in enumerate(countries)]
    placed = {"valid_from": people.BEGINNING, "valid_to": None}
    _insert(
        work,
        OfficePlacement,
        [{"id": ids.new(), "office_id": key, "parent_id": parent} | placed for key, parent in above],
    )
    projects = [countries[at] for at in country_of(world.shape)[:: world.shape.families].tolist()]
    return [projects, countries, regions, [top]]


def _results(work: Work, world: World, offices: list[list[UUID]]) -> list[UUID]:
    """The result each indicator stands under: one outcome in a plan of each project, country, region and of all."""
    plans, results, by_level = [], [], []
    for level, held in zip(LEVELS, offices, strict=True):
        made = [{"id": ids.new(), "code": f"{level}-{at}", "office_id": office} for at, office in enumerate(held)]
        plans += [plan | {"level": level} for plan in made]
        below = [{"id": ids.new(), "code": f"{plan['code']}-outcome", "framework_id": plan["id"]} for plan in made]
        results += below
        by_level.append(np.array([each["id"] for each in below], dtype=np.object_))
    approved = {"title": "Plan", "stage": FrameworkStage.APPROVED, "public": False, "edition": 1, "version": 1}
    bulk.insert(work.session, Framework, [plan | approved for plan in plans])
    outcome = {"title": "Outcome", "kind": NodeKind.RESULT, "level": ResultLevel.OUTCOME, "derived": False}
    bulk.insert(work.session, Result, [each | outcome | {"version": 1} for each in results])
    shape = world.shape
    projects = by_level[0][np.arange(shape.leaves) // shape.families]
    upper = [np.tile(held, shape.families) for held in by_level[1:]]
    return list(np.concatenate((projects, *upper)))


def _indicators(world: World, keys: list[UUID], results: list[UUID]) -> list[dict[str, Any]]:
    first = world.shape.firsts[1]
    words = {
        "accumulation": Accumulation.PERIODIC,
        "over_time": OverTime.LAST,
        "missing_policy": MissingPolicy.EXCLUDE,
        "additivity": Additivity.YES,
        "direction": Direction.INCREASE,
        "fitness": Fitness.NOT_REVIEWED,
        "counts_people": False,
        "derived": False,
        "version": 1,
    }
    rows = []
    for at, (key, result, family) in enumerate(zip(keys, results, families_of(world.shape).tolist(), strict=True)):
        over = operator_of(family)
        measure = Measure.PERCENTAGE if over is OverUnits.RATIO_OF_SUMS else Measure.NUMBER
        held = Composition.OWN_ONLY if at < first else Composition.CONTRIBUTED_ONLY
        named = {"id": key, "code": f"i{at}", "title": f"Indicator {family}", "result_id": result}
        rows.append(named | words | {"measure": measure, "over_units": over, "composition": held})
    return rows


def _links(world: World, keys: list[UUID]) -> list[dict[str, Any]]:
    links = world.inputs.links
    whole = {"included": True, "non_overlapping": False, "valid_from": None, "valid_to": None, "version": 1}
    columns = (links.child.tolist(), links.parent.tolist(), links.weight.tolist(), links.factor.tolist())
    return [
        {"id": ids.new(), "child_id": keys[child], "parent_id": keys[parent]}
        | {"weight": from_fixed(weight), "factor": from_fixed(factor)}
        | whole
        for child, parent, weight, factor in zip(*columns, strict=True)
    ]


def _period(key: UUID, year: int) -> dict[str, Any]:
    days = {"start": date(year, 1, 1), "end": date(year, 12, 31)}
    return {"id": key, "code": str(year), "kind": PeriodKind.YEAR, "stage": PeriodStage.OPEN} | days


def _measurements(world: World, made: Filled) -> Iterator[list[dict[str, Any]]]:
    cells = world.inputs.cells
    order = np.lexsort((cells.crossing, cells.node, cells.period))
    for first in range(0, len(order), AT_ONCE):
        yield _block(world, made, order[first : first + AT_ONCE])


def _block(world: World, made: Filled, rows: Ints) -> list[dict[str, Any]]:
    """Measurements as rows."""
    cells = world.inputs.cells
    last = world.shape.periods - 1
    names = ("node", "period", "crossing", "value", "numerator", "denominator", "has_value", "has_parts")
    columns = [getattr(cells, name)[rows].tolist() for name in (*names, "approved", "verified", "rejected")]
    found = []
    for node, period, crossing, value, above, below, has_value, has_parts, *decided in zip(*columns, strict=True):
        approved, verified, rejected = decided
        found.append(
            {
                "indicator_id": made.indicators[node],
                "period_id": made.periods[period],
                "disaggregation_id": made.crossings[crossing],
                "value": _amount(value, present=has_value),
                "numerator": _amount(above, present=has_parts),
                "denominator": _amount(below, present=has_parts),
                "missing_reason": None if has_value or has_parts else MissingReason.NOT_REPORTED,
                "stage": ValueStage.APPROVED if approved else ValueStage.SUBMITTED,
                "verification": _verification(verified=verified, rejected=rejected),
                "released_on": None if period == last else NOW.date(),
                "place_stated": False,
                "occurrence": 1,
                "recorded_at": NOW,
            }
        )
    return found


def _amount(micros: int, *, present: bool) -> Decimal | None:
    return from_fixed(micros) if present else None


def _verification(*, verified: bool, rejected: bool) -> Verification:
    if rejected:
        return Verification.REJECTED
    return Verification.VERIFIED if verified else Verification.SELF_REPORTED
