"""The planning room of the small world: rows on which its mutations act, and the arguments with which they do."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.model.appraisal import Evaluator
from rbm.model.governance import GoverningDecision
from rbm.model.planning import CoverageRule, EvaluationPolicy, PlanRequest
from rbm.model.proposals import Proposal, ProposalCall
from rbm.model.reserves import EvaluationReserve
from rbm.services.planning import (
    BudgetProposal,
    CallPlan,
    CoverageRulePlan,
    CriterionScore,
    DecisionRecord,
    PeerReviewRecord,
    PlanDraft,
    PlanItemFacts,
    PlanItemRevision,
    PolicyParts,
)
from rbm.terms.evaluation import ConductedBy, EvaluationLevel, EvaluationScope, EvaluationType, Timing
from rbm.terms.planning import (
    BudgetStage,
    CoverageKind,
    DecisionKind,
    FundingSource,
    PlanApprover,
    PlanKind,
    PlanPriority,
    PlanRequestStage,
    PlanStage,
    PolicyStage,
    ProposalStage,
    RequestKind,
)
from rbm.terms.projects import ProjectStage
from tests.evaluating import Evaluating
from tests.make import Make

Keys = dict[str, UUID]
FIRST, LAST, TODAY = date(2026, 1, 1), date(2027, 12, 31), date(2026, 3, 2)
FACTS = PlanItemFacts(
    title="Evaluation of the country programme",
    type=EvaluationType.COUNTRY_PROGRAMME,
    level=EvaluationLevel.CENTRALIZED,
    timing=Timing.MID_TERM,
    conducted_by=ConductedBy.EXTERNAL,
    scope=EvaluationScope.COUNTRY,
    priority=PlanPriority.HIGH,
    funding_source=FundingSource.CORE,
    planned_start=FIRST,
    planned_end=LAST,
    cost=Decimal(1000),
    currency="USD",
)


def rows(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """Rows of this room by name; `known` are those of the rooms before (office, evaluation, project, person …)."""
    return _governing(make, known) | _policies(make) | _plans(make, known) | _around(make, known)


def _governing(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    given, work = Evaluating(make), make.work
    decided = {"text": "The Council decides", "decided_on": FIRST}
    return {
        "budget_line": given.budget_line(code="LINE"),
        "proposed_line": given.budget_line(code="PROPOSED", stage=BudgetStage.PROPOSED),
        "budget_decision": work.add(GoverningDecision(reference="C/1", kind=DecisionKind.BUDGET, **decided)),
        "plan_decision": work.add(GoverningDecision(reference="C/2", kind=DecisionKind.PLAN, **decided)),
    }


def _policies(make: Make) -> dict[str, Any]:
    said = {"coverage": "What is evaluated", "quality": "How well", "use": "To what end"}
    policy = EvaluationPolicy(code="POLICY", title="Policy", stage=PolicyStage.DRAFT, **said)
    rule = {"label": "Strategic evaluations", "kind": CoverageKind.STRATEGIC}
    return {
        "policy": make.work.add(policy),
        "coverage_rule": make.work.add(CoverageRule(policy=policy, **rule)),
    }


def _plans(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """A plan at each stage that people move it from, each with an item, all paid for by one budget line."""
    given = Evaluating(make)
    line = given.budget_line(code="PAID")
    shared = {"office": known["evaluation"], "budget_line": line}
    stages = {"draft_plan": PlanStage.DRAFT, "submitted_plan": PlanStage.SUBMITTED, "endorsed_plan": PlanStage.ENDORSED}
    plans = {name: given.plan(stage=stage, approved_on=None, **shared) for name, stage in stages.items()}
    plans["approved_plan"] = given.plan(period_start=date(2025, 1, 1), period_end=date(2026, 12, 31), **shared)
    items = {name.replace("plan", "item"): given.item(plan, number=1) for name, plan in plans.items()}
    return plans | items


def _around(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    given, work, office = Evaluating(make), make.work, known["office"]
    plan, call = given.plan(office=known["evaluation"]), _call()
    complete = make.project(office=office, stage=ProjectStage.FINALISATION)
    judging = given.evaluation(office=known["evaluation"])
    given.subject(judging, office, project=complete)
    asked = {"kind": RequestKind.ADD, "stage": PlanRequestStage.OPEN, "text": "Add one", "requested_at": work.now}
    proposed = {"title": "A proposal", "rationale": "because", "stage": ProposalStage.SUBMITTED}
    reserve = {"amount": Decimal(500), "currency": "USD", "fixed_on": FIRST}
    return {
        "plan_request": work.add(PlanRequest(plan=plan, office=office, **asked)),
        "call": work.add(call),
        "proposal": work.add(Proposal(call=call, office=office, scores={"relevance": 4}, **proposed)),
        "evaluator": work.add(Evaluator(person=make.person(), external=False)),
        "designed": make.project(office=office, stage=ProjectStage.PIPELINE),
        "reserve": work.add(EvaluationReserve(project=complete, **reserve)),
        "charged_evaluation": judging,
    }


def _call() -> ProposalCall:
    return ProposalCall(code="CALL", title="Call", criteria=["relevance"], opens_on=FIRST, closes_on=LAST)


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "draftPolicy": lambda _: ("NEW", "New", PolicyParts(use="To what end")),
    "revisePolicy": lambda key: (key["policy"], PolicyParts(title="Newer")),
    "addCoverageRule": lambda key: (
        key["policy"],
        CoverageRulePlan(CoverageKind.FUND, "Fund", theme_id=key["theme"]),
    ),
    "removeCoverageRule": lambda key: (key["coverage_rule"],),
    "activatePolicy": lambda key: (key["policy"],),
    "recordGoverningDecision": lambda key: (
        DecisionRecord("C/3", DecisionKind.APPOINTMENT, "The Council appoints", TODAY, key["person"]),
    ),
    "proposeBudgetLine": lambda _: (BudgetProposal("NEW", 2027, Decimal(10), Decimal(10), "USD"),),
    "approveBudgetLine": lambda key: (key["proposed_line"], key["budget_decision"]),
    "reviseBudgetLine": lambda key: (key["budget_line"], Decimal(9), Decimal(9), key["budget_decision"]),
    "createEvaluationPlan": lambda key: (PlanDraft("NEW", "New", PlanKind.BIENNIAL, key["evaluation"], FIRST, LAST),),
    "fundPlan": lambda key: (key["draft_plan"], key["budget_line"]),
    "addPlanItem": lambda key: (key["draft_plan"], FACTS),
    "revisePlanItem": lambda key: (key["draft_item"], PlanItemRevision(title="Newer")),
    "removePlanItem": lambda key: (key["draft_item"],),
    "carryOver": lambda key: ([key["approved_item"]], key["draft_plan"], "not begun"),
    "submitPlan": lambda key: (key["draft_plan"],),
    "approvePlan": lambda key: (key["submitted_plan"],),
    "adoptPlan": lambda key: (key["endorsed_plan"], key["plan_decision"]),
    "returnPlan": lambda key: (key["submitted_plan"], "too many"),
    "referPlanBack": lambda key: (key["endorsed_plan"], "too many"),
    "revisePlan": lambda key: (key["approved_plan"],),
    "closePlan": lambda key: (key["approved_plan"],),
    "setPlanApprover": lambda _: (PlanKind.BIENNIAL, PlanApprover.GOVERNING_BODY, TODAY),
    "requestPlanChange": lambda key: (key["draft_plan"], key["office"], RequestKind.ADD, "Add one"),
    "decidePlanRequest": lambda key: (key["plan_request"], "no money"),
    "openProposalCall": lambda _: (CallPlan("NEW", "New", ["relevance"], FIRST, LAST),),
    "submitProposal": lambda key: (key["call"], key["office"], "A proposal", "because"),
    "scoreProposal": lambda key: (key["proposal"], [CriterionScore("relevance", 3)]),
    "selectProposal": lambda key: (key["proposal"], key["draft_item"], "the best"),
    "declineProposal": lambda key: (key["proposal"], "no money"),
    "recordPeerReview": lambda _: (PeerReviewRecord("Review", "Peers", FIRST),),
    "registerEvaluator": lambda key: (key["newcomer"],),
    "recordTraining": lambda key: (key["evaluator"], "Course", FIRST),
    "closeProject": lambda key: (key["project"],),
    "fixEvaluationReserve": lambda key: (key["designed"], Decimal(5), "USD"),
    "chargeEvaluationReserve": lambda key: (key["reserve"], key["charged_evaluation"], Decimal(100)),
}
KEYWORDS: dict[str, dict[str, Any]] = {"decidePlanRequest": {"granted": False}, "registerEvaluator": {"external": True}}
