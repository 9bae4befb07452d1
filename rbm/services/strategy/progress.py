"""What has come of the contributions to a normative target, counting only what somebody verified."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.strategy import NormativeLink, NormativeTarget
from rbm.services.strategy.edges import edges_upward
from rbm.terms.indicators import Measure
from rbm.terms.reporting import PeriodKind
from rbm.work import Work


@dataclass(frozen=True)
class VerifiedContribution:
    """The verified value of a linked indicator in a year; `counted` when it enters the sum, else `reason`."""

    indicator_id: UUID
    indicator_code: str
    unit: str | None
    verified: Decimal | None
    counted: bool
    reason: str | None


@dataclass(frozen=True)
class NormativeProgress:
    """Verified contributions to a target in a year and their sum, or the reason why there is none."""

    target_code: str
    year: int
    verified: Decimal | None
    unit: str | None
    reason: str | None
    contributions: tuple[VerifiedContribution, ...]


def normative_progress(work: Work, target_code: str, year: int) -> NormativeProgress:
    """The sum of the verified annual values of the indicators linked to a normative target (one unit only).

    An indicator whose values already enter another linked one is shown and not counted again. NotFound for the target.
    """
    target = work.find(NormativeTarget, target_code, "target_code")
    rows = work.session.execute(_linked(target, year)).all()
    nested = _nested(work, [row.id for row in rows])
    parts = tuple(_contribution(row, nested) for row in rows)
    counted = [(part.unit, part.verified) for part in parts if part.counted and part.verified is not None]
    units = {unit for unit, _ in counted}
    if len(units) == 1:
        total = sum((value for _, value in counted), Decimal(0))
        return NormativeProgress(target.code, year, total, units.pop(), None, parts)
    reason = "the units differ" if units else "nothing is verified"
    return NormativeProgress(target.code, year, None, None, reason, parts)


def _linked(target: NormativeTarget, year: int) -> sa.Select[*tuple[Any, ...]]:
    annual = sa.select(Period.id).where(
        Period.kind == PeriodKind.YEAR, Period.start >= date(year, 1, 1), Period.end <= date(year, 12, 31)
    )
    whole = Figure.whole()
    total = sa.and_(Figure.indicator_id == Indicator.id, whole, Figure.period_id.in_(annual))
    linked = sa.select(NormativeLink.indicator_id).where(NormativeLink.target_id == target.id)
    query = sa.select(Indicator.id, Indicator.code, Indicator.unit, Indicator.measure, Figure.verified)
    return query.outerjoin(Figure, total).where(Indicator.id.in_(linked)).order_by(Indicator.code)


def _nested(work: Work, indicators: Collection[UUID]) -> set[UUID]:
    edges = edges_upward(work, ContributionLink, indicators)
    graph: nx.DiGraph[UUID] = nx.DiGraph((edge.child_id, edge.parent_id) for edge in edges if edge.included)
    graph.add_nodes_from(indicators)
    return {key for key in indicators if nx.descendants(graph, key) & set(indicators)}


def _contribution(row: Any, nested: Collection[UUID]) -> VerifiedContribution:
    reason = None
    if row.measure is not Measure.NUMBER:
        reason = f"a {row.measure.replace('_', ' ')} is not added"
    elif row.id in nested:
        reason = "its values enter another linked indicator"
    elif row.verified is None:
        reason = "nothing is verified"
    return VerifiedContribution(row.id, row.code, row.unit, row.verified, reason is None, reason)
