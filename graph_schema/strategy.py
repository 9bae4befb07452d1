"""Frameworks, results and the links that make them a chain."""

import graphene

from graph_schema.derive import figure, find, mutation, node, roots
from rbm.model.strategy import (
    ExternalPlan,
    ExternalPlanLink,
    Framework,
    FrameworkReview,
    NormativeLink,
    NormativeTarget,
    Result,
    ResultEdition,
    ResultLink,
)
from rbm.services import strategy

node(
    Framework,
    "code title level stage period_start period_end vision approved_on approved_by public released_on "
    "review_interval_months next_review_on monitoring_plan translations edition version "
    "office project parent children results reviews",
)
node(FrameworkReview, "held_on outcome note framework")
node(
    Result,
    "code title description kind level derived translations references version "
    "framework owner_office owner_person indicators editions parent_links child_links",
)
node(ResultEdition, "edition title description made_at result")
node(ResultLink, "causal_statement child parent")
node(NormativeTarget, "code framework number label parent")
node(NormativeLink, "baseline intended year version result target indicator owner")
node(ExternalPlan, "code title kind place")
node(ExternalPlanLink, "framework external_plan")

ROWS = (
    Framework,
    FrameworkReview,
    Result,
    ResultEdition,
    ResultLink,
    NormativeTarget,
    NormativeLink,
    ExternalPlan,
    ExternalPlanLink,
)


class Query(roots(*ROWS)):
    """What one may ask about the strategy."""

    frameworks = find(Framework, strategy.find_frameworks)
    link_coverage = figure(strategy.link_coverage)
    offices_on_corporate_framework = figure(strategy.offices_on_corporate_framework)
    strategy_gaps = figure(strategy.strategy_gaps)
    normative_report = figure(strategy.normative_report)
    normative_progress = figure(strategy.normative_progress)
    result_as_of = figure(strategy.result_as_of)


class Mutation(graphene.ObjectType):
    """What one may do with the strategy."""

    create_framework = mutation(strategy.create_framework)
    revise_framework = mutation(strategy.revise_framework)
    approve_framework = mutation(strategy.approve_framework)
    release_framework = mutation(strategy.release_framework)
    review_framework = mutation(strategy.review_framework)
    close_framework = mutation(strategy.close_framework)
    plan_result = mutation(strategy.plan_result)
    revise_result = mutation(strategy.revise_result)
    assign_owner = mutation(strategy.assign_owner)
    link_results = mutation(strategy.link_results)
    unlink_results = mutation(strategy.unlink_results)
    state_cause = mutation(strategy.state_cause)
    intend_contribution = mutation(strategy.intend_contribution)
    withdraw_contribution = mutation(strategy.withdraw_contribution)
    create_external_plan = mutation(strategy.create_external_plan)
    join_external_plan = mutation(strategy.join_external_plan)
    leave_external_plan = mutation(strategy.leave_external_plan)
