"""Series over years and strategies: crosswalks, decisions on adding up."""

import graphene

from graph_schema.derive import Where, figure, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.series import AggregationDecision, CrosswalkLink
from rbm.services import series

node(CrosswalkLink, "relation valid_from reason decided_at before after decided_by")
node(AggregationDecision, "key operator reason edition current decided_at decided_by")


class Query(roots(CrosswalkLink, AggregationDecision)):
    """What one may ask about series."""

    aggregation_worklist = figure(series.aggregation_worklist, weight=5_000)
    crosswalk_proposal = figure(series.propose_crosswalk, weight=10_000)
    series = figure(series.series, weight=5_000)


class Mutation(graphene.ObjectType):
    """What one may do about series."""

    accept_crosswalk = mutation(series.accept_crosswalk, needs(Permission.DEFINE, at=Where.HEADQUARTERS), "accepted")
    record_crosswalk = mutation(series.record_crosswalk, needs(Permission.DEFINE, at=Where.HEADQUARTERS))
    decide_aggregation = mutation(series.decide_aggregation, needs(Permission.DEFINE, at=Where.HEADQUARTERS))
