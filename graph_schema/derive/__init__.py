"""How rows become types, services become mutations, and a schema needs no field written twice."""

from graph_schema.derive.changes import mutation
from graph_schema.derive.figures import batched, figure, part
from graph_schema.derive.finds import find, found_of
from graph_schema.derive.lists import connection
from graph_schema.derive.nodes import node
from graph_schema.derive.roots import one, roots
from graph_schema.derive.rules import OWN, Where, needs

__all__ = [
    "OWN",
    "Where",
    "batched",
    "connection",
    "figure",
    "find",
    "found_of",
    "mutation",
    "needs",
    "node",
    "one",
    "part",
    "roots",
]
