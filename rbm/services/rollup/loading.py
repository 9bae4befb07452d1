"""Reads what a roll-up needs out of the database into columns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from rbm import bulk
from rbm.db import Row, table_of
from rbm.model.indicators import Category, ContributionLink, Dimension, FormulaTerm
from rbm.model.reporting import Measurement, Period
from rbm.rules.rollup import Categories, Cells, Crossings, Inputs, Links, Nodes, Periods
from rbm.rules.rollup.moving import outlived
from rbm.services.rollup.asking import (
    APPROVED,
    FEW,
    KINDS,
    PARTS,
    PLACED,
    REJECTED,
    RELEASED,
    VALUE,
    VERIFIED,
    cell_query,
    crossing_query,
    link_query,
    node_query,
    parameters,
)
from rbm.services.rollup.sheets import Array, Axes, positions, uuids
from rbm.terms.indicators import OverUnits
from rbm.terms.reporting import PeriodKind
from rbm.work import Work

FIRST, LAST = 1, date.max.toordinal()


@dataclass(frozen=True)
class Loaded:
    """Columns for the engine, the keys behind their positions, and which cells are not released (bool per cell)."""

    inputs: Inputs
    axes: Axes
    measurements: NDArray[np.int64]
    unreleased: NDArray[np.bool_]

    @cached_property
    def nodes(self) -> list[UUID]:
        """The indicators by position."""
        return uuids(self.axes.nodes)

    @cached_property
    def periods(self) -> list[UUID]:
        """The periods by position."""
        return uuids(self.axes.periods)

    @cached_property
    def categories(self) -> list[UUID]:
        """The categories by position."""
        return uuids(self.axes.categories)

    @cached_property
    def crossings(self) -> list[UUID]:
        """The crossings by position."""
        return uuids(self.axes.crossings)


def load(work: Work, scope: Collection[UUID] | None = None, measured: Collection[UUID] | None = None) -> Loaded:
    """Everything, or only the indicators in `scope` with the links and values among them.

    Where `measured` is given, the values of these alone.
    """
    nodes, node_columns = _nodes(work, scope)
    periods, period_columns = _periods(work)
    categories, category_columns = _categories(work)
    crossings, crossing_columns = _crossings(work, categories)
    axes = Axes(nodes, periods, categories, crossings)
    cells, measurements, unreleased = _cells(work, axes, scope if measured is None else measured)
    links = _links(work, nodes, scope)
    inputs = Inputs(node_columns, links, period_columns, cells, crossing_columns, category_columns)
    return Loaded(inputs, axes, measurements, unreleased)


def below(work: Work, indicator_id: UUID) -> set[UUID]:
    """An indicator and all from which a way of contribution links or formulas leads to it."""
    return reached(work, {indicator_id}, upward=False)


def reached(work: Work, starts: Collection[UUID], *, upward: bool) -> set[UUID]:
    """The starts and everything that ways of contribution links and formulas lead to from them, up or down."""
    link, term = table_of(ContributionLink).c, table_of(FormulaTerm).c
    steps = [(link.child_id, link.parent_id), (term.source_id, term.indicator_id)]
    found, waiting = set(starts), list(starts)
    while waiting:
        some, waiting = waiting[:FEW], waiting[FEW:]
        queries = [
            sa.select((end if upward else start).label("node")).where((start if upward else end).in_(some))
            for start, end in steps
        ]
        fresh = {row.node for row in bulk.select(work.session, sa.union(*queries))} - found
        found |= fresh
        waiting += fresh
    return found


def within(column: Any, scope: Collection[UUID] | None) -> sa.ColumnElement[bool]:
    """The condition that a column names one of `scope`; none for everything and for too many to be named."""
    chosen: sa.ColumnElement[bool] = sa.true() if scope is None or len(scope) > FEW else column.in_(scope)
    return chosen


def words(kind: type[StrEnum], values: list[Any]) -> NDArray[np.int8]:
    """Words as their positions in their enumeration."""
    order = {each: position for position, each in enumerate(kind)}
    return np.array([order[value] for value in values], dtype=np.int8)


def key_column(keys: Collection[UUID]) -> Array:
    """UUIDs as keys of 16 bytes."""
    return np.frombuffer(b"".join(key.bytes for key in keys), dtype="S16")


def _nodes(work: Work, scope: Collection[UUID] | None) -> tuple[Array, Nodes]:
    asked = parameters(scope)
    found = bulk.columns(work.session, node_query(scoped=asked is not None), asked)
    if scope is not None and asked is None:
        chosen = np.isin(found["id"], key_column(scope))
        found = {name: column[chosen] for name, column in found.items()}
    codes = {name: found[name].astype(np.int8) for name in KINDS}
    staged = (codes["over_units"] == words(OverUnits, [OverUnits.MAX_THEN_SUM])).any()
    home = np.where(staged, found["home"], -1)
    unfit, people = (found["flags"] & 1) > 0, (found["flags"] & 2) > 0
    return found["id"], Nodes(**codes, unfit=unfit, people=people, home=home, population=found["population"])


def _links(work: Work, nodes: Array, scope: Collection[UUID] | None) -> Links:
    asked = parameters(scope)
    every, dated = link_query(scoped=asked is not None)
    found = bulk.columns(work.session, every, asked)
    days = bulk.select(work.session, dated, asked)
    at = positions(found["id"], key_column([row.id for row in days]))
    first, last = (np.full(len(found["id"]), day, dtype=np.int32) for day in (FIRST, LAST))
    first[at] = [row.valid_from.toordinal() if row.valid_from else FIRST for row in days]
    last[at] = [row.valid_to.toordinal() if row.valid_to else LAST for row in days]
    child, parent = positions(nodes, found["child_id"]), positions(nodes, found["parent_id"])
    inside = (child >= 0) & (parent >= 0)
    return Links(
        child[inside],
        parent[inside],
        found["weight"][inside],
        found["factor"][inside],
        found["included"][inside],
        first[inside],
        last[inside],
        outlived(positions(np.unique(found["child_id"]), found["child_id"]), first, last)[inside],
    )


def _periods(work: Work) -> tuple[Array, Periods]:
    table = table_of(Period)
    rows = bulk.select(work.session, sa.select(table).order_by(table.c.id))
    made = Periods(
        np.array([row.start.toordinal() for row in rows], dtype=np.int32),
        np.array([row.end.toordinal() for row in rows], dtype=np.int32),
        words(PeriodKind, [row.kind for row in rows]),
        np.array([row.kind is PeriodKind.LIFE for row in rows], dtype=np.bool_),
        np.array([row.start <= work.today for row in rows], dtype=np.bool_),
    )
    return key_column([row.id for row in rows]), made


def _categories(work: Work) -> tuple[Array, Categories]:
    """Categories and dimensions in the order of their codes: the engine breaks ties by it."""
    dimensions, categories = (
        sorted(bulk.select(work.session, sa.select(table_of(cls))), key=lambda row: row.code)
        for cls in (Dimension, Category)
    )
    position = {row.id: at for at, row in enumerate(dimensions)}
    made = Categories(
        np.array([position[row.dimension_id] for row in categories], dtype=np.int64),
        np.array([row.additive for row in dimensions], dtype=np.bool_),
    )
    return key_column([row.id for row in categories]), made


def _crossings(work: Work, categories: Array) -> tuple[Array, Crossings]:
    found = bulk.columns(work.session, crossing_query())
    keys, crossing = np.unique(found["disaggregation_id"], return_inverse=True)
    return keys, Crossings(crossing.astype(np.int64), positions(categories, found["category_id"]))


def _cells(
    work: Work, axes: Axes, scope: Collection[UUID] | None
) -> tuple[Cells, NDArray[np.int64], NDArray[np.bool_]]:
    asked = parameters(scope)
    query, live = cell_query(scoped=asked is not None)
    found = bulk.columns(work.session, query, asked)
    if scope is not None and asked is None:
        chosen = positions(axes.nodes, found["indicator_id"]) >= 0
        found = {name: column[chosen] for name, column in found.items()}
    cells = cells_of(axes, found, places(work, found, Measurement, (live, asked)))
    return cells, found["id"], (found["flags"] & RELEASED) == 0


def cells_of(axes: Axes, found: dict[str, Array], place: Array) -> Cells:
    """Cells of columns with the keys, amounts and flags of a measurement, or of what is written like one."""
    flag = {bit: (found["flags"] & bit) > 0 for bit in (VALUE, PARTS, APPROVED, VERIFIED, REJECTED)}
    return Cells(
        positions(axes.nodes, found["indicator_id"]),
        positions(axes.periods, found["period_id"]),
        positions(axes.crossings, found["disaggregation_id"]),
        place,
        found["value"],
        found["numerator"],
        found["denominator"],
        flag[VALUE],
        flag[PARTS],
        flag[APPROVED],
        flag[VERIFIED],
        flag[REJECTED],
        ~(flag[VALUE] | flag[PARTS]),
    )


def places(
    work: Work, found: dict[str, Array], cls: type[Row], asked: tuple[sa.ColumnElement[bool], dict[str, Any] | None]
) -> Array:
    """A number for the place of each row, -1 for none; `asked` are the condition and parameters the rows came by."""
    place = np.full(len(found["id"]), -1, dtype=np.int64)
    placed = np.flatnonzero(found["flags"] & PLACED)
    if len(placed):
        table, (condition, given) = table_of(cls).c, asked
        rank = sa.func.dense_rank().over(order_by=(table.place_id, table.place_text)).label("place")
        stated = sa.or_(table.place_id.is_not(None), table.place_text.is_not(None))
        where = table.place_stated if "place_stated" in table else stated
        query = sa.select(table.id, rank).where(condition, where).order_by(table.id)
        ranked = bulk.columns(work.session, query, given)
        place[placed] = ranked["place"][np.searchsorted(ranked["id"], found["id"][placed])]
    return place
