"""Figures: values rolled up the chain, with what made them."""

import graphene

from graph_schema.derive import Where, batched, figure, find, found_of, mutation, needs, node, part, roots
from rbm.access import Permission
from rbm.model.reporting import Measurement
from rbm.model.rollup import Figure, FigureExclusion, Reconciliation
from rbm.services import rollup, series

OPENING = 1_000
"""Points of opening one figure down to its measurements."""
MEASURING = 100
"""Points of reading the units behind one figure."""
WHOLE = (OPENING, rollup.seen_whole)
BESIDE = (5, rollup.seen_whole)

node(
    Figure,
    "value numerator denominator verified self_reported lower upper reported "
    "expected verified_units reason released_on computed_at indicator period category disaggregation",
    excluded=batched(rollup.left_out),
    rule=batched(rollup.rules),
    stale=batched(rollup.stale),
    lead=batched(rollup.leads),
    verified_share=batched(rollup.verified_shares),
    contributions=part(rollup.explanations, "contributions", "Its direct units, in or out, and why.", OPENING),
    inputs_hash=part(rollup.explanations, "inputs_hash", "One hash over its rule and all that entered it.", *WHOLE),
    target=part(rollup.stated_beside, "target", "The target of all units, where each has one.", *BESIDE),
    targets=part(rollup.stated_beside, "targets", "How many units have a target.", *BESIDE),
    baseline=part(rollup.stated_beside, "baseline", "The baseline of all units, where each has one.", *BESIDE),
    baselines=part(rollup.stated_beside, "baselines", "How many units have a baseline.", *BESIDE),
    distribution=batched(series.distributions, MEASURING, rollup.seen_whole),
    matched_achievement=batched(series.matched_achievements, MEASURING, rollup.seen_whole),
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
