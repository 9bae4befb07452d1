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
from rbm.terms.indicators import Additivity, Composition, Fitness, OverUnits
from rbm.work import Work

NODE = ("id", "measure", "unit", "direction", "composition", "fitness", "additivity", "over_units")
LINK = ("child_id", "parent_id", "weight", "factor", "included", "valid_from", "valid_to")


@dataclass(frozen=True)
class Node:
    """An indicator as its figures are judged by. `mixed`: it holds contributions beside its own values."""

    sense: Sense
    composition: Composition
    fit: bool
    adds_up: bool
    declared: bool

    @property
    def mixed(self) -> bool:
        """Whether contributions stand beside values of its own."""
        return self.composition is Composition.OWN_PLUS_CONTRIBUTED


@dataclass(frozen=True)
class Chain:
    """Indicators by key, and the links under each."""

    nodes: dict[UUID, Node]
    links: dict[UUID, list[Any]]

    def has_children(self, indicator_id: UUID) -> bool:
        """Whether contributions enter an indicator."""
        holds = self.nodes[indicator_id].composition is not Composition.OWN_ONLY
        return holds and bool(self.links[indicator_id])

    def units(self, root: UUID, period: Period) -> dict[UUID, Fraction]:
        """The units of a figure by key, with weight times factor along all ways that count in the period."""
        shares: dict[UUID, Fraction] = defaultdict(Fraction)
        for key, share in self._walk(root, period, Fraction(1)):
            shares[key] += share
        return shares

    def _walk(self, key: UUID, period: Period, share: Fraction) -> Iterator[tuple[UUID, Fraction]]:
        composition = self.nodes[key].composition
        if composition is not Composition.CONTRIBUTED_ONLY:
            yield key, share
        if composition is Composition.OWN_ONLY:
            return
        for child, link in self._counting(key, period).items():
            if link.included and self.nodes[child].fit:
                yield from self._walk(child, period, share * Fraction(link.weight) * Fraction(link.factor))

    def _counting(self, key: UUID, period: Period) -> dict[UUID, Any]:
        """The links by child; of several in the period the one that is valid longest, as in the roll-up."""
        valid = (link for link in self.links[key] if _from(link) <= period.end and _to(link) >= period.start)
        ordered = sorted(valid, key=lambda link: (_to(link), _from(link), link.weight, link.factor, link.included))
        return {link.child_id: link for link in ordered}


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
    below = sa.or_(within(table.parent_id, roots), table.parent_id.in_(sa.select(reached.c.node)))
    links: dict[UUID, list[Any]] = defaultdict(list)
    for row in bulk.select(work.session, sa.select(*(table[name] for name in LINK)).where(below)):
        links[row.parent_id].append(row)
    node = table_of(Indicator).c
    wanted = sa.or_(within(node.id, roots), node.id.in_(sa.select(reached.c.node)))
    rows = bulk.select(work.session, sa.select(*(node[name] for name in NODE)).where(wanted))
    return Chain({row.id: _node(row) for row in rows}, links)


def _node(row: Any) -> Node:
    return Node(
        sense=Sense(row.measure, row.unit, row.direction),
        composition=row.composition,
        fit=row.fitness is not Fitness.UNFIT,
        adds_up=(row.additivity, row.over_units) == (Additivity.YES, OverUnits.SUM),
        declared=row.additivity is Additivity.YES and row.over_units is not OverUnits.NONE,
    )


def all_units(chain: Chain, asked: Sequence[tuple[UUID, Period]]) -> list[dict[UUID, Fraction]]:
    """The units of each indicator and period, in their order; each pair is walked once."""
    known: dict[tuple[UUID, UUID], dict[UUID, Fraction]] = {}
    for root, period in asked:
        if (root, period.id) not in known:
            known[root, period.id] = chain.units(root, period)
    return [known[root, period.id] for root, period in asked]
