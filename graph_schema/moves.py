"""Moves of staged rows: who moved what, from which stage to which, when and why."""

from graph_schema.derive import batched, node, roots
from rbm.services import moves
from rbm.stages import Transition

node(Transition, "entity entity_id from_stage to_stage at reason", person=batched(moves.movers))


class Query(roots(Transition)):
    """What one may ask about moves."""
