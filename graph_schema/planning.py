"""Planning: the evaluation policy, the budget line, plans with their items, and what is asked of them."""

import graphene

from graph_schema.derive import Where, figure, find, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.governance import EvaluationBudgetLine, GoverningDecision, PeerReview
from rbm.model.planning import CoverageRule, EvaluationPlan, EvaluationPolicy, PlanItem, PlanRequest
from rbm.model.proposals import Proposal, ProposalCall
from rbm.model.reserves import EvaluationReserve, ReserveCharge
from rbm.services import planning
from rbm.terms.planning import BudgetStage, PlanRequestStage, PlanStage, PolicyStage, ProposalStage
from rbm.terms.projects import ProjectStage

CENTRAL = Where.CENTRAL
DRAFTED = (PolicyStage.DRAFT,)
OPEN = (PlanStage.DRAFT, PlanStage.SUBMITTED, PlanStage.ENDORSED)

node(GoverningDecision, "reference kind text decided_on role person recorded_by")
node(EvaluationPolicy, "code title stage coverage quality use active_from version coverage_rules")
node(CoverageRule, "kind label office_kind at_least currency years policy theme")
node(EvaluationBudgetLine, "code edition year stage amount core_amount currency version decision")
node(
    EvaluationPlan,
    "code edition title kind stage period_start period_end submitted_on approved_on version "
    "office budget_line previous decision items requests",
)
node(
    PlanItem,
    "number title type level timing conducted_by scope priority funding_source joint planned_start planned_end "
    "original_end cost core_cost currency carried_reason version "
    "plan office project theme place earlier carried_from evaluations",
)
node(
    PlanRequest,
    "kind stage text requested_at decided_at decision_reason version plan item office requested_by decided_by",
)
node(ProposalCall, "code title criteria opens_on closes_on proposals")
node(Proposal, "title rationale stage scores decision_reason version call office item")
node(PeerReview, "title reviewers completed_on url")
node(EvaluationReserve, "amount currency fixed_on version project charges")
node(ReserveCharge, "amount charged_on reserve evaluation charged_by")


class Query(
    roots(
        GoverningDecision,
        EvaluationPolicy,
        CoverageRule,
        EvaluationBudgetLine,
        EvaluationPlan,
        PlanItem,
        PlanRequest,
        ProposalCall,
        Proposal,
        PeerReview,
        EvaluationReserve,
        ReserveCharge,
    )
):
    """What one may ask about the planning of evaluations."""

    planned_evaluations = find(PlanItem, planning.find_plan_items)
    evaluation_budget = figure(planning.evaluation_budget)
    core_funding_share = figure(planning.core_funding_share)
    execution_rate = figure(planning.execution_rate)
    joint_share = figure(planning.joint_share)
    mix_report = figure(planning.mix_report)
    coverage_gaps = figure(planning.coverage_gaps, weight=5_000)
    policy_implementation = figure(planning.policy_implementation, weight=5_000)
    budget_coverage = figure(planning.budget_coverage, weight=5_000)
    reserve_flags = figure(planning.reserve_flags, weight=5_000)
    peer_review_due = figure(planning.peer_review_due)


class Mutation(graphene.ObjectType):
    """What one may do about the planning of evaluations."""

    draft_policy = mutation(planning.draft_policy, needs(Permission.DIRECT_EVALUATION, at=CENTRAL))
    revise_policy = mutation(planning.revise_policy, needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=DRAFTED))
    add_coverage_rule = mutation(
        planning.add_coverage_rule, needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=DRAFTED)
    )
    remove_coverage_rule = mutation(
        planning.remove_coverage_rule, needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=DRAFTED)
    )
    activate_policy = mutation(
        planning.activate_policy, needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=DRAFTED)
    )
    record_governing_decision = mutation(planning.record_governing_decision, needs(Permission.GOVERN, at=CENTRAL))
    propose_budget_line = mutation(planning.propose_budget_line, needs(Permission.DIRECT_EVALUATION, at=CENTRAL))
    approve_budget_line = mutation(
        planning.approve_budget_line, needs(Permission.GOVERN, at=CENTRAL, stages=[BudgetStage.PROPOSED])
    )
    revise_budget_line = mutation(
        planning.revise_budget_line, needs(Permission.GOVERN, at=CENTRAL, stages=[BudgetStage.APPROVED])
    )
    create_evaluation_plan = mutation(planning.create_evaluation_plan, needs(Permission.PLAN_EVALUATION, at=CENTRAL))
    fund_plan = mutation(planning.fund_plan, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=OPEN))
    add_plan_item = mutation(
        planning.add_plan_item, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[PlanStage.DRAFT])
    )
    revise_plan_item = mutation(
        planning.revise_plan_item, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[PlanStage.DRAFT])
    )
    remove_plan_item = mutation(
        planning.remove_plan_item, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[PlanStage.DRAFT])
    )
    carry_over = mutation(planning.carry_over, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[PlanStage.DRAFT]))
    submit_plan = mutation(
        planning.submit_plan, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[PlanStage.DRAFT])
    )
    approve_plan = mutation(
        planning.approve_plan,
        needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=[PlanStage.SUBMITTED, BudgetStage.APPROVED]),
    )
    adopt_plan = mutation(
        planning.adopt_plan,
        needs(Permission.GOVERN, at=CENTRAL, stages=[PlanStage.ENDORSED, BudgetStage.APPROVED]),
    )
    return_plan = mutation(
        planning.return_plan, needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=[PlanStage.SUBMITTED])
    )
    refer_plan_back = mutation(
        planning.refer_plan_back, needs(Permission.GOVERN, at=CENTRAL, stages=[PlanStage.ENDORSED])
    )
    revise_plan = mutation(
        planning.revise_plan, needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[PlanStage.APPROVED])
    )
    close_plan = mutation(
        planning.close_plan, needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=[PlanStage.APPROVED])
    )
    set_plan_approver = mutation(planning.set_plan_approver, needs(Permission.GOVERN, at=CENTRAL))
    request_plan_change = mutation(
        planning.request_plan_change, needs(Permission.COMMENT, stages=[*OPEN, PlanStage.APPROVED])
    )
    decide_plan_request = mutation(
        planning.decide_plan_request,
        needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=[PlanRequestStage.OPEN]),
    )
    open_proposal_call = mutation(planning.open_proposal_call, needs(Permission.PLAN_EVALUATION, at=CENTRAL))
    submit_proposal = mutation(planning.submit_proposal, needs(Permission.PLAN))
    score_proposal = mutation(
        planning.score_proposal,
        needs(Permission.PLAN_EVALUATION, at=CENTRAL, stages=[ProposalStage.SUBMITTED]),
    )
    select_proposal = mutation(
        planning.select_proposal,
        needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=[ProposalStage.SUBMITTED, PlanStage.DRAFT]),
    )
    decline_proposal = mutation(
        planning.decline_proposal,
        needs(Permission.DIRECT_EVALUATION, at=CENTRAL, stages=[ProposalStage.SUBMITTED]),
    )
    record_peer_review = mutation(planning.record_peer_review, needs(Permission.DIRECT_EVALUATION, at=CENTRAL))
    register_evaluator = mutation(planning.register_evaluator, needs(Permission.OVERSEE_EVALUATION, at=CENTRAL))
    record_training = mutation(planning.record_training, needs(Permission.OVERSEE_EVALUATION, at=CENTRAL))
    close_project = mutation(
        planning.close_project,
        needs(
            Permission.PLAN,
            stages=[ProjectStage.IMPLEMENTATION, ProjectStage.FINALISATION, ProjectStage.SUSPENDED],
        ),
    )
    fix_evaluation_reserve = mutation(
        planning.fix_evaluation_reserve, needs(Permission.PLAN, stages=[ProjectStage.PIPELINE])
    )
    charge_evaluation_reserve = mutation(
        planning.charge_evaluation_reserve,
        needs(Permission.MANAGE_EVALUATION, stages=[ProjectStage.FINALISATION, ProjectStage.CLOSED]),
    )
