"""Planning: what is refused with its field, what stays, and who sees what of plans."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.projects import Theme
from rbm.services import planning
from rbm.services.planning import (
    BudgetProposal,
    CallPlan,
    CoverageRulePlan,
    DecisionRecord,
    PeerReviewRecord,
    PlanDraft,
    PlanItemRevision,
    PolicyParts,
)
from rbm.terms.people import OfficeKind, Role
from rbm.terms.planning import (
    CoverageKind,
    DecisionKind,
    FundingSource,
    PlanApprover,
    PlanKind,
    PlanStage,
    PolicyStage,
    RequestKind,
)
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.evaluating import Evaluating
from tests.graph_schema.world_planning import FACTS
from tests.make import Make
from tests.refusals import refused

pytestmark = pytest.mark.in_turn
TODAY = date(2026, 3, 2)
TOMORROW = TODAY + timedelta(days=1)
PARTS = PolicyParts(coverage="What", quality="How well", use="To what end")

BAD_ITEMS: list[tuple[str, dict[str, Any]]] = [
    ("title", {"title": " "}),
    ("planned_end", {"planned_end": date(2025, 12, 31)}),
    ("planned_start", {"planned_start": date(2028, 1, 1), "planned_end": date(2028, 2, 1)}),
    ("cost", {"cost": Decimal(-1)}),
    ("cost", {"cost": Decimal("0.001")}),
    ("cost", {"cost": Decimal("NaN")}),
    ("cost", {"cost": Decimal("1E+18")}),
    ("currency", {"currency": "dollars"}),
    ("core_cost", {"core_cost": Decimal(1001)}),
    ("core_cost", {"core_cost": Decimal(10)}),
    ("number", {"number": 0}),
]


@pytest.mark.parametrize(("field", "facts"), BAD_ITEMS)
def test_bad_items_are_refused_with_their_field(
    start: Begin, engine: sa.Engine, field: str, facts: dict[str, Any]
) -> None:
    with start() as work:
        plan = Evaluating(Make(work)).plan(stage=PlanStage.DRAFT)
    with refused(engine, Invalid, field) as work:
        planning.add_plan_item(work, plan.id, replace(FACTS, **facts))


def test_a_number_is_taken_once_and_an_unknown_subject_is_not_found(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        plan = Evaluating(Make(work)).plan(stage=PlanStage.DRAFT)
        item = planning.add_plan_item(work, plan.id, replace(FACTS, number=7))
        assert planning.add_plan_item(work, plan.id, FACTS).number == 8
    with refused(engine, Conflict, "number") as work:
        planning.add_plan_item(work, plan.id, replace(FACTS, number=7))
    with pytest.raises(Exception, match="no such theme"), start() as work:
        planning.add_plan_item(work, plan.id, replace(FACTS, theme_id=item.id))


@pytest.mark.parametrize("stage", [stage for stage in PlanStage if stage is not PlanStage.DRAFT])
def test_only_a_draft_is_written(start: Begin, engine: sa.Engine, stage: PlanStage) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        item = given.item(given.plan(stage=stage))
    changes: list[Callable[[Work], Any]] = [
        lambda work: planning.add_plan_item(work, item.plan_id, FACTS),
        lambda work: planning.revise_plan_item(work, item.id, PlanItemRevision(title="Other")),
        lambda work: planning.remove_plan_item(work, item.id),
    ]
    for change in changes:
        with refused(engine, Conflict, "stage") as work:
            change(work)


def test_a_revised_item_fits_as_a_whole(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        plan = Evaluating(Make(work)).plan(stage=PlanStage.DRAFT)
        item = planning.add_plan_item(work, plan.id, FACTS)
        planning.revise_plan_item(work, item.id, PlanItemRevision(planned_end=date(2026, 6, 30)))
        assert (item.planned_end, item.original_end) == (date(2026, 6, 30), date(2026, 6, 30))
    with refused(engine, Invalid, "core_cost") as work:
        planning.revise_plan_item(work, item.id, PlanItemRevision(cost=Decimal(2000)))
    with start() as work:
        shared = PlanItemRevision(cost=Decimal(2000), funding_source=FundingSource.SHARED)
        assert planning.revise_plan_item(work, item.id, shared).core_cost == 1000


def test_an_item_with_an_evaluation_is_not_removed(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        item = given.item(given.plan(stage=PlanStage.DRAFT))
        given.evaluation(item=item)
    with refused(engine, Conflict, "item_id") as work:
        planning.remove_plan_item(work, item.id)


BAD_PLANS: list[tuple[str, dict[str, Any]]] = [
    ("code", {"code": ""}),
    ("title", {"title": " "}),
    ("period_end", {"period_end": date(2025, 12, 31)}),
    ("period_end", {"period_end": date(2028, 1, 1)}),
    ("office_id", {"kind": PlanKind.REGIONAL}),
]


@pytest.mark.parametrize(("field", "facts"), BAD_PLANS)
def test_bad_plans_are_refused_with_their_field(
    start: Begin, engine: sa.Engine, field: str, facts: dict[str, Any]
) -> None:
    with start() as work:
        unit = Evaluating(Make(work)).unit()
    draft = PlanDraft("P", "Plan", PlanKind.BIENNIAL, unit.id, date(2026, 1, 1), date(2027, 12, 31))
    with refused(engine, Invalid, field) as work:
        planning.create_evaluation_plan(work, replace(draft, **facts))


def test_a_plan_without_items_is_not_submitted_and_a_returned_one_is_a_draft_again(
    start: Begin, engine: sa.Engine
) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        plan = given.plan(stage=PlanStage.DRAFT)
    with refused(engine, Conflict, "plan_id") as work:
        planning.submit_plan(work, plan.id)
    with start() as work:
        planning.add_plan_item(work, plan.id, FACTS)
        planning.submit_plan(work, plan.id)
    with refused(engine, Invalid, "reason") as work:
        planning.return_plan(work, plan.id, "")
    with start() as work:
        assert planning.return_plan(work, plan.id, "too many").stage is PlanStage.DRAFT


def test_a_later_edition_leaves_the_approved_one_as_it_was(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        plan = given.plan(budget_line=given.budget_line())
        item = given.item(plan)
        later = planning.revise_plan(work, plan.id)
        copy = work.session.scalars(sa.select(PlanItem).where(PlanItem.plan_id == later.id)).one()
        planning.revise_plan_item(work, copy.id, PlanItemRevision(planned_end=date(2027, 6, 30)))
        assert (later.edition, later.stage, copy.earlier_id) == (2, PlanStage.DRAFT, item.id)
        assert (copy.planned_end, copy.original_end, item.planned_end) == (
            date(2027, 6, 30),
            date(2026, 11, 30),
            date(2026, 11, 30),
        )
    with refused(engine, Conflict, "plan_id") as work:
        planning.revise_plan(work, plan.id)


def test_only_what_an_earlier_plan_in_force_left_is_carried_over(start: Begin, engine: sa.Engine) -> None:
    past = {"period_start": date(2024, 1, 1), "period_end": date(2025, 12, 31)}
    with start() as work:
        given = Evaluating(Make(work))
        plan = given.plan(stage=PlanStage.DRAFT)
        good, gone = given.item(given.plan(**past)), given.item(given.plan(stage=PlanStage.SUPERSEDED, **past))
        never, same = given.item(given.plan(approved_on=None, **past)), given.item(given.plan())
    for item in (gone, never):
        with refused(engine, Conflict, "item_ids") as work:
            planning.carry_over(work, [good.id, item.id], plan.id, "no money")
    for keys in ([], [good.id, good.id], [same.id]):
        with refused(engine, Invalid, "item_ids") as work:
            planning.carry_over(work, keys, plan.id, "no money")
    with refused(engine, Invalid, "reason") as work:
        planning.carry_over(work, [good.id], plan.id, " ")
    draft = PlanDraft("P", "Plan", PlanKind.BIENNIAL, plan.office_id, date(2025, 1, 1), date(2026, 12, 31))
    with refused(engine, Invalid, "previous_id") as work:
        planning.create_evaluation_plan(work, replace(draft, previous_id=plan.id))


def test_the_governing_body_supersedes_the_edition_before_by_adopting(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        given = Evaluating(make)
        plan = given.plan(budget_line=given.budget_line())
        given.item(plan)
        council = make.actor(Role.GOVERNING_BODY)
        later = planning.revise_plan(work, plan.id)
        planning.submit_plan(work, later.id)
    with start(council) as work:
        planning.set_plan_approver(work, PlanKind.BIENNIAL, PlanApprover.GOVERNING_BODY, TODAY)
        adopted = planning.record_governing_decision(work, DecisionRecord("C/1", DecisionKind.PLAN, "so", TODAY))
    with start() as work:
        planning.approve_plan(work, later.id)
    with start(council) as work:
        planning.adopt_plan(work, later.id, adopted.id)
        stages = work.session.scalars(sa.select(EvaluationPlan.stage).order_by(EvaluationPlan.edition)).all()
        assert stages == [PlanStage.SUPERSEDED, PlanStage.APPROVED]


def test_the_approver_of_a_kind_is_a_dated_setting(start: Begin) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        plan = given.plan(stage=PlanStage.SUBMITTED, approved_on=None, budget_line=given.budget_line())
        planning.set_plan_approver(work, PlanKind.REGIONAL, PlanApprover.GOVERNING_BODY, TODAY)
        planning.set_plan_approver(work, PlanKind.BIENNIAL, PlanApprover.GOVERNING_BODY, TOMORROW)
        told = dict(work.allowed(plan))
        assert told[PlanStage.ENDORSED] == "a biennial plan is approved by the head of evaluation"
        assert told[PlanStage.APPROVED] is None
    with start(now=NOW + timedelta(days=1)) as work:
        assert planning.approve_plan(work, plan.id).stage is PlanStage.ENDORSED


BAD_RULES: list[tuple[str, CoverageRulePlan]] = [
    ("label", CoverageRulePlan(CoverageKind.STRATEGIC, " ")),
    ("theme_id", CoverageRulePlan(CoverageKind.FUND, "Fund")),
    ("years", CoverageRulePlan(CoverageKind.OFFICE, "Offices", office_kind=OfficeKind.COUNTRY)),
    ("years", CoverageRulePlan(CoverageKind.OFFICE, "Offices", office_kind=OfficeKind.COUNTRY, years=0)),
    ("currency", CoverageRulePlan(CoverageKind.BUDGET, "Large", at_least=Decimal(5))),
    ("at_least", CoverageRulePlan(CoverageKind.BUDGET, "Large", at_least=Decimal(-5), currency="USD")),
    ("years", CoverageRulePlan(CoverageKind.STRATEGIC, "Strategic", years=2)),
]


@pytest.mark.parametrize(("field", "rule"), BAD_RULES)
def test_bad_rules_of_coverage_are_refused_with_their_field(
    start: Begin, engine: sa.Engine, field: str, rule: CoverageRulePlan
) -> None:
    with start() as work:
        Make(work)
        policy = planning.draft_policy(work, "P", "Policy")
    with refused(engine, Invalid, field) as work:
        planning.add_coverage_rule(work, policy.id, rule)


def test_an_active_policy_is_not_written(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        Make(work).headquarters()
        theme = work.add(Theme(code="IDF", label="Fund", kind="fund"))
        policy = planning.draft_policy(work, "P", "Policy", PARTS)
        rule = planning.add_coverage_rule(work, policy.id, CoverageRulePlan(CoverageKind.FUND, "F", theme_id=theme.id))
        spare = planning.add_coverage_rule(work, policy.id, CoverageRulePlan(CoverageKind.STRATEGIC, "S"))
        planning.remove_coverage_rule(work, spare.id)
        assert planning.activate_policy(work, policy.id).active_from == TODAY
    with refused(engine, Conflict, "policy_id") as work:
        planning.revise_policy(work, policy.id, PolicyParts(use="other"))
    with refused(engine, Conflict, "policy_id") as work:
        planning.remove_coverage_rule(work, rule.id)
    assert policy.stage is PolicyStage.ACTIVE


BAD_RECORDS: list[tuple[str, Callable[[Work], Any]]] = [
    ("decided_on", lambda work: planning.record_governing_decision(work, _decision(decided_on=TOMORROW))),
    ("reference", lambda work: planning.record_governing_decision(work, _decision(reference=" "))),
    ("core_amount", lambda work: planning.propose_budget_line(work, _budget(core_amount=Decimal(101)))),
    ("year", lambda work: planning.propose_budget_line(work, _budget(year=26))),
    ("completed_on", lambda work: planning.record_peer_review(work, PeerReviewRecord("R", "P", TOMORROW))),
    ("url", lambda work: planning.record_peer_review(work, PeerReviewRecord("R", "P", TODAY, "javascript:1"))),
    ("criteria", lambda work: planning.open_proposal_call(work, _call(criteria=[]))),
    ("criteria", lambda work: planning.open_proposal_call(work, _call(criteria=["use", "use"]))),
    ("closes_on", lambda work: planning.open_proposal_call(work, _call(closes_on=date(2026, 1, 1)))),
]


@pytest.mark.parametrize(("field", "record"), BAD_RECORDS)
def test_bad_records_are_refused_with_their_field(engine: sa.Engine, field: str, record: Callable[[Work], Any]) -> None:
    with refused(engine, Invalid, field) as work:
        record(work)


def test_a_request_names_an_item_of_the_plan_and_a_closed_call_takes_nothing(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        given, office = Evaluating(make), make.office()
        plan, other = given.plan(), given.item()
        call = planning.open_proposal_call(work, _call(closes_on=TODAY - timedelta(days=1)))
        chief = make.actor(Role.APPROVER, office)
    for kind, key in ((RequestKind.DROP, None), (RequestKind.DROP, other.id), (RequestKind.ADD, other.id)):
        with refused(engine, Invalid, "item_id", chief) as work:
            planning.request_plan_change(work, plan.id, office.id, kind, "please", key)
    with refused(engine, Conflict, "call_id", chief) as work:
        planning.submit_proposal(work, call.id, office.id, "One", "because")
    with refused(engine, Forbidden, None, chief) as work:
        planning.request_plan_change(work, plan.id, _other(work), RequestKind.ADD, "please")


def test_everyone_within_sees_a_draft_plan_and_the_public_the_approved_one(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        given = Evaluating(make)
        given.item(given.plan(code="OPEN"))
        given.item(given.plan(code="DRAFT", stage=PlanStage.DRAFT, approved_on=None))
        viewer = make.actor(Role.VIEWER, make.office())
    for actor, seen in ((viewer, ["DRAFT", "OPEN"]), (PUBLIC, ["OPEN"])):
        with start(actor) as work:
            assert work.session.scalars(sa.select(EvaluationPlan.code).order_by(EvaluationPlan.code)).all() == seen
            assert len(work.session.scalars(sa.select(PlanItem.id)).all()) == len(seen)


def _decision(**facts: Any) -> DecisionRecord:
    return replace(DecisionRecord("C/1", DecisionKind.PLAN, "The Council decides", TODAY), **facts)


def _budget(**facts: Any) -> BudgetProposal:
    return replace(BudgetProposal("B", 2026, Decimal(100), Decimal(60), "USD"), **facts)


def _call(**facts: Any) -> CallPlan:
    return replace(CallPlan("CALL", "Call", ["use"], date(2026, 1, 2), date(2026, 12, 31)), **facts)


def _other(work: Work) -> Any:
    """The office of another one: headquarters, which everyone sees."""
    return work.session.scalars(sa.select(Office.id).where(Office.code == "HQ")).one()
