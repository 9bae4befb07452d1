"""The fingerprint of a figure: one hash over its rule and everything that entered it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import ContributionLink, FormulaTerm, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services.rollup.counting import counting_links
from rbm.services.rollup.loading import within
from rbm.services.rollup.opening import Opened
from rbm.services.rollup.ways import Way
from rbm.services.rollup.wording import rule_of
from rbm.terms.indicators import Composition, Fitness
from rbm.work import Work


def fingerprint(work: Work, figure: Figure, way: Way) -> str:
    """SHA-256 in hexadecimal over all that a figure is made of.

    These are the rules of its indicator and of all that contribute to it, the people they count, their links, each
    measurement that entered with key, value, verification and share, and what its target and baseline are. Of the links
    those that count in its period. What is left out changes nothing as long as it stays out, nor does what lies below
    it.
    """
    nodes = way.opened.loaded.nodes
    found = _material(work, figure, set(nodes))
    scope = _scope(figure.indicator_id, found)
    lines = [
        *sorted(_rule(row) for key, row in found.rows.items() if key in scope),
        *sorted(
            f"term {row.indicator_id} {row.name} {row.source_id}" for row in found.terms if row.indicator_id in scope
        ),
        *sorted(_link(found, row) for row in found.links if row.parent_id in scope and _takes(found, row)),
    ]
    for (node, period), end in way.ends.items():
        lines += [f"made of {nodes[node]} {end.loaded.periods[period]}", *_entered(end)]
    lines.append(f"stated {figure.target} {figure.targets} {figure.baseline} {figure.baselines}")
    return hashlib.sha256("\n".join([f"figure {figure.indicator_id}", *lines]).encode()).hexdigest()


@dataclass(frozen=True)
class _Material:
    """Indicators by key, the terms of formulas and the links that count, among everything below a figure."""

    rows: dict[UUID, Any]
    terms: list[Any]
    links: list[Any]


def _material(work: Work, figure: Figure, below: set[UUID]) -> _Material:
    node, term, link = (table_of(cls) for cls in (Indicator, FormulaTerm, ContributionLink))
    rows = bulk.select(work.session, sa.select(node).where(within(node.c.id, below)))
    terms = bulk.select(work.session, sa.select(term).where(within(term.c.indicator_id, below)))
    links = counting_links(work, work.get(Period, figure.period_id), within(link.c.child_id, below))
    return _Material(
        {row.id: row for row in rows if row.id in below},
        [row for row in terms if row.indicator_id in below],
        [row for row in links if {row.child_id, row.parent_id} <= below],
    )


def _scope(start: UUID, found: _Material) -> set[UUID]:
    """The indicator and all from which a way of links and terms that are not left out leads to it."""
    sources: dict[UUID, list[UUID]] = defaultdict(list)
    for row in found.terms:
        sources[row.indicator_id].append(row.source_id)
    for row in found.links:
        if _takes(found, row) and _standing(found, row) == "in":
            sources[row.parent_id].append(row.child_id)
    scope, waiting = {start}, [start]
    while waiting:
        fresh = set(sources[waiting.pop()]) - scope
        scope |= fresh
        waiting += fresh
    return scope


def _takes(found: _Material, link: Any) -> bool:
    """Whether the indicator above a link takes contributions at all."""
    taking: bool = found.rows[link.parent_id].composition is not Composition.OWN_ONLY
    return taking


def _standing(found: _Material, link: Any) -> str:
    if not link.included:
        return "opted out"
    return "unfit" if found.rows[link.child_id].fitness is Fitness.UNFIT else "in"


def _link(found: _Material, link: Any) -> str:
    standing = _standing(found, link)
    words = f"{link.weight} {link.factor}" if standing == "in" else standing
    return f"link {link.child_id} {link.parent_id} {words}"


def _rule(row: Any) -> str:
    people = f"people {row.population}" if row.counts_people else "no people"
    return f"indicator {row.id} {row.measure} {rule_of(row)}, {people}"


def _entered(opened: Opened) -> Iterator[str]:
    cells, place = opened.loaded.inputs.cells, {key: at for at, key in enumerate(opened.loaded.measurements)}
    for key, share in sorted(opened.shares().items()):
        at = place[key]
        amounts = f"{cells.value[at]} {cells.numerator[at]} {cells.denominator[at]}"
        yield f"measurement {key} {amounts} {'verified' if cells.verified[at] else 'not verified'} {share}"
