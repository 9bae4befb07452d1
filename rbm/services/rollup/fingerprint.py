"""The fingerprint of a figure: one hash over its rule and everything that entered it."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import ContributionLink, FormulaTerm, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services.rollup.loading import within
from rbm.services.rollup.opening import Opened
from rbm.services.rollup.ways import Way
from rbm.services.rollup.wording import rule_of
from rbm.work import Work


def fingerprint(work: Work, figure: Figure, way: Way) -> str:
    """SHA-256 in hexadecimal over the rules of all indicators a figure is made of, their links, and what entered.

    Of the links those that are valid in its period; of each measurement that entered its key, value and share. What is
    left out changes nothing as long as it stays out.
    """
    nodes = way.opened.loaded.nodes
    lines = [*_rules(work, set(nodes)), *_terms(work, set(nodes)), *_links(work, figure, set(nodes))]
    for (node, period), end in way.ends.items():
        lines += [f"made of {nodes[node]} {end.loaded.periods[period]}", *_entered(end)]
    return hashlib.sha256("\n".join([f"figure {figure.indicator_id}", *lines]).encode()).hexdigest()


def _rules(work: Work, scope: set[UUID]) -> Iterator[str]:
    table = table_of(Indicator)
    rows = bulk.select(work.session, sa.select(table).where(within(table.c.id, scope)))
    yield from sorted(f"indicator {row.id} {rule_of(row)}" for row in rows if row.id in scope)


def _terms(work: Work, scope: set[UUID]) -> Iterator[str]:
    table = table_of(FormulaTerm)
    rows = bulk.select(work.session, sa.select(table).where(within(table.c.indicator_id, scope)))
    yield from sorted(
        f"term {row.indicator_id} {row.name} {row.source_id}" for row in rows if row.indicator_id in scope
    )


def _links(work: Work, figure: Figure, scope: set[UUID]) -> Iterator[str]:
    period, link = work.get(Period, figure.period_id), table_of(ContributionLink)
    begun = sa.or_(link.c.valid_from.is_(None), link.c.valid_from <= period.end)
    lasts = sa.or_(link.c.valid_to.is_(None), link.c.valid_to >= period.start)
    rows = bulk.select(work.session, sa.select(link).where(within(link.c.child_id, scope), begun, lasts))
    yield from sorted(
        f"link {row.child_id} {row.parent_id} {row.weight} {row.factor} {row.included}"
        for row in rows
        if {row.child_id, row.parent_id} <= scope
    )


def _entered(opened: Opened) -> Iterator[str]:
    cells, place = opened.loaded.inputs.cells, {key: at for at, key in enumerate(opened.loaded.measurements)}
    for key, share in sorted(opened.shares().items()):
        at = place[key]
        yield f"measurement {key} {cells.value[at]} {cells.numerator[at]} {cells.denominator[at]} {share}"
