"""Frameworks: planned, approved, released, reviewed, revised and closed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.people import Office
from rbm.model.projects import Project
from rbm.model.strategy import Framework, FrameworkReview
from rbm.rules.chain import FRAMEWORK_ORDER
from rbm.rules.inputs import refuse_blank
from rbm.rules.spans import Span, months_later, overlaps, refuse_reversed
from rbm.terms.people import OfficeKind
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, ReviewOutcome
from rbm.work import Work


@dataclass(frozen=True)
class FrameworkPlan:
    """A framework to be made: whose it is, at which level, and the days it is for (both inclusive)."""

    code: str
    title: str
    level: FrameworkLevel
    office_id: UUID
    period_start: date | None = None
    period_end: date | None = None
    project_id: UUID | None = None
    parent_id: UUID | None = None
    vision: str | None = None
    review_interval_months: int | None = None
    monitoring_plan: str | None = None
    public: bool = False


@dataclass(frozen=True)
class FrameworkRevision:
    """What is to read otherwise in a framework; what is left out stays."""

    title: str | None = None
    vision: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    review_interval_months: int | None = None
    monitoring_plan: str | None = None
    public: bool | None = None


def create_framework(work: Work, plan: FrameworkPlan) -> Framework:
    """Draft a strategy or plan of an office. A corporate one belongs to a headquarters, a project's plan to a project.

    Invalid names the field; Conflict when the code is taken.
    """
    office = work.get(Office, plan.office_id, "office_id")
    work.require(Permission.PLAN, office.id)
    code, title = refuse_blank(plan.code, "code"), refuse_blank(plan.title, "title")
    _refuse_place(plan.level, office)
    _refuse_dates((plan.period_start, plan.period_end), plan.review_interval_months)
    return work.add(
        Framework(
            code=code,
            title=title,
            level=plan.level,
            stage=FrameworkStage.DRAFT,
            office=office,
            project=_project(work, plan, office),
            parent=_parent(work, plan),
            period_start=plan.period_start,
            period_end=plan.period_end,
            vision=plan.vision,
            public=plan.public,
            review_interval_months=plan.review_interval_months,
            monitoring_plan=plan.monitoring_plan,
            edition=1,
        )
    )


def revise_framework(work: Work, framework_id: UUID, revision: FrameworkRevision) -> Framework:
    """Change what a framework says, as a new edition of it. Conflict when it is closed."""
    framework = work.get(Framework, framework_id, "framework_id")
    work.require(Permission.PLAN, framework)
    refuse_closed(framework)
    facts = {name: value for name, value in vars(revision).items() if value is not None}
    if "title" in facts:
        facts["title"] = refuse_blank(revision.title, "title")
    span = (facts.get("period_start", framework.period_start), facts.get("period_end", framework.period_end))
    _refuse_dates(span, revision.review_interval_months)
    if framework.stage is FrameworkStage.APPROVED:
        _refuse_second_corporate(work, framework, span)
    if facts:
        for name, value in facts.items():
            setattr(framework, name, value)
        framework.next_review_on = _next_review(work, framework)
        framework.edition += 1
        work.flush()
    return framework


def approve_framework(work: Work, framework_id: UUID, on: date, by: str) -> Framework:
    """Record that a body (`by`) approved a draft framework on a day; the next review is an interval later.

    Conflict when a headquarters would have two corporate strategies at the same time.
    """
    framework = work.get(Framework, framework_id, "framework_id")
    work.require(Permission.APPROVE_STRATEGY, framework)
    body = refuse_blank(by, "by")
    _refuse_future(work, on, "on")
    _refuse_second_corporate(work, framework, (framework.period_start, framework.period_end))
    work.move(framework, FrameworkStage.APPROVED)
    framework.approved_on, framework.approved_by = on, body
    framework.next_review_on = _next_review(work, framework)
    work.flush()
    return framework


def close_framework(work: Work, framework_id: UUID, reason: str) -> Framework:
    """End an approved framework: it is no longer current and takes no changes."""
    return work.move(work.get(Framework, framework_id, "framework_id"), FrameworkStage.CLOSED, reason)


def release_framework(work: Work, framework_id: UUID) -> Framework:
    """Open an approved framework to everyone, from today. Conflict while it is a draft."""
    framework = work.get(Framework, framework_id, "framework_id")
    work.require(Permission.RELEASE, framework)
    if framework.approved_on is None:
        raise Conflict("only an approved framework can be released", "stage")
    framework.released_on = framework.released_on or work.today
    work.flush()
    return framework


def review_framework(
    work: Work, framework_id: UUID, held_on: date, outcome: ReviewOutcome, note: str | None = None
) -> FrameworkReview:
    """Record a review of an approved framework; the next one follows an interval after the latest."""
    framework = work.get(Framework, framework_id, "framework_id")
    work.require(Permission.APPROVE_STRATEGY, framework)
    if framework.stage is not FrameworkStage.APPROVED:
        raise Conflict(f"a framework that is {framework.stage} is not reviewed", "stage")
    _refuse_future(work, held_on, "held_on")
    if framework.approved_on and held_on < framework.approved_on:
        raise Invalid(f"it was approved on {framework.approved_on} only", "held_on")
    review = work.add(FrameworkReview(framework=framework, held_on=held_on, outcome=outcome, note=note))
    framework.next_review_on = _next_review(work, framework)
    work.flush()
    return review


def find_frameworks(level: FrameworkLevel | None = None, on: date | None = None) -> sa.Select[Framework]:
    """Frameworks, of one level and current on a day where these are named."""
    query = sa.select(Framework)
    if level:
        query = query.where(Framework.level == level)
    return query.where(current(on)) if on else query


def current(on: date) -> sa.ColumnElement[bool]:
    """The condition of a framework that is approved and whose period holds the day."""
    return sa.and_(
        approved_by(on),
        sa.or_(Framework.period_start.is_(None), Framework.period_start <= on),
        sa.or_(Framework.period_end.is_(None), Framework.period_end >= on),
    )


def approved_by(on: date) -> sa.ColumnElement[bool]:
    """The condition of a framework that was approved on or before the day and is not closed."""
    approved = sa.or_(Framework.approved_on.is_(None), Framework.approved_on <= on)
    return sa.and_(Framework.stage == FrameworkStage.APPROVED, approved)


def refuse_closed(framework: Framework) -> None:
    """Nothing, while the framework takes changes. Conflict once it is closed."""
    if framework.stage is FrameworkStage.CLOSED:
        raise Conflict(f"{framework.code} is closed", "framework_id")


def _project(work: Work, plan: FrameworkPlan, office: Office) -> Project | None:
    if plan.project_id is None:
        if plan.level is FrameworkLevel.PROJECT:
            raise Invalid("a framework of this level is the plan of a project", "project_id")
        return None
    project = work.get(Project, plan.project_id, "project_id")
    if plan.level is not FrameworkLevel.PROJECT:
        raise Invalid(f"the plan of a project is not {plan.level}", "level")
    if project.office_id != office.id:
        raise Invalid(f"{project.code} is a project of another office", "project_id")
    return project


def _parent(work: Work, plan: FrameworkPlan) -> Framework | None:
    if plan.parent_id is None:
        return None
    parent = work.get(Framework, plan.parent_id, "parent_id")
    if FRAMEWORK_ORDER.index(parent.level) > FRAMEWORK_ORDER.index(plan.level):
        raise Invalid(f"a {plan.level} framework is not based on a {parent.level} one", "parent_id")
    return parent


def _refuse_place(level: FrameworkLevel, office: Office) -> None:
    if level is FrameworkLevel.CORPORATE and office.kind is not OfficeKind.HEADQUARTERS:
        raise Invalid("a corporate framework belongs to a headquarters", "level")


def _refuse_dates(span: Span, interval: int | None) -> None:
    refuse_reversed(span, "period_end")
    if interval is not None and interval < 1:
        raise Invalid("a review interval is at least one month", "review_interval_months")


def _refuse_future(work: Work, day: date, field: str) -> None:
    if day > work.today:
        raise Invalid(f"{day} has not come yet", field)


def _refuse_second_corporate(work: Work, framework: Framework, span: Span) -> None:
    """A corporate framework without a period (principles and objectives) is no strategic plan and stands beside one."""
    if framework.level is not FrameworkLevel.CORPORATE or span == (None, None):
        return
    work.get(Office, framework.office_id, hold=True)
    others = sa.select(Framework).where(
        Framework.level == FrameworkLevel.CORPORATE,
        Framework.stage == FrameworkStage.APPROVED,
        Framework.office_id == framework.office_id,
        Framework.id != framework.id,
        sa.or_(Framework.period_start.is_not(None), Framework.period_end.is_not(None)),
    )
    for other in work.session.scalars(others):
        if overlaps((other.period_start, other.period_end), span):
            raise Conflict(f"{other.code} is the corporate strategy at that time", "period_start")


def _next_review(work: Work, framework: Framework) -> date | None:
    """An interval after the latest review, or after approval; none when the latest review ended the framework."""
    reviews = sa.select(FrameworkReview).where(FrameworkReview.framework_id == framework.id)
    order = (FrameworkReview.held_on.desc(), FrameworkReview.id.desc())
    latest = work.session.scalars(reviews.order_by(*order)).first()
    after = latest.held_on if latest else framework.approved_on
    if after is None or not framework.review_interval_months or (latest and latest.outcome is ReviewOutcome.ENDED):
        return None
    return months_later(after, framework.review_interval_months)
