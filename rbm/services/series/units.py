"""The reporting units behind figures: indicators with values of their own, and the share with which each enters."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.reporting import Period
from rbm.rules.series import Sense
from rbm.services.rollup.loading import within
from rbm.services.series.members import sense_of
from rbm.terms.indicators import Additivity, Composition, Fitness, OverUnits
from rbm.work import Work

NODE = (
    "id",
    "measure",
    "unit",
    "direction",
    "accumulation",
    "composition",
    "fitness",
    "additivity",
    "over_units",
    "formula",
)
LINK = ("child_id", "parent_id", "weight", "factor", "included", "valid_from", "valid_to")


@dataclass(frozen=True)
class Node:
    """An indicator as its figures are judged by. `derived`: a formula makes it."""

    sense: Sense
    composition: Composition
    fit: bool
    adds_up: bool
    declared: bool
    derived: bool


@dataclass(frozen=True)
class Units:
    """The units of a figure by key, with weight times factor along all ways that count in the period.

    adds_up: the figure is the sum of its units, for it and every one on the way to them add up and no formula does.
    """

    shares: dict[UUID, Fraction]
    adds_up: bool


@dataclass(frozen=True)
class Chain:
    """Indicators by key, the links under each, and all links of each child."""

    nodes: dict[UUID, Node]
    links: dict[UUID, list[Any]]
    spans: dict[UUID, list[Any]]

    def has_children(self, indicator_id: UUID) -> bool:
        """Whether contributions enter an indicator."""
        holds = self.nodes[indicator_id].composition is not Composition.OWN_ONLY
        return holds and bool(self.links[indicator_id])

    def units(self, root: UUID, period: Period) -> Units:
        """The units of a figure. An indicator to which nothing is linked is a unit whatever it is composed of."""
        shares: dict[UUID, Fraction] = defaultdict(Fraction)
        adding = True
        for key, share in self._walk(root, period, Fraction(1)):
            node = self.nodes[key]
            if node.composition is not Composition.CONTRIBUTED_ONLY or not self.links[key]:
                shares[key] += share
            if key == root or self.has_children(key):
                adding = adding and node.adds_up and not node.derived
        return Units(shares, adding)

    def _walk(self, key: UUID, period: Period, share: Fraction) -> Iterator[tuple[UUID, Fraction]]:
        """An indicator and all that contribute to it, by every way."""
        yield key, share
        if self.nodes[key].composition is Composition.OWN_ONLY:
            return
        for child, link in self._counting(key, period).items():
            if link.included and self.nodes[child].fit:
                yield from self._walk(child, period, share * Fraction(link.weight) * Fraction(link.factor))

    def _counting(self, key: UUID, period: Period) -> dict[UUID, Any]:
        """The links by child; of several that count the one that is valid longest, as in the roll-up."""
        valid = (link for link in self.links[key] if self._counts(link, period))
        ordered = sorted(valid, key=lambda link: (_to(link), _from(link), link.weight, link.factor, link.included))
        return {link.child_id: link for link in ordered}

    def _counts(self, link: Any, period: Period) -> bool:
        """Whether a link is valid on the last day of the period on which any link of its child is."""
        if _from(link) > period.end or _to(link) < period.start:
            return False
        later = (other for other in self.spans[link.child_id] if _to(other) > _to(link))
        return _to(link) >= period.end or not any(_from(other) <= period.end for other in later)


def _from(link: Any) -> date:
    return link.valid_from or date.min


def _to(link: Any) -> date:
    return link.valid_to or date.max


def chain_below(work: Work, roots: Collection[UUID]) -> Chain:
    """Everything below indicators, whoever may see it: figures are made of all of it."""
    table = table_of(ContributionLink).c
    reached = (
        sa.select(table.child_id.label("node")).where(within(table.parent_id, roots)).cte("reached", recursive=True)
    )
    reached = reached.union(sa.select(table.child_id).join(reached, table.parent_id == reached.c.node))
    links: dict[UUID, list[Any]] = defaultdict(list)
    spans: dict[UUID, list[Any]] = defaultdict(list)
    below = table.child_id.in_(sa.select(reached.c.node))
    for row in bulk.select(work.session, sa.select(*(table[name] for name in LINK)).where(below)):
        links[row.parent_id].append(row)
        spans[row.child_id].append(row)
    node = table_of(Indicator).c
    wanted = sa.or_(within(node.id, roots), node.id.in_(sa.select(reached.c.node)))
    rows = bulk.select(work.session, sa.select(*(node[name] for name in NODE)).where(wanted))
    return Chain({row.id: _node(row) for row in rows}, links, spans)


def _node(row: Any) -> Node:
    return Node(
        sense=sense_of(row),
        composition=row.composition,
        fit=row.fitness is not Fitness.UNFIT,
        adds_up=(row.additivity, row.over_units) == (Additivity.YES, OverUnits.SUM),
        declared=row.additivity is Additivity.YES and row.over_units is not OverUnits.NONE,
        derived=row.formula is not None,
    )


def all_units(chain: Chain, asked: Sequence[tuple[UUID, Period]]) -> list[Units]:
    """The units of each indicator and period, in their order; each pair is walked once."""
    known: dict[tuple[UUID, UUID], Units] = {}
    for root, period in asked:
        if (root, period.id) not in known:
            known[root, period.id] = chain.units(root, period)
    return [known[root, period.id] for root, period in asked]
