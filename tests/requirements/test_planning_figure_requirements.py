"""Requirements of what plans cover and what becomes of them: R104, R106, R107, R110 to R114 and R121."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.projects import Project, ProjectBudget, ProjectTheme, Theme
from rbm.services import planning
from rbm.services.planning import CoverageFlag, CoverageRulePlan, PeerReviewRecord, PlanItemQuestion, PolicyParts
from rbm.terms.evaluation import ConductedBy, EvaluationLevel, EvaluationStage, EvaluationType, Timing
from rbm.terms.people import OfficeKind
from rbm.terms.planning import (
    CoverageDimension,
    CoverageGap,
    CoverageKind,
    FundingSource,
    PlanKind,
    PlanStage,
    RateGap,
    ReserveGap,
)
from rbm.terms.projects import BudgetKind, BudgetStatus, ProjectStage
from rbm.terms.responses import ResponseStage
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make
from tests.refusals import refused

TODAY = date(2026, 3, 2)
PARTS = PolicyParts(coverage="What", quality="How well", use="To what end")


@pytest.fixture
def given(make: Make) -> Evaluating:
    """Builders of evaluation rows."""
    return Evaluating(make)


def policy(work: Work, *rules: CoverageRulePlan) -> None:
    Make(work).headquarters()
    made = planning.draft_policy(work, "POLICY", "Policy", PARTS)
    for rule in rules:
        planning.add_coverage_rule(work, made.id, rule)
    planning.activate_policy(work, made.id)


def fund(work: Work) -> Theme:
    return work.add(Theme(code="IDF", label="Development Fund", kind="fund"))


def under(work: Work, theme: Theme, *projects: Project) -> None:
    for project in projects:
        work.add(ProjectTheme(project=project, theme=theme))


def budget(work: Work, project: Project, amount: int, **facts: Any) -> None:
    defaults = {"kind": BudgetKind.ORIGINAL, "status": BudgetStatus.COMMITTED, "currency": "USD"}
    work.add(ProjectBudget(project=project, amount=Decimal(amount), **(defaults | facts)))


def evaluated(given: Evaluating, project: Project, **facts: Any) -> None:
    given.subject(given.evaluation(**facts), project.office, project=project)


def subjects(flags: Iterable[CoverageFlag]) -> list[tuple[str, str, CoverageGap]]:
    return [(flag.rule, flag.subject, flag.gap) for flag in flags]


def test_r104_core_funds_for_25_of_100_cost_units_are_25_percent_and_flagged(work: Work, given: Evaluating) -> None:
    plan = given.plan()
    given.item(plan, cost=Decimal(25), core_cost=Decimal(25))
    given.item(plan, cost=Decimal(75), core_cost=Decimal(0), funding_source=FundingSource.DONOR)
    found = planning.core_funding_share(work, plan.id)
    assert (found.share.numerator, found.share.denominator, found.share.value) == (25, 100, 25)
    assert (found.below_full, found.share.edition, found.share.reason) == (True, 1, None)


def test_r104_all_from_core_funds_is_not_flagged_and_nothing_planned_is_null(work: Work, given: Evaluating) -> None:
    plan, empty, mixed = (given.plan() for _ in range(3))
    given.item(plan)
    for currency in ("USD", "CHF"):
        given.item(mixed, currency=currency)
    assert planning.core_funding_share(work, plan.id).below_full is False
    for other, reason in ((empty, RateGap.NOTHING_COUNTED), (mixed, RateGap.SEVERAL_CURRENCIES)):
        found = planning.core_funding_share(work, other.id)
        assert (found.share.value, found.share.reason, found.below_full) == (None, reason, False)


def test_r106_required_3_and_done_1_is_33_percent(work: Work, make: Make, given: Evaluating) -> None:
    office, other = make.office(code="KEN"), make.office(code="TZA")
    theme = fund(work)
    policy(work, CoverageRulePlan(CoverageKind.FUND, "Fund", theme_id=theme.id))
    projects = [make.project(office=office) for _ in range(3)]
    under(work, theme, *projects)
    done = given.evaluation(EvaluationStage.PUBLISHED)
    given.subject(done, office, project=projects[0])
    given.response(done, office, stage=ResponseStage.PUBLISHED, published_on=TODAY)
    given.item(project=projects[1])
    found = {line.office_code: line for line in planning.policy_implementation(work)}
    kenya = found["KEN"]
    assert kenya.required == 3
    assert [kenya.planned.value, kenya.done.value, kenya.published.value, kenya.followed_up.value] == [
        Decimal("66.6667"),
        *[Decimal("33.3333")] * 3,
    ]
    assert round(kenya.done.value or 0) == 33
    assert (found[other.code].required, found[other.code].done.value) == (0, None)
    assert found[other.code].done.reason is RateGap.NOTHING_COUNTED


def test_r107_what_must_be_evaluated_and_is_not_planned_is_flagged(work: Work, make: Make, given: Evaluating) -> None:
    office, theme = make.office(code="KEN"), fund(work)
    policy(
        work,
        CoverageRulePlan(CoverageKind.FUND, "a fund", theme_id=theme.id),
        CoverageRulePlan(CoverageKind.BUDGET, "b budget", at_least=Decimal(1000), currency="USD"),
        CoverageRulePlan(CoverageKind.OFFICE, "c office", office_kind=OfficeKind.COUNTRY, years=5),
        CoverageRulePlan(CoverageKind.STRATEGIC, "d strategic"),
    )
    small, large, planned = (make.project(code=code, office=office) for code in ("SMALL", "LARGE", "PLANNED"))
    closed = make.project(code="CLOSED", office=office, stage=ProjectStage.CLOSED, ends_on=date(2025, 12, 31))
    under(work, theme, small, planned, closed)
    days = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    budget(work, small, 999)
    budget(work, large, 900, **days)
    budget(work, large, 1000, kind=BudgetKind.REVISED, **days)
    plan = given.plan(code="PLAN", stage=PlanStage.DRAFT)
    given.item(plan, project=planned)
    missing, strategic = CoverageGap.NOT_PLANNED, CoverageGap.NO_STRATEGIC_EVALUATION
    assert subjects(planning.coverage_gaps(work)) == [
        ("a fund", "SMALL", missing),
        ("b budget", "LARGE", missing),
        ("c office", "KEN", missing),
        ("d strategic", "PLAN", strategic),
    ]
    evaluated(given, small)
    given.subject(given.evaluation(), office)
    given.item(plan, type=EvaluationType.STRATEGIC)
    assert subjects(planning.coverage_gaps(work)) == [("b budget", "LARGE", missing)]


def test_r107_an_office_evaluated_too_long_ago_is_flagged_again(work: Work, make: Make, given: Evaluating) -> None:
    office = make.office(code="KEN")
    policy(work, CoverageRulePlan(CoverageKind.OFFICE, "Offices", office_kind=OfficeKind.COUNTRY, years=5))
    given.subject(given.evaluation(final_on=date(2021, 3, 1)), office)
    assert subjects(planning.coverage_gaps(work)) == [("Offices", "KEN", CoverageGap.NOT_PLANNED)]
    given.subject(given.evaluation(final_on=date(2021, 3, 2)), office)
    assert planning.coverage_gaps(work) == []


def test_r107_a_project_of_the_fund_does_not_close_without_an_evaluation(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        given, office, theme = Evaluating(make), make.office(), fund(work)
        policy(work, CoverageRulePlan(CoverageKind.FUND, "Development fund", theme_id=theme.id))
        project, free = make.project(office=office, stage=ProjectStage.FINALISATION), make.project()
        under(work, theme, project)
        going = given.evaluation(EvaluationStage.QUALITY_REVIEW)
        given.subject(going, office, project=project)
        assert planning.close_project(work, free.id).stage is ProjectStage.CLOSED
    with refused(engine, Conflict, "project_id") as work:
        planning.close_project(work, project.id)
    with start() as work:
        given = Evaluating(Make(work))
        given.subject(given.evaluation(), work.get(Office, office.id), project=work.get(Project, project.id))
        assert planning.close_project(work, project.id).stage is ProjectStage.CLOSED


def regional(given: Evaluating, count: int, **facts: Any) -> tuple[EvaluationPlan, list[PlanItem]]:
    office = given.make.office(kind=OfficeKind.REGIONAL)
    plan = given.plan(kind=PlanKind.REGIONAL, office=office, **facts)
    return plan, [given.item(plan) for _ in range(count)]


def test_r110_2_of_40_items_of_regional_plans_are_5_percent(work: Work, given: Evaluating) -> None:
    first, items = regional(given, 25)
    _, others = regional(given, 15)
    regional(given, 7, stage=PlanStage.DRAFT, approved_on=None)
    for item in (items[0], others[0]):
        given.evaluation(item=item)
    given.evaluation(EvaluationStage.DRAFT_REPORT, item=items[1])
    found = planning.execution_rate(work)
    assert (found.numerator, found.denominator, found.value) == (2, 40, 5)
    assert planning.execution_rate(work, first.id).value == 4
    assert planning.execution_rate(work, on=date(2026, 1, 18)).value == 0
    merged = work.session.scalars(planning.find_plan_items(PlanItemQuestion(plan_kind=PlanKind.REGIONAL))).all()
    assert len(merged) == 40
    assert work.session.scalars(planning.find_plan_items(PlanItemQuestion(year=2025))).all() == []


def test_r110_an_edition_keeps_what_was_done_and_counts_once(work: Work, given: Evaluating) -> None:
    plan, items = regional(given, 2, budget_line=given.budget_line())
    given.evaluation(item=items[0])
    later = planning.revise_plan(work, plan.id)
    planning.submit_plan(work, later.id)
    assert planning.approve_plan(work, later.id).edition == 2
    assert plan.stage is PlanStage.SUPERSEDED
    found = planning.execution_rate(work)
    assert (found.numerator, found.denominator, found.value) == (1, 2, 50)


def test_r111_the_mix_and_a_period_without_a_strategic_evaluation(work: Work, given: Evaluating) -> None:
    plan = given.plan()
    year = (date(2026, 1, 1), date(2026, 12, 31))
    given.item(plan)
    given.item(plan)
    given.item(plan, conducted_by=ConductedBy.INTERNAL, level=EvaluationLevel.DECENTRALIZED, timing=Timing.EX_POST)
    found = planning.mix_report(work, *year)
    assert (found.items, found.no_strategic_evaluation) == (3, True)
    assert [(line.level, line.conducted_by, line.timing, line.count) for line in found.lines] == [
        (EvaluationLevel.CENTRALIZED, ConductedBy.EXTERNAL, Timing.MID_TERM, 2),
        (EvaluationLevel.DECENTRALIZED, ConductedBy.INTERNAL, Timing.EX_POST, 1),
    ]
    given.item(plan, type=EvaluationType.CORPORATE)
    assert planning.mix_report(work, *year).no_strategic_evaluation is False
    with pytest.raises(Invalid, match="before it starts"):
        planning.mix_report(work, *reversed(year))


def test_r112_1_joint_evaluation_of_8_is_12_5_percent(work: Work, given: Evaluating) -> None:
    plan = given.plan()
    for number in range(8):
        given.item(plan, joint=number == 0)
    given.item(plan, planned_end=date(2027, 6, 30), joint=True)
    found = planning.joint_share(work, 2026)
    assert (found.numerator, found.denominator, found.value) == (1, 8, Decimal("12.5"))
    assert planning.joint_share(work, 2027).value == 100
    assert (planning.joint_share(work, 2025).value, planning.joint_share(work, 2025).denominator) == (None, 0)


def test_r113_the_reserve_is_fixed_at_design_and_goes_to_no_other_line(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        given, office = Evaluating(make), make.office()
        project = make.project(office=office, stage=ProjectStage.PIPELINE)
        reserve = planning.fix_evaluation_reserve(work, project.id, Decimal(500), "USD")
        own, other = given.evaluation(), given.evaluation()
        given.subject(own, office, project=project)
    with refused(engine, Conflict, "project_id") as work:
        planning.fix_evaluation_reserve(work, project.id, Decimal(100), "USD")
    with refused(engine, Invalid, "evaluation_id") as work:
        planning.charge_evaluation_reserve(work, reserve.id, other.id, Decimal(100))
    with refused(engine, Conflict, "stage") as work:
        planning.charge_evaluation_reserve(work, reserve.id, own.id, Decimal(100))
    with start() as work:
        Make(work)
        work.get(Project, project.id).stage = ProjectStage.FINALISATION
    with refused(engine, Conflict, "stage") as work:
        planning.fix_evaluation_reserve(work, project.id, Decimal(100), "USD")
    with refused(engine, Conflict, "amount") as work:
        planning.charge_evaluation_reserve(work, reserve.id, own.id, Decimal(501))
    with start() as work:
        assert planning.charge_evaluation_reserve(work, reserve.id, own.id, Decimal(500)).amount == 500


def test_r113_what_is_wrong_with_reserves_is_flagged(work: Work, make: Make, given: Evaluating) -> None:
    theme = fund(work)
    policy(work, CoverageRulePlan(CoverageKind.FUND, "Fund", theme_id=theme.id))
    codes = ("A-NONE", "B-LOW", "C-UNSPENT", "D-GOOD")
    projects = [make.project(code=code, stage=ProjectStage.PIPELINE) for code in codes]
    under(work, theme, *projects)
    evaluated(given, projects[2])
    for project, reserved in zip(projects[1:], (499, 500, 500), strict=True):
        budget(work, project, 10_000)
        planning.fix_evaluation_reserve(work, project.id, Decimal(reserved), "USD")
    found = [(flag.project, flag.gap, flag.least) for flag in planning.reserve_flags(work)]
    assert found == [
        ("A-NONE", ReserveGap.NO_RESERVE, None),
        ("B-LOW", ReserveGap.BELOW_MINIMUM, Decimal(500)),
        ("C-UNSPENT", ReserveGap.UNSPENT, Decimal(500)),
    ]


def coverage(work: Work, by: CoverageDimension) -> list[tuple[str, Decimal, Decimal, Decimal | None]]:
    found = planning.budget_coverage(work, by)
    return [(line.code, line.evaluated.numerator, line.evaluated.denominator, line.evaluated.value) for line in found]


def test_r114_coverage_is_evaluated_budget_over_total_budget(work: Work, make: Make, given: Evaluating) -> None:
    region = make.office(kind=OfficeKind.REGIONAL, code="EAST")
    office, theme = make.office(region), fund(work)
    policy(work, CoverageRulePlan(CoverageKind.FUND, "Fund", theme_id=theme.id))
    first, second, elsewhere = make.project(office=office), make.project(office=office), make.project()
    cancelled = make.project(office=office, stage=ProjectStage.CANCELLED)
    for project, amount in ((first, 300), (second, 700), (elsewhere, 1000), (cancelled, 5000)):
        budget(work, project, amount)
    under(work, theme, first)
    evaluated(given, first, type=EvaluationType.PROJECT)
    assert coverage(work, CoverageDimension.REGION) == [("EAST", 300, 1000, 30)]
    assert coverage(work, CoverageDimension.TYPE) == [("project", 300, 2000, 15)]
    assert coverage(work, CoverageDimension.FUND) == [("IDF", 300, 300, 100)]
    assert coverage(work, CoverageDimension.THEME) == [("IDF", 300, 300, 100)]


@pytest.mark.parametrize(("day", "due"), [(date(2026, 1, 19), False), (date(2026, 1, 20), True)])
def test_r121_no_peer_review_in_five_years_is_flagged(work: Work, make: Make, day: date, *, due: bool) -> None:
    assert make
    assert planning.peer_review_due(work, day).due is True
    planning.record_peer_review(work, PeerReviewRecord("Peer review", "UNEG", date(2021, 1, 19)))
    found = planning.peer_review_due(work, day)
    assert (found.latest_on, found.recent_until, found.due) == (date(2021, 1, 19), FINAL, due)
