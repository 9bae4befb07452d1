"""Reports, their timeliness, verification and corrections: R030, R033, R043, R048, R054 and R058."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Forbidden, Invalid
from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.services import quality, reporting, rollup
from rbm.services.reporting import CorrectionInput, Timeliness
from rbm.stages import Transition
from rbm.terms.indicators import Composition
from rbm.terms.people import Role
from rbm.terms.reporting import CausalLink, ReportStage, Verification
from rbm.terms.strategy import FrameworkLevel
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.reporting.scene import DUE, Scene, build, person_of, values_of

Shown = tuple[Decimal | None, Decimal | None, Decimal | None]


@pytest.fixture
def scene(start: Begin) -> Scene:
    return build(start)


def corporate(start: Begin, scene: Scene) -> None:
    """Let the country's indicator count in one of headquarters."""
    with start() as work:
        make = Make(work)
        child = work.get(Indicator, scene.indicator)
        child.composition = Composition.OWN_ONLY
        strategy = make.framework(FrameworkLevel.CORPORATE, office=make.headquarters())
        parent = make.indicator(make.result(strategy), code="CORPORATE", composition=Composition.CONTRIBUTED_ONLY)
        make.contribution(child, parent)


def shown(start: Begin) -> dict[str, Shown]:
    """Value, verified and self-reported value of each indicator's total after a refresh."""
    with start() as work:
        rollup.refresh(work)
    with start() as work:
        query = sa.select(Indicator.code, Figure.value, Figure.verified, Figure.self_reported)
        rows = work.session.execute(query.join(Figure, Figure.indicator_id == Indicator.id))
        return {code: (value, verified, reported) for code, value, verified, reported in rows}


@pytest.mark.parametrize("link", list(CausalLink))
def test_r030_each_value_says_whether_its_cause_is_shown(scene: Scene, start: Begin, link: CausalLink) -> None:
    report_id = scene.opened()
    scene.recorded(report_id, 53, causal_link=link)
    with start() as work:
        assert [value.causal_link for value in values_of(work, report_id)] == [link]


def test_r033_a_report_due_yesterday_and_not_submitted_is_late_today(scene: Scene, start: Begin) -> None:
    scene.recorded(scene.opened(), 53)
    yesterday, today = DUE, DUE + timedelta(days=1)
    with start(scene.verifier) as work:
        for on, stands in ((yesterday, Timeliness.DUE), (today, Timeliness.OVERDUE)):
            (one,) = reporting.obligations(work, on)
            assert (one.due_on, one.timeliness) == (DUE, stands)


def test_r033_every_step_of_a_report_has_its_day_and_its_person(scene: Scene, start: Begin) -> None:
    report_id, _ = scene.approved()
    with start() as work:
        moves = work.session.scalars(
            sa.select(Transition).where(Transition.entity_id == report_id).order_by(Transition.id)
        ).all()
        assert [(move.to_stage, move.person_id, move.at.date()) for move in moves] == [
            (ReportStage.SUBMITTED, person_of(scene.reporter), date(2026, 3, 2)),
            (ReportStage.APPROVED, person_of(scene.approver), date(2026, 3, 2)),
        ]


def test_r043_one_of_two_reports_came_in_time(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        office = make.office()
        plan = make.framework(office=office, code="SECOND")
        indicator = make.indicator(make.result(plan))
        reporter = make.actor(Role.REPORTER, office)
        second = Scene(**(vars(scene) | {"framework": plan.id, "indicator": indicator.id, "reporter": reporter}))
    scene.submitted(now=datetime(2026, 2, 15, 12, 0, tzinfo=UTC))
    second.submitted(now=datetime(2026, 2, 16, 12, 0, tzinfo=UTC))
    with start() as work:
        found = {one.framework.code: one.timeliness for one in reporting.obligations(work, date(2026, 3, 2))}
        assert found == {"PLAN": Timeliness.SUBMITTED, "SECOND": Timeliness.LATE}


def test_r048_53_self_reported_gives_verified_0_until_it_is_verified_at_every_level(scene: Scene, start: Begin) -> None:
    corporate(start, scene)
    report_id, value = scene.submitted()
    waiting = (None, None, Decimal(53))
    assert shown(start) == {"INDICATOR": waiting, "CORPORATE": waiting}
    with start(scene.approver) as work:
        reporting.approve_report(work, report_id)
    self_reported = (Decimal(53), None, Decimal(53))
    assert shown(start) == {"INDICATOR": self_reported, "CORPORATE": self_reported}
    with start(scene.verifier) as work:
        quality.verify_measurement(work, value, "register seen")
    verified = (Decimal(53), Decimal(53), Decimal(53))
    assert shown(start) == {"INDICATOR": verified, "CORPORATE": verified}


def test_r048_a_rejected_value_counts_in_neither(scene: Scene, start: Begin) -> None:
    corporate(start, scene)
    _, value = scene.approved()
    with start(scene.verifier) as work:
        quality.reject_measurement(work, value, "counted twice")
    nothing = (None, None, None)
    assert shown(start) == {"INDICATOR": nothing, "CORPORATE": nothing}


def test_r054_the_submitter_cannot_verify_and_a_rejection_needs_a_reason(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    _, value = scene.approved()
    with refused(engine, Forbidden, None, scene.reporter) as work:
        quality.verify_measurement(work, value, "mine")
    with refused(engine, Invalid, "reason", scene.verifier) as work:
        quality.reject_measurement(work, value, "")
    with start(scene.verifier) as work:
        assert quality.open_check(work, value).stage is Verification.UNDER_CHECK


def test_r058_a_correction_keeps_the_earlier_value_its_author_and_the_reason(scene: Scene, start: Begin) -> None:
    corporate(start, scene)
    report_id, first = scene.approved(35)
    with start(scene.approver) as work:
        reporting.unapprove_report(work, report_id, "two digits were turned round")
    with start(scene.reporter) as work:
        second = reporting.correct_measurement(work, first, CorrectionInput(value=Decimal(53)), "turned round").id
        reporting.submit_report(work, report_id)
    with start(scene.approver) as work:
        reporting.approve_report(work, report_id)
        history = reporting.report_history(work, second)
        assert [(one.measurement_id, one.value, one.recorded_by, one.reason) for one in history] == [
            (first, Decimal(35), scene.reporter.label, None),
            (second, Decimal(53), scene.reporter.label, "turned round"),
        ]
    assert shown(start)["CORPORATE"] == (Decimal(53), None, Decimal(53))
