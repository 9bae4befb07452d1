"""Who owes which report, and the reminders of it: a ladder with a ledger."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.errors import Forbidden
from rbm.model.notices import Notice, Reminder
from rbm.model.people import Membership, Office, Post
from rbm.model.reporting import Period
from rbm.model.strategy import Framework
from rbm.services import reporting
from rbm.services.reporting import Timeliness
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.reporting.scene import DUE, Scene, person_of


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def owed(start: Begin, on: date = DUE, actor: Actor = SYSTEM) -> list[tuple[str, str, str, Timeliness]]:
    with start(actor) as work:
        found = reporting.obligations(work, on)
        return [
            (one.framework.code, one.framework.office.code, one.period.code, one.timeliness)
            for one in found
            if one.due_on == DUE
        ]


def told(start: Begin) -> list[tuple[UUID, NoticeKind]]:
    with start() as work:
        return [(row.person_id, row.kind) for row in work.session.scalars(sa.select(Notice).order_by(Notice.id))]


def remind(start: Begin, days: int) -> dict[str, int]:
    with start(now=moment(DUE + timedelta(days=days))) as work:
        return reporting.remind_reports(work)


@pytest.mark.parametrize(
    ("days", "stands"),
    [(-15, Timeliness.NOT_DUE), (-14, Timeliness.DUE), (0, Timeliness.DUE), (1, Timeliness.OVERDUE)],
)
def test_a_report_that_is_not_there_is_due_and_then_overdue(
    scene: Scene, start: Begin, days: int, stands: Timeliness
) -> None:
    expected = [("PLAN", "OFFICE", "2025", stands)]
    assert owed(start, DUE + timedelta(days=days)) == expected
    scene.opened()
    assert owed(start, DUE + timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("came", "stands"),
    [
        (datetime(2026, 2, 15, 23, 59, tzinfo=UTC), Timeliness.SUBMITTED),
        (datetime(2026, 2, 16, 0, 0, tzinfo=UTC), Timeliness.LATE),
    ],
)
def test_a_delivered_report_came_in_time_or_late(
    scene: Scene, start: Begin, came: datetime, stands: Timeliness
) -> None:
    report_id, _ = scene.submitted(now=came)
    assert owed(start, DUE + timedelta(days=60)) == [("PLAN", "OFFICE", "2025", stands)]
    with start(scene.approver) as work:
        reporting.return_report(work, report_id, "again")
    assert owed(start, DUE + timedelta(days=60))[0][3] is Timeliness.OVERDUE
    with start(scene.reporter, now=came + timedelta(days=30)) as work:
        reporting.submit_report(work, report_id)
    assert owed(start, DUE + timedelta(days=60))[0][3] is stands
    with start(scene.reporter) as work:
        reporting.withdraw_report(work, report_id)
        (obligation,) = reporting.obligations(work, DUE)
        assert (obligation.report, obligation.timeliness, obligation.due_on) == (None, Timeliness.DUE, DUE)


def test_only_country_strategies_and_project_plans_with_something_to_report_owe(scene: Scene, start: Begin) -> None:
    with start() as work:
        make, office = Make(work), work.get(Office, scene.office)
        plans = [
            make.framework(office=office, code="EMPTY"),
            make.framework(FrameworkLevel.REGIONAL, office=office, code="REGIONAL"),
            make.framework(FrameworkLevel.CORPORATE, office=make.headquarters(), code="CORPORATE"),
            make.framework(office=office, code="DRAFT", stage=FrameworkStage.DRAFT),
            make.framework(office=office, code="CLOSED", stage=FrameworkStage.CLOSED),
            make.framework(office=office, code="LATER", period_start=date(2026, 1, 1)),
            make.framework(office=office, code="DERIVED"),
            make.framework(FrameworkLevel.PROJECT, office=office, code="PROJECT", project=make.project(office=office)),
        ]
        for plan in plans[1:]:
            make.indicator(make.result(plan), derived=plan.code == "DERIVED")
        make.year(2024, reports_due_on=DUE)
        make.year(2026)
        facts = {"reports_due_on": DUE, "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
        work.add(Period(code="life", kind=PeriodKind.LIFE, stage=PeriodStage.OPEN, **facts))
        work.add(Period(code="closed", kind=PeriodKind.OTHER, stage=PeriodStage.CLOSED, **facts))
    assert owed(start) == [
        ("PLAN", "OFFICE", "2025", Timeliness.DUE),
        ("PROJECT", "OFFICE", "2025", Timeliness.DUE),
    ]


def test_everybody_sees_what_their_offices_owe(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        sub = make.actor(Role.VIEWER, make.office(work.get(Office, scene.office)))
        elsewhere = make.office()
        make.indicator(make.result(make.framework(office=elsewhere, code="ELSEWHERE", released_on=DUE)))
        work.get(Framework, scene.framework).released_on = DUE
        assert len(reporting.obligations(work, DUE)) == 2
        assert [one.framework.code for one in reporting.obligations(work, DUE, [elsewhere.id])] == ["ELSEWHERE"]
    for actor in (scene.reporter, scene.verifier):
        assert [one[0] for one in owed(start, actor=actor)] == ["PLAN"]
    assert owed(start, actor=sub) == []
    assert owed(start, actor=PUBLIC) == []


def test_each_step_of_the_ladder_is_taken_once_by_those_it_concerns(scene: Scene, start: Begin) -> None:
    reporter, approver, verifier = (person_of(one) for one in (scene.reporter, scene.approver, scene.verifier))
    everybody = {reporter, approver, verifier}
    steps = {-14: {reporter}, -7: {reporter}, 0: {reporter}, 7: {reporter, approver}, 21: everybody, 42: everybody}
    assert remind(start, -15) == {"reminded": 0, "told": 0}
    for offset, persons in steps.items():
        before = len(told(start))
        assert remind(start, offset) == {"reminded": 1, "told": len(persons)}
        assert remind(start, offset) == {"reminded": 0, "told": 0}
        assert remind(start, offset + 1) == {"reminded": 0, "told": 0}
        kind = NoticeKind.REPORT_OVERDUE if offset > 0 else NoticeKind.REPORT_DUE
        assert set(told(start)[before:]) == {(person, kind) for person in persons}
    assert remind(start, 400) == {"reminded": 0, "told": 0}
    with start() as work:
        rows = work.session.scalars(sa.select(Reminder).order_by(Reminder.id)).all()
        assert [(row.subject_id, row.due_on, row.offset) for row in rows] == [
            (scene.framework, DUE, offset) for offset in steps
        ]


def test_a_missed_run_heals_with_the_latest_step_alone(scene: Scene, start: Begin) -> None:
    assert remind(start, -14) == {"reminded": 1, "told": 1}
    assert remind(start, 30) == {"reminded": 1, "told": 3}
    assert remind(start, 41) == {"reminded": 0, "told": 0}
    with start() as work:
        assert work.session.scalars(sa.select(Reminder.offset).order_by(Reminder.id)).all() == [-14, 21]


def test_what_is_delivered_is_not_reminded_of(scene: Scene, start: Begin) -> None:
    scene.submitted()
    before = len(told(start))
    assert remind(start, 21) == {"reminded": 0, "told": 0}
    assert len(told(start)) == before


def test_another_due_day_begins_the_ladder_again(scene: Scene, start: Begin) -> None:
    remind(start, 21)
    with start() as work:
        Make(work)
        work.get(Period, scene.period).reports_due_on = DUE + timedelta(days=30)
    assert remind(start, 22) == {"reminded": 1, "told": 1}


def test_without_a_reporter_the_responsible_post_is_reminded(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        holder = make.person()
        work.add(Post(code="A", title="Head", office_id=scene.region, holder=holder))
        query = sa.select(Membership).where(Membership.person_id == person_of(scene.reporter))
        work.remove(work.session.scalars(query).one())
    assert remind(start, 0) == {"reminded": 1, "told": 1}
    assert told(start) == [(holder.id, NoticeKind.REPORT_DUE)]


def test_only_headquarters_reminds(scene: Scene, engine: sa.Engine) -> None:
    with refused(engine, Forbidden, None, scene.approver) as work:
        reporting.remind_reports(work)
