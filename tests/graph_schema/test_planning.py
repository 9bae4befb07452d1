"""Plans through the door: drafted, submitted and approved, with what is counted and what is refused."""

from typing import Any

from rbm.access import PUBLIC, Actor
from rbm.model.people import Office
from rbm.terms.people import Role
from rbm.terms.planning import PlanStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.graph_schema.conftest import Ask
from tests.make import Make

CREATE = """mutation ($plan: PlanDraftInput!) {
  createEvaluationPlan(plan: $plan) { evaluationPlan { id edition stage } problems { field message } } }"""
ADD = """mutation ($plan: ID!, $item: PlanItemFactsInput!) {
  addPlanItem(planId: $plan, item: $item) { planItem { number coreCost } problems { code field } } }"""
SUBMIT = """mutation ($plan: ID!, $version: Int) {
  submitPlan(planId: $plan, version: $version) { evaluationPlan { stage version } problems { code field } } }"""
APPROVE = """mutation ($plan: ID!) {
  approvePlan(planId: $plan) { evaluationPlan { stage approvedOn } problems { code field message } } }"""
ALLOWED = "query ($plan: ID!) { evaluationPlan(id: $plan) { version allowedTransitions { to reasonIfDenied } } }"
PLANNED = """{
  plannedEvaluations(planKind: BIENNIAL, year: 2026) { edges { node { title joint } } totalCount }
  executionRate { numerator denominator value reason }
  jointShare(year: 2026) { value reason }
  mixReport(start: "2026-01-01", end: "2026-12-31") { items noStrategicEvaluation lines { type count } }
  coverageGaps { rule }
  peerReviewDue { due recentUntil }
  policyImplementation { officeCode required done { value reason } }
  budgetCoverage(by: REGION) { code }
  reserveFlags { project }
  evaluationBudget { year amount currency }
}"""
ITEM = {
    "title": "Evaluation of the country programme",
    "type": "COUNTRY_PROGRAMME",
    "level": "CENTRALIZED",
    "timing": "MID_TERM",
    "conductedBy": "EXTERNAL",
    "scope": "COUNTRY",
    "priority": "HIGH",
    "fundingSource": "CORE",
    "plannedStart": "2026-02-01",
    "plannedEnd": "2026-11-30",
    "cost": 100,
    "currency": "USD",
    "joint": True,
}


def world(start: Begin) -> tuple[Actor, Actor, Office, Any]:
    with start() as work:
        make = Make(work)
        given = Evaluating(make)
        unit, office = given.unit(), make.office(code="KEN")
        head, chief = make.actor(Role.EVALUATION_HEAD, unit), make.actor(Role.APPROVER, office)
        return head, chief, unit, given.budget_line()


def test_a_plan_goes_its_way_and_is_counted(start: Begin, data: Ask) -> None:
    head, chief, unit, line = world(start)
    plan = {"code": "P", "title": "Plan", "kind": "BIENNIAL", "officeId": str(unit.id), "budgetLineId": str(line.id)}
    plan |= {"periodStart": "2026-01-01", "periodEnd": "2027-12-31"}
    made = data(CREATE, head, plan=plan)["createEvaluationPlan"]["evaluationPlan"]
    assert (made["edition"], made["stage"]) == (1, "DRAFT")
    key = made["id"]
    refused = data(ADD, chief, plan=key, item=ITEM)["addPlanItem"]
    assert refused == {"planItem": None, "problems": [{"code": "forbidden", "field": None}]}
    wrong = data(ADD, head, plan=key, item=ITEM | {"plannedEnd": "2026-01-01"})["addPlanItem"]
    assert wrong["problems"] == [{"code": "invalid", "field": "plannedEnd"}]
    assert data(ADD, head, plan=key, item=ITEM)["addPlanItem"]["planItem"] == {"number": 1, "coreCost": 100}
    known = data(ALLOWED, head, plan=key)["evaluationPlan"]
    assert known["allowedTransitions"] == [{"to": "SUBMITTED", "reasonIfDenied": None}]
    stale = data(SUBMIT, head, plan=key, version=known["version"] + 1)["submitPlan"]
    assert stale["problems"] == [{"code": "conflict", "field": "version"}]
    assert data(SUBMIT, head, plan=key, version=known["version"])["submitPlan"]["problems"] == []
    approved = data(APPROVE, head, plan=key)["approvePlan"]["evaluationPlan"]
    assert approved == {"stage": "APPROVED", "approvedOn": approved["approvedOn"]}
    found = data(PLANNED, PUBLIC)
    assert found["plannedEvaluations"]["edges"] == [{"node": {"title": ITEM["title"], "joint": True}}]
    assert found["executionRate"] == {"numerator": 0, "denominator": 0, "value": None, "reason": "NOTHING_COUNTED"}
    assert found["jointShare"] == {"value": 100, "reason": None}
    assert found["mixReport"]["noStrategicEvaluation"] is True
    assert found["policyImplementation"][0]["done"] == {"value": None, "reason": "NOTHING_COUNTED"}
    assert found["evaluationBudget"] == [{"year": 2026, "amount": 1_000_000, "currency": "USD"}]


def test_why_a_plan_is_not_approved_is_told_before_it_is_tried(start: Begin, data: Ask) -> None:
    head, _, _, _ = world(start)
    with start() as work:
        given = Evaluating(Make(work))
        plan = given.plan(stage=PlanStage.SUBMITTED, approved_on=None)
    told = data(ALLOWED, head, plan=str(plan.id))["evaluationPlan"]["allowedTransitions"]
    assert told == [
        {
            "to": "APPROVED",
            "reasonIfDenied": "a plan without a budget line approved by the governing body is not approved",
        },
        {"to": "ENDORSED", "reasonIfDenied": "a biennial plan is approved by the head of evaluation"},
        {"to": "DRAFT", "reasonIfDenied": None},
    ]
