"""What a roll-up asks the database for, worked out once: values as bits and positions of words, not as words."""

from collections.abc import Collection
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.db import table_of
from rbm.model.indicators import ContributionLink, DisaggregationPart, Indicator
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
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
from rbm.terms.reporting import ValueStage, Verification

LIVE = (ValueStage.SUBMITTED, ValueStage.APPROVED)
FEW = 2000
"""Up to so many indicators are asked for by name; more are picked out of everything."""
VALUE, PARTS, APPROVED, VERIFIED, REJECTED, RELEASED, PLACED = (1 << bit for bit in range(7))
"""What is true of a measurement, as bits of one number."""


def named(column: Any, *, scoped: bool) -> sa.ColumnElement[bool]:
    """The condition that a column names one of the parameter `scope`, where there is to be one."""
    among: sa.ColumnElement[bool] = column.in_(sa.bindparam("scope", expanding=True)) if scoped else sa.true()
    return among


def parameters(scope: Collection[UUID] | None) -> dict[str, Any] | None:
    """The parameter `scope`; None for everything and for too many to be named."""
    return None if scope is None or len(scope) > FEW else {"scope": list(scope)}


def word(column: sa.Column[Any], kind: type[StrEnum]) -> sa.Label[Any]:
    """A column of words as positions in their enumeration, -1 for null."""
    known: list[Any] = [(column == each, sa.literal_column(str(at))) for at, each in enumerate(kind)]
    nothing: Any = sa.literal_column("-1")
    return sa.case((column.is_(None), nothing), *known, else_=nothing).label(column.name)


def flags(*conditions: tuple[int, sa.ColumnElement[bool]]) -> sa.Label[Any]:
    """Conditions as bits of one number."""
    cases = [
        sa.case((condition, sa.literal_column(str(bit))), else_=sa.literal_column("0")) for bit, condition in conditions
    ]
    total: Any = cases[0]
    for each in cases[1:]:
        total = total + each
    return sa.type_coerce(total, sa.BigInteger).label("flags")


KINDS: dict[str, type[StrEnum]] = {
    "measure": Measure,
    "over_units": OverUnits,
    "additivity": Additivity,
    "composition": Composition,
    "missing_policy": MissingPolicy,
    "accumulation": Accumulation,
    "over_time": OverTime,
}


@cache
def node_query(*, scoped: bool) -> sa.Select[Any]:
    """Indicators with the words that say how they combine, and their offices as numbers."""
    table, plan = table_of(Indicator).c, table_of(Framework).c
    joined = table_of(Indicator).join(table_of(Result)).join(table_of(Framework))
    home = sa.func.dense_rank().over(order_by=plan.office_id).label("home")
    marks = flags((1, table.fitness == Fitness.UNFIT), (2, table.counts_people))
    spoken = [word(table[name], kind) for name, kind in KINDS.items()]
    query = sa.select(table.id, table.population, marks, home, *spoken).select_from(joined)
    return query.where(named(table.id, scoped=scoped)).order_by(table.id)


@cache
def link_query(*, scoped: bool) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """All links, and the days of those that have some."""
    table = table_of(ContributionLink).c
    names = (table.id, table.child_id, table.parent_id, table.weight, table.factor, table.included)
    chosen = named(table.child_id, scoped=scoped)
    dated = sa.or_(table.valid_from.is_not(None), table.valid_to.is_not(None))
    days = sa.select(table.id, table.valid_from, table.valid_to).where(chosen, dated)
    return sa.select(*names).where(chosen).order_by(table.id), days


@cache
def crossing_query() -> sa.Select[Any]:
    """Which categories cross in each crossing."""
    table = table_of(DisaggregationPart).c
    return sa.select(table.disaggregation_id, table.category_id).order_by(table.disaggregation_id)


@cache
def cell_query(*, scoped: bool) -> tuple[sa.Select[Any], sa.ColumnElement[bool]]:
    """The values that count, and the condition that they do."""
    table = table_of(Measurement).c
    marks = flags(
        (VALUE, table.value.is_not(None)),
        (PARTS, sa.and_(table.numerator.is_not(None), table.denominator.is_not(None))),
        (APPROVED, table.stage == ValueStage.APPROVED),
        (VERIFIED, table.verification == Verification.VERIFIED),
        (REJECTED, table.verification == Verification.REJECTED),
        (RELEASED, table.released_on.is_not(None)),
        (PLACED, table.place_stated),
    )
    keys = (table.id, table.indicator_id, table.period_id, table.disaggregation_id)
    live = sa.and_(table.stage.in_(LIVE), named(table.indicator_id, scoped=scoped))
    query = sa.select(*keys, table.value, table.numerator, table.denominator, marks)
    return query.where(live).order_by(table.id), live
