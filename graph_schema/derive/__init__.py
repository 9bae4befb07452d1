"""How rows become types, services become mutations, and a schema needs no field written twice."""

from graph_schema.derive.changes import mutation
from graph_schema.derive.figures import batched, figure
from graph_schema.derive.finds import find
from graph_schema.derive.lists import connection
from graph_schema.derive.nodes import node
from graph_schema.derive.roots import one, roots

__all__ = ["batched", "connection", "figure", "find", "mutation", "node", "one", "roots"]
