"""Figures: values rolled up the chain, with what made them."""

import graphene

from graph_schema.derive import Where, batched, figure, find, found_of, mutation, needs, node, part, roots
from rbm.access import Permission
from rbm.model.reporting import Measurement
from rbm.model.rollup import Figure, FigureExclusion, Reconciliation
from rbm.services import rollup, series

OPENING = 200
"""Points of opening one figure down to its measurements."""
MEASURING = 100
"""Points of reading the units behind one figure."""

node(
    Figure,
    "value numerator denominator verified self_reported lower upper target targets baseline baselines reported "
    "expected verified_units reason released_on computed_at indicator period category disaggregation",
    excluded=batched(rollup.left_out),
    rule=batched(rollup.rules),
    stale=batched(rollup.stale),
    lead=batched(rollup.leads),
    verified_share=batched(rollup.verified_shares),
    contributions=part(rollup.explanations, "contributions", "Its direct units, in or out, and why.", OPENING),
    inputs_hash=part(rollup.explanations, "inputs_hash", "One hash over its rule and all that entered it.", OPENING),
    distribution=batched(series.distributions, MEASURING),
    matched_achievement=batched(series.matched_achievements, MEASURING),
    measurements=found_of(Measurement, rollup.measurements_of, OPENING),
)
node(FigureExclusion, "reason count figure")
node(Reconciliation, "held_at figures differences")


class Query(roots(Figure, FigureExclusion, Reconciliation)):
    """What one may ask about figures."""

    explanation = figure(rollup.explain)
    figure_measurements = find(Measurement, rollup.find_measurements, weight=OPENING)
    figures = find(Figure, rollup.find_figures, weight=200)
    lead_basis = figure(rollup.lead_basis, weight=5)


class Mutation(graphene.ObjectType):
    """What one may do about figures."""

    set_lead_basis = mutation(rollup.set_lead_basis, needs(Permission.OPERATE, at=Where.HEADQUARTERS))
