"""Projects: made, put under themes, found, and what their design lacks."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.people import Place
from rbm.model.projects import Project, ProjectPlace, ProjectTheme, Theme
from rbm.model.strategy import NormativeTarget
from rbm.services import projects, strategy
from rbm.services.projects import OutcomeGap, ProjectFilter
from rbm.services.strategy import ContributionIntent
from rbm.terms.people import PlaceKind, Role
from rbm.terms.projects import DesignGap, PlaceRole, ProjectStage
from rbm.terms.strategy import ExternalPlanKind, FrameworkLevel, FrameworkStage, NormativeFramework, ResultLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

PROJECT, UNDAF = FrameworkLevel.PROJECT, ExternalPlanKind.UNDAF


def found(work: Work, **facts: Any) -> list[str]:
    query = projects.find_projects(ProjectFilter(**facts)).order_by(Project.code)
    return [project.code for project in work.session.scalars(query)]


def planned(make: Make, code: str) -> Any:
    project = make.project(code=code)
    return make.framework(PROJECT, project=project, office=project.office)


def test_a_project_starts_in_the_pipeline(work: Work, make: Make) -> None:
    office = make.office()
    made = projects.create_project(work, " P1 ", "Project", office.id, date(2026, 1, 1), date(2026, 12, 31))
    assert (made.code, made.title, made.stage, made.office_id) == ("P1", "Project", ProjectStage.PIPELINE, office.id)
    assert (made.starts_on, made.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert projects.create_project(work, "P2", "Other", office.id).starts_on is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": " "}, "code"),
        ({"title": ""}, "title"),
        ({"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)}, "ends_on"),
    ],
)
def test_a_project_that_does_not_hold_together_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        office = Make(work).office()
    with refused(engine, Invalid, field) as work:
        projects.create_project(work, **({"code": "P", "title": "Project", "office_id": office.id} | facts))


def test_taken_codes_unknown_offices_and_lookers_on_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        taken, viewer = make.project(code="TAKEN"), make.actor(Role.VIEWER)
        theme = work.add(Theme(code="t", label="Theme", kind="focus_area"))
    with refused(engine, Conflict, "code") as work:
        projects.create_project(work, "TAKEN", "Project", taken.office_id)
    with refused(engine, NotFound, "office_id") as work:
        projects.create_project(work, "P", "Project", taken.id)
    with refused(engine, Forbidden, None, viewer) as work:
        projects.create_project(work, "P", "Project", taken.office_id)
    with refused(engine, Forbidden, None, viewer) as work:
        projects.add_theme(work, taken.id, theme.id)
    with refused(engine, Forbidden, None, viewer) as work:
        projects.remove_theme(work, taken.id, theme.id)


def test_a_project_carries_several_themes_each_once(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        project = Make(work).project(code="P")
        area = work.add(Theme(code="area", label="Area", kind="focus_area"))
        field = work.add(Theme(code="field", label="Field", kind="operational_field"))
        for theme in (area, field):
            projects.add_theme(work, project.id, theme.id)
        assert found(work, theme_code="area") == found(work, theme_code="field") == ["P"]
        assert list(work.session.scalars(projects.find_themes("focus_area"))) == [area]
        assert len(work.session.scalars(projects.find_themes()).all()) == 2
    with refused(engine, Conflict, "theme_id") as work:
        projects.add_theme(work, project.id, area.id)
    with refused(engine, NotFound, "theme_id") as work:
        projects.add_theme(work, project.id, project.id)
    with start() as work:
        assert projects.remove_theme(work, project.id, area.id).id == project.id
        assert [row.theme_id for row in work.session.scalars(sa.select(ProjectTheme))] == [field.id]
    with refused(engine, Conflict, "theme_id") as work:
        projects.remove_theme(work, project.id, area.id)


def test_projects_are_found_by_the_plans_of_others_they_join(work: Work, make: Make) -> None:
    angola = work.add(Place(code="024", name="Angola", kind=PlaceKind.COUNTRY))
    kenya = work.add(Place(code="404", name="Kenya", kind=PlaceKind.COUNTRY))
    first = strategy.create_external_plan(work, "UNDAF-AO", "UNDAF", UNDAF, angola.id)
    second = strategy.create_external_plan(work, "UNDAF-KE", "UNDAF", UNDAF, kenya.id)
    other = strategy.create_external_plan(work, "NAT-AO", "Plan", ExternalPlanKind.NATIONAL_PLAN, angola.id)
    for code, plans in (("A", [first]), ("B", [first, second]), ("C", [other]), ("D", [])):
        framework = planned(make, code)
        for plan in plans:
            strategy.join_external_plan(work, framework.id, plan.id)
    strategy.join_external_plan(work, make.framework().id, first.id)
    assert found(work, external_plan_kind=UNDAF, external_plan_place="024") == ["A", "B"]
    assert found(work, external_plan_kind=UNDAF, external_plan_place="404") == ["B"]
    assert found(work, external_plan_place="024") == ["A", "B", "C"]
    assert found(work, external_plan_code="NAT-AO") == ["C"]
    assert found(work) == ["A", "B", "C", "D"]
    assert len(work.session.scalars(projects.find_projects()).all()) == 4


def test_projects_are_found_by_place(work: Work, make: Make) -> None:
    angola = work.add(Place(code="024", name="Angola", kind=PlaceKind.COUNTRY))
    here, _ = make.project(code="HERE"), make.project(code="THERE")
    for _ in range(2):
        work.add(ProjectPlace(project=here, role=PlaceRole.RECIPIENT_COUNTRY, place=angola))
    assert found(work, place_code="024") == ["HERE"]


def test_a_design_lacks_what_its_outcomes_do_not_reach(work: Work, make: Make) -> None:
    goal = work.add(NormativeTarget(code="sdg:10", framework=NormativeFramework.SDG, number="10", label="x"))
    facts = {"framework": NormativeFramework.SDG, "number": "10.7", "label": "x", "parent": goal}
    target = work.add(NormativeTarget(code="sdg:10.7", **facts))
    plan = planned(make, "P")
    far, goal_only, bare = (make.result(plan, code=code) for code in ("FAR", "GOAL", "BARE"))
    make.result(plan, level=ResultLevel.OUTPUT)
    country, corporate = (
        make.result(make.framework(level)) for level in (FrameworkLevel.COUNTRY, FrameworkLevel.CORPORATE)
    )
    for child, parent in ((far, country), (country, corporate), (goal_only, corporate)):
        strategy.link_results(work, child.id, parent.id)
    strategy.intend_contribution(work, ContributionIntent(far.id, target.id))
    strategy.intend_contribution(work, ContributionIntent(goal_only.id, goal.id))
    gaps = projects.design_gaps(work, plan.project_id)
    assert gaps == (
        OutcomeGap(DesignGap.NO_CORPORATE_LINK, "BARE", "it contributes to no corporate result"),
        OutcomeGap(DesignGap.NO_SDG_TARGET, "BARE", "it contributes to no target of the SDGs"),
        OutcomeGap(DesignGap.NO_SDG_TARGET, "GOAL", "it contributes to no target of the SDGs"),
    )
    assert bare.code == "BARE"


def test_a_closed_plan_of_a_project_is_past_its_design(work: Work, make: Make) -> None:
    plan = planned(make, "P")
    plan.stage = FrameworkStage.CLOSED
    make.result(plan)
    assert projects.design_gaps(work, plan.project_id) == ()
    with pytest.raises(NotFound) as refusal:
        projects.design_gaps(work, plan.id)
    assert refusal.value.field == "project_id"
