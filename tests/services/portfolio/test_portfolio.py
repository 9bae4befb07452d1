"""What waits for whom: by what one may do, and never beyond one's own offices (R040)."""

from dataclasses import dataclass
from datetime import date

import pytest

from rbm.access import PUBLIC, Actor
from rbm.errors import Invalid
from rbm.model.people import Office
from rbm.services import performance, portfolio, projects
from rbm.terms.people import Role
from rbm.terms.portfolio import PortfolioScope
from rbm.terms.reporting import ReportStage, ValueStage
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.services.performance.world import Operation, cell, operation, year_of


@dataclass
class Scene:
    """Two operations in two regions: the first is off track and owes a report that is overdue."""

    first: Operation
    second: Operation
    actors: dict[str, Actor]


@pytest.fixture
def scene(start: Begin) -> Scene:
    with start() as work:
        make = Make(work)
        first, second = operation(make), operation(make)
        period = year_of(make, first, 2025, missed=6)
        for indicator in second.indicators:
            cell(make, indicator, period, 100)
        period.reports_due_on = date(2026, 2, 1)
        make.measurement(first.indicators[0], make.year(2024), 5)
        sent = {"submitted_at": work.now, "first_submitted_at": work.now}
        make.report(second.framework, period, stage=ReportStage.SUBMITTED, **sent)
        performance.flag_interventions(work)
        places = {
            "reporter": (Role.REPORTER, first.office),
            "head": (Role.APPROVER, first.office),
            "director": (Role.VERIFIER, first.region),
            "other head": (Role.APPROVER, second.office),
            "headquarters": (Role.HQ_RESULTS, make.headquarters()),
        }
        actors = {name: make.actor(*place) for name, place in places.items()}
        return Scene(first, second, actors)


def codes(rows: list[portfolio.PortfolioRow]) -> set[str]:
    return {row.framework.code for row in rows}


def test_each_sees_the_interventions_of_the_own_scope(start: Begin, scene: Scene) -> None:
    own, both = {scene.first.framework.code}, {scene.first.framework.code, scene.second.framework.code}
    wanted = {
        ("head", PortfolioScope.OFFICE): own,
        ("head", PortfolioScope.ORGANISATION): own,
        ("director", PortfolioScope.OFFICE): set(),
        ("director", PortfolioScope.REGION): own,
        ("headquarters", PortfolioScope.ORGANISATION): both,
        ("headquarters", PortfolioScope.PROJECT): set(),
    }
    found = {}
    for name, scope in wanted:
        with start(scene.actors[name]) as work:
            found[name, scope] = codes(portfolio.portfolio(work, scope))
    assert found == wanted


def test_an_intervention_shows_ratings_flags_and_reports(start: Begin, scene: Scene) -> None:
    with start(scene.actors["head"]) as work:
        (row,) = portfolio.portfolio(work, PortfolioScope.OFFICE)
        assert (row.period, row.rated, row.off_track, row.on_track, row.flags, row.overdue) == ("2025", 6, 6, 0, 2, 1)


def test_a_manager_sees_the_plans_of_own_projects(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        made, actor = operation(make), make.actor(Role.VIEWER)
        year_of(make, made, 2025, missed=0)
        project = make.project(office=made.office)
        made.framework.project, made.framework.level = project, FrameworkLevel.PROJECT
        work.flush()
        projects.assign_manager(work, project.id, actor.person_id)
    with start(actor) as work:
        assert codes(portfolio.portfolio(work, PortfolioScope.PROJECT)) == {made.framework.code}


def test_what_waits_for_me_is_what_i_may_do(start: Begin, scene: Scene) -> None:
    counts = {}
    for name, actor in scene.actors.items() | {("public", PUBLIC)}:
        with start(actor) as work:
            mine = portfolio.my_work(work)
            counts[name] = (len(mine.to_report), len(mine.to_approve), len(mine.flags))
    assert counts == {
        "reporter": (1, 0, 0),
        "head": (0, 0, 2),
        "director": (0, 0, 0),
        "other head": (0, 1, 0),
        "headquarters": (0, 0, 2),
        "public": (0, 0, 0),
    }


def test_values_wait_for_a_verifier_of_another_unit(start: Begin, scene: Scene) -> None:
    with start() as work:
        make = Make(work)
        period = make.year(2023)
        report = make.report(scene.first.framework, period, stage=ReportStage.APPROVED)
        make.measurement(scene.first.indicators[1], period, 7, report=report, stage=ValueStage.APPROVED)
    waiting = {}
    for name in ("director", "head", "other head"):
        with start(scene.actors[name]) as work:
            waiting[name] = len(portfolio.my_work(work).to_verify)
    assert waiting == {"director": 1, "head": 0, "other head": 0}


def test_a_region_shows_what_its_countries_owe(start: Begin, scene: Scene) -> None:
    with start(scene.actors["headquarters"]) as work:
        regions = [work.get(Office, each.region.id) for each in (scene.first, scene.second)]
        assert [len(owed) for owed in portfolio.overdue_reports(work, regions)] == [1, 0]
        assert [len(owed) for owed in portfolio.due_reports(work, regions)] == [0, 0]
        assert [len(found) for found in portfolio.open_flags(work, regions)] == [2, 0]
        assert [len(found) for found in portfolio.values_to_verify(work, regions)] == [0, 0]


def test_a_project_has_a_manager_who_is_active(work: Work, make: Make) -> None:
    project, person = make.project(), make.person()
    assert projects.assign_manager(work, project.id, person.id).manager_id == person.id
    assert projects.assign_manager(work, project.id, None).manager_id is None
    person.active = False
    with pytest.raises(Invalid) as refusal:
        projects.assign_manager(work, project.id, person.id)
    assert (refusal.value.field, project.manager_id) == ("person_id", None)
