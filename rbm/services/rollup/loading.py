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
from numpy.typing import NDArray

from rbm import bulk
from rbm.db import table_of, to_fixed
from rbm.model.indicators import Category, ContributionLink, Dimension, DisaggregationPart, Indicator
from rbm.model.reporting import Measurement, Period
from rbm.rules.rollup import Categories, Cells, Crossings, Inputs, Links, Nodes, Periods
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
)
from rbm.terms.reporting import PeriodKind, ValueStage, Verification
from rbm.work import Work

LIVE = (ValueStage.SUBMITTED, ValueStage.APPROVED)
FIRST, LAST = 1, date.max.toordinal()
FEW = 2000
"""Up to so many indicators are asked for by name; more are picked out of everything."""


@dataclass(frozen=True)
class Loaded:
    """Columns for the engine, the keys behind their positions, and which cells are not released (bool per cell)."""

    inputs: Inputs
    nodes: list[UUID]
    periods: list[UUID]
    categories: list[UUID]
    measurements: list[int]
    unreleased: NDArray[np.bool_]


def load(work: Work, scope: Collection[UUID] | None = None, period_id: UUID | None = None) -> Loaded:
    """Everything, or only the indicators in `scope` with the links and values among them, of one period if named."""
    nodes, node_columns = _nodes(work, scope)
    node = _positions(nodes)
    periods, period_columns = _periods(work)
    categories, category_columns = _categories(work)
    crossings, crossing_columns = _crossings(work, _positions(categories))
    query = _live(scope)
    rows = bulk.select(work.session, query.where(Measurement.period_id == period_id) if period_id else query)
    rows = [row for row in rows if row.indicator_id in node]
    cells = _cells(rows, node, _positions(periods), _positions(crossings))
    return Loaded(
        Inputs(node_columns, _links(work, scope, node), period_columns, cells, crossing_columns, category_columns),
        nodes,
        periods,
        categories,
        [row.id for row in rows],
        _bools([row.released_on is None for row in rows]),
    )


def edges(work: Work) -> list[tuple[UUID, UUID]]:
    """Every contribution link as (child, parent)."""
    table = table_of(ContributionLink).c
    rows = bulk.select(work.session, sa.select(table.child_id, table.parent_id))
    return [(row.child_id, row.parent_id) for row in rows]


def below(work: Work, indicator_id: UUID) -> set[UUID]:
    """An indicator and all from which a way of contribution links leads to it."""
    table = table_of(ContributionLink).c
    reached = sa.select(table.child_id.label("node")).where(table.parent_id == indicator_id).cte(recursive=True)
    reached = reached.union(sa.select(table.child_id).join(reached, table.parent_id == reached.c.node))
    return {indicator_id, *(row.node for row in bulk.select(work.session, sa.select(reached.c.node)))}


def within(column: Any, scope: Collection[UUID] | None) -> sa.ColumnElement[bool]:
    """The condition that a column names one of `scope`; none for everything and for too many to be named."""
    named: sa.ColumnElement[bool] = sa.true() if scope is None or len(scope) > FEW else column.in_(scope)
    return named


def _positions(keys: Sequence[UUID]) -> dict[UUID, int]:
    return {key: position for position, key in enumerate(keys)}


def words(kind: type[StrEnum], values: list[Any]) -> NDArray[np.int8]:
    """Words as their positions in their enumeration."""
    order = {word: position for position, word in enumerate(kind)}
    return np.array([order[value] for value in values], dtype=np.int8)


def _ints(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _bools(values: list[bool]) -> NDArray[np.bool_]:
    return np.array(values, dtype=np.bool_)


def _days(values: list[int]) -> NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


def _nodes(work: Work, scope: Collection[UUID] | None) -> tuple[list[UUID], Nodes]:
    table = table_of(Indicator).c
    names = ("id", "measure", "over_units", "additivity", "composition", "missing_policy", "accumulation", "over_time")
    columns = [table[name] for name in (*names, "fitness", "counts_people")]
    query = sa.select(*columns).where(within(table.id, scope)).order_by(table.id)
    rows = [row for row in bulk.select(work.session, query) if scope is None or row.id in scope]
    made = Nodes(
        words(Measure, [row.measure for row in rows]),
        words(OverUnits, [row.over_units for row in rows]),
        words(Additivity, [row.additivity for row in rows]),
        words(Composition, [row.composition for row in rows]),
        words(MissingPolicy, [row.missing_policy for row in rows]),
        words(Accumulation, [row.accumulation for row in rows]),
        words(OverTime, [row.over_time for row in rows]),
        _bools([row.fitness is Fitness.UNFIT for row in rows]),
        _bools([row.counts_people for row in rows]),
    )
    return [row.id for row in rows], made


def _links(work: Work, scope: Collection[UUID] | None, position: dict[UUID, int]) -> Links:
    table = table_of(ContributionLink)
    query = sa.select(table).where(within(table.c.child_id, scope)).order_by(table.c.id)
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
    table = table_of(Period)
    rows = bulk.select(work.session, sa.select(table).order_by(table.c.id))
    made = Periods(
        _days([row.start.toordinal() for row in rows]),
        _days([row.end.toordinal() for row in rows]),
        words(PeriodKind, [row.kind for row in rows]),
        _bools([row.kind is PeriodKind.LIFE for row in rows]),
        _bools([row.start <= work.today for row in rows]),
    )
    return [row.id for row in rows], made


def _categories(work: Work) -> tuple[list[UUID], Categories]:
    """Categories and dimensions in the order of their codes: the engine breaks ties by it."""
    dimension, category = table_of(Dimension).c, table_of(Category).c
    dimensions = bulk.select(work.session, sa.select(dimension.id, dimension.code, dimension.additive))
    dimensions = sorted(dimensions, key=lambda row: row.code)
    position = _positions([row.id for row in dimensions])
    rows = bulk.select(work.session, sa.select(category.id, category.code, category.dimension_id))
    rows = sorted(rows, key=lambda row: row.code)
    made = Categories(_ints([position[row.dimension_id] for row in rows]), _bools([row.additive for row in dimensions]))
    return [row.id for row in rows], made


def _crossings(work: Work, category: dict[UUID, int]) -> tuple[list[UUID], Crossings]:
    table = table_of(DisaggregationPart)
    query = sa.select(table.c.disaggregation_id, table.c.category_id).order_by(table.c.disaggregation_id)
    rows = bulk.select(work.session, query)
    keys = list(dict.fromkeys(row.disaggregation_id for row in rows))
    position = _positions(keys)
    made = Crossings(
        _ints([position[row.disaggregation_id] for row in rows]), _ints([category[row.category_id] for row in rows])
    )
    return keys, made


def _live(scope: Collection[UUID] | None) -> sa.Select[Any]:
    table = table_of(Measurement).c
    amounts = (table.value, table.numerator, table.denominator)
    places = (table.place_id, table.place_text, table.place_stated)
    cell = (table.id, table.indicator_id, table.period_id, table.disaggregation_id)
    query = sa.select(*cell, *places, *amounts, table.stage, table.verification, table.released_on)
    return query.where(table.stage.in_(LIVE), within(table.indicator_id, scope)).order_by(table.id)


def _cells(rows: Sequence[Any], node: dict[UUID, int], period: dict[UUID, int], crossing: dict[UUID, int]) -> Cells:
    named = dict.fromkeys((row.place_id, row.place_text) for row in rows)
    places = {key: position for position, key in enumerate(named)}
    has_parts = [row.numerator is not None and row.denominator is not None for row in rows]
    return Cells(
        _ints([node[row.indicator_id] for row in rows]),
        _ints([period[row.period_id] for row in rows]),
        _ints([-1 if row.disaggregation_id is None else crossing[row.disaggregation_id] for row in rows]),
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


def _micros(value: Decimal | None) -> int:
    return 0 if value is None else to_fixed(value)
