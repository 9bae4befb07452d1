"""People counted twice: indicators of one office that may count the same people are not added unawares (R047)."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.errors import Conflict
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.strategy import Framework, Result
from rbm.rules.spans import overlaps
from rbm.services.indicators.naming import code_of
from rbm.services.strategy.edges import edges_upward
from rbm.terms.indicators import Composition, OverUnits
from rbm.work import Work

FEW = 2_000
"""Up to so many indicators are asked for by name; more are picked out of everything."""

NOBODY = UUID(int=0)
"""Stands below everybody who counts people."""


def refuse_overlap(work: Work, link: Any, own: UUID | None = None) -> None:
    """Nothing, unless a link brings a count of people into a sum that has one of the same office. Conflict otherwise.

    What enters may stand any number of links below the sum; what the sum reports of its own enters it as well. `link`
    is planned or there (then `own` is its key); a new one is let in by its own mark, one that is there also by the
    marks of others, which may have come later.
    """
    if link.non_overlapping or not link.included:
        return
    rows = edges_upward(work, ContributionLink, [link.child_id, link.parent_id], [link.child_id])
    lower = {link.child_id, *nx.ancestors(_graph(rows, link, own), link.child_id)}
    named = table_of(Indicator).c.id.in_(lower) if len(lower) <= FEW else sa.true()
    entering = _people(work, named, lower)
    if not entering:
        return
    beside = _people(work, table_of(Framework).c.office_id.in_(set(entering.values())))
    beside = {key: office for key, office in beside.items() if key not in lower}
    graph = _graph([*rows, *_ways_up(work, beside)], link, own)
    above = {link.parent_id, *nx.descendants(graph, link.parent_id)}
    sums = _sums(work, above)
    for key in sorted(sums):
        entered = nx.ancestors(graph, key) - above
        for other in sorted((entered | {key} if sums[key] else entered) & beside.keys()):
            _refuse(work, (next(one for one in sorted(entering) if entering[one] == beside[other]), other, key))


def refuse_overlaps(work: Work, indicator_id: UUID, *, as_child: bool, as_parent: bool) -> None:
    """The same for the links that are there, upward (`as_child`) and downward (`as_parent`), after a revision."""
    table = table_of(ContributionLink)
    ends = [table.c.child_id] * as_child + [table.c.parent_id] * as_parent
    for end in ends:
        for link in bulk.select(work.session, sa.select(table).where(end == indicator_id).order_by(table.c.id)):
            refuse_overlap(work, link, link.id)


def refuse_added(work: Work, indicators: Collection[UUID]) -> None:
    """The same for indicators whose units are added up from now on, where anything below them counts people."""
    people, table = _people(work, sa.true()), table_of(ContributionLink).c
    links = bulk.select(work.session, sa.select(table.child_id, table.parent_id)) if people else []
    graph: nx.DiGraph[UUID] = nx.DiGraph((link.child_id, link.parent_id) for link in links)
    graph.add_edges_from((NOBODY, key) for key in people)
    reached = nx.descendants(graph, NOBODY) if people else set()
    for key in sorted(reached.intersection(indicators)):
        refuse_overlaps(work, key, as_child=False, as_parent=True)


def _refuse(work: Work, found: tuple[UUID, UUID, UUID]) -> None:
    entering, other, total = (code_of(work, key) for key in found)
    raise Conflict(
        f"{entering} and {other} both count people of one office, and {total} would add them:"
        " say that they do not overlap",
        "non_overlapping",
        "double_count",
    )


def _graph(rows: Iterable[Any], link: Any, own: UUID | None) -> "nx.DiGraph[UUID]":
    """The other links that count on a day on which this one does, upward."""
    graph: nx.DiGraph[UUID] = nx.DiGraph()
    graph.add_nodes_from((link.child_id, link.parent_id))
    counting = (row for row in rows if row.included and row.id != own and overlaps(_days(row), _days(link)))
    settled = own is not None
    graph.add_edges_from((row.child_id, row.parent_id) for row in counting if not (settled and row.non_overlapping))
    return graph


def _ways_up(work: Work, nodes: Collection[UUID]) -> Iterable[Any]:
    if len(nodes) <= FEW:
        return edges_upward(work, ContributionLink, list(nodes))
    return bulk.select(work.session, sa.select(table_of(ContributionLink)))


def _people(work: Work, condition: sa.ColumnElement[bool], wanted: Collection[UUID] | None = None) -> dict[UUID, UUID]:
    """The indicators that count people, of those meant, and their offices."""
    indicator, result, framework = (table_of(cls) for cls in (Indicator, Result, Framework))
    joined = indicator.join(result, result.c.id == indicator.c.result_id)
    joined = joined.join(framework, framework.c.id == result.c.framework_id)
    query = sa.select(indicator.c.id, framework.c.office_id).select_from(joined)
    rows = bulk.select(work.session, query.where(indicator.c.counts_people.is_(True), condition))
    return {row.id: row.office_id for row in rows if wanted is None or row.id in wanted}


def _sums(work: Work, above: Collection[UUID]) -> dict[UUID, bool]:
    """Those of the indicators that add up their units, and whether values of their own are among these."""
    table = table_of(Indicator).c
    query = sa.select(table.id, table.composition).where(table.id.in_(above), table.over_units == OverUnits.SUM)
    rows = bulk.select(work.session, query)
    return {row.id: row.composition is Composition.OWN_PLUS_CONTRIBUTED for row in rows}


def _days(link: Any) -> tuple[Any, Any]:
    return link.valid_from, link.valid_to
