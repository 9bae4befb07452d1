"""The results chain: what may stand under what, and which links would close a cycle or count twice."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import networkx as nx
import numpy as np

from rbm.errors import Conflict, Invalid
from rbm.rules.arrays import Days, Ints, spread
from rbm.terms.strategy import FrameworkLevel, ResultLevel

RESULT_ORDER = (ResultLevel.GOAL, ResultLevel.OUTCOME, ResultLevel.OUTPUT, ResultLevel.ACTIVITY)
FRAMEWORK_ORDER = tuple(FrameworkLevel)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class WeightedLink:
    """A contribution of `child` to `parent` (any hashable keys), of which `weight` (0 to 1) counts there."""

    child: Hashable
    parent: Hashable
    weight: Decimal = Decimal(1)


def refuse_cycle(
    edges: Iterable[tuple[Key, Key]],
    new_edge: tuple[Key, Key],
    name: Callable[[Key], str] = str,
    what: str = "link",
    field: str = "parent_id",
) -> None:
    """Nothing, when the (child, parent) edge leaves the graph acyclic. Conflict naming the circle otherwise.

    `what` is said to close it, and `field` is the argument at fault.
    """
    child, parent = new_edge
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(new_edge)
    if nx.has_path(graph, parent, child):
        circle = [child, *nx.shortest_path(graph, parent, child)]
        raise Conflict(f"this {what} would close a circle: {_spell(circle, name)}", field, "cycle")


def refuse_second_path(links: Iterable[WeightedLink], new: WeightedLink, name: Callable[[Any], str] = str) -> None:
    """Nothing, when no descendant would reach an ancestor twice with more than its whole.

    The share that arrives is the sum, over all paths, of the product of the weights (exact fractions). Conflict naming
    both paths when a second path lifts it above 1.
    """
    graph = _weighted(links)
    graph.add_nodes_from((new.child, new.parent))
    rising = _shares(graph, new.child)
    for ancestor in [new.parent, *nx.descendants(graph, new.parent)]:
        arriving = _shares(graph, ancestor)
        onward = Fraction(new.weight) * arriving[new.parent]
        for descendant, share in rising.items():
            if descendant in arriving and arriving[descendant] + share * onward > 1:
                first = nx.shortest_path(graph, descendant, ancestor)
                second = nx.shortest_path(graph, descendant, new.child) + nx.shortest_path(graph, new.parent, ancestor)
                raise Conflict(
                    f"{name(descendant)} would count twice in {name(ancestor)}:"
                    f" {_spell(first, name)} and {_spell(second, name)}",
                    "parent_id",
                    "double_count",
                )


def refuse_level_skip(parent_level: ResultLevel, child_level: ResultLevel) -> None:
    """Nothing, when the child stands directly under the parent: goal > outcome > output > activity. Invalid otherwise.

    Source: requirement R006, results chain of the OECD-DAC glossary 2022.
    """
    for level in (parent_level, child_level):
        _refuse_outside(level)
    if RESULT_ORDER.index(child_level) != RESULT_ORDER.index(parent_level) + 1:
        above = RESULT_ORDER.index(child_level) - 1
        place = f"stands under {_article(RESULT_ORDER[above])}" if above >= 0 else "stands under no other result"
        raise Invalid(
            f"{_article(child_level)} {place}, not under {_article(parent_level)}", "parent_id", "level_not_adjacent"
        )


def refuse_upward(
    child_framework: FrameworkLevel,
    parent_framework: FrameworkLevel,
    child_level: ResultLevel,
    parent_level: ResultLevel,
) -> None:
    """Nothing, when a result may contribute to one of another framework. Invalid otherwise.

    The other framework must be of a strictly higher level, the other result of the same or the next level.
    """
    if FRAMEWORK_ORDER.index(parent_framework) >= FRAMEWORK_ORDER.index(child_framework):
        raise Invalid(
            f"a result of a {child_framework} framework contributes to a framework of a higher level,"
            f" not to a {parent_framework} one",
            "parent_id",
            "framework_not_higher",
        )
    for level in (child_level, parent_level):
        _refuse_outside(level)
    if RESULT_ORDER.index(child_level) - RESULT_ORDER.index(parent_level) not in (0, 1):
        raise Invalid(
            f"{_article(child_level)} contributes to a result of the same or the next level,"
            f" not to {_article(parent_level)}",
            "parent_id",
            "level_not_adjacent",
        )


def topological_levels(children: Ints, parents: Ints, n: int) -> Days:
    """Height above the leaves of each of `n` positions, int32[n], from edges child[i] → parent[i] (int64 positions).

    A leaf has 0, a parent one more than its highest child. Invalid when the edges close a circle.
    """
    order = np.argsort(children, kind="stable")
    above = parents[order]
    first = np.searchsorted(children[order], np.arange(n + 1))
    waiting = np.bincount(parents, minlength=n)
    levels = np.zeros(n, dtype=np.int32)
    ready = np.flatnonzero(waiting == 0)
    settled = 0
    level = 0
    while len(ready):
        levels[ready] = level
        settled += len(ready)
        reached = above[spread(first[ready], first[ready + 1] - first[ready])]
        np.subtract.at(waiting, reached, 1)
        ready = np.unique(reached[waiting[reached] == 0])
        level += 1
    if settled < n:
        raise Invalid("the links close a circle: no order from leaves to roots exists", "parent_id", "cycle")
    return levels


def _weighted(links: Iterable[WeightedLink]) -> "nx.DiGraph[Any]":
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for link in links:
        before = graph.get_edge_data(link.child, link.parent, {"weight": Fraction(0)})["weight"]
        graph.add_edge(link.child, link.parent, weight=before + Fraction(link.weight))
    return graph


def _shares(graph: "nx.DiGraph[Any]", target: Hashable) -> dict[Any, Fraction]:
    """What of each node below arrives at `target`: the sum over paths of the product of weights."""
    below = graph.subgraph({target, *nx.ancestors(graph, target)})
    shares = {target: Fraction(1)}
    for node in reversed(list(nx.topological_sort(below))):
        if node != target:
            shares[node] = sum((shares[up] * data["weight"] for up, data in below[node].items()), Fraction(0))
    return shares


def _refuse_outside(level: ResultLevel) -> None:
    if level not in RESULT_ORDER:
        raise Invalid(
            f"level {level} is outside the results chain {' > '.join(RESULT_ORDER)}", "level", "level_unknown"
        )


def _article(level: ResultLevel) -> str:
    return f"a{'n' if level[0] in 'aeiou' else ''} {level}"


def _spell(path: Iterable[Key], name: Callable[[Key], str]) -> str:
    return " > ".join(name(node) for node in path)
