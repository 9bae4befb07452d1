"""A series: the figures of an indicator and of all that it follows and that follow it, over years and strategies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm.db import from_fixed
from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.series import CrosswalkLink
from rbm.model.strategy import Framework, Result
from rbm.rules.series import changed, differences
from rbm.services import rollup
from rbm.services.series.members import sense_of
from rbm.terms.reporting import PeriodKind
from rbm.terms.rollup import Reason
from rbm.terms.series import CrosswalkRelation
from rbm.work import Work

COUNTS = ("same_units", "same_percent", "new_units", "gone_units")
TOTALS = ("same_before", "same_after", "new_total", "gone_total")
NO_VALUE = "one of the two has no value"


@dataclass(frozen=True)
class UnitChange:
    """The change since the point before, by unit: after - before = same_after - same_before + new_total - gone_total.

    `same_percent` is the change of the same units in percent, None without a base to compare with.
    """

    same_units: int
    same_before: Decimal
    same_after: Decimal
    same_percent: Decimal | None
    new_units: int
    new_total: Decimal
    gone_units: int
    gone_total: Decimal


@dataclass(frozen=True)
class SeriesPoint:
    """A figure of the series. Points of one `segment` measure the same; between segments there is no change to tell.

    `change` is that since the point before in the segment; `no_change` says why there is none.
    """

    indicator_id: UUID
    indicator_code: str
    title: str
    framework_code: str
    figure_id: int
    period_code: str
    period_start: date
    period_end: date
    value: Decimal | None
    verified: Decimal | None
    self_reported: Decimal | None
    target: Decimal | None
    baseline: Decimal | None
    reported: int
    expected: int
    reason: Reason | None
    segment: int
    change: UnitChange | None
    no_change: str | None


@dataclass(frozen=True)
class Seam:
    """Where the indicator changes: which one follows which (None: nothing), how, from which day and why.

    `joined`: the segment goes on, for both measure the same. Where an end was revised so that they no longer do, the
    segments are parted and the reason says what changed.
    """

    before_code: str
    after_code: str | None
    relation: CrosswalkRelation
    day: date
    reason: str
    joined: bool


@dataclass(frozen=True)
class Series:
    """Points in the order of their periods, and the seams between the indicators they are of."""

    points: list[SeriesPoint]
    seams: list[Seam]


def series(work: Work, indicator_id: UUID, kind: PeriodKind = PeriodKind.YEAR) -> Series:
    """The series through an indicator, in periods of one kind: what came before it, itself, and what came after.

    NotFound when the indicator is not there or not seen; what the caller does not see of the others is left out.
    """
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    links = {link.id: link for link in _links(work, indicator.id)}
    keys = {indicator.id, *(link.before_id for link in links.values())}
    keys |= {link.after_id for link in links.values() if link.after_id}
    rows = work.session.execute(_figures(keys, kind)).all()
    ends = _ends(work, keys)
    parted = {link.id: _parted(link, ends) for link in links.values()}
    segments = _segments(keys, [link for key, link in links.items() if not parted[key]])
    points: list[SeriesPoint] = []
    numbers: dict[int, int] = {}
    for row in rows:
        segment = numbers.setdefault(segments[row.Indicator.id], len(numbers) + 1)
        earlier = [point for point in points if point.segment == segment]
        points.append(_point(row, segment, *_change(work, earlier, row)))
    return Series(points, _seams(ends, [(link, parted[key]) for key, link in links.items()]))


def _links(work: Work, indicator_id: UUID) -> Iterable[CrosswalkLink]:
    """The links on the ways back from an indicator, and on the ways on from it."""
    for near, far in (("before_id", "after_id"), ("after_id", "before_id")):
        known, waiting = {indicator_id}, {indicator_id}
        while waiting:
            column = CrosswalkLink.before_id if near == "before_id" else CrosswalkLink.after_id
            found = work.session.scalars(sa.select(CrosswalkLink).where(column.in_(waiting))).all()
            yield from found
            waiting = {key for link in found if (key := getattr(link, far))} - known
            known |= waiting


def _ends(work: Work, keys: Iterable[UUID]) -> dict[UUID, Any]:
    """The indicators that the caller sees, by key, with what their values mean now."""
    columns = (Indicator.code, Indicator.measure, Indicator.unit, Indicator.direction, Indicator.accumulation)
    rows = work.session.execute(sa.select(Indicator.id, *columns).where(Indicator.id.in_(keys)))
    return {row.id: row for row in rows}


def _parted(link: CrosswalkLink, ends: Mapping[UUID, Any]) -> str | None:
    """In words, what has become another one since both ends were said to be the same; None where nothing has."""
    before, after = ends.get(link.before_id), ends.get(link.after_id) if link.after_id else None
    if link.relation is not CrosswalkRelation.SAME or before is None or after is None:
        return None
    senses = sense_of(before), sense_of(after)
    return next((changed(name, *senses) for name in differences(*senses)), None)


def _segments(keys: Iterable[UUID], links: Iterable[CrosswalkLink]) -> dict[UUID, int]:
    """Indicators by the part they measure the same in."""
    graph: nx.Graph[UUID] = nx.Graph()
    graph.add_nodes_from(keys)
    for link in links:
        if link.relation is CrosswalkRelation.SAME and link.after_id:
            graph.add_edge(link.before_id, link.after_id)
    parts = enumerate(nx.connected_components(graph))
    return {key: number for number, part in parts for key in part}


def _figures(keys: Iterable[UUID], kind: PeriodKind) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Figure, Indicator, Period, Framework.code.label("framework"))
        .join(Figure.indicator)
        .join(Indicator.result)
        .join(Result.framework)
        .join(Figure.period)
        .where(Figure.indicator_id.in_(keys), Period.kind == kind)
        .where(Figure.whole())
        .order_by(Period.start, Period.end, Framework.period_start, Indicator.code)
    )


def _point(row: Any, segment: int, change: UnitChange | None, no_change: str | None) -> SeriesPoint:
    figure, indicator, period = row.Figure, row.Indicator, row.Period
    names = ("value", "verified", "self_reported", "target", "baseline", "reported", "expected", "reason")
    return SeriesPoint(
        indicator_id=indicator.id,
        indicator_code=indicator.code,
        title=indicator.title,
        framework_code=row.framework,
        figure_id=figure.id,
        period_code=period.code,
        period_start=period.start,
        period_end=period.end,
        **{name: getattr(figure, name) for name in names},
        segment=segment,
        change=change,
        no_change=no_change,
    )


def _change(work: Work, earlier: Sequence[SeriesPoint], row: Any) -> tuple[UnitChange | None, str | None]:
    """The change since the newest point of an earlier period, or why there is none."""
    before = next((point for point in reversed(earlier) if point.period_end < row.Period.start), None)
    if before is None:
        return None, None
    if before.value is None or row.Figure.value is None:
        return None, NO_VALUE
    try:
        change = rollup.change_between(work, before.figure_id, row.Figure.id)
    except Invalid as refusal:
        return None, refusal.message
    totals = {name: from_fixed(getattr(change, name)) for name in TOTALS}
    counts: dict[str, Any] = {name: getattr(change, name) for name in COUNTS}
    return UnitChange(**(counts | totals)), None


def _seams(ends: Mapping[UUID, Any], links: Iterable[tuple[CrosswalkLink, str | None]]) -> list[Seam]:
    codes = {key: row.code for key, row in ends.items()}
    seams = [
        Seam(
            before_code=codes[link.before_id],
            after_code=codes.get(link.after_id) if link.after_id else None,
            relation=link.relation,
            day=link.valid_from,
            reason=f"{link.reason}; since then {parted}" if parted else link.reason,
            joined=link.relation is CrosswalkRelation.SAME and not parted,
        )
        for link, parted in links
        if link.before_id in codes
    ]
    return sorted(seams, key=lambda seam: (seam.day, seam.before_code, seam.after_code or ""))
