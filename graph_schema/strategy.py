"""Frameworks, results and the links that make them a chain."""

import graphene

from graph_schema.derive import Where, figure, find, mutation, needs, node, roots
from rbm.access import Permission
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
from rbm.terms.strategy import FrameworkStage

node(
    Framework,
    "code title level stage period_start period_end vision approved_on approved_by public released_on "
    "review_interval_months next_review_on monitoring_plan translations edition version "
    "office project parent children results reviews evaluation_subjects",
)
node(FrameworkReview, "held_on outcome note framework")
node(
    Result,
    "code title description kind level derived translations references version "
    "framework owner_office owner_person indicators editions parent_links child_links evaluation_subjects",
)
node(ResultEdition, "edition title description made_at result")
node(ResultLink, "causal_statement child parent")
node(NormativeTarget, "code framework number label parent")
node(NormativeLink, "baseline intended year version result target indicator owner")
node(ExternalPlan, "code title kind place")
node(ExternalPlanLink, "framework external_plan")

CURRENT = (FrameworkStage.DRAFT, FrameworkStage.APPROVED)
DECIDED = (FrameworkStage.APPROVED, FrameworkStage.CLOSED)
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
    link_coverage = figure(strategy.link_coverage, weight=1_000)
    offices_on_corporate_framework = figure(strategy.offices_on_corporate_framework, weight=1_000)
    strategy_gaps = figure(strategy.strategy_gaps, weight=1_000)
    normative_report = figure(strategy.normative_report, weight=1_000)
    normative_progress = figure(strategy.normative_progress, weight=1_000)
    result_as_of = figure(strategy.result_as_of)


class Mutation(graphene.ObjectType):
    """What one may do with the strategy."""

    create_framework = mutation(strategy.create_framework, needs(Permission.PLAN))
    revise_framework = mutation(strategy.revise_framework, needs(Permission.PLAN, stages=CURRENT))
    approve_framework = mutation(
        strategy.approve_framework, needs(Permission.APPROVE_STRATEGY, stages=[FrameworkStage.DRAFT])
    )
    release_framework = mutation(strategy.release_framework, needs(Permission.RELEASE, stages=DECIDED))
    review_framework = mutation(
        strategy.review_framework, needs(Permission.APPROVE_STRATEGY, stages=[FrameworkStage.APPROVED])
    )
    close_framework = mutation(
        strategy.close_framework, needs(Permission.APPROVE_STRATEGY, stages=[FrameworkStage.APPROVED])
    )
    plan_result = mutation(strategy.plan_result, needs(Permission.PLAN, stages=CURRENT))
    revise_result = mutation(strategy.revise_result, needs(Permission.PLAN, stages=CURRENT))
    assign_owner = mutation(strategy.assign_owner, needs(Permission.PLAN))
    link_results = mutation(strategy.link_results, needs(Permission.PLAN, stages=CURRENT))
    unlink_results = mutation(strategy.unlink_results, needs(Permission.PLAN))
    state_cause = mutation(strategy.state_cause, needs(Permission.PLAN))
    intend_contribution = mutation(strategy.intend_contribution, needs(Permission.PLAN))
    withdraw_contribution = mutation(strategy.withdraw_contribution, needs(Permission.PLAN))
    create_external_plan = mutation(strategy.create_external_plan, needs(Permission.PLAN, at=Where.ANYWHERE))
    join_external_plan = mutation(strategy.join_external_plan, needs(Permission.PLAN))
    leave_external_plan = mutation(strategy.leave_external_plan, needs(Permission.PLAN))
