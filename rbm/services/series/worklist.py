"""The worklist of what nobody has decided: keys of indicators that may or may not add up, the largest first."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rbm.db import from_fixed, to_fixed
from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.rules.protocol import LEGAL
from rbm.rules.series import key_of
from rbm.terms.indicators import Additivity, Measure, OverUnits
from rbm.terms.reporting import ValueStage
from rbm.work import Work

MOST = 1_000


@dataclass(frozen=True)
class Undecided:
    """A key that waits for a decision: its newest title, how many offices, indicators and values it concerns.

    `total` is the sum of the numbers behind it, which says how much is at stake and nothing else; `operators` are the
    legal ones.
    """

    key: str
    title: str
    measure: Measure
    units: int
    indicators: int
    values: int
    total: Decimal
    operators: list[OverUnits]


def aggregation_worklist(work: Work, first: int = 50) -> list[Undecided]:
    """Keys of undeclared indicators that the caller sees, by units, values and sum behind them, the largest first.

    Invalid unless `first`, the number of keys, is 1 to 1000.
    """
    if not 1 <= first <= MOST:
        raise Invalid(f"first is 1 to {MOST}", "first")
    numbers = _numbers(work)
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in work.session.execute(_undeclared()):
        groups[key_of(row.level, row.title, row.measure)].append(row)
    made = [_undecided(key, rows, numbers) for key, rows in groups.items()]
    made.sort(key=lambda each: (-each.units, -each.values, -abs(each.total), each.key))
    return made[:first]


def _undeclared() -> sa.Select[*tuple[Any, ...]]:
    columns = (Indicator.id, Indicator.title, Indicator.measure, Result.level, Framework.office_id)
    return (
        sa.select(*columns)
        .join(Indicator.result)
        .join(Result.framework)
        .where(Indicator.additivity == Additivity.UNDECLARED, Indicator.derived.is_(False), Result.level.is_not(None))
        .order_by(Framework.period_start, Indicator.code)
    )


def _numbers(work: Work) -> dict[Any, list[int]]:
    """The approved numbers of undeclared indicators, in millionths."""
    query = sa.select(Measurement.indicator_id, Measurement.value).join(Measurement.indicator)
    query = query.where(Indicator.additivity == Additivity.UNDECLARED, Measurement.stage == ValueStage.APPROVED)
    made: dict[Any, list[int]] = defaultdict(list)
    for row in work.session.execute(query.where(Measurement.value.is_not(None))):
        made[row.indicator_id].append(to_fixed(row.value))
    return made


def _undecided(key: str, rows: list[Any], numbers: dict[Any, list[int]]) -> Undecided:
    valued = [row for row in rows if row.id in numbers]
    values = [value for row in valued for value in numbers[row.id]]
    newest = rows[-1]
    return Undecided(
        key=key,
        title=newest.title,
        measure=newest.measure,
        units=len({row.office_id for row in valued}),
        indicators=len(rows),
        values=len(values),
        total=from_fixed(sum(values)),
        operators=sorted(LEGAL[newest.measure]),
    )
