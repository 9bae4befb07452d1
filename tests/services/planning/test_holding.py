"""What nobody gets round: one item over all editions and plans, a fund that wants evaluation, the approved budget."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.planning import PlanItem
from rbm.model.projects import Project, Theme
from rbm.services import planning, projects
from rbm.services.planning import CoverageRulePlan, PolicyParts
from rbm.terms.planning import CoverageKind, PlanStage
from rbm.terms.projects import ProjectStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused

PAST = {"period_start": date(2024, 1, 1), "period_end": date(2025, 12, 31), "approved_on": date(2024, 1, 5)}
PARTS = PolicyParts(coverage="What", quality="How well", use="To what end")


def test_an_item_is_carried_over_once_whatever_its_edition(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        unit = given.unit()
        earlier = given.plan(office=unit, budget_line=given.budget_line(year=2024), **PAST)
        item = given.item(earlier, planned_start=date(2024, 2, 1), planned_end=date(2024, 11, 30))
        first, second = (given.plan(office=unit, stage=PlanStage.DRAFT, approved_on=None) for _ in range(2))
        planning.carry_over(work, [item.id], first.id, "no money")
    with start() as work:
        later = planning.revise_plan(work, earlier.id)
        planning.submit_plan(work, later.id)
        planning.approve_plan(work, later.id)
        copy = work.session.scalars(sa.select(PlanItem.id).where(PlanItem.plan_id == later.id)).one()
    with refused(engine, Conflict, "item_ids") as work:
        planning.carry_over(work, [copy], second.id, "no money")


def of_a_fund(start: Begin, stage: ProjectStage) -> tuple[UUID, UUID]:
    """A project of a fund that the active policy wants evaluated, and the fund."""
    with start() as work:
        make = Make(work)
        make.headquarters()
        theme = work.add(Theme(code="IDF", label="Fund", kind="fund"))
        policy = planning.draft_policy(work, "P", "Policy", PARTS)
        planning.add_coverage_rule(work, policy.id, CoverageRulePlan(CoverageKind.FUND, "IDF", theme_id=theme.id))
        planning.activate_policy(work, policy.id)
        project = make.project(stage=stage)
        projects.add_theme(work, project.id, theme.id)
        return project.id, theme.id


@pytest.mark.parametrize(
    "stage", [ProjectStage.IMPLEMENTATION, ProjectStage.FINALISATION, ProjectStage.SUSPENDED, ProjectStage.CLOSED]
)
def test_r107_a_project_leaves_no_fund_that_wants_its_evaluation(
    start: Begin, engine: sa.Engine, stage: ProjectStage
) -> None:
    project, theme = of_a_fund(start, stage)
    with refused(engine, Conflict, "theme_id") as work:
        projects.remove_theme(work, project, theme)


@pytest.mark.parametrize("stage", [ProjectStage.PIPELINE, ProjectStage.CANCELLED])
def test_before_it_begins_a_project_may_leave_a_fund(start: Begin, stage: ProjectStage) -> None:
    project, theme = of_a_fund(start, stage)
    with start() as work:
        assert projects.remove_theme(work, project, theme).stage is stage


def test_a_project_of_a_fund_closed_without_a_day_is_still_flagged(start: Begin) -> None:
    project, _ = of_a_fund(start, ProjectStage.CLOSED)
    with start() as work:
        assert [flag.subject for flag in planning.coverage_gaps(work)] == [work.get(Project, project).code]


@pytest.mark.parametrize(("amount", "exceeded"), [(99_999, True), (100_000, False)])
def test_the_budget_of_a_year_tells_when_plans_take_more_of_core_funds(
    start: Begin, amount: int, *, exceeded: bool
) -> None:
    with start() as work:
        given = Evaluating(Make(work))
        given.budget_line(amount=Decimal(amount), core_amount=Decimal(amount))
        given.item(given.plan(), core_cost=Decimal(60_000))
        given.item(given.plan(), core_cost=Decimal(40_000))
        given.item(given.plan(), planned_end=date(2027, 1, 31))
        given.item(given.plan(stage=PlanStage.DRAFT, approved_on=None))
        (year,) = planning.evaluation_budget(work)
        assert (year.planned, year.exceeded) == (Decimal(100_000), exceeded)
