"""A small world in which every mutation has something to do, and the arguments with which it does it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Category, Dimension, FormulaTerm
from rbm.model.notices import Notice
from rbm.model.people import Identity, Office, Post
from rbm.model.performance import Flag
from rbm.model.projects import ProjectTheme, Theme
from rbm.model.quality import Issue
from rbm.model.reporting import Period
from rbm.model.strategy import (
    ExternalPlan,
    ExternalPlanLink,
    NormativeLink,
    NormativeTarget,
    ResultLink,
)
from rbm.rules.series import key_of
from rbm.services import notices, people
from rbm.services.indicators import BaselineInput, ContributionPlan, FormulaPart, IndicatorProtocol, TargetInput
from rbm.services.performance import RuleParameters
from rbm.services.reporting import CorrectionInput, MeasurementInput, PeriodPlan, ValueInput
from rbm.services.series import Succession
from rbm.services.strategy import ContributionIntent, FrameworkPlan, FrameworkRevision, ResultPlan
from rbm.terms.flags import FlagStage
from rbm.terms.indicators import Additivity, Direction, Fitness, Measure, OverTime, OverUnits, Topic
from rbm.terms.notices import NoticeKind
from rbm.terms.people import OfficeKind, Role
from rbm.terms.performance import FlagRule
from rbm.terms.quality import IssueRule, IssueStage
from rbm.terms.reporting import PeriodKind, PeriodStage, ReportStage, ValueStage
from rbm.terms.rollup import LeadBasis
from rbm.terms.series import CrosswalkRelation
from rbm.terms.strategy import (
    ExternalPlanKind,
    FrameworkLevel,
    FrameworkStage,
    NormativeFramework,
    ResultLevel,
    ReviewOutcome,
)
from tests.graph_schema import world_evaluation, world_findings, world_followup, world_planning, world_responses
from tests.make import Make

ROOMS = (world_planning, world_evaluation, world_findings, world_responses, world_followup)
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
    rows = _offices(make) | _strategy(make) | _reporting(make) | _performance(make)
    for room in ROOMS:
        rows |= room.rows(make, rows)
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
        "elsewhere": make.office(region, code="ELSEWHERE"),
        "under": make.office(office, code="UNDER"),
        "evaluation": make.office(kind=OfficeKind.EVALUATION, code="EVALUATION"),
        "person": person,
        "newcomer": make.person(),
        "membership": people.grant_role(make.work, person.id, office.id, Role.VIEWER),
        "post": make.work.add(Post(code="POST", title="Post", office=office)),
        "token": token,
        "identity": make.work.add(Identity(person=person, issuer="https://idp.example.org", subject="3")),
        "notice": _told(make, person.id),
    }


def _told(make: Make, person_id: UUID) -> Notice:
    notices.tell(make.work, NoticeKind.FLAG_RAISED, [person_id], "world", {})
    return make.work.session.scalars(sa.select(Notice)).one()


def _strategy(make: Make) -> dict[str, Any]:
    office = make.work.find(Office, "OFFICE")
    framework = make.framework(office=office, code="CURRENT", review_interval_months=12)
    project = make.project(office=office)
    outcome, output, spare = (make.result(framework, level=level) for level in _LEVELS)
    target = make.work.add(_target("1"))
    indicator, parent, other = make.indicator(outcome), make.indicator(outcome), make.indicator(output)
    made = make.indicator(outcome, formula="a")
    make.work.add(FormulaTerm(indicator=made, name="a", source=indicator))
    theme, carried = (make.work.add(Theme(code=code, label=code, kind="focus_area")) for code in ("theme", "carried"))
    dimension = make.work.add(Dimension(code="sex", label="Sex", additive=True))
    plan, joined = (make.work.add(_plan(code)) for code in ("plan", "joined"))
    return {
        "framework": framework,
        "draft": make.framework(office=office, code="DRAFT", stage=FrameworkStage.DRAFT, approved_on=None),
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
        "made": made,
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


def _performance(make: Make) -> dict[str, Any]:
    """A flag at each stage that people move it from."""
    office, post = make.work.find(Office, "OFFICE"), make.work.find(Post, "POST")
    plan, period = make.framework(office=office), make.work.find(Period, "2025")
    shared = {"framework": plan, "period": period, "responsible": post, "raised_on": TODAY, "inputs": {}}
    shared |= {"thresholds": {}, "explanation": "poor", "rule_version": "1.1", "escalation": 0}
    stages = {"flag": FlagStage.NEW, "planned": FlagStage.ACTION, "improving": FlagStage.IMPROVING}
    return {name: make.work.add(Flag(rule=f"rule {name}", stage=stage, **shared)) for name, stage in stages.items()}


def _reporting(make: Make) -> dict[str, Any]:
    office, post = make.work.find(Office, "OFFICE"), make.work.find(Post, "POST")
    plan = make.framework(office=office)
    indicator = make.indicator(make.result(plan))
    first, second, third = make.year(2025), make.work.find(Period, "2026"), make.year(2027)
    drafted = make.report(plan, first)
    submitted = make.report(plan, second, stage=ReportStage.SUBMITTED)
    approved = make.report(plan, third, stage=ReportStage.APPROVED)
    make.measurement(indicator, second, 1, report=submitted, stage=ValueStage.SUBMITTED)
    about = {"indicator": indicator, "period": third, "responsible": post, "raised_on": TODAY, "due_on": TODAY}
    words = {"rule": IssueRule.TARGET_ZERO, "stage": IssueStage.OPEN, "explanation": "a target of 0"}
    return {
        "reported": indicator,
        "locked": make.year(2028, stage=PeriodStage.CLOSED),
        "drafted": drafted,
        "submitted": submitted,
        "approved": approved,
        "recorded": make.measurement(indicator, first, 1, report=drafted, stage=ValueStage.DRAFT),
        "approved_value": make.measurement(indicator, third, 1, report=approved),
        "issue": make.work.add(Issue(**about, **words)),
    }


_LEVELS = (ResultLevel.OUTCOME, ResultLevel.OUTPUT, ResultLevel.OUTPUT)


def _target(number: str) -> NormativeTarget:
    return NormativeTarget(code=f"sdg:{number}", framework=NormativeFramework.SDG, number=number, label="Target")


def _plan(code: str) -> ExternalPlan:
    return ExternalPlan(code=code, title=code, kind=ExternalPlanKind.UNDAF)


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "acceptCrosswalk": lambda _: ("CURRENT", "DRAFT"),
    "acceptIssue": lambda key: (key["issue"], "it is a ceiling"),
    "addTheme": lambda key: (key["project"], key["theme"]),
    "approveReport": lambda key: (key["submitted"],),
    "approveFramework": lambda key: (key["draft"], TODAY, "Council"),
    "assignOwner": lambda key: (key["outcome"], key["office"]),
    "clearFormula": lambda key: (key["made"],),
    "closeFramework": lambda key: (key["framework"], "over"),
    "createExternalPlan": lambda _: ("new", "New", ExternalPlanKind.UNDAF),
    "createFramework": lambda key: (FrameworkPlan("new", "New", FrameworkLevel.COUNTRY, key["office"]),),
    "createOffice": lambda key: ("NEW", "New", OfficeKind.SUB, key["office"]),
    "closePeriod": lambda key: (key["period"],),
    "correctMeasurement": lambda key: (key["recorded"], CorrectionInput(value=Decimal(2)), "typing error"),
    "createPerson": lambda _: ("new@example.org", "New"),
    "createPost": lambda key: ("NEW", "New", key["office"]),
    "createProject": lambda key: ("NEW", "New", key["office"]),
    "deactivatePerson": lambda key: (key["person"],),
    "decideAggregation": lambda _: (key_of(ResultLevel.OUTCOME, "Indicator", Measure.NUMBER), OverUnits.MEAN, "a mean"),
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
    "openCheck": lambda key: (key["approved_value"],),
    "openPeriod": lambda _: (PeriodPlan("2030", PeriodKind.YEAR, date(2030, 1, 1), date(2030, 12, 31)),),
    "openReport": lambda key: (key["framework"], key["period"]),
    "optOut": lambda key: (key["link"],),
    "planResult": lambda key: (ResultPlan(key["framework"], "NEW", "New", ResultLevel.OUTPUT),),
    "recordCrosswalk": lambda key: (
        Succession(key["indicator"], CrosswalkRelation.SAME, "the same words", key["other"]),
    ),
    "recordMeasurement": lambda key: (
        MeasurementInput(report_id=key["drafted"], indicator_id=key["reported"], value=Decimal(3)),
    ),
    "recordMeasurements": lambda key: (
        key["drafted"],
        [ValueInput(indicator_id=key["reported"], value=Decimal(3))],
    ),
    "rejectMeasurement": lambda key: (key["approved_value"], "counted twice"),
    "releaseFramework": lambda key: (key["framework"],),
    "removeTheme": lambda key: (key["project"], key["carried"]),
    "readNotification": lambda key: (key["notice"],),
    "reopenPeriod": lambda key: (key["locked"], "one more"),
    "resolveIssue": lambda key: (key["issue"],),
    "returnReport": lambda key: (key["submitted"], "again"),
    "reviewFramework": lambda key: (key["framework"], TODAY, ReviewOutcome.CONTINUED),
    "reviewIndicator": lambda key: (key["indicator"], Fitness.UNFIT, "not valid"),
    "reviseDimension": lambda key: (key["dimension"], "Sex or gender"),
    "reviseFramework": lambda key: (key["framework"], FrameworkRevision(title="Newer")),
    "reviseIndicator": lambda key: (key["indicator"], PROTOCOL, "Newer"),
    "reviseResult": lambda key: (key["outcome"], "Newer"),
    "acknowledgeFlag": lambda key: (key["flag"],),
    "planImprovement": lambda key: (key["flag"], "more staff", TODAY),
    "reportProgressOnFlag": lambda key: (key["planned"], "two posts filled"),
    "resolveFlag": lambda key: (key["improving"], "settled"),
    "failFlag": lambda key: (key["improving"], "not to be saved"),
    "reviseRule": lambda _: (RuleParameters(FlagRule.OFF_TRACK, TODAY, minimum=6),),
    "reviseThresholds": lambda _: (Decimal("0.9"), Decimal("0.5"), TODAY),
    "assignManager": lambda key: (key["project"], key["person"]),
    "revokeRole": lambda key: (key["membership"],),
    "revokeToken": lambda key: (key["token"],),
    "reweighLink": lambda key: (key["link"], Decimal("0.5")),
    "setFormula": lambda key: (
        key["made"],
        "a / b",
        [FormulaPart("a", key["indicator"]), FormulaPart("b", key["other"])],
    ),
    "setBaseline": lambda key: (BaselineInput(indicator_id=key["indicator"], value=Decimal(1), year=2025),),
    "setLeadBasis": lambda _: (LeadBasis.APPROVED_NOT_REJECTED, TODAY),
    "setTarget": lambda key: (TargetInput(indicator_id=key["indicator"], value=Decimal(9), period_id=key["period"]),),
    "splitIndicator": lambda key: (key["indicator"], key["dimension"]),
    "stateCause": lambda key: (key["result_link"], "because"),
    "submitReport": lambda key: (key["drafted"],),
    "tagIndicator": lambda key: (key["indicator"], [Topic.GENDER]),
    "unapproveReport": lambda key: (key["approved"], "again"),
    "linkIdentity": lambda key: (key["person"], "https://idp.example.org", "7"),
    "reactivatePerson": lambda key: (key["person"],),
    "unlinkIdentity": lambda key: (key["identity"],),
    "unlinkIndicators": lambda key: (key["link"],),
    "unlinkResults": lambda key: (key["result_link"],),
    "verifyMeasurement": lambda key: (key["approved_value"], "seen"),
    "withdrawContribution": lambda key: (key["normative_link"],),
    "withdrawReport": lambda key: (key["drafted"],),
}
"""Positional arguments with which each mutation succeeds for whoever may do it."""
for _room in ROOMS:
    ARGUMENTS |= _room.ARGUMENTS

KEYWORDS: dict[str, dict[str, Any]] = {
    "defineDimension": {"additive": True},
    "reviseDimension": {"additive": False},
    "optOut": {"included": False},
}
for _room in ROOMS:
    KEYWORDS |= _room.KEYWORDS
