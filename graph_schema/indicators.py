"""Indicators with their protocol, contribution links, baselines and targets, dimensions and categories."""

import graphene

from graph_schema.derive import Where, figure, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.indicators import (
    Baseline,
    Category,
    ContributionLink,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    FormulaTerm,
    Indicator,
    IndicatorDimension,
    Target,
)
from rbm.services import indicators
from rbm.terms.strategy import FrameworkStage

CELL = "value numerator denominator text source edition current reason_code reason set_at place disaggregation"

CURRENT = (FrameworkStage.DRAFT, FrameworkStage.APPROVED)
node(Dimension, "code label additive categories")
node(Category, "code label dimension")
node(Disaggregation, "code label parts")
node(DisaggregationPart, "disaggregation category")
node(
    Indicator,
    "code title definition unit measure direction accumulation over_units over_time missing_policy composition "
    "additivity counts_people population formula source method frequency rationale fitness fitness_note topics "
    "derived translations references version result baselines targets splits terms parent_links child_links "
    "evaluation_subjects",
)
node(FormulaTerm, "name indicator source")
node(IndicatorDimension, "indicator dimension")
node(ContributionLink, "weight factor included non_overlapping valid_from valid_to version child parent")
node(Baseline, f"{CELL} year measured_on indicator")
node(Target, f"{CELL} review_on indicator period")

ROWS = (
    Dimension,
    Category,
    Disaggregation,
    DisaggregationPart,
    Indicator,
    FormulaTerm,
    IndicatorDimension,
    ContributionLink,
    Baseline,
    Target,
)


class Query(roots(*ROWS)):
    """What one may ask about indicators."""

    data_coverage = figure(indicators.data_coverage, weight=2_000)
    indicator_history = figure(indicators.history)
    indicator_progress = figure(indicators.progress)
    missing_splits = figure(indicators.missing_splits, weight=2_000)


class Mutation(graphene.ObjectType):
    """What one may do with indicators."""

    define_dimension = mutation(indicators.define_dimension, needs(Permission.DEFINE, at=Where.HEADQUARTERS))
    revise_dimension = mutation(indicators.revise_dimension, needs(Permission.DEFINE, at=Where.HEADQUARTERS))
    define_category = mutation(indicators.define_category, needs(Permission.DEFINE, at=Where.HEADQUARTERS))
    define_indicator = mutation(indicators.define_indicator, needs(Permission.DEFINE, stages=CURRENT))
    revise_indicator = mutation(indicators.revise_indicator, needs(Permission.DEFINE))
    review_indicator = mutation(indicators.review_indicator, needs(Permission.REVIEW))
    tag_indicator = mutation(indicators.tag_indicator, needs(Permission.DEFINE))
    split_indicator = mutation(indicators.split_indicator, needs(Permission.DEFINE))
    set_formula = mutation(indicators.set_formula, needs(Permission.DEFINE))
    clear_formula = mutation(indicators.clear_formula, needs(Permission.DEFINE))
    link_indicators = mutation(indicators.link_indicators, needs(Permission.DEFINE))
    reweigh_link = mutation(indicators.reweigh_link, needs(Permission.DEFINE))
    opt_out = mutation(indicators.opt_out, needs(Permission.DEFINE))
    end_link = mutation(indicators.end_link, needs(Permission.DEFINE))
    unlink_indicators = mutation(indicators.unlink_indicators, needs(Permission.DEFINE))
    set_baseline = mutation(indicators.set_baseline, needs(Permission.SET_TARGET))
    set_target = mutation(indicators.set_target, needs(Permission.SET_TARGET))
