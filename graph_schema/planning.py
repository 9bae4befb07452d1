"""Planning: the evaluation policy, the budget line, plans with their items, and what is asked of them."""

import graphene

from graph_schema.derive import node, roots
from rbm.model.governance import EvaluationBudgetLine, GoverningDecision, PeerReview
from rbm.model.planning import CoverageRule, EvaluationPlan, EvaluationPolicy, PlanItem, PlanRequest
from rbm.model.proposals import Proposal, ProposalCall

node(GoverningDecision, "reference kind text decided_on person")
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
    )
):
    """What one may ask about the planning of evaluations."""


class Mutation(graphene.ObjectType):
    """What one may do about the planning of evaluations."""
