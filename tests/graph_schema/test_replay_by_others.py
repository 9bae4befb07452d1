"""What one made, tried again by another of the same role elsewhere; what is moved between scopes; what codes tell."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import reduce
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, NotFound, Refusal
from rbm.model.people import Office, Person
from rbm.model.strategy import Framework, NormativeTarget
from rbm.services import indicators, people, projects, reporting, strategy
from rbm.services.indicators import ContributionPlan
from rbm.services.reporting import MeasurementInput
from rbm.services.strategy import ContributionIntent, FrameworkPlan
from rbm.terms.people import Role
from rbm.terms.reporting import MissingReason, ReportStage, ValueStage
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, NormativeFramework
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask
from tests.graph_schema.stage import Stage
from tests.make import Make

CREATE = "mutation ($plan: FrameworkPlanInput!) { createFramework(plan: $plan) { framework { id } problems { code } } }"
PLAN = """mutation ($plan: ResultPlanInput!) { planResult(plan: $plan) { result { id } problems { code } } }"""
LINK = "mutation ($a: ID!, $b: ID!) { linkResults(childId: $a, parentId: $b) { resultLink { id } problems { code } } }"
REPLAYED = {
    "revise_framework": 'reviseFramework(frameworkId: "FRAMEWORK", revision: {title: "x"})',
    "revise_result": 'reviseResult(resultId: "RESULT", title: "x")',
    "assign_owner": 'assignOwner(resultId: "RESULT")',
    "unlink_results": 'unlinkResults(linkId: "LINK")',
    "state_cause": 'stateCause(linkId: "LINK", causalStatement: "x")',
    "link_results": 'linkResults(childId: "RESULT", parentId: "PARENT")',
}


def test_z_02_what_one_made_another_of_the_same_role_does_not_change(ask: Ask, data: Ask, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        office, other = make.office(), make.office()
        maker, stranger = make.actor(Role.REPORTER, office), make.actor(Role.REPORTER, other)
    made = everything_of(data, maker, office.id)
    for operation, field in REPLAYED.items():
        asked = reduce(lambda text, one: text.replace(*one), made.items(), field)
        (answer,) = data(f"mutation {{ {asked} {{ problems {{ code message }} }} }}", stranger).values()
        assert [one["code"] for one in answer["problems"]] == ["not_found"], operation
    with start() as work:
        query = sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.REFUSED).order_by(AuditEntry.id)
        kept = [(one.operation, one.person_id, one.entity_id) for one in work.session.scalars(query)]
    wanted = {"FRAMEWORK": made["FRAMEWORK"], "RESULT": made["RESULT"], "LINK": made["LINK"]}
    about = [next(key for name, key in wanted.items() if name in field) for field in REPLAYED.values()]
    assert kept == [(name, stranger.person_id, key) for name, key in zip(REPLAYED, about, strict=True)]


def everything_of(data: Ask, maker: Actor, office_id: UUID) -> dict[str, str]:
    """A framework with two linked results, made through the door."""
    plan = {"code": "MINE", "title": "Mine", "level": "COUNTRY", "officeId": str(office_id)}
    framework = data(CREATE, maker, plan=plan)["createFramework"]["framework"]["id"]
    levels = {"RESULT": "OUTPUT", "PARENT": "OUTCOME"}
    results = {
        name: data(PLAN, maker, plan={"frameworkId": framework, "code": name, "title": name, "level": level})
        for name, level in levels.items()
    }
    found = {name: answer["planResult"]["result"]["id"] for name, answer in results.items()}
    link = data(LINK, maker, a=found["RESULT"], b=found["PARENT"])["linkResults"]["resultLink"]["id"]
    return found | {"FRAMEWORK": framework, "LINK": link}


Act = Callable[[Work, dict[str, Any], UUID | int], object]
INTO: dict[str, tuple[str, Act]] = {
    "the parent of a framework": (
        "framework",
        lambda work, own, key: strategy.create_framework(work, replace(own["plan"], parent_id=key)),
    ),
    "the project of a plan": (
        "project",
        lambda work, own, key: strategy.create_framework(
            work, replace(own["plan"], level=FrameworkLevel.PROJECT, project_id=key)
        ),
    ),
    "the parent of a result": (
        "result",
        lambda work, own, key: strategy.link_results(work, own["result"], key),
    ),
    "the parent of an indicator": (
        "indicator",
        lambda work, own, key: indicators.link_indicators(work, ContributionPlan(own["indicator"], key)),
    ),
    "the indicator of an intended contribution": (
        "indicator",
        lambda work, own, key: strategy.intend_contribution(
            work, ContributionIntent(own["result"], own["target"], indicator_id=key)
        ),
    ),
    "the indicator of a value": (
        "indicator",
        lambda work, own, key: reporting.record_measurement(
            work,
            MeasurementInput(report_id=own["report"], indicator_id=key, missing_reason=MissingReason.NOT_AVAILABLE),
        ),
    ),
    "the report of a value": (
        "report",
        lambda work, own, key: reporting.record_measurement(
            work,
            MeasurementInput(report_id=key, indicator_id=own["indicator"], missing_reason=MissingReason.NOT_AVAILABLE),
        ),
    ),
    "the framework of a report": (
        "framework",
        lambda work, own, key: reporting.open_report(work, key, own["period"]),
    ),
}
"""What of another office a row might be hung to: the noun, and the attempt with its id."""


@pytest.mark.parametrize("what", INTO)
def test_z_07_nothing_is_hung_to_what_one_does_not_see(start: Begin, what: str) -> None:
    """The same refusal as for an id that does not exist."""
    noun, act = INTO[what]
    with start() as work:
        make = Make(work)
        own, hidden = scene(make), scene(make)
        actor = make.actor(Role.REPORTER, work.get(Office, own["plan"].office_id))
        facts = {"framework": NormativeFramework.SDG, "number": "1", "label": "Target"}
        own["target"] = work.add(NormativeTarget(code="sdg:1", **facts)).id
    told = [refusal(start, actor, act, own, key) for key in (hidden[noun], uuid4())]
    assert told[0] == told[1]
    assert told[0][0] is NotFound


def scene(make: Make) -> dict[str, Any]:
    """A draft plan of an office of its own, with a result, an indicator, a project and a report."""
    framework = make.framework(stage=FrameworkStage.DRAFT, approved_on=None)
    result = make.result(framework)
    indicator, project = make.indicator(result), make.project(office=framework.office)
    period = make.year(2000 + int(framework.code.removeprefix("F")) % 1000)
    report = make.report(framework, period)
    plan = FrameworkPlan(make.code("NEW"), "New", FrameworkLevel.COUNTRY, framework.office.id)
    keys = {"framework": framework, "result": result, "indicator": indicator, "project": project}
    return {name: row.id for name, row in (keys | {"period": period, "report": report}).items()} | {"plan": plan}


def refusal(start: Begin, actor: Actor, act: Act, own: dict[str, Any], key: UUID) -> tuple[type[Refusal], str, Any]:
    with pytest.raises(Refusal) as found, start(actor) as work:
        act(work, own, key)
    return type(found.value), found.value.message, found.value.field


def test_z_09_a_taken_code_tells_nothing_of_what_took_it(stage: Stage) -> None:
    """Codes are taken once in the organisation; that one is taken is told, by whom and for what is not."""
    actor = stage.cast["elsewhere"][Role.REPORTER]
    taken = {cls.__name__: row for cls, row in stage.rows.items() if cls.__name__ in {"Framework", "Project"}}
    office = stage.keys["elsewhere"]
    plan = FrameworkPlan(taken["Framework"].code, "New", FrameworkLevel.COUNTRY, office)
    attempts = (
        lambda work: strategy.create_framework(work, plan),
        lambda work: projects.create_project(work, taken["Project"].code, "New", office),
    )
    for attempt in attempts:
        with pytest.raises(Conflict) as told, stage.begin(actor) as work:
            attempt(work)
        assert (told.value.message, told.value.field) == ("another row has this value already", "code")


def test_z_10_a_role_in_one_office_is_none_in_another(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        framework, other = make.framework(), make.framework()
        person = make.person()
        people.grant_role(work, person.id, framework.office.id, Role.REPORTER)
        people.grant_role(work, person.id, other.office.id, Role.APPROVER)
        actor = people.actor_of_person(work, person)
        indicator, period = make.indicator(make.result(framework)), make.year()
        report = make.report(framework, period, stage=ReportStage.SUBMITTED)
        make.measurement(indicator, period, 1, report=report, stage=ValueStage.SUBMITTED)
    with pytest.raises(Forbidden), start(actor) as work:
        reporting.approve_report(work, report.id)
    with pytest.raises(Forbidden), start(actor) as work:
        reporting.open_report(work, other.id, period.id)


def test_z_11_what_a_role_reaches_follows_the_tree_by_date(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        before, after = make.office(), make.office()
        office = make.office(before)
        framework = make.framework(office=office, stage=FrameworkStage.DRAFT, approved_on=None)
        persons = {region.id: make.person() for region in (before, after)}
        for region, person in persons.items():
            people.grant_role(work, person.id, region, Role.REPORTER)
        people.move_office(work, office.id, after.id, date(2026, 4, 1))
    moments = {NOW: before.id, datetime(2026, 3, 31, 12, tzinfo=NOW.tzinfo): before.id}
    moments |= {datetime(2026, 4, 1, 12, tzinfo=NOW.tzinfo): after.id}
    for moment, region in moments.items():
        for one, person in persons.items():
            with start(now=moment) as work:
                actor = people.actor_of_person(work, work.get(Person, person.id))
            with start(actor, now=moment) as work:
                seen = work.session.scalars(sa.select(Framework.code)).all()
            assert (framework.code in seen) is (one == region), moment
