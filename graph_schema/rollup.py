"""Figures: values rolled up the chain, with what made them."""

from graph_schema.derive import figure, find, node, roots
from rbm.model.reporting import Measurement
from rbm.model.rollup import Figure, FigureExclusion, Reconciliation
from rbm.services import rollup

node(
    Figure,
    "value numerator denominator verified self_reported reported expected reason released_on stale computed_at "
    "indicator period category excluded",
)
node(FigureExclusion, "reason count figure")
node(Reconciliation, "held_at figures differences")


class Query(roots(Figure, FigureExclusion, Reconciliation)):
    """What one may ask about figures."""

    explanation = figure(rollup.explain)
    figure_measurements = find(Measurement, rollup.find_measurements, weight=200)
    figures = find(Figure, rollup.find_figures, weight=200)
