"""Which nodes of a framework say nothing of what they are to bring about."""

from collections.abc import Collection, Hashable, Iterable
from typing import Any, TypeVar

import networkx as nx

Key = TypeVar("Key", bound=Hashable)


def without_intended_result(
    nodes: Iterable[Key], edges: Iterable[tuple[Key, Key]], measured: Collection[Key]
) -> list[Key]:
    """The nodes that are not `measured` (have no indicator) and have nothing measured below them.

    `edges` are (child, parent) within one framework. Source: requirement R005.
    """
    graph: nx.DiGraph[Any] = nx.DiGraph(edges)
    found = set(measured)
    wanted = list(nodes)
    graph.add_nodes_from(wanted)
    return [node for node in wanted if node not in found and not found & nx.ancestors(graph, node)]
