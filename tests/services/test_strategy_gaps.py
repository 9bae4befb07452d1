"""What strategies lack, how far results reach up, and which offices stand on a corporate framework."""

from datetime import date

from rbm.model.strategy import NormativeTarget, ResultLink
from rbm.rules.coverage import Share
from rbm.services import people, strategy
from rbm.services.strategy import ContributionIntent, Gap
from rbm.terms.people import OfficeKind, Role
from rbm.terms.projects import ProjectStage
from rbm.terms.strategy import (
    FrameworkLevel,
    FrameworkStage,
    NodeKind,
    NormativeFramework,
    ResultLevel,
    StrategyGap,
)
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make

GOAL, OUTCOME, OUTPUT, *_ = ResultLevel
CORPORATE, REGIONAL, COUNTRY, PROJECT = FrameworkLevel
DAY = date(2026, 3, 2)


def subjects(work: Work, rule: StrategyGap, on: date = DAY) -> list[str]:
    return [gap.subject for gap in strategy.strategy_gaps(work, on).gaps if gap.rule is rule]


def test_an_empty_organisation_lacks_its_plan_and_nothing_else(work: Work) -> None:
    found = strategy.strategy_gaps(work, DAY)
    missing = "no corporate strategic plan is current and public on 2026-03-02"
    assert found.gaps == (Gap(StrategyGap.NO_CURRENT_PUBLIC_PLAN, "corporate", missing),)
    assert [(count.rule, count.count) for count in found.counts] == [
        (rule, int(rule is StrategyGap.NO_CURRENT_PUBLIC_PLAN)) for rule in StrategyGap
    ]


def test_a_current_plan_is_approved_public_and_dated(work: Work, make: Make) -> None:
    days = {"period_start": date(2026, 1, 1), "period_end": date(2026, 3, 2)}
    make.framework(CORPORATE, public=True, period_start=None, period_end=None)
    make.framework(CORPORATE, public=False, **days)
    make.framework(CORPORATE, public=True, stage=FrameworkStage.DRAFT, **days)
    assert subjects(work, StrategyGap.NO_CURRENT_PUBLIC_PLAN) == ["corporate"]
    make.framework(CORPORATE, public=True, **days)
    assert subjects(work, StrategyGap.NO_CURRENT_PUBLIC_PLAN) == []
    assert subjects(work, StrategyGap.NO_CURRENT_PUBLIC_PLAN, date(2026, 3, 3)) == ["corporate"]


def test_a_review_due_today_is_not_overdue(work: Work, make: Make) -> None:
    make.framework(code="DUE", next_review_on=DAY)
    make.framework(code="LATE", next_review_on=date(2026, 3, 1))
    make.framework(code="OVER", next_review_on=date(2026, 3, 1), stage=FrameworkStage.CLOSED)
    assert subjects(work, StrategyGap.REVIEW_OVERDUE) == ["LATE"]


def test_strategies_that_ended_state_nothing_or_are_not_monitored_are_listed(work: Work, make: Make) -> None:
    whole = make.framework(code="WHOLE", monitoring_plan="Yearly survey", period_end=DAY)
    make.result(whole)
    make.framework(code="BARE", monitoring_plan=" ", period_end=date(2026, 3, 1))
    frame = make.framework(code="FRAME", monitoring_plan="Yes")
    make.result(frame, kind=NodeKind.PRINCIPLE, level=None)
    make.framework(PROJECT, code="PROJECT", period_end=date(2026, 3, 1))
    assert subjects(work, StrategyGap.EXPIRED) == ["BARE"]
    assert subjects(work, StrategyGap.NO_RESULTS_STATEMENT) == ["BARE", "FRAME"]
    assert subjects(work, StrategyGap.NO_MONITORING_PLAN) == ["BARE"]
    assert subjects(work, StrategyGap.EXPIRED, date(2024, 12, 31)) == []


def test_goals_and_objectives_need_something_measured_below_in_their_framework(work: Work, make: Make) -> None:
    framework = make.framework(CORPORATE)
    objective = make.result(framework, code="O1", kind=NodeKind.OBJECTIVE, level=None)
    goal, outcome = make.result(framework, code="G", level=GOAL), make.result(framework, code="C")
    strategy.link_results(work, goal.id, objective.id)
    strategy.link_results(work, outcome.id, goal.id)
    regional = make.result(make.framework(REGIONAL), code="R")
    strategy.link_results(work, regional.id, goal.id)
    make.indicator(regional)
    assert subjects(work, StrategyGap.NO_INTENDED_RESULT) == ["G", "O1"]
    make.indicator(outcome)
    assert subjects(work, StrategyGap.NO_INTENDED_RESULT) == []


def test_an_owner_is_an_office_with_an_active_person(work: Work, make: Make) -> None:
    framework = make.framework(CORPORATE)
    make.result(make.framework(REGIONAL), code="R")
    make.result(framework, code="A", owner_person=make.person())
    make.result(framework, code="B", owner_office=framework.office)
    left = make.person()
    make.result(framework, code="C", owner_office=framework.office, owner_person=left)
    assert subjects(work, StrategyGap.NO_OWNER) == ["A", "B"]
    people.deactivate_person(work, left.id)
    reasons = [gap.explanation for gap in strategy.strategy_gaps(work, DAY).gaps if gap.rule is StrategyGap.NO_OWNER]
    assert reasons == [
        "no office is accountable for it",
        "no person is accountable for it",
        "the person accountable for it is not active any more",
    ]


def test_a_contribution_is_intended_when_it_names_indicator_baseline_target_and_year(work: Work, make: Make) -> None:
    target = work.add(NormativeTarget(code="sdg:10.7", framework=NormativeFramework.SDG, number="10.7", label="x"))
    result = make.result(code="R")
    strategy.intend_contribution(work, ContributionIntent(result.id, target.id, year=2030))
    (found,) = [
        gap for gap in strategy.strategy_gaps(work, DAY).gaps if gap.rule is StrategyGap.NO_INTENDED_CONTRIBUTION
    ]
    assert (found.subject, found.explanation) == (
        "R > sdg:10.7",
        "the contribution has no indicator, baseline, target",
    )


def test_a_caller_sees_the_gaps_of_what_it_sees(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.framework(code="MINE", office=(mine := make.office()))
        make.framework(code="THEIRS")
        actor = make.actor(Role.VIEWER, mine)
    with start(actor) as work:
        assert subjects(work, StrategyGap.NO_MONITORING_PLAN) == ["MINE"]


def test_a_chain_counts_level_by_level_and_breaks_where_one_is_skipped(work: Work, make: Make) -> None:
    corporate, regional, country = (make.result(make.framework(level)) for level in (CORPORATE, REGIONAL, COUNTRY))
    whole, skipping, half = (make.result(make.framework(PROJECT), code=code) for code in ("WHOLE", "SKIPPING", "HALF"))
    for child, parent in (
        (whole, country),
        (country, regional),
        (regional, corporate),
        (skipping, corporate),
        (half, make.result(make.framework(COUNTRY))),
    ):
        strategy.link_results(work, child.id, parent.id)
    coverage = strategy.link_coverage(work, DAY)
    assert coverage.unbroken == Share(1, 3)
    assert coverage.broken == ("HALF", "SKIPPING")
    reached = {one.level: one.share for one in coverage.levels}
    assert reached == {CORPORATE: Share(1, 3), REGIONAL: Share(1, 3), COUNTRY: Share(2, 3)}


def test_only_outcomes_of_active_projects_count_and_consolidated_nodes_carry_nothing(work: Work, make: Make) -> None:
    closed = make.project(stage=ProjectStage.CLOSED)
    make.result(make.framework(PROJECT, project=closed, office=closed.office))
    make.result(make.framework(PROJECT, stage=FrameworkStage.DRAFT))
    make.result(make.framework(PROJECT, period_end=date(2026, 3, 1)))
    make.result(make.framework(PROJECT), level=OUTPUT)
    make.result(make.framework(PROJECT), derived=True)
    assert strategy.link_coverage(work, DAY).unbroken == Share(0, 0)
    pipeline = make.project(stage=ProjectStage.PIPELINE)
    outcome = make.result(make.framework(PROJECT, project=pipeline, office=pipeline.office), code="ACTIVE")
    consolidated = make.result(make.framework(COUNTRY), derived=True)
    work.add(ResultLink(child=outcome, parent=consolidated))
    coverage = strategy.link_coverage(work, DAY)
    assert (coverage.unbroken, coverage.broken) == (Share(0, 1), ("ACTIVE",))
    assert {one.share for one in coverage.levels} == {Share(0, 1)}


def test_an_office_counts_once_when_its_strategy_or_a_result_of_it_is_based_on_a_corporate_one(
    work: Work, make: Make
) -> None:
    corporate = make.framework(CORPORATE)
    corporate.office.kind = OfficeKind.HEADQUARTERS
    regional = make.framework(REGIONAL, parent=corporate, office=make.office(kind=OfficeKind.REGIONAL))
    through_parent = make.framework(COUNTRY, parent=regional)
    make.framework(COUNTRY, parent=corporate, office=through_parent.office)
    through_result = make.result(make.framework(COUNTRY))
    strategy.link_results(work, through_result.id, make.result(corporate).id)
    make.framework(COUNTRY)
    make.framework(COUNTRY, parent=corporate, period_end=date(2026, 3, 1))
    assert strategy.offices_on_corporate_framework(work, DAY) == Share(2, 4)
