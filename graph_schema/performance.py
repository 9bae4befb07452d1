"""Performance: flags, plans to improve, rule sets, ratings and hit rates."""

import graphene

from graph_schema.derive import figure, find, mutation, node, roots
from rbm.model.performance import Flag, FlagUpdate, ImprovementPlan, RuleSet
from rbm.services import performance

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
    rating_counts = figure(performance.rating_counts)
    hit_rates = figure(performance.hit_rates)


class Mutation(graphene.ObjectType):
    """What one may do about performance."""

    acknowledge_flag = mutation(performance.acknowledge_flag)
    plan_improvement = mutation(performance.plan_improvement)
    report_progress_on_flag = mutation(performance.report_progress_on_flag)
    resolve_flag = mutation(performance.resolve_flag)
    fail_flag = mutation(performance.fail_flag)
    revise_rule = mutation(performance.revise_rule)
    revise_thresholds = mutation(performance.revise_thresholds)
