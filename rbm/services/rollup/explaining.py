"""Opens a figure: the contributions it is made of, what was left out and why, down to the measurements."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from rbm.db import from_fixed
from rbm.model.reporting import Measurement
from rbm.model.rollup import Figure
from rbm.services.rollup.adding import adds_measurements
from rbm.services.rollup.contributing import Contribution, contributions_of
from rbm.services.rollup.fingerprint import fingerprint
from rbm.services.rollup.ways import Way, way_of
from rbm.services.rollup.wording import rules
from rbm.work import Work


@dataclass(frozen=True)
class Explanation:
    """A figure opened one level down, and how many measurements of how many indicators stand at the bottom.

    `rule`: the words by which it is made. `inputs_hash`: one hash over the rule and everything that entered. Where the
    figure is a sum all the way, over units and over time, else None: `measured`, the sum of the measurements as they
    were recorded, and `entered`, their sum with the share with which each enters, rounded once, half to even.
    """

    figure_id: int
    rule: str
    inputs_hash: str
    contributions: list[Contribution]
    measurements: int
    units: int
    measured: Decimal | None
    entered: Decimal | None


@dataclass(frozen=True)
class Entry:
    """A measurement that entered a figure, and the share with which it did: the product of weights and factors.

    Rounded half to even to six decimals; null in a figure made by a formula.
    """

    measurement: Measurement
    share: Decimal | None


def explain(work: Work, figure_id: int) -> Explanation:
    """Open a figure. NotFound when it is not there or not seen."""
    [explanation] = explanations(work, [work.get(Figure, figure_id, "figure_id")])
    return explanation


def explanations(work: Work, figures: Sequence[Figure]) -> list[Explanation]:
    """Each of several figures opened."""
    told = rules(work, figures)
    return [_explanation(work, figure, rule) for figure, rule in zip(figures, told, strict=True)]


def find_measurements(work: Work, figure_id: int) -> sa.Select[Measurement]:
    """The measurements that entered the value of a figure, each once, in the order they were recorded.

    None where the figure has no value: then nothing entered it. NotFound when it is not there or not seen.
    """
    return measurements_of(work, work.get(Figure, figure_id, "figure_id"))


def measurements_of(work: Work, figure: Figure) -> sa.Select[Measurement]:
    """The measurements that entered the value of a figure, each once, in the order they were recorded."""
    return _chosen(way_of(work, figure))


def entries(work: Work, figure_id: int) -> list[Entry]:
    """The measurements that entered a figure, each with its share. NotFound when it is not there or not seen."""
    way = way_of(work, work.get(Figure, figure_id, "figure_id"))
    shares = {key: _rounded(share) for key, share in way.shares().items()}
    return [Entry(row, shares.get(row.id)) for row in work.session.scalars(_chosen(way))]


def _explanation(work: Work, figure: Figure, rule: str) -> Explanation:
    way = way_of(work, figure)
    rows = work.session.scalars(_chosen(way)).all()
    measured, entered = _sums(way, rows) if adds_measurements(figure, way) else (None, None)
    return Explanation(
        figure_id=figure.id,
        rule=rule,
        inputs_hash=fingerprint(work, figure, way),
        contributions=contributions_of(work, figure, way.opened),
        measurements=len(rows),
        units=len({row.indicator_id for row in rows}),
        measured=measured,
        entered=entered,
    )


def _sums(way: Way, rows: Sequence[Measurement]) -> tuple[Decimal | None, Decimal | None]:
    values = {row.id: row.value for row in rows if row.value is not None}
    if not values:
        return None, None
    shares = way.shares()
    entered = sum((shares[key] * Fraction(value) for key, value in values.items()), Fraction(0))
    return sum(values.values(), Decimal(0)), _rounded(entered)


def _rounded(exact: Fraction) -> Decimal:
    return from_fixed(round(exact * 10**6))


def _chosen(way: Way) -> sa.Select[Measurement]:
    keys: sa.BindParameter[Any] = sa.bindparam("keys", way.measurements(), expanding=True, literal_execute=True)
    return sa.select(Measurement).where(Measurement.id.in_(keys)).order_by(Measurement.id)
