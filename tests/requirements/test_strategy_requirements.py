"""Results chain and strategy: R001 to R013, R016 and R018 to R020."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.indicators import Disaggregation
from rbm.model.people import Office, Place
from rbm.model.projects import Project, Theme
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, NormativeTarget, Result
from rbm.services import people, projects, strategy
from rbm.services.projects import ProjectFilter
from rbm.services.strategy import ContributionIntent, FrameworkPlan, ResultPlan
from rbm.terms.people import OfficeKind, PlaceKind
from rbm.terms.projects import DesignGap
from rbm.terms.strategy import (
    ExternalPlanKind,
    FrameworkLevel,
    FrameworkStage,
    NodeKind,
    NormativeFramework,
    ResultLevel,
    ReviewOutcome,
    StrategyGap,
)
from rbm.work import Work
from seeds.load import load_reference
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

GOAL, OUTCOME, OUTPUT, ACTIVITY, _ = ResultLevel
CORPORATE, REGIONAL, COUNTRY, PROJECT = FrameworkLevel
MID_2018 = date(2018, 6, 30)
NODES = ["O1", "O2", "O3", "P1", "P2", "P3"]


@pytest.fixture
def migof(work: Work, make: Make) -> Framework:
    """The bare Migration Governance Framework, as the reference data make it."""
    make.headquarters()
    load_reference(work)
    return work.find(Framework, "MIGOF")


def subjects(work: Work, rule: StrategyGap, on: date) -> list[str]:
    return [gap.subject for gap in strategy.strategy_gaps(work, on).gaps if gap.rule is rule]


def number(work: Work, rule: StrategyGap, on: date) -> int:
    return next(count.count for count in strategy.strategy_gaps(work, on).counts if count.rule is rule)


def sdg(work: Work, code: str = "10.7") -> NormativeTarget:
    facts: dict[str, Any] = {"framework": NormativeFramework.SDG, "label": "Own label"}
    goal = work.add(NormativeTarget(code="sdg:10", number="10", **facts))
    return work.add(NormativeTarget(code=f"sdg:{code}", number=code, parent=goal, **facts))


def test_r001_migof_has_three_principles_and_three_objectives(work: Work, migof: Framework) -> None:
    nodes = work.session.scalars(strategy.find_results(migof.id).order_by(Result.code)).all()
    assert [node.code for node in nodes] == NODES
    assert {node.code: node.kind for node in nodes} == {
        code: NodeKind.OBJECTIVE if code[0] == "O" else NodeKind.PRINCIPLE for code in NODES
    }
    objective = next(node for node in nodes if node.code == "O2")
    before = objective.title
    strategy.revise_result(work, objective.id, title="Effective response to crises")
    assert migof.edition == 2
    assert strategy.result_as_of(work, objective.id, 1).title == before
    assert strategy.result_as_of(work, objective.id, 2).title == "Effective response to crises"


def test_r002_a_project_carries_several_of_twelve_focus_areas_and_four_fields(
    work: Work, make: Make, migof: Framework
) -> None:
    areas = work.session.scalars(projects.find_themes("focus_area").order_by(Theme.code)).all()
    fields = work.session.scalars(projects.find_themes("operational_field").order_by(Theme.code)).all()
    assert (len(areas), len(fields)) == (12, 4)
    project = make.project(code="P")
    for theme in (areas[0], areas[11], fields[0]):
        projects.add_theme(work, project.id, theme.id)
        found = work.session.scalars(projects.find_projects(ProjectFilter(theme_code=theme.code))).all()
        assert [row.code for row in found] == ["P"]


def test_r003_the_organisation_of_2018_had_no_current_public_plan(work: Work, migof: Framework) -> None:
    assert subjects(work, StrategyGap.NO_CURRENT_PUBLIC_PLAN, MID_2018) == ["corporate"]
    plan = FrameworkPlan(
        code="PLAN",
        title="Strategic plan",
        level=CORPORATE,
        office_id=migof.office_id,
        period_start=date(2018, 1, 1),
        period_end=date(2022, 12, 31),
        vision="Migration that is safe for everyone",
        public=True,
    )
    made = strategy.create_framework(work, plan)
    assert subjects(work, StrategyGap.NO_CURRENT_PUBLIC_PLAN, MID_2018) == ["corporate"]
    strategy.approve_framework(work, made.id, date(2018, 1, 1), "Council")
    assert (made.vision, made.approved_by, made.public) == ("Migration that is safe for everyone", "Council", True)
    assert subjects(work, StrategyGap.NO_CURRENT_PUBLIC_PLAN, MID_2018) == []


def test_r003_a_second_overlapping_corporate_plan_is_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        office = Make(work).headquarters()
        facts: dict[str, Any] = {"title": "Plan", "level": CORPORATE, "office_id": office.id}
        first = FrameworkPlan("A", period_start=date(2024, 1, 1), period_end=date(2026, 12, 31), **facts)
        second = FrameworkPlan("B", period_start=date(2026, 1, 1), period_end=date(2028, 12, 31), **facts)
        strategy.approve_framework(work, strategy.create_framework(work, first).id, date(2026, 1, 1), "Council")
        draft = strategy.create_framework(work, second)
    with refused(engine, Conflict, "period_start") as work:
        strategy.approve_framework(work, draft.id, date(2026, 1, 1), "Council")


def test_r004_migof_was_overdue_for_review_in_2018(work: Work, migof: Framework) -> None:
    assert migof.review_interval_months == 24
    assert subjects(work, StrategyGap.REVIEW_OVERDUE, date(2017, 12, 31)) == []
    assert subjects(work, StrategyGap.REVIEW_OVERDUE, MID_2018) == ["MIGOF"]
    review = strategy.review_framework(work, migof.id, MID_2018, ReviewOutcome.CONTINUED, "Still in force")
    assert (review.outcome, review.held_on, migof.next_review_on) == (
        ReviewOutcome.CONTINUED,
        MID_2018,
        date(2020, 6, 30),
    )
    assert subjects(work, StrategyGap.REVIEW_OVERDUE, MID_2018) == []


def test_r005_bare_migof_has_six_flags_and_an_outcome_with_an_indicator_leaves_five(
    work: Work, make: Make, migof: Framework
) -> None:
    assert subjects(work, StrategyGap.NO_INTENDED_RESULT, MID_2018) == NODES
    outcome = strategy.plan_result(work, ResultPlan(migof.id, "O2.1", "Crises answered", OUTCOME))
    strategy.link_results(work, outcome.id, work.find(Result, "O2").id)
    assert number(work, StrategyGap.NO_INTENDED_RESULT, MID_2018) == 6
    make.indicator(outcome)
    assert subjects(work, StrategyGap.NO_INTENDED_RESULT, MID_2018) == ["O1", "O3", "P1", "P2", "P3"]


def test_r006_an_activity_under_a_goal_and_a_circle_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework()
        goal, outcome, output, activity = (
            make.result(framework, level=level) for level in (GOAL, OUTCOME, OUTPUT, ACTIVITY)
        )
        for child, parent in ((outcome, goal), (output, outcome), (activity, output)):
            strategy.link_results(work, child.id, parent.id)
    with refused(engine, Invalid, "parent_id") as work:
        strategy.link_results(work, activity.id, goal.id)
    with refused(engine, Conflict, "parent_id") as work:
        strategy.link_results(work, outcome.id, output.id)


def test_r007_a_link_without_a_causal_statement_is_flagged_and_counted(work: Work, make: Make) -> None:
    framework = make.framework()
    goal = make.result(framework, code="G", level=GOAL)
    silent, said = make.result(framework, code="A"), make.result(framework, code="B")
    link = strategy.link_results(work, silent.id, goal.id)
    strategy.link_results(work, said.id, goal.id, "Informed people choose safe routes")
    day = work.today
    assert subjects(work, StrategyGap.MISSING_CAUSAL_STATEMENT, day) == ["A > G"]
    assert number(work, StrategyGap.MISSING_CAUSAL_STATEMENT, day) == 1
    strategy.state_cause(work, link.id, "Trained officers decide sooner")
    assert number(work, StrategyGap.MISSING_CAUSAL_STATEMENT, day) == 0


def test_r008_an_outcome_without_corporate_link_or_sdg_target_is_listed(work: Work, make: Make) -> None:
    project = make.project()
    outcome = make.result(make.framework(PROJECT, project=project, office=project.office), code="C")
    corporate, target = make.result(make.framework(CORPORATE)), sdg(work)
    rules = [gap.rule for gap in projects.design_gaps(work, project.id)]
    assert rules == [DesignGap.NO_CORPORATE_LINK, DesignGap.NO_SDG_TARGET]
    strategy.link_results(work, outcome.id, corporate.id)
    strategy.intend_contribution(work, ContributionIntent(outcome.id, target.id))
    assert projects.design_gaps(work, project.id) == ()


def test_r009_three_of_four_outcomes_linked_gives_75_percent(work: Work, make: Make) -> None:
    chain = [make.result(make.framework(level)) for level in (COUNTRY, REGIONAL, CORPORATE)]
    for child, parent in pairwise(chain):
        strategy.link_results(work, child.id, parent.id)
    outcomes = [make.result(make.framework(PROJECT), code=code) for code in "ABCD"]
    for outcome in outcomes[:3]:
        strategy.link_results(work, outcome.id, chain[0].id)
    coverage = strategy.link_coverage(work, work.today)
    assert (coverage.unbroken.percent, coverage.broken) == (Decimal(75), ("D",))
    assert {one.level: one.share.percent for one in coverage.levels} == {
        COUNTRY: Decimal(75),
        REGIONAL: Decimal(75),
        CORPORATE: Decimal(75),
    }


def test_r010_deleting_the_owner_raises_the_flag_the_same_day(work: Work, make: Make) -> None:
    result, owner = make.result(make.framework(CORPORATE), code="C"), make.person()
    office = result.framework.office
    strategy.assign_owner(work, result.id, office.id, owner.id)
    assert subjects(work, StrategyGap.NO_OWNER, work.today) == []
    people.deactivate_person(work, owner.id)
    assert subjects(work, StrategyGap.NO_OWNER, work.today) == ["C"]
    strategy.assign_owner(work, result.id, office.id, make.person().id)
    assert subjects(work, StrategyGap.NO_OWNER, work.today) == []
    strategy.assign_owner(work, result.id, None)
    assert subjects(work, StrategyGap.NO_OWNER, work.today) == ["C"]


def test_r011_an_sdg_link_without_intended_contribution_is_flagged(work: Work, make: Make) -> None:
    indicator, target = make.indicator(make.result(code="C")), sdg(work)
    strategy.intend_contribution(work, ContributionIntent(indicator.result_id, target.id))
    assert subjects(work, StrategyGap.NO_INTENDED_CONTRIBUTION, work.today) == ["C > sdg:10.7"]
    whole = ContributionIntent(indicator.result_id, target.id, indicator.id, Decimal(0), Decimal(100), 2030)
    strategy.intend_contribution(work, whole)
    assert subjects(work, StrategyGap.NO_INTENDED_CONTRIBUTION, work.today) == []


def test_r012_the_report_names_the_owner_of_each_contribution(work: Work, make: Make) -> None:
    target, owner = sdg(work), make.person(name="Ada")
    for code, person in (("A", owner.id), ("B", None)):
        intent = ContributionIntent(make.result(code=code).id, target.id, owner_id=person)
        strategy.intend_contribution(work, intent)
    report = strategy.normative_report(work, NormativeFramework.SDG)
    assert [(line.target_code, line.result_code, line.owner) for line in report] == [
        ("sdg:10.7", "A", "Ada"),
        ("sdg:10.7", "B", None),
    ]


def test_r013_a_target_equals_the_sum_of_its_verified_contributions(work: Work, make: Make) -> None:
    target, year = sdg(work), make.year(2025)
    for verified in ("120", "80.5", None):
        indicator = make.indicator()
        intent = ContributionIntent(indicator.result_id, target.id, indicator.id)
        strategy.intend_contribution(work, intent)
        facts: dict[str, Any] = {"reported": 1, "expected": 1, "stale": False, "computed_at": work.now}
        amount = Decimal(verified) if verified else None
        work.add(Figure(indicator=indicator, period=year, value=Decimal(500), verified=amount, **facts))
        crossed = work.add(Disaggregation(code=indicator.code, label="women, young"))
        work.add(Figure(indicator=indicator, period=year, verified=amount, disaggregation=crossed, **facts))
    found = strategy.normative_progress(work, target.code, 2025)
    assert found.verified == Decimal("200.5")
    assert found.verified == sum(part.verified for part in found.contributions if part.verified is not None)


def test_r016_strategies_that_ended_in_2016_are_flagged_in_2018(work: Work, make: Make) -> None:
    for code, first, last in (
        ("MENA", 2017, 2020),
        ("CNAC", 2014, 2016),
        ("SEEECA", 2015, 2020),
        ("SA", 2014, 2016),
        ("WCA", 2014, 2016),
        ("AP", 2017, 2020),
    ):
        days = {"period_start": date(first, 1, 1), "period_end": date(last, 12, 31), "approved_on": date(first, 1, 1)}
        framework = make.framework(REGIONAL, code=code, office=make.office(kind=OfficeKind.REGIONAL), **days)
        if code != "AP":
            make.result(framework)
        if code != "MENA":
            framework.monitoring_plan = "Yearly review"
    work.flush()
    assert subjects(work, StrategyGap.EXPIRED, MID_2018) == ["CNAC", "SA", "WCA"]
    assert subjects(work, StrategyGap.NO_RESULTS_STATEMENT, MID_2018) == ["AP"]
    assert subjects(work, StrategyGap.NO_MONITORING_PLAN, MID_2018) == ["MENA"]


def test_r018_forty_one_offices_stand_on_a_corporate_framework(work: Work, make: Make) -> None:
    corporate = make.framework(CORPORATE, office=make.headquarters())
    for place in range(45):
        make.framework(COUNTRY, parent=corporate if place < 41 else None)
    found = strategy.offices_on_corporate_framework(work, work.today)
    assert (found.numerator, found.denominator) == (41, 45)
    assert work.session.scalar(sa.select(sa.func.count(Office.id)).where(Office.kind == OfficeKind.COUNTRY)) == 45


def test_r019_the_undaf_of_a_country_returns_its_projects(work: Work, make: Make) -> None:
    angola = work.add(Place(code="024", name="Angola", kind=PlaceKind.COUNTRY))
    undaf = strategy.create_external_plan(work, "UNDAF-AO", "UNDAF Angola", ExternalPlanKind.UNDAF, angola.id)
    response = strategy.create_external_plan(
        work, "HRP-AO", "Response plan", ExternalPlanKind.HUMANITARIAN_RESPONSE_PLAN, angola.id
    )
    for code, plan in (("A", undaf), ("B", undaf), ("C", response)):
        project = make.project(code=code)
        framework = make.framework(PROJECT, project=project, office=project.office)
        strategy.join_external_plan(work, framework.id, plan.id)
    wanted = ProjectFilter(external_plan_kind=ExternalPlanKind.UNDAF, external_plan_place="024")
    found = work.session.scalars(projects.find_projects(wanted).order_by(Project.code)).all()
    assert [project.code for project in found] == ["A", "B"]


def test_r020_renaming_a_node_leaves_the_edition_a_report_used(work: Work, make: Make) -> None:
    framework = make.framework(stage=FrameworkStage.APPROVED)
    result = strategy.plan_result(work, ResultPlan(framework.id, "C", "Old title", OUTCOME))
    used = framework.edition
    strategy.revise_result(work, result.id, title="New title")
    assert (result.title, framework.edition) == ("New title", used + 1)
    assert strategy.result_as_of(work, result.id, used).title == "Old title"
