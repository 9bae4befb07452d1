"""What a database holds, in words that a test can compare."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from rbm.db import Row, table_of
from rbm.model.indicators import Category, Dimension, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.terms.indicators import Measure
from rbm.terms.strategy import FrameworkLevel, ResultLevel

TYPES = {ResultLevel.OUTPUT: "1", ResultLevel.OUTCOME: "2", ResultLevel.GOAL: "3", ResultLevel.OTHER: "9"}
MEASURES = {Measure.NUMBER: "1", Measure.PERCENTAGE: "2", Measure.MILESTONE: "3", Measure.SCORE: "4"}


def figures(engine: sa.Engine, *conditions: Any) -> list[sa.Row[Any]]:
    """Figures with what they belong to, past all narrowing."""
    columns = (Figure.value, Figure.reason, Figure.verified, Figure.reported, Figure.expected, Figure.category_id)
    columns += (Figure.target, Figure.targets, Figure.baseline, Figure.baselines)
    named = (Indicator.code, Indicator.title, Indicator.measure, Indicator.derived, Indicator.additivity)
    query = (
        sa.select(*columns, *named, Result.title.label("result"), Result.level.label("result_level"))
        .add_columns(Framework.code.label("plan"), Framework.level, Period.code.label("period"))
        .add_columns(
            Category.label.label("category"), Dimension.label.label("dimension"), Figure.id, Indicator.over_units
        )
        .join_from(Figure, Indicator, Figure.indicator_id == Indicator.id)
        .join(Result, Indicator.result_id == Result.id)
        .join(Framework, Result.framework_id == Framework.id)
        .join(Period, Figure.period_id == Period.id)
        .outerjoin(Category, Figure.category_id == Category.id)
        .outerjoin(Dimension, Category.dimension_id == Dimension.id)
        .where(*conditions)
    )
    with engine.connect() as connection:
        return list(connection.execute(query))


def key_of(row: Any) -> tuple[str, str, str, str]:
    """Result type, result title, indicator title and measure of a figure, as the standard writes them."""
    return TYPES[row.result_level], row.result, row.title, MEASURES[row.measure]


def corporate(engine: sa.Engine, period: str, number: str) -> sa.Row[Any]:
    """The one corporate total of a year of the indicator whose title leads with a number."""
    level = Framework.level == FrameworkLevel.CORPORATE
    title = Indicator.title.startswith(f"{number} ")
    [row] = figures(engine, level, title, Period.code == period, Figure.whole())
    return row


def everything(engine: sa.Engine) -> dict[str, list[str]]:
    """Every row of every table, the audit trail as well."""
    with engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in Row.metadata.sorted_tables
        }


def rows(engine: sa.Engine, cls: type[Row], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of every row of a class, sorted."""
    table = table_of(cls)
    with engine.connect() as connection:
        found = connection.execute(sa.select(*(table.c[name] for name in names)))
        return sorted((tuple(row) for row in found), key=repr)


def by_category(found: list[sa.Row[Any]]) -> dict[Any, list[sa.Row[Any]]]:
    """Figures by plan, key and slice; equal keys of one plan stand side by side."""
    made: dict[Any, list[sa.Row[Any]]] = defaultdict(list)
    for row in found:
        part = row.category and f"{row.dimension}={row.category}".removesuffix("not stated")
        made[row.plan, key_of(row), part].append(row)
    return made
