"""A small world in which every mutation has something to do, and the arguments with which it does it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.model.indicators import Category, Dimension
from rbm.model.people import Post
from rbm.model.projects import ProjectTheme, Theme
from rbm.model.strategy import (
    ExternalPlan,
    ExternalPlanLink,
    NormativeLink,
    NormativeTarget,
    ResultLink,
)
from rbm.services import people
from rbm.services.indicators import BaselineInput, ContributionPlan, IndicatorProtocol, TargetInput
from rbm.services.strategy import ContributionIntent, FrameworkPlan, FrameworkRevision, ResultPlan
from rbm.terms.indicators import Additivity, Direction, Fitness, Measure, OverTime, OverUnits, Topic
from rbm.terms.people import OfficeKind, Role
from rbm.terms.reporting import PeriodKind
from rbm.terms.strategy import (
    ExternalPlanKind,
    FrameworkLevel,
    FrameworkStage,
    NormativeFramework,
    ResultLevel,
    ReviewOutcome,
)
from tests.make import Make

Keys = dict[str, UUID]
TODAY = date(2026, 3, 2)
PROTOCOL = IndicatorProtocol(
    definition="what is counted",
    rationale="it counts what the result is about",
    measure=Measure.NUMBER,
    direction=Direction.INCREASE,
    over_units=OverUnits.SUM,
    over_time=OverTime.LAST,
    unit="people",
    additivity=Additivity.YES,
)


def build(make: Make) -> Keys:
    """Rows of one country office under a region, and the keys of all of them by name."""
    rows = _offices(make) | _strategy(make)
    return {name: row.id for name, row in rows.items()}


def _offices(make: Make) -> dict[str, Any]:
    region = make.office(kind=OfficeKind.REGIONAL, code="REGION")
    office = make.office(region, code="OFFICE")
    person = make.person()
    people.grant_role(make.work, make.person().id, make.headquarters().id, Role.ADMIN)
    token, _ = people.issue_token(make.work, person.id, "laptop")
    return {
        "headquarters": make.headquarters(),
        "region": region,
        "office": office,
        "elsewhere": make.office(code="ELSEWHERE"),
        "person": person,
        "newcomer": make.person(),
        "membership": people.grant_role(make.work, person.id, office.id, Role.VIEWER),
        "post": make.work.add(Post(code="POST", title="Post", office=office)),
        "token": token,
    }


def _strategy(make: Make) -> dict[str, Any]:
    office = make.work.find(people.Office, "OFFICE")
    framework = make.framework(office=office, review_interval_months=12)
    project = make.project(office=office)
    outcome, output, spare = (make.result(framework, level=level) for level in _LEVELS)
    target = make.work.add(_target("1"))
    indicator, parent, other = make.indicator(outcome), make.indicator(outcome), make.indicator(output)
    theme, carried = (make.work.add(Theme(code=code, label=code, kind="focus_area")) for code in ("theme", "carried"))
    dimension = make.work.add(Dimension(code="sex", label="Sex", additive=True))
    plan, joined = (make.work.add(_plan(code)) for code in ("plan", "joined"))
    return {
        "framework": framework,
        "draft": make.framework(office=office, stage=FrameworkStage.DRAFT, approved_on=None),
        "project": project,
        "outcome": outcome,
        "output": output,
        "spare": spare,
        "result_link": make.work.add(ResultLink(child=output, parent=outcome)),
        "target": target,
        "normative_link": make.work.add(NormativeLink(result=outcome, target=make.work.add(_target("2")))),
        "indicator": indicator,
        "parent": parent,
        "other": other,
        "link": make.contribution(indicator, parent),
        "period": make.year(),
        "theme": theme,
        "carried": carried,
        "project_theme": make.work.add(ProjectTheme(project=project, theme=carried)),
        "dimension": dimension,
        "category": make.work.add(Category(code="sex:female", label="Women", dimension=dimension)),
        "plan": plan,
        "joined": joined,
        "plan_link": make.work.add(ExternalPlanLink(framework=framework, external_plan=joined)),
    }


_LEVELS = (ResultLevel.OUTCOME, ResultLevel.OUTPUT, ResultLevel.OUTPUT)


def _target(number: str) -> NormativeTarget:
    return NormativeTarget(code=f"sdg:{number}", framework=NormativeFramework.SDG, number=number, label="Target")


def _plan(code: str) -> ExternalPlan:
    return ExternalPlan(code=code, title=code, kind=ExternalPlanKind.UNDAF)


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "addTheme": lambda key: (key["project"], key["theme"]),
    "approveFramework": lambda key: (key["draft"], TODAY, "Council"),
    "assignOwner": lambda key: (key["outcome"], key["office"]),
    "closeFramework": lambda key: (key["framework"], "over"),
    "createExternalPlan": lambda _: ("new", "New", ExternalPlanKind.UNDAF),
    "createFramework": lambda key: (FrameworkPlan("new", "New", FrameworkLevel.COUNTRY, key["office"]),),
    "createOffice": lambda key: ("NEW", "New", OfficeKind.SUB, key["office"]),
    "closePeriod": lambda key: (key["period"],),
    "createPeriod": lambda _: ("2030", PeriodKind.YEAR, date(2030, 1, 1), date(2030, 12, 31)),
    "createPerson": lambda _: ("new@example.org", "New"),
    "createPost": lambda key: ("NEW", "New", key["office"]),
    "createProject": lambda key: ("NEW", "New", key["office"]),
    "deactivatePerson": lambda key: (key["person"],),
    "defineCategory": lambda key: (key["dimension"], "sex:male", "Men"),
    "defineDimension": lambda _: ("age", "Age"),
    "defineIndicator": lambda key: (key["outcome"], "NEW", "New", PROTOCOL),
    "endLink": lambda key: (key["link"], TODAY),
    "fillPost": lambda key: (key["post"], key["person"]),
    "grantRole": lambda key: (key["newcomer"], key["office"], Role.REPORTER),
    "intendContribution": lambda key: (ContributionIntent(key["outcome"], key["target"]),),
    "issueToken": lambda key: (key["person"], "phone"),
    "joinExternalPlan": lambda key: (key["framework"], key["plan"]),
    "leaveExternalPlan": lambda key: (key["plan_link"],),
    "linkIndicators": lambda key: (ContributionPlan(key["other"], key["parent"]),),
    "linkResults": lambda key: (key["spare"], key["outcome"], "because"),
    "moveOffice": lambda key: (key["office"], key["elsewhere"], TODAY),
    "optOut": lambda key: (key["link"],),
    "planResult": lambda key: (ResultPlan(key["framework"], "NEW", "New", ResultLevel.OUTPUT),),
    "releaseFramework": lambda key: (key["framework"],),
    "removeTheme": lambda key: (key["project"], key["carried"]),
    "reviewFramework": lambda key: (key["framework"], TODAY, ReviewOutcome.CONTINUED),
    "reviewIndicator": lambda key: (key["indicator"], Fitness.UNFIT, "not valid"),
    "reviseFramework": lambda key: (key["framework"], FrameworkRevision(title="Newer")),
    "reviseIndicator": lambda key: (key["indicator"], PROTOCOL, "Newer"),
    "reviseResult": lambda key: (key["outcome"], "Newer"),
    "revokeRole": lambda key: (key["membership"],),
    "revokeToken": lambda key: (key["token"],),
    "reweighLink": lambda key: (key["link"], Decimal("0.5")),
    "setBaseline": lambda key: (BaselineInput(indicator_id=key["indicator"], value=Decimal(1), year=2025),),
    "setTarget": lambda key: (TargetInput(indicator_id=key["indicator"], value=Decimal(9), period_id=key["period"]),),
    "splitIndicator": lambda key: (key["indicator"], key["dimension"]),
    "stateCause": lambda key: (key["result_link"], "because"),
    "tagIndicator": lambda key: (key["indicator"], [Topic.GENDER]),
    "unlinkIndicators": lambda key: (key["link"],),
    "unlinkResults": lambda key: (key["result_link"],),
    "withdrawContribution": lambda key: (key["normative_link"],),
}
"""Positional arguments with which each mutation succeeds for whoever may do it."""

KEYWORDS: dict[str, dict[str, Any]] = {"defineDimension": {"additive": True}, "optOut": {"included": False}}
