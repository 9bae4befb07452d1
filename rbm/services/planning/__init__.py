"""Planning: the evaluation policy and its coverage, the budget line, plans with their items, the roster."""

from rbm.services.planning.budgets import BudgetCoverage, budget_coverage
from rbm.services.planning.closing import close_project
from rbm.services.planning.continuing import carry_over, revise_plan
from rbm.services.planning.countries import PolicyImplementation, policy_implementation
from rbm.services.planning.coverage import CoverageFlag, coverage_gaps
from rbm.services.planning.doing import related_items
from rbm.services.planning.figures import (
    CoreFunding,
    MixLine,
    MixReport,
    core_funding_share,
    execution_rate,
    joint_share,
    mix_report,
)
from rbm.services.planning.finding import PlanItemQuestion, find_plan_items
from rbm.services.planning.governing import (
    BudgetOfYear,
    BudgetProposal,
    DecisionRecord,
    approve_budget_line,
    evaluation_budget,
    propose_budget_line,
    record_governing_decision,
    revise_budget_line,
)
from rbm.services.planning.items import (
    PlanItemFacts,
    PlanItemRevision,
    add_plan_item,
    remove_plan_item,
    revise_plan_item,
)
from rbm.services.planning.peers import PeerReviewRecord, PeerReviewStanding, peer_review_due, record_peer_review
from rbm.services.planning.plans import (
    PlanDraft,
    adopt_plan,
    approve_plan,
    close_plan,
    create_evaluation_plan,
    fund_plan,
    refer_plan_back,
    return_plan,
    set_plan_approver,
    submit_plan,
)
from rbm.services.planning.policies import (
    CoverageRulePlan,
    PolicyParts,
    activate_policy,
    add_coverage_rule,
    draft_policy,
    remove_coverage_rule,
    revise_policy,
)
from rbm.services.planning.proposing import (
    CallPlan,
    CriterionScore,
    decline_proposal,
    open_proposal_call,
    score_proposal,
    select_proposal,
    submit_proposal,
)
from rbm.services.planning.requesting import decide_plan_request, request_plan_change
from rbm.services.planning.reserving import (
    ReserveFlag,
    charge_evaluation_reserve,
    fix_evaluation_reserve,
    reserve_flags,
)
from rbm.services.planning.roster import is_qualified, record_training, register_evaluator

__all__ = [
    "BudgetCoverage",
    "BudgetOfYear",
    "BudgetProposal",
    "CallPlan",
    "CoreFunding",
    "CoverageFlag",
    "CoverageRulePlan",
    "CriterionScore",
    "DecisionRecord",
    "MixLine",
    "MixReport",
    "PeerReviewRecord",
    "PeerReviewStanding",
    "PlanDraft",
    "PlanItemFacts",
    "PlanItemQuestion",
    "PlanItemRevision",
    "PolicyImplementation",
    "PolicyParts",
    "ReserveFlag",
    "activate_policy",
    "add_coverage_rule",
    "add_plan_item",
    "adopt_plan",
    "approve_budget_line",
    "approve_plan",
    "budget_coverage",
    "carry_over",
    "charge_evaluation_reserve",
    "close_plan",
    "close_project",
    "core_funding_share",
    "coverage_gaps",
    "create_evaluation_plan",
    "decide_plan_request",
    "decline_proposal",
    "draft_policy",
    "evaluation_budget",
    "execution_rate",
    "find_plan_items",
    "fix_evaluation_reserve",
    "fund_plan",
    "is_qualified",
    "joint_share",
    "mix_report",
    "open_proposal_call",
    "peer_review_due",
    "policy_implementation",
    "propose_budget_line",
    "record_governing_decision",
    "record_peer_review",
    "record_training",
    "refer_plan_back",
    "register_evaluator",
    "related_items",
    "remove_coverage_rule",
    "remove_plan_item",
    "request_plan_change",
    "reserve_flags",
    "return_plan",
    "revise_budget_line",
    "revise_plan",
    "revise_plan_item",
    "revise_policy",
    "score_proposal",
    "select_proposal",
    "set_plan_approver",
    "submit_plan",
    "submit_proposal",
]
