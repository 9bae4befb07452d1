"""Periods and the values measured in them."""

import graphene

from graph_schema.derive import mutation, node, roots
from rbm.model.reporting import Measurement, Period
from rbm.services import reporting

node(Period, "code kind start end stage")
node(
    Measurement,
    "place_stated place_text occurrence value numerator denominator text missing_reason comment stage verification "
    "causal_link origin released_on recorded_at indicator period place disaggregation",
)


class Query(roots(Period, Measurement)):
    """What one may ask about values."""


class Mutation(graphene.ObjectType):
    """What one may do with periods."""

    create_period = mutation(reporting.create_period)
    close_period = mutation(reporting.close_period)
