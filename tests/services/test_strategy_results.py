"""Results: planned, revised by editions, owned."""

from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.strategy import ResultEdition
from rbm.services import people, strategy
from rbm.services.strategy import ResultPlan
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkStage, NodeKind, ResultLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

OUTCOME = ResultLevel.OUTCOME


def plan(framework: Any, **facts: Any) -> ResultPlan:
    defaults = {"framework_id": framework.id, "code": "R", "title": "Result", "level": OUTCOME}
    return ResultPlan(**(defaults | facts))


def test_a_result_is_planned_with_its_first_edition(work: Work, make: Make) -> None:
    framework, person = make.framework(edition=3), make.person()
    owner = {"owner_office_id": framework.office_id, "owner_person_id": person.id}
    made = strategy.plan_result(work, plan(framework, code=" R1 ", description="Longer", **owner))
    assert (made.code, made.kind, made.level, made.derived) == ("R1", NodeKind.RESULT, OUTCOME, False)
    assert (made.owner_office_id, made.owner_person_id) == (framework.office_id, person.id)
    kept = work.session.scalars(sa.select(ResultEdition)).one()
    assert (kept.result_id, kept.edition, kept.title, kept.description) == (made.id, 3, "Result", "Longer")
    assert list(work.session.scalars(strategy.find_results(framework.id, OUTCOME))) == [made]
    assert list(work.session.scalars(strategy.find_results(framework.id, ResultLevel.GOAL))) == []


@pytest.mark.parametrize("kind", [NodeKind.PRINCIPLE, NodeKind.OBJECTIVE])
def test_a_principle_or_objective_has_no_level(start: Begin, engine: sa.Engine, kind: NodeKind) -> None:
    with start() as work:
        framework = Make(work).framework()
        made = strategy.plan_result(work, plan(framework, code="O1", kind=kind, level=None))
        assert (made.kind, made.level) == (kind, None)
    with refused(engine, Invalid, "level") as work:
        strategy.plan_result(work, plan(framework, kind=kind))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": ""}, "code"),
        ({"title": " "}, "title"),
        ({"level": None}, "level"),
        ({"level": ResultLevel.OTHER}, "level"),
    ],
)
def test_a_result_that_does_not_hold_together_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        framework = Make(work).framework()
    with refused(engine, Invalid, field) as work:
        strategy.plan_result(work, plan(framework, **facts))


def test_a_taken_code_an_unknown_or_a_closed_framework_is_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        taken = make.result(code="TAKEN")
        closed = make.framework(stage=FrameworkStage.CLOSED)
        old = make.result(closed)
    with refused(engine, Conflict, "code") as work:
        strategy.plan_result(work, plan(taken.framework, code="TAKEN"))
    with refused(engine, NotFound, "framework_id") as work:
        strategy.plan_result(work, plan(taken))
    with refused(engine, Conflict, "framework_id") as work:
        strategy.plan_result(work, plan(closed))
    with refused(engine, Conflict, "framework_id") as work:
        strategy.revise_result(work, old.id, "Other")


def test_each_edition_reads_as_it_did(work: Work, make: Make) -> None:
    framework = make.framework()
    first = strategy.plan_result(work, plan(framework, code="A", title="Old", description="Why"))
    strategy.revise_result(work, first.id, title="New")
    second = strategy.plan_result(work, plan(framework, code="B", title="Later"))
    strategy.revise_result(work, second.id, description="Added")
    assert framework.edition == 3
    assert [strategy.result_as_of(work, first.id, edition).title for edition in (1, 2, 3)] == ["Old", "New", "New"]
    assert strategy.result_as_of(work, first.id, 2).description == "Why"
    assert [strategy.result_as_of(work, second.id, edition).description for edition in (2, 3)] == [None, "Added"]
    assert (first.title, second.title, second.description) == ("New", "Later", "Added")


def test_an_imported_result_keeps_how_it_read_at_its_first_revision(work: Work, make: Make) -> None:
    imported = make.result(title="Published")
    strategy.revise_result(work, imported.id, title="Edited")
    assert [strategy.result_as_of(work, imported.id, edition).title for edition in (1, 2)] == ["Published", "Edited"]


def test_a_revision_that_changes_nothing_makes_no_edition(work: Work, make: Make) -> None:
    result = strategy.plan_result(work, plan(make.framework()))
    assert strategy.revise_result(work, result.id, title="Result") is result
    assert len(work.session.scalars(sa.select(ResultEdition)).all()) == 1


def test_a_blank_title_and_an_edition_that_was_not_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        framework = Make(work).framework(edition=2)
        result = strategy.plan_result(work, plan(framework))
    with refused(engine, Invalid, "title") as work:
        strategy.revise_result(work, result.id, title=" ")
    with refused(engine, NotFound, "edition") as work:
        strategy.result_as_of(work, result.id, 1)
    with refused(engine, NotFound, "edition") as work:
        strategy.result_as_of(work, result.id, 3)


def test_an_owner_is_an_office_and_an_active_person_in_it(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        result, person, gone = make.result(), make.person(), make.person(active=False)
        office = result.framework.office
        owned = strategy.assign_owner(work, result.id, office.id, person.id)
        assert (owned.owner_office_id, owned.owner_person_id) == (office.id, person.id)
    with refused(engine, Invalid, "office_id") as work:
        strategy.assign_owner(work, result.id, None, person.id)
    with refused(engine, Invalid, "person_id") as work:
        strategy.assign_owner(work, result.id, office.id, gone.id)
    with refused(engine, NotFound, "person_id") as work:
        strategy.assign_owner(work, result.id, office.id, office.id)
    with refused(engine, Invalid, "owner_office_id") as work:
        strategy.plan_result(work, plan(result.framework, owner_person_id=person.id))
    with start() as work:
        bare = strategy.assign_owner(work, result.id, None)
        assert (bare.owner_office_id, bare.owner_person_id) == (None, None)


def test_who_plans_elsewhere_changes_no_result(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        upper = make.result(make.framework(office=region))
        country = make.actor(Role.REPORTER, make.office(region))
        person = people.create_person(work, "a@example.org", "A")
    with refused(engine, Forbidden, None, country) as work:
        strategy.plan_result(work, plan(upper.framework))
    with refused(engine, Forbidden, None, country) as work:
        strategy.revise_result(work, upper.id, "Other")
    with refused(engine, Forbidden, None, country) as work:
        strategy.assign_owner(work, upper.id, region.id, person.id)
