"""Requirements of the planning of evaluations: R102, R103, R105, R108, R109, R119, R204 and R206."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.governance import GoverningDecision
from rbm.model.notices import Notice
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem, PlanRequest
from rbm.services import planning
from rbm.services.planning import (
    BudgetProposal,
    CallPlan,
    CoverageRulePlan,
    CriterionScore,
    DecisionRecord,
    PlanDraft,
    PlanItemRevision,
    PolicyParts,
)
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.notices import NoticeKind
from rbm.terms.people import OfficeKind, Role
from rbm.terms.planning import (
    BudgetStage,
    CoverageKind,
    DecisionKind,
    PlanApprover,
    PlanKind,
    PlanRequestStage,
    PlanStage,
    PolicyStage,
    ProposalStage,
    RequestKind,
)
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.graph_schema.world_planning import FACTS
from tests.make import Make
from tests.refusals import refused

TODAY = date(2026, 3, 2)
MANAGEMENT = (
    *(Role.VIEWER, Role.REPORTER, Role.APPROVER, Role.MANAGEMENT_FOCAL_POINT, Role.ENDORSER),
    *(Role.HQ_RESULTS, Role.SENIOR_MANAGEMENT, Role.ADMIN),
)


def decision(work: Work, kind: DecisionKind, reference: str = "C/1") -> UUID:
    return planning.record_governing_decision(work, DecisionRecord(reference, kind, "The Council decides", TODAY)).id


def told(start: Begin) -> list[tuple[NoticeKind, UUID]]:
    with start() as work:
        return [(row.kind, row.person_id) for row in work.session.scalars(sa.select(Notice).order_by(Notice.id))]


@pytest.mark.parametrize("role", MANAGEMENT)
def test_r102_no_role_of_management_changes_an_item(start: Begin, engine: sa.Engine, role: Role) -> None:
    with start() as work:
        make = Make(work)
        given = Evaluating(make)
        item = given.item(given.plan(stage=PlanStage.DRAFT))
        manager = make.actor(role)
    for change in (
        lambda work: planning.add_plan_item(work, item.plan_id, FACTS),
        lambda work: planning.revise_plan_item(work, item.id, PlanItemRevision(cost=Decimal(0))),
        lambda work: planning.remove_plan_item(work, item.id),
    ):
        with pytest.raises((Forbidden, NotFound)), start(manager) as work:
            change(work)
    with start() as work:
        kept = work.get(PlanItem, item.id)
        assert (kept.title, kept.cost) == (item.title, item.cost)
        tried = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.REFUSED)).all()
        assert {entry.person_id for entry in tried} == {manager.person_id}


def test_r102_the_head_of_evaluation_approves_a_plan_and_the_director_general_is_informed(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        given = Evaluating(make)
        unit = given.unit()
        line = given.budget_line()
        officer, head = make.actor(Role.EVALUATION_OFFICER, unit), make.actor(Role.EVALUATION_HEAD, unit)
        general = make.actor(Role.SENIOR_MANAGEMENT)
        draft = PlanDraft(
            "PLAN", "Plan", PlanKind.BIENNIAL, unit.id, date(2026, 1, 1), date(2027, 12, 31), budget_line_id=line.id
        )
    with start(officer) as work:
        plan = planning.create_evaluation_plan(work, draft)
        item = planning.add_plan_item(work, plan.id, FACTS)
        planning.submit_plan(work, plan.id)
        assert (item.number, item.core_cost, item.original_end) == (1, Decimal(1000), date(2027, 12, 31))
    with start(head) as work:
        approved = planning.approve_plan(work, plan.id)
        assert (approved.stage, approved.approved_on) == (PlanStage.APPROVED, TODAY)
    assert told(start) == [(NoticeKind.PLAN_APPROVED, general.person_id)]


def test_r103_a_plan_needs_a_budget_line_approved_by_the_governing_body(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        plan = given.plan(stage=PlanStage.SUBMITTED, approved_on=None)
        given.item(plan)
        line = planning.propose_budget_line(work, BudgetProposal("B26", 2026, Decimal(100), Decimal(60), "USD"))
    with refused(engine, Conflict, "budget_line_id") as work:
        planning.approve_plan(work, plan.id)
    with start() as work:
        planning.fund_plan(work, plan.id, line.id)
    with refused(engine, Conflict, "budget_line_id") as work:
        planning.approve_plan(work, plan.id)
    with start() as work:
        planning.approve_budget_line(work, line.id, decision(work, DecisionKind.BUDGET))
        assert planning.approve_plan(work, plan.id).stage is PlanStage.APPROVED


def test_r103_a_change_of_the_budget_line_needs_a_decision_of_its_own(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        council = make.actor(Role.GOVERNING_BODY)
        head = make.actor(Role.EVALUATION_HEAD)
        line = planning.propose_budget_line(work, BudgetProposal("B26", 2026, Decimal(100), Decimal(60), "USD"))
        first = decision(work, DecisionKind.BUDGET)
        other = decision(work, DecisionKind.PLAN, "C/2")
        second = decision(work, DecisionKind.BUDGET, "C/3")
    with refused(engine, Forbidden, None, head) as work:
        planning.approve_budget_line(work, line.id, first)
    with start(council) as work:
        planning.approve_budget_line(work, line.id, first)
    for wrong in (first, other):
        with refused(engine, Invalid, "decision_id", council) as work:
            planning.revise_budget_line(work, line.id, Decimal(80), Decimal(80), wrong)
    with start(council) as work:
        later = planning.revise_budget_line(work, line.id, Decimal(80), Decimal(70), second)
        assert (later.edition, later.stage, later.decision_id) == (2, BudgetStage.APPROVED, second)
        (year,) = planning.evaluation_budget(work)
        assert (year.year, year.amount, year.core_amount, year.editions) == (2026, Decimal(80), Decimal(70), 2)


@pytest.mark.parametrize("missing", ["coverage", "quality", "use"])
def test_r105_a_policy_without_one_of_its_parts_is_not_activated(start: Begin, engine: sa.Engine, missing: str) -> None:
    parts = PolicyParts(coverage="What", quality="How well", use="To what end")
    with start() as work:
        Make(work).headquarters()
        policy = planning.draft_policy(work, "P", "Policy", replace(parts, **{missing: None}))
        planning.add_coverage_rule(work, policy.id, CoverageRulePlan(CoverageKind.STRATEGIC, "Strategic"))
    with refused(engine, Conflict, missing) as work:
        planning.activate_policy(work, policy.id)
    with start() as work:
        planning.revise_policy(work, policy.id, PolicyParts(**{missing: "said"}))
        assert planning.activate_policy(work, policy.id).stage is PolicyStage.ACTIVE


def test_r105_a_policy_without_rules_is_not_activated_and_the_next_one_supersedes(
    start: Begin, engine: sa.Engine
) -> None:
    parts = PolicyParts(coverage="What", quality="How well", use="To what end")
    with start() as work:
        Make(work).headquarters()
        first, second = (planning.draft_policy(work, code, "Policy", parts) for code in ("A", "B"))
    with refused(engine, Conflict, "coverage") as work:
        planning.activate_policy(work, first.id)
    with start() as work:
        for policy in (first, second):
            planning.add_coverage_rule(work, policy.id, CoverageRulePlan(CoverageKind.STRATEGIC, "Strategic"))
            planning.activate_policy(work, policy.id)
        stages = [work.find(type(first), code).stage for code in ("A", "B")]
        assert stages == [PolicyStage.SUPERSEDED, PolicyStage.ACTIVE]


def test_r108_proposals_are_scored_by_the_criteria_of_the_call_and_selected_with_reasons(
    start: Begin, engine: sa.Engine
) -> None:
    with start() as work:
        make = Make(work)
        office, given = make.office(), Evaluating(make)
        item = given.item(given.plan(stage=PlanStage.DRAFT))
        reporter, head = make.actor(Role.REPORTER, office), make.actor(Role.EVALUATION_HEAD)
        call = CallPlan("CALL", "Call", ["relevance", "use"], date(2026, 3, 1), date(2026, 3, 31))
        opened = planning.open_proposal_call(work, call)
    with start(reporter) as work:
        good, other = (planning.submit_proposal(work, opened.id, office.id, title, "because") for title in "AB")
    with refused(engine, Conflict, "proposal_id", head) as work:
        planning.select_proposal(work, good.id, item.id, "the best")
    wrong = [CriterionScore("relevance", 5), CriterionScore("beauty", 5)]
    with refused(engine, Invalid, "scores", head) as work:
        planning.score_proposal(work, good.id, wrong)
    with start(head) as work:
        planning.score_proposal(work, good.id, [CriterionScore("use", 4), CriterionScore("relevance", 5)])
        chosen = planning.select_proposal(work, good.id, item.id, "the best")
        declined = planning.decline_proposal(work, other.id, "evaluated last year")
        assert (chosen.stage, chosen.item_id, chosen.scores) == (
            ProposalStage.SELECTED,
            item.id,
            {"relevance": 5, "use": 4},
        )
        assert (declined.stage, declined.decision_reason) == (ProposalStage.DECLINED, "evaluated last year")


def test_r109_of_twelve_items_four_are_carried_over_and_eight_are_new(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        unit = given.unit()
        past = {"period_start": date(2017, 1, 1), "period_end": date(2018, 12, 31), "approved_on": date(2017, 1, 5)}
        earlier = given.plan(office=unit, stage=PlanStage.CLOSED, **past)
        days = {"planned_end": date(2018, 6, 30), "original_end": date(2018, 6, 30)}
        items = [given.item(earlier, planned_start=date(2018, 1, 1), **days) for _ in range(12)]
        for item in items[4:]:
            given.evaluation(EvaluationStage.FINAL, item=item, office=unit, final_on=date(2018, 5, 1))
        left = [item.id for item in items[:4]]
        plan = given.plan(office=unit, stage=PlanStage.DRAFT, approved_on=None, previous=earlier)
    with refused(engine, Conflict, "item_ids") as work:
        planning.carry_over(work, [*left, items[4].id], plan.id, "no money")
    with start() as work:
        carried = planning.carry_over(work, left, plan.id, "no money")
        for _ in range(8):
            planning.add_plan_item(work, plan.id, FACTS)
        assert [row.carried_from_id for row in carried] == left
        assert {row.carried_reason for row in carried} == {"no money"}
        assert {(row.original_end, row.planned_end) for row in carried} == {(date(2018, 6, 30), date(2027, 12, 31))}
        rows = work.session.scalars(sa.select(PlanItem).where(PlanItem.plan_id == plan.id)).all()
        assert [len(rows), sum(row.carried_from_id is None for row in rows)] == [12, 8]
        assert sorted(row.number for row in rows) == list(range(1, 13))
    with refused(engine, Conflict, "item_ids") as work:
        planning.carry_over(work, left[:1], plan.id, "no money")


def test_r119_only_trained_or_external_evaluators_of_thirty_may_lead(work: Work, make: Make) -> None:
    persons = [make.person() for _ in range(31)]
    for place, person in enumerate(persons[:30]):
        row = planning.register_evaluator(work, person.id, external=place < 10)
        if 10 <= place < 20:
            planning.record_training(work, row.id, "Evaluation course", TODAY)
    assert [planning.is_qualified(work, person.id) for person in persons] == [True] * 20 + [False] * 11


def test_r204_what_goes_to_the_governing_body_passes_no_management(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        given = Evaluating(make)
        unit, person = given.unit(), make.person()
        plan = given.plan(office=unit, stage=PlanStage.DRAFT, approved_on=None, budget_line=given.budget_line())
        given.item(plan)
        council = make.actor(Role.GOVERNING_BODY, make.office(kind=OfficeKind.GOVERNING_BODY))
        head = make.actor(Role.EVALUATION_HEAD, unit)
        oversight, senior = make.actor(Role.OVERSIGHT), make.actor(Role.SENIOR_MANAGEMENT)
    with start(council) as work:
        planning.set_plan_approver(work, PlanKind.BIENNIAL, PlanApprover.GOVERNING_BODY, TODAY)
        appointed = DecisionRecord("C/7", DecisionKind.APPOINTMENT, "appoints", TODAY, person.id)
        assert planning.record_governing_decision(work, appointed).person_id == person.id
        adopted = decision(work, DecisionKind.PLAN, "C/8")
    with start(head) as work:
        planning.submit_plan(work, plan.id)
        assert planning.approve_plan(work, plan.id).stage is PlanStage.ENDORSED
    assert told(start) == [(NoticeKind.PLAN_ENDORSED, council.person_id)]
    for other in (oversight, senior, head):
        with refused(engine, Forbidden, None, other) as work:
            planning.adopt_plan(work, plan.id, adopted)
    with start(council) as work:
        assert planning.adopt_plan(work, plan.id, adopted).stage is PlanStage.APPROVED
        moved = work.session.scalars(sa.select(Transition).order_by(Transition.id)).all()
        assert [(move.to_stage, move.person_id) for move in moved] == [
            ("submitted", head.person_id),
            ("endorsed", head.person_id),
            ("approved", council.person_id),
        ]


@pytest.mark.parametrize("kind", [DecisionKind.APPOINTMENT, DecisionKind.REMOVAL])
def test_r204_an_appointment_or_a_removal_names_the_person(start: Begin, engine: sa.Engine, kind: DecisionKind) -> None:
    with start() as work:
        make = Make(work)
        council, head = make.actor(Role.GOVERNING_BODY), make.actor(Role.EVALUATION_HEAD)
    record = DecisionRecord("C/1", kind, "The Council decides", TODAY)
    with refused(engine, Invalid, "person_id", council) as work:
        planning.record_governing_decision(work, record)
    with refused(engine, Forbidden, None, head) as work:
        planning.record_governing_decision(work, replace(record, person_id=head.person_id))
    with start(council) as work:
        made = planning.record_governing_decision(work, replace(record, person_id=head.person_id))
        assert work.session.scalars(sa.select(GoverningDecision.person_id)).all() == [made.person_id]


def asked(work: Work, actor: Actor, plan: EvaluationPlan, office: Office, item: PlanItem) -> list[PlanRequest]:
    assert work.actor.person_id == actor.person_id
    return [
        planning.request_plan_change(work, plan.id, office.id, RequestKind.DROP, "too early", item.id),
        planning.request_plan_change(work, plan.id, office.id, RequestKind.ADD, "one of our programme"),
    ]


def test_r206_requests_of_management_are_logged_and_decided_with_reasons(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        office, given = make.office(), Evaluating(make)
        plan = given.plan()
        item = given.item(plan)
        chief, head = make.actor(Role.APPROVER, office), make.actor(Role.EVALUATION_HEAD)
    with start(chief) as work:
        drop, add = asked(work, chief, plan, office, item)
    with refused(engine, Forbidden, None, chief) as work:
        planning.decide_plan_request(work, drop.id, "we want it", granted=True)
    with refused(engine, Invalid, "reason", head) as work:
        planning.decide_plan_request(work, drop.id, " ", granted=False)
    with start(head) as work:
        planning.decide_plan_request(work, drop.id, "the board asked for it", granted=False)
        planning.decide_plan_request(work, add.id, "there is money", granted=True)
    with start(chief) as work:
        rows = work.session.scalars(sa.select(PlanRequest).order_by(PlanRequest.id)).all()
        assert [(row.stage, row.decision_reason, row.requested_by_id, row.decided_by_id) for row in rows] == [
            (PlanRequestStage.DECLINED, "the board asked for it", chief.person_id, head.person_id),
            (PlanRequestStage.GRANTED, "there is money", chief.person_id, head.person_id),
        ]
        assert work.session.scalars(sa.select(sa.func.count(PlanItem.id))).one() == 1
