"""Performance: flags, plans to improve, rule sets, ratings and hit rates."""

import graphene

from graph_schema.derive import Where, figure, find, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.performance import Flag, FlagUpdate, ImprovementPlan, RuleSet
from rbm.services import performance
from rbm.terms.flags import FlagStage

IMPROVED = (FlagStage.ACTION, FlagStage.IMPROVING)

node(
    Flag,
    "rule rule_version stage raised_on inputs thresholds explanation plan_due_on escalation cleared_on version "
    "framework period responsible plans updates",
)
node(ImprovementPlan, "measures due_on planned_at planned_by flag")
node(FlagUpdate, "text reported_at reported_by flag")
node(RuleSet, "rule edition parameters effective_from effective_to")


class Query(roots(Flag, ImprovementPlan, FlagUpdate, RuleSet)):
    """What one may ask about performance."""

    flagged = find(Flag, performance.find_flags)
    band = figure(performance.band)
    rating_counts = figure(performance.rating_counts, weight=1_000)
    hit_rates = figure(performance.hit_rates, weight=5_000)


class Mutation(graphene.ObjectType):
    """What one may do about performance."""

    acknowledge_flag = mutation(performance.acknowledge_flag, needs(Permission.IMPROVE, stages=[FlagStage.NEW]))
    plan_improvement = mutation(
        performance.plan_improvement,
        needs(Permission.IMPROVE, stages=[FlagStage.NEW, FlagStage.ACKNOWLEDGED, *IMPROVED]),
    )
    report_progress_on_flag = mutation(performance.report_progress_on_flag, needs(Permission.IMPROVE, stages=IMPROVED))
    resolve_flag = mutation(performance.resolve_flag, needs(Permission.IMPROVE, stages=IMPROVED))
    fail_flag = mutation(
        performance.fail_flag, needs(Permission.OPERATE, stages=[FlagStage.NEW, FlagStage.ACKNOWLEDGED, *IMPROVED])
    )
    revise_rule = mutation(performance.revise_rule, needs(Permission.OPERATE, at=Where.HEADQUARTERS))
    revise_thresholds = mutation(performance.revise_thresholds, needs(Permission.OPERATE, at=Where.HEADQUARTERS))
