"""Opens a figure: the contributions it is made of, what was left out and why, down to the measurements."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm.model.indicators import ContributionLink, DisaggregationPart, Indicator
from rbm.model.people import Office
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.terms.indicators import Composition
from rbm.terms.reporting import ValueStage, Verification
from rbm.terms.rollup import Reason
from rbm.work import Work


@dataclass(frozen=True)
class Contribution:
    """A child indicator of a figure: its own figure, how it enters, or why it does not."""

    indicator: str
    office: str
    office_name: str
    value: Decimal | None
    weight: Decimal
    factor: Decimal
    reason: Reason | None


@dataclass(frozen=True)
class Explanation:
    """A figure opened one level down, with the number and sum of the measurements at the bottom."""

    figure_id: int
    contributions: list[Contribution]
    measurements: int
    units: int
    measured: Decimal | None


def explain(work: Work, figure_id: int) -> Explanation:
    """Open a figure. NotFound when it is not there or not seen."""
    figure = work.get(Figure, figure_id, "figure_id")
    period = work.get(Period, figure.period_id)
    measurements = work.session.scalars(find_measurements(work, figure_id)).all()
    values = [row.value for row in measurements if row.value is not None]
    units = {row.indicator_id for row in measurements}
    contributions = [_contribution(row) for row in work.session.execute(_children(figure, period))]
    return Explanation(figure.id, contributions, len(measurements), len(units), sum(values) if values else None)


def find_measurements(work: Work, figure_id: int) -> sa.Select[tuple[Measurement]]:
    """The approved measurements a figure is made of, each once, in the order they were recorded.

    Follows links that are included and valid in the figure's period; a parent that takes only contributions hides
    its own values, one that takes only its own hides its contributions.
    """
    figure = work.get(Figure, figure_id, "figure_id")
    period = work.get(Period, figure.period_id)
    query = sa.select(Measurement).where(
        Measurement.indicator_id.in_(_leaves(work, figure.indicator_id, period)),
        Measurement.period_id == figure.period_id,
        Measurement.stage == ValueStage.APPROVED,
        Measurement.verification != Verification.REJECTED,
    )
    if figure.category_id is not None:
        inside = sa.select(DisaggregationPart.disaggregation_id).where(
            DisaggregationPart.category_id == figure.category_id
        )
        query = query.where(Measurement.disaggregation_id.in_(inside))
    return query.order_by(Measurement.id)


def _leaves(work: Work, indicator_id: UUID, period: Period) -> Iterable[UUID]:
    pairs = work.session.execute(sa.select(ContributionLink.parent_id, ContributionLink.child_id).where(*_enters(period)))
    graph: nx.DiGraph[UUID] = nx.DiGraph(tuple(pair) for pair in pairs)
    graph.add_node(indicator_id)
    reached = {indicator_id, *nx.descendants(graph, indicator_id)}
    query = sa.select(Indicator.id, Indicator.composition).where(Indicator.id.in_(reached))
    compositions = dict(row._tuple() for row in work.session.execute(query))  # noqa: SLF001
    closed = {key for key, word in compositions.items() if word is Composition.OWN_ONLY and key != indicator_id}
    graph.remove_edges_from([(key, child) for key in closed for child in list(graph.successors(key))])
    if compositions.get(indicator_id) is Composition.OWN_ONLY:
        return [indicator_id]
    reached = {indicator_id, *nx.descendants(graph, indicator_id)}
    return [key for key in reached if compositions.get(key) is not Composition.CONTRIBUTED_ONLY]


def _enters(period: Period) -> list[sa.ColumnElement[bool]]:
    return [
        ContributionLink.included,
        sa.or_(ContributionLink.valid_from.is_(None), ContributionLink.valid_from <= period.end),
        sa.or_(ContributionLink.valid_to.is_(None), ContributionLink.valid_to >= period.start),
    ]


def _children(figure: Figure, period: Period) -> sa.Select[tuple[ContributionLink, Indicator, Office, Figure | None]]:
    same = sa.and_(
        Figure.indicator_id == ContributionLink.child_id,
        Figure.period_id == period.id,
        Figure.category_id == figure.category_id if figure.category_id else Figure.category_id.is_(None),
    )
    return (
        sa.select(ContributionLink, Indicator, Office, Figure)
        .join(ContributionLink.child)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Framework.office)
        .outerjoin(Figure, same)
        .where(ContributionLink.parent_id == figure.indicator_id, *_enters(period)[1:])
        .order_by(Office.code, Indicator.code)
    )


def _contribution(row: sa.Row[tuple[ContributionLink, Indicator, Office, Figure | None]]) -> Contribution:
    link, indicator, office, figure = row._tuple()  # noqa: SLF001
    reason = Reason.OPTED_OUT if not link.included else Reason.NO_VALUE if figure is None else figure.reason
    value = figure.value if figure else None
    return Contribution(indicator.code, office.code, office.name, value, link.weight, link.factor, reason)
