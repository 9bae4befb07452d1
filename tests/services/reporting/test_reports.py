"""Reports: one for each plan and period, submitted, returned, approved by somebody else, and their values with them."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.notices import Notice
from rbm.model.people import Membership, Office, Person
from rbm.model.rollup import DirtyMark
from rbm.model.strategy import Framework
from rbm.services import quality, reporting
from rbm.services.people import actor_of_person, grant_role, revoke_role
from rbm.stages import Transition
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from rbm.terms.reporting import ReportStage, ValueStage
from rbm.terms.strategy import FrameworkStage
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.reporting.scene import DUE, Scene, person_of, report_of, values_of


def marks_of(start: Begin) -> list[tuple[UUID, str]]:
    with start() as work:
        query = sa.select(DirtyMark.indicator_id, DirtyMark.cause).order_by(DirtyMark.id)
        return [(key, cause) for key, cause in work.session.execute(query)]


def told(start: Begin) -> list[tuple[UUID, NoticeKind, str]]:
    with start() as work:
        notices = work.session.scalars(sa.select(Notice).order_by(Notice.id))
        return [(notice.person_id, notice.kind, notice.facts["report"]) for notice in notices]


def stages(start: Begin, report_id: UUID) -> tuple[ReportStage, list[ValueStage]]:
    with start() as work:
        return report_of(work, report_id).stage, [value.stage for value in values_of(work, report_id)]


def close(start: Begin, scene: Scene) -> None:
    with start() as work:
        reporting.close_period(work, scene.period)


def test_a_report_is_opened_once_for_a_plan_and_a_period(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    with start(scene.reporter) as work:
        made = reporting.open_report(work, scene.framework, scene.period)
        assert (made.code, made.stage, made.due_on, made.opened_at) == ("PLAN/2025", ReportStage.DRAFT, DUE, NOW)
    with refused(engine, Conflict, "period_id", scene.reporter) as work:
        reporting.open_report(work, scene.framework, scene.period)


def test_after_a_withdrawal_another_report_is_opened(scene: Scene, start: Begin) -> None:
    report_id, _ = scene.submitted()
    with start(scene.reporter) as work:
        reporting.withdraw_report(work, report_id, "wrong year")
        again = reporting.open_report(work, scene.framework, scene.period)
        assert (again.code, again.stage) == ("PLAN/2025/2", ReportStage.DRAFT)
    assert stages(start, report_id) == (ReportStage.WITHDRAWN, [ValueStage.WITHDRAWN])
    assert marks_of(start)[-1] == (scene.indicator, "withdraw_report")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"stage": FrameworkStage.DRAFT, "approved_on": None}, "framework_id"),
        ({"stage": FrameworkStage.CLOSED}, "framework_id"),
        ({"period_start": date(2026, 1, 1)}, "period_id"),
        ({"period_end": date(2024, 12, 31), "period_start": date(2024, 1, 1)}, "period_id"),
    ],
)
def test_only_a_plan_that_runs_is_reported_on(
    scene: Scene, start: Begin, engine: sa.Engine, facts: dict[str, object], field: str
) -> None:
    with start() as work:
        Make(work)
        framework = work.get(Framework, scene.framework)
        for name, value in facts.items():
            setattr(framework, name, value)
    with refused(engine, Conflict, field, scene.reporter) as work:
        reporting.open_report(work, scene.framework, scene.period)


def test_a_closed_period_takes_no_report(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    close(start, scene)
    with refused(engine, Conflict, "period", scene.reporter) as work:
        reporting.open_report(work, scene.framework, scene.period)


def test_submitting_sends_the_values_along_and_tells_the_approvers(scene: Scene, start: Begin) -> None:
    report_id, _ = scene.submitted()
    with start() as work:
        report = report_of(work, report_id)
        person = person_of(scene.reporter)
        assert (report.submitted_at, report.first_submitted_at, report.submitted_by_id) == (NOW, NOW, person)
        assert (report.approved_at, report.approved_by_id) == (None, None)
    assert stages(start, report_id) == (ReportStage.SUBMITTED, [ValueStage.SUBMITTED])
    assert marks_of(start) == [(scene.indicator, "submit_report")]
    assert told(start) == [(person_of(scene.approver), NoticeKind.REPORT_SUBMITTED, "PLAN/2025")]


def test_without_an_approver_in_the_office_the_nearest_one_above_is_told(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.actor(Role.APPROVER)
        above = make.actor(Role.APPROVER, work.get(Office, scene.region))
        query = sa.select(Membership).where(Membership.person_id == person_of(scene.approver))
        revoke_role(work, work.session.scalars(query).one().id)
    scene.submitted()
    assert [person for person, _, _ in told(start)] == [person_of(above)]


def test_a_report_without_a_value_is_not_submitted(scene: Scene, engine: sa.Engine) -> None:
    report_id = scene.opened()
    with refused(engine, Conflict, "measurements", scene.reporter) as work:
        reporting.submit_report(work, report_id)


def test_the_narrative_stays_until_another_is_stated(scene: Scene, start: Begin) -> None:
    report_id = scene.opened()
    scene.recorded(report_id, 53)
    for narrative, kept in (("A good year", "A good year"), (None, "A good year"), ("Better", "Better")):
        with start(scene.reporter) as work:
            assert reporting.submit_report(work, report_id, narrative).narrative == kept
        with start(scene.approver) as work:
            reporting.return_report(work, report_id, "again")


def test_a_returned_report_is_submitted_again(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id, _ = scene.submitted()
    with refused(engine, Invalid, "reason", scene.approver) as work:
        reporting.return_report(work, report_id, " ")
    with start(scene.approver) as work:
        reporting.return_report(work, report_id, "53 cannot be")
    assert stages(start, report_id) == (ReportStage.RETURNED, [ValueStage.RETURNED])
    assert told(start)[-1] == (person_of(scene.reporter), NoticeKind.REPORT_RETURNED, "PLAN/2025")
    with refused(engine, Conflict, "stage", scene.approver) as work:
        reporting.approve_report(work, report_id)
    with start(scene.reporter) as work:
        reporting.submit_report(work, report_id)
    assert stages(start, report_id) == (ReportStage.SUBMITTED, [ValueStage.SUBMITTED])
    causes = ["submit_report", "return_report", "submit_report"]
    assert [cause for _, cause in marks_of(start)] == causes
    with start() as work:
        reasons = work.session.scalars(sa.select(Transition.reason).order_by(Transition.id)).all()
        assert reasons == [None, "53 cannot be", None]


def test_approval_makes_the_values_count(scene: Scene, start: Begin) -> None:
    report_id, _ = scene.approved()
    with start() as work:
        report = report_of(work, report_id)
        assert (report.approved_at, report.approved_by_id) == (NOW, person_of(scene.approver))
    assert stages(start, report_id) == (ReportStage.APPROVED, [ValueStage.APPROVED])
    assert marks_of(start)[-1] == (scene.indicator, "approve_report")
    assert told(start)[-1] == (person_of(scene.reporter), NoticeKind.REPORT_APPROVED, "PLAN/2025")


def test_nobody_approves_what_they_submitted_or_recorded(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make, office = Make(work), work.get(Office, scene.office)
        both = work.get(Person, person_of(make.actor(Role.REPORTER, office)))
        grant_role(work, both.id, office.id, Role.APPROVER)
        actor = actor_of_person(work, both)
    recorded = scene.opened()
    with start(actor) as work:
        values = reporting.ValueInput(indicator_id=scene.indicator, value=Decimal(53))
        reporting.record_measurements(work, recorded, [values])
    with start(scene.reporter) as work:
        reporting.submit_report(work, recorded)
    with refused(engine, Forbidden, None, actor) as work:
        reporting.approve_report(work, recorded)
    with start(scene.approver) as work:
        reporting.return_report(work, recorded, "again")
    with start(actor) as work:
        reporting.submit_report(work, recorded)
    with refused(engine, Forbidden, None, actor) as work:
        reporting.approve_report(work, recorded)
    with start(actor) as work:
        denials = dict(work.allowed(report_of(work, recorded)))
        assert denials[ReportStage.APPROVED] == "not by the person who is its submitted by"


@pytest.mark.parametrize("part", ["recorded", "submitted"])
def test_a_correction_by_somebody_else_does_not_hide_who_had_a_part(
    scene: Scene, start: Begin, engine: sa.Engine, part: str
) -> None:
    with start() as work:
        make, office = Make(work), work.get(Office, scene.office)
        both = work.get(Person, person_of(make.actor(Role.REPORTER, office)))
        grant_role(work, both.id, office.id, Role.APPROVER)
        actor = actor_of_person(work, both)
        above = work.get(Person, person_of(make.actor(Role.VERIFIER, work.get(Office, scene.region))))
        grant_role(work, above.id, scene.region, Role.REPORTER)
        checker = actor_of_person(work, above)
    first, second = (actor, checker) if part == "recorded" else (checker, actor)
    report_id = scene.opened()
    with start(first) as work:
        stated = reporting.MeasurementInput(report_id=report_id, indicator_id=scene.indicator, value=Decimal(53))
        before = reporting.record_measurement(work, stated).id
    with start(second) as work:
        reporting.submit_report(work, report_id)
    with start(scene.approver) as work:
        reporting.return_report(work, report_id, "again")
    with start(scene.reporter) as work:
        corrected = reporting.CorrectionInput(value=Decimal(53))
        value = reporting.correct_measurement(work, before, corrected, "checked").id
        reporting.submit_report(work, report_id)
    with refused(engine, Forbidden, None, actor) as work:
        reporting.approve_report(work, report_id)
    with start(scene.approver) as work:
        reporting.approve_report(work, report_id)
    with refused(engine, Forbidden, None, checker) as work:
        quality.verify_measurement(work, value, "seen")
    for asked, waiting in ((checker, []), (scene.verifier, [value])):
        with start(asked) as work:
            assert [row.id for row in work.session.scalars(quality.find_to_verify(work))] == waiting


def test_roles_of_other_offices_do_not_approve(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id, _ = scene.submitted()
    with start() as work:
        make = Make(work)
        elsewhere, above = make.actor(Role.APPROVER, make.office()), make.actor(Role.VIEWER)
    with refused(engine, NotFound, "report_id", elsewhere) as work:
        reporting.approve_report(work, report_id)
    for actor in (above, scene.reporter, scene.verifier):
        with refused(engine, Forbidden, None, actor) as work:
            reporting.approve_report(work, report_id)


def test_an_approval_is_taken_back_with_a_reason(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id, _ = scene.approved()
    with refused(engine, Invalid, "reason", scene.approver) as work:
        reporting.unapprove_report(work, report_id, "")
    with refused(engine, Conflict, "stage", scene.approver) as work:
        reporting.return_report(work, report_id, "wrong door")
    with refused(engine, Conflict, "stage", scene.reporter) as work:
        reporting.withdraw_report(work, report_id)
    with start(scene.approver) as work:
        report = reporting.unapprove_report(work, report_id, "53 was 35")
        assert (report.approved_at, report.approved_by_id) == (None, None)
    assert stages(start, report_id) == (ReportStage.RETURNED, [ValueStage.RETURNED])
    assert marks_of(start)[-1] == (scene.indicator, "unapprove_report")
    with refused(engine, Conflict, "stage", scene.approver) as work:
        reporting.unapprove_report(work, report_id, "again")


def test_in_a_closed_period_nothing_is_submitted_approved_or_unapproved(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    report_id, _ = scene.submitted()
    close(start, scene)
    with refused(engine, Conflict, "period", scene.approver) as work:
        reporting.approve_report(work, report_id)
    with start(scene.approver) as work:
        reporting.return_report(work, report_id, "too late")
    with refused(engine, Conflict, "period", scene.reporter) as work:
        reporting.submit_report(work, report_id)
    with start() as work:
        reporting.reopen_period(work, scene.period, "one more")
    with start(scene.reporter) as work:
        reporting.submit_report(work, report_id)
    with start(scene.approver) as work:
        reporting.approve_report(work, report_id)
    close(start, scene)
    with refused(engine, Conflict, "period", scene.approver) as work:
        reporting.unapprove_report(work, report_id, "too late")


def test_reports_are_found_by_plan_period_and_stage(scene: Scene, start: Begin) -> None:
    report_id = scene.opened()
    with start(scene.reporter) as work:
        other = work.session.scalars(reporting.find_reports(stage=ReportStage.APPROVED)).all()
        found = work.session.scalars(reporting.find_reports(scene.framework, scene.period, ReportStage.DRAFT)).all()
        assert ([row.id for row in found], other) == ([report_id], [])
    with start() as work:
        assert len(work.session.scalars(reporting.find_reports()).all()) == 1
