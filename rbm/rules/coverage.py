"""Coverage: how many of how many, and how far results are linked upward without a gap."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import networkx as nx

from rbm.errors import Invalid
from rbm.terms.strategy import FrameworkLevel

Key = TypeVar("Key", bound=Hashable)

RANK = {level: rank for rank, level in enumerate(reversed(FrameworkLevel))}
"""Framework levels from the project (0) up to the corporate one."""


@dataclass(frozen=True, slots=True)
class Share:
    """`numerator` of `denominator`, shown together."""

    numerator: int
    denominator: int

    @property
    def share(self) -> Decimal | None:
        """Between 0 and 1; None when there is nothing to take a share of."""
        return Decimal(self.numerator) / self.denominator if self.denominator else None

    @property
    def percent(self) -> Decimal | None:
        """The share times 100."""
        return Decimal(100 * self.numerator) / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class ChainCoverage:
    """How many outcomes reach each framework level above without a gap, and which do not reach the top."""

    unbroken: Share
    reaching: Mapping[FrameworkLevel, Share]
    broken: tuple[Any, ...]


def share_of(wanted: Collection[Hashable], found: Collection[Hashable]) -> Share:
    """How many different `wanted` are among `found`."""
    members = set(wanted)
    return Share(len(members & set(found)), len(members))


def unbroken(
    outcomes: Iterable[Key],
    parents: Mapping[Key, Collection[Key]],
    levels: Mapping[Key, FrameworkLevel],
) -> ChainCoverage:
    """Share of `outcomes` linked project > country > region > corporate, in all and per level. Source: R009.

    `parents` gives each node's parents, `levels` the level of the framework each node belongs to. A link inside a
    framework keeps the level; one that skips a level does not continue the chain. Invalid when links close a circle.
    """
    wanted = list(dict.fromkeys(outcomes))
    reach = _reach(wanted, parents, levels)
    above = [level for level in FrameworkLevel if level is not FrameworkLevel.PROJECT]
    reaching: dict[FrameworkLevel, Share] = {
        level: Share(sum(reach[outcome] >= RANK[level] for outcome in wanted), len(wanted)) for level in above
    }
    broken = tuple(outcome for outcome in wanted if reach[outcome] < RANK[FrameworkLevel.CORPORATE])
    return ChainCoverage(reaching[FrameworkLevel.CORPORATE], reaching, broken)


def _reach(
    outcomes: Iterable[Key],
    parents: Mapping[Key, Collection[Key]],
    levels: Mapping[Key, FrameworkLevel],
) -> dict[Key, int]:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(outcomes)
    for child, above in parents.items():
        rank = RANK[levels[child]]
        graph.add_edges_from((child, parent) for parent in above if RANK[levels[parent]] - rank in (0, 1))
    if not nx.is_directed_acyclic_graph(graph):
        raise Invalid("the links close a circle", "parent_id", "cycle")
    reach: dict[Key, int] = {}
    for node in reversed(list(nx.topological_sort(graph))):
        reach[node] = max([RANK[levels[node]], *(reach[parent] for parent in graph[node])])
    return reach
