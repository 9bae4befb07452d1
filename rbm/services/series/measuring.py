"""What figures do not say by a sum: the distribution over reporting units, and achievement over matched cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.rules.achievement import Case
from rbm.rules.distribution import Distribution, distribution
from rbm.rules.matched import MatchedAchievement, matched_achievement
from rbm.services.rollup.loading import within
from rbm.services.series.cells import Cell, Cells, load_cells
from rbm.services.series.units import Chain, Node, all_units, chain_below
from rbm.terms.indicators import Measure
from rbm.terms.rollup import Reason
from rbm.work import Work

SPREAD = {Reason.NOT_ADDITIVE, Reason.ADDITIVITY_UNDECLARED, Reason.PERCENTAGE_WITHOUT_PARTS}
"""Reasons for which a figure is no number but a distribution."""
SLICE = ("period_id", "category_id", "disaggregation_id")


@dataclass(frozen=True)
class Behind:
    """What stands behind figures: the chain, the units of each figure with their shares, and their cells."""

    chain: Chain
    units: list[dict[UUID, Fraction]]
    cells: Cells


def distributions(work: Work, figures: Sequence[Figure]) -> list[Distribution | None]:
    """The distribution of each figure over its reporting units; None where it adds up or nothing is linked.

    Values are those of the units' own figures. Whether a unit has met its target and moved from its baseline is said
    where it has one cell, or several numbers that all have one.
    """
    chain = chain_below(work, {figure.indicator_id for figure in figures})
    spread = [figure for figure in figures if _is_spread(chain, figure)]
    behind = _behind(work, chain, spread)
    values = _values(work, behind, spread)
    found = {
        figure.id: distribution([_unit(behind, figure, key, values) for key in units])
        for figure, units in zip(spread, behind.units, strict=True)
    }
    return [found.get(figure.id) for figure in figures]


def matched_achievements(work: Work, figures: Sequence[Figure]) -> list[MatchedAchievement]:
    """The achievement of each figure over the cells behind it that have actual, target and, where needed, baseline.

    A unit without any cell counts as one that has neither.
    """
    chain = chain_below(work, {figure.indicator_id for figure in figures})
    behind = _behind(work, chain, figures)
    return [
        matched_achievement(_cases(behind, figure, units), adds_up=_sums(behind.chain, figure))
        for figure, units in zip(figures, behind.units, strict=True)
    ]


def _behind(work: Work, chain: Chain, figures: Sequence[Figure]) -> Behind:
    keys = {figure.period_id for figure in figures}
    periods = {period.id: period for period in work.session.scalars(sa.select(Period).where(Period.id.in_(keys)))}
    units = all_units(chain, [(figure.indicator_id, periods[figure.period_id]) for figure in figures])
    return Behind(chain, units, load_cells(work, {key for each in units for key in each}, keys))


def _is_spread(chain: Chain, figure: Figure) -> bool:
    declared = chain.nodes[figure.indicator_id].declared and figure.reason not in SPREAD
    return not declared and chain.has_children(figure.indicator_id)


def _sums(chain: Chain, figure: Figure) -> bool:
    return chain.nodes[figure.indicator_id].adds_up and figure.value is not None


def _values(work: Work, behind: Behind, figures: Sequence[Figure]) -> dict[tuple[Any, ...], Decimal | None]:
    """The values of the units' figures by unit, period and slice."""
    table = table_of(Figure).c
    keys = {key for each in behind.units for key in each}
    query = sa.select(table.indicator_id, *(table[name] for name in SLICE), table.value)
    query = query.where(within(table.indicator_id, keys), table.period_id.in_({each.period_id for each in figures}))
    return {(row.indicator_id, *_slice(row)): row.value for row in bulk.select(work.session, query)}


def _slice(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in SLICE)


def _unit(behind: Behind, figure: Figure, key: UUID, values: dict[tuple[Any, ...], Decimal | None]) -> Case:
    node, cells = behind.chain.nodes[key], behind.cells.of(key, figure)
    valued = [cell for cell in cells if cell.actual is not None]
    value = _whole(node, valued, "actual") if node.mixed else values.get((key, *_slice(figure)))
    return _case(node, Cell(None, value, _whole(node, valued, "target"), _whole(node, valued, "baseline")))


def _whole(node: Node, cells: Sequence[Cell], name: str) -> Decimal | None:
    """The one value of the cells of a unit, or the sum of numbers when none is missing."""
    values = [getattr(cell, name) for cell in cells]
    alone = len(values) == 1 or node.sense.measure is Measure.NUMBER
    return sum(values, Decimal(0)) if values and alone and None not in values else None


def _case(node: Node, cell: Cell) -> Case:
    return Case(cell.actual, cell.target, cell.baseline, node.sense.direction, node.sense.measure)


def _cases(behind: Behind, figure: Figure, units: dict[UUID, Fraction]) -> list[tuple[Case, Fraction]]:
    return [
        (_case(behind.chain.nodes[key], cell), share)
        for key, share in units.items()
        for cell in behind.cells.of(key, figure) or [Cell(None)]
    ]
