"""Periods and the values measured in them."""

from graph_schema.derive import node, roots
from rbm.model.reporting import Measurement, Period

node(Period, "code kind start end stage")
node(
    Measurement,
    "place_stated place_text occurrence value numerator denominator text missing_reason comment stage verification "
    "causal_link origin released_on recorded_at indicator period place disaggregation",
)


class Query(roots(Period, Measurement)):
    """What one may ask about values."""
