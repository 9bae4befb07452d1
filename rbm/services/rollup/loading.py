"""Reads what a roll-up needs out of the database into columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.db import to_fixed
from rbm.model.indicators import Category, ContributionLink, Dimension, DisaggregationPart, Indicator
from rbm.model.reporting import Measurement, Period
from rbm.rules.rollup import Categories, Cells, Crossings, Inputs, Links, Nodes, Periods
from rbm.terms.indicators import Additivity, Composition, Fitness, Measure, MissingPolicy, OverUnits
from rbm.terms.reporting import PeriodKind, ValueStage, Verification
from rbm.work import Work

LIVE = (ValueStage.SUBMITTED, ValueStage.APPROVED)
FIRST, LAST = 1, date.max.toordinal()


@dataclass(frozen=True)
class Loaded:
    """Columns for the engine, the keys behind their positions, and the days on which the values were released."""

    inputs: Inputs
    nodes: list[UUID]
    periods: list[UUID]
    categories: list[UUID]
    released: list[date | None]


def load(work: Work, scope: Collection[UUID] | None = None) -> Loaded:
    """Everything, or only the indicators in `scope` with the links and values among them."""
    nodes, node_columns = _nodes(work, scope)
    periods, period_columns = _periods(work)
    categories, category_columns = _categories(work)
    crossing_keys, crossings = _crossings(work, _positions(categories))
    position = _positions(nodes)
    cells, released = _cells(work, scope, position, _positions(periods), _positions(crossing_keys))
    links = _links(work, position)
    inputs = Inputs(node_columns, links, period_columns, cells, crossings, category_columns)
    return Loaded(inputs, nodes, periods, categories, released)


def edges(work: Work) -> list[tuple[UUID, UUID]]:
    """Every contribution link as (child, parent)."""
    table = ContributionLink.__table__.c
    return [(row.child_id, row.parent_id) for row in bulk.select(work.session, sa.select(table.child_id, table.parent_id))]


def _positions(keys: Sequence[UUID]) -> dict[UUID, int]:
    return {key: position for position, key in enumerate(keys)}


def words(kind: type[StrEnum], values: list[Any]) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Words as their positions in their enumeration."""
    order = {word: position for position, word in enumerate(kind)}
    return np.array([order[value] for value in values], dtype=np.int8)


def _ints(values: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def _bools(values: list[bool]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array(values, dtype=np.bool_)


def _days(values: list[int]) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.array(values, dtype=np.int32)


def _nodes(work: Work, scope: Collection[UUID] | None) -> tuple[list[UUID], Nodes]:
    table = Indicator.__table__.c
    columns = (table.id, table.measure, table.over_units, table.additivity, table.composition, table.missing_policy)
    query = sa.select(*columns, table.fitness).order_by(table.id)
    rows = [row for row in bulk.select(work.session, query) if scope is None or row.id in scope]
    made = Nodes(
        words(Measure, [row.measure for row in rows]),
        words(OverUnits, [row.over_units for row in rows]),
        words(Additivity, [row.additivity for row in rows]),
        words(Composition, [row.composition for row in rows]),
        words(MissingPolicy, [row.missing_policy for row in rows]),
        _bools([row.fitness is Fitness.UNFIT for row in rows]),
    )
    return [row.id for row in rows], made


def _links(work: Work, position: dict[UUID, int]) -> Links:
    query = sa.select(ContributionLink.__table__).order_by(ContributionLink.__table__.c.id)
    rows = [row for row in bulk.select(work.session, query) if row.child_id in position and row.parent_id in position]
    return Links(
        _ints([position[row.child_id] for row in rows]),
        _ints([position[row.parent_id] for row in rows]),
        _ints([to_fixed(row.weight) for row in rows]),
        _ints([to_fixed(row.factor) for row in rows]),
        _bools([row.included for row in rows]),
        _days([row.valid_from.toordinal() if row.valid_from else FIRST for row in rows]),
        _days([row.valid_to.toordinal() if row.valid_to else LAST for row in rows]),
    )


def _periods(work: Work) -> tuple[list[UUID], Periods]:
    table = Period.__table__
    rows = bulk.select(work.session, sa.select(table).order_by(table.c.id))
    made = Periods(
        _days([row.start.toordinal() for row in rows]),
        _days([row.end.toordinal() for row in rows]),
        _bools([row.kind is PeriodKind.LIFE for row in rows]),
    )
    return [row.id for row in rows], made


def _categories(work: Work) -> tuple[list[UUID], Categories]:
    dimension, category = Dimension.__table__, Category.__table__
    dimensions = bulk.select(work.session, sa.select(dimension.c.id, dimension.c.additive).order_by(dimension.c.code))
    position = _positions([row.id for row in dimensions])
    rows = bulk.select(work.session, sa.select(category.c.id, category.c.dimension_id).order_by(category.c.code))
    made = Categories(_ints([position[row.dimension_id] for row in rows]), _bools([row.additive for row in dimensions]))
    return [row.id for row in rows], made


def _crossings(work: Work, category: dict[UUID, int]) -> tuple[list[UUID], Crossings]:
    table = DisaggregationPart.__table__
    query = sa.select(table.c.disaggregation_id, table.c.category_id).order_by(table.c.disaggregation_id)
    rows = bulk.select(work.session, query)
    keys = list(dict.fromkeys(row.disaggregation_id for row in rows))
    position = _positions(keys)
    made = Crossings(
        _ints([position[row.disaggregation_id] for row in rows]), _ints([category[row.category_id] for row in rows])
    )
    return keys, made


def _cells(
    work: Work,
    scope: Collection[UUID] | None,
    node: dict[UUID, int],
    period: dict[UUID, int],
    crossing: dict[UUID, int],
) -> tuple[Cells, list[date | None]]:
    table = Measurement.__table__
    query = sa.select(table).where(table.c.stage.in_(LIVE)).order_by(table.c.id)
    if scope is not None:
        query = query.where(table.c.indicator_id.in_(scope))
    rows = bulk.select(work.session, query)
    places = {key: position for position, key in enumerate(dict.fromkeys((row.place_id, row.place_text) for row in rows))}
    has_parts = [row.numerator is not None and row.denominator is not None for row in rows]
    made = Cells(
        _ints([node[row.indicator_id] for row in rows]),
        _ints([period[row.period_id] for row in rows]),
        _ints([crossing.get(row.disaggregation_id, -1) for row in rows]),
        _ints([places[row.place_id, row.place_text] if row.place_stated else -1 for row in rows]),
        _ints([_micros(row.value) for row in rows]),
        _ints([_micros(row.numerator) for row in rows]),
        _ints([_micros(row.denominator) for row in rows]),
        _bools([row.value is not None for row in rows]),
        _bools(has_parts),
        _bools([row.stage is ValueStage.APPROVED for row in rows]),
        _bools([row.verification is Verification.VERIFIED for row in rows]),
        _bools([row.verification is Verification.REJECTED for row in rows]),
        _bools([row.value is None and not parts for row, parts in zip(rows, has_parts, strict=True)]),
    )
    return made, [row.released_on for row in rows]


def _micros(value: Decimal | None) -> int:
    return 0 if value is None else to_fixed(value)
