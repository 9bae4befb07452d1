"""Frameworks: drafted, approved, released, reviewed, revised, closed."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.strategy import Framework
from rbm.services import strategy
from rbm.services.strategy import FrameworkPlan, FrameworkRevision
from rbm.stages import Transition
from rbm.terms.people import OfficeKind, Role
from rbm.terms.strategy import ExternalPlanKind, FrameworkLevel, FrameworkStage, ReviewOutcome
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

CORPORATE, COUNTRY, PROJECT = FrameworkLevel.CORPORATE, FrameworkLevel.COUNTRY, FrameworkLevel.PROJECT
DAY = date(2026, 1, 15)


def plan(office: Any, level: FrameworkLevel = COUNTRY, **facts: Any) -> FrameworkPlan:
    return FrameworkPlan(**({"code": "S", "title": "Strategy", "level": level, "office_id": office.id} | facts))


def test_a_framework_begins_as_a_draft_of_its_first_edition(work: Work, make: Make) -> None:
    above, office = make.framework(CORPORATE), make.office()
    made = strategy.create_framework(
        work,
        plan(
            office,
            code=" S1 ",
            period_start=date(2026, 1, 1),
            period_end=date(2028, 12, 31),
            parent_id=above.id,
            vision="Safe movement",
            review_interval_months=12,
        ),
    )
    assert (made.code, made.stage, made.edition, made.office_id) == ("S1", FrameworkStage.DRAFT, 1, office.id)
    assert (made.period_start, made.period_end) == (date(2026, 1, 1), date(2028, 12, 31))
    assert (made.parent_id, made.vision, made.approved_on, made.next_review_on) == (
        above.id,
        "Safe movement",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": " "}, "code"),
        ({"title": ""}, "title"),
        ({"period_start": date(2026, 1, 2), "period_end": date(2026, 1, 1)}, "period_end"),
        ({"review_interval_months": 0}, "review_interval_months"),
        ({"level": CORPORATE}, "level"),
        ({"level": PROJECT}, "project_id"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        office = Make(work).office()
    with refused(engine, Invalid, field) as work:
        strategy.create_framework(work, plan(office, **facts))


def test_a_plan_of_a_project_belongs_to_the_projects_office_and_level(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        project, other = make.project(), make.office()
        made = strategy.create_framework(work, plan(project.office, PROJECT, project_id=project.id))
        assert (made.project_id, made.level) == (project.id, PROJECT)
    with refused(engine, Invalid, "project_id") as work:
        strategy.create_framework(work, plan(other, PROJECT, code="S2", project_id=project.id))
    with refused(engine, Invalid, "level") as work:
        strategy.create_framework(work, plan(project.office, code="S2", project_id=project.id))


def test_a_framework_is_not_based_on_a_lower_one(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        country, headquarters = make.framework(COUNTRY), make.headquarters()
    with refused(engine, Invalid, "parent_id") as work:
        strategy.create_framework(work, plan(headquarters, CORPORATE, parent_id=country.id))


def test_a_taken_code_and_unknown_rows_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        office, taken = make.office(), make.framework(code="TAKEN")
    with refused(engine, Conflict, "code") as work:
        strategy.create_framework(work, plan(office, code="TAKEN"))
    with refused(engine, NotFound, "office_id") as work:
        strategy.create_framework(work, plan(taken))
    with refused(engine, NotFound, "parent_id") as work:
        strategy.create_framework(work, plan(office, parent_id=office.id))


def test_approval_keeps_who_and_when_and_sets_the_next_review(work: Work, make: Make) -> None:
    draft = strategy.create_framework(work, plan(make.office(), review_interval_months=24))
    approved = strategy.approve_framework(work, draft.id, date(2026, 1, 15), " Council ")
    assert (approved.stage, approved.approved_by) == (FrameworkStage.APPROVED, "Council")
    assert (approved.approved_on, approved.next_review_on) == (date(2026, 1, 15), date(2028, 1, 15))
    moved = work.session.scalars(sa.select(Transition).where(Transition.entity_id == draft.id)).one()
    assert (moved.from_stage, moved.to_stage) == ("draft", "approved")


def test_approval_needs_a_body_a_day_that_has_come_and_a_draft(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        draft = strategy.create_framework(work, plan(Make(work).office()))
    with refused(engine, Invalid, "by") as work:
        strategy.approve_framework(work, draft.id, DAY, " ")
    with refused(engine, Invalid, "on") as work:
        strategy.approve_framework(work, draft.id, date(2026, 3, 3), "Council")
    with start() as work:
        strategy.approve_framework(work, draft.id, date(2026, 3, 2), "Council")
    with refused(engine, Conflict, "stage") as work:
        strategy.approve_framework(work, draft.id, DAY, "Council")


def test_a_headquarters_has_one_corporate_strategy_at_a_time(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        headquarters = make.headquarters()
        days = {"period_start": date(2024, 1, 1), "period_end": date(2026, 12, 31)}
        first = strategy.create_framework(work, plan(headquarters, CORPORATE, code="A", **days))
        days = {"period_start": date(2026, 12, 31), "period_end": date(2029, 12, 31)}
        second = strategy.create_framework(work, plan(headquarters, CORPORATE, code="B", **days))
        frame = strategy.create_framework(work, plan(headquarters, CORPORATE, code="C"))
        strategy.approve_framework(work, first.id, DAY, "Council")
        strategy.approve_framework(work, frame.id, DAY, "Council")
    with refused(engine, Conflict, "period_start") as work:
        strategy.approve_framework(work, second.id, DAY, "Council")
    with start() as work:
        later = FrameworkRevision(period_start=date(2027, 1, 1))
        strategy.revise_framework(work, second.id, later)
        strategy.approve_framework(work, second.id, DAY, "Council")
    with refused(engine, Conflict, "period_start") as work:
        strategy.revise_framework(work, second.id, FrameworkRevision(period_start=date(2026, 6, 1)))


def test_a_closed_framework_makes_room_and_takes_no_changes(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework, other = make.framework(), make.framework()
        closed = strategy.close_framework(work, framework.id, "Its period is over")
        assert closed.stage is FrameworkStage.CLOSED
    with refused(engine, Conflict, "framework_id") as work:
        strategy.revise_framework(work, framework.id, FrameworkRevision(title="Other"))
    with refused(engine, Conflict, "stage") as work:
        strategy.close_framework(work, framework.id, "again")
    with refused(engine, Invalid, "reason") as work:
        strategy.close_framework(work, other.id, " ")


def test_a_revision_changes_what_it_names_as_a_new_edition(work: Work, make: Make) -> None:
    framework = make.framework(vision="Before", approved_on=date(2025, 1, 1))
    revised = strategy.revise_framework(
        work, framework.id, FrameworkRevision(title="After", public=True, review_interval_months=6)
    )
    assert (revised.title, revised.vision, revised.public, revised.edition) == ("After", "Before", True, 2)
    assert revised.next_review_on == date(2025, 7, 1)
    assert strategy.revise_framework(work, framework.id, FrameworkRevision()).edition == 2


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        ({"period_end": date(2024, 1, 1)}, "period_end"),
        ({"review_interval_months": -1}, "review_interval_months"),
    ],
)
def test_a_revision_that_does_not_hold_together_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        framework = Make(work).framework()
    with refused(engine, Invalid, field) as work:
        strategy.revise_framework(work, framework.id, FrameworkRevision(**facts))


def test_a_review_moves_the_next_one_and_an_older_one_does_not(work: Work, make: Make) -> None:
    framework = make.framework(review_interval_months=12, approved_on=date(2023, 1, 1))
    strategy.review_framework(work, framework.id, date(2025, 6, 1), ReviewOutcome.CONTINUED, "Still right")
    assert framework.next_review_on == date(2026, 6, 1)
    older = strategy.review_framework(work, framework.id, date(2024, 5, 1), ReviewOutcome.REVISED)
    assert (older.held_on, older.outcome, framework.next_review_on) == (
        date(2024, 5, 1),
        ReviewOutcome.REVISED,
        date(2026, 6, 1),
    )
    strategy.review_framework(work, framework.id, date(2026, 2, 1), ReviewOutcome.ENDED)
    assert framework.next_review_on is None


def test_a_review_is_of_an_approved_framework_on_a_day_since_its_approval(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        draft = make.framework(stage=FrameworkStage.DRAFT, approved_on=None)
        framework = make.framework(approved_on=date(2025, 1, 1))
    with refused(engine, Conflict, "stage") as work:
        strategy.review_framework(work, draft.id, DAY, ReviewOutcome.CONTINUED)
    with refused(engine, Invalid, "held_on") as work:
        strategy.review_framework(work, framework.id, date(2026, 3, 3), ReviewOutcome.CONTINUED)
    with refused(engine, Invalid, "held_on") as work:
        strategy.review_framework(work, framework.id, date(2024, 12, 31), ReviewOutcome.CONTINUED)


def test_a_release_opens_an_approved_framework_from_the_first_time(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework()
        draft = make.framework(stage=FrameworkStage.DRAFT, approved_on=None)
        assert strategy.release_framework(work, framework.id).released_on == date(2026, 3, 2)
        framework.released_on = date(2026, 1, 1)
        assert strategy.release_framework(work, framework.id).released_on == date(2026, 1, 1)
    with refused(engine, Conflict, "stage") as work:
        strategy.release_framework(work, draft.id)


def test_frameworks_are_found_by_level_and_day(work: Work, make: Make) -> None:
    old = make.framework(COUNTRY, period_end=date(2025, 12, 31))
    new = make.framework(COUNTRY, period_start=date(2026, 1, 1))
    make.framework(COUNTRY, stage=FrameworkStage.DRAFT, approved_on=None)
    frame = make.framework(CORPORATE, period_start=None, period_end=None)
    assert list(work.session.scalars(strategy.find_frameworks(COUNTRY, date(2025, 12, 31)))) == [old]
    assert list(work.session.scalars(strategy.find_frameworks(COUNTRY, date(2026, 1, 1)))) == [new]
    assert list(work.session.scalars(strategy.find_frameworks(CORPORATE))) == [frame]
    assert len(work.session.scalars(strategy.find_frameworks()).all()) == 4


def test_a_framework_joins_a_plan_of_others_once_and_may_leave(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        framework = Make(work).framework()
        undaf = strategy.create_external_plan(work, "UNDAF-AO", "UNDAF Angola", ExternalPlanKind.UNDAF)
        strategy.create_external_plan(work, "NAT", "National plan", ExternalPlanKind.NATIONAL_PLAN)
        link = strategy.join_external_plan(work, framework.id, undaf.id)
        assert (link.framework_id, link.external_plan_id) == (framework.id, undaf.id)
        found = work.session.scalars(strategy.find_external_plans(ExternalPlanKind.UNDAF)).all()
        assert found == [undaf]
    with refused(engine, Conflict, "external_plan_id") as work:
        strategy.join_external_plan(work, framework.id, undaf.id)
    with refused(engine, Invalid, "title") as work:
        strategy.create_external_plan(work, "X", "", ExternalPlanKind.UNDAF)
    with start() as work:
        strategy.leave_external_plan(work, link.id)
    with refused(engine, NotFound, "link_id") as work:
        strategy.leave_external_plan(work, link.id)


def test_who_only_looks_changes_no_framework(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework, office = make.framework(), make.headquarters()
        viewer, reporter = make.actor(Role.VIEWER), make.actor(Role.REPORTER)
        undaf = strategy.create_external_plan(work, "U", "UNDAF", ExternalPlanKind.UNDAF)
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.create_framework(work, plan(office))
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.revise_framework(work, framework.id, FrameworkRevision(title="Other"))
    with refused(engine, Forbidden, None, reporter) as work:
        strategy.approve_framework(work, framework.id, DAY, "Council")
    with refused(engine, Forbidden, None, reporter) as work:
        strategy.close_framework(work, framework.id, "over")
    with refused(engine, Forbidden, None, reporter) as work:
        strategy.review_framework(work, framework.id, DAY, ReviewOutcome.CONTINUED)
    with refused(engine, Forbidden, None, reporter) as work:
        strategy.release_framework(work, framework.id)
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.create_external_plan(work, "X", "Plan", ExternalPlanKind.UNDAF)
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.join_external_plan(work, framework.id, undaf.id)


def test_another_offices_draft_is_not_found(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        draft = make.framework(stage=FrameworkStage.DRAFT, approved_on=None)
        neighbour = make.actor(Role.APPROVER, make.office(kind=OfficeKind.COUNTRY))
    with refused(engine, NotFound, "framework_id", neighbour) as work:
        strategy.approve_framework(work, draft.id, DAY, "Council")
    with start(neighbour) as work:
        assert work.session.scalars(sa.select(Framework)).all() == []
