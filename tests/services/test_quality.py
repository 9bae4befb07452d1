"""Verification by another unit, and issues found in targets."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.notices import Notice
from rbm.model.people import Membership, Office, Person, Post
from rbm.model.quality import Check, Issue
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import DirtyMark
from rbm.model.strategy import Result
from rbm.services import people, quality, reporting
from rbm.services.iati import import_file
from rbm.services.quality import IssuesRaised
from rbm.services.reporting import CorrectionInput, EvidenceInput
from rbm.terms.indicators import Direction
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from rbm.terms.quality import IssueRule, IssueStage
from rbm.terms.reporting import Verification
from seeds import load
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.reporting.scene import Scene, build, person_of

TODAY = date(2026, 3, 2)


@pytest.fixture
def scene(start: Begin) -> Scene:
    return build(start)


def verification_of(start: Begin, measurement_id: int) -> Verification:
    with start() as work:
        return work.get(Measurement, measurement_id).verification


def waiting(start: Begin, actor: Actor) -> list[int]:
    with start(actor) as work:
        return [row.id for row in work.session.scalars(quality.find_to_verify(work))]


def test_a_value_is_self_reported_under_check_and_verified(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    _, value = scene.approved()
    assert verification_of(start, value) is Verification.SELF_REPORTED
    with start(scene.verifier) as work:
        check = quality.open_check(work, value)
        assert (check.stage, check.checker_id, check.opened_at) == (
            Verification.UNDER_CHECK,
            person_of(scene.verifier),
            NOW,
        )
    assert verification_of(start, value) is Verification.UNDER_CHECK
    with refused(engine, Conflict, "measurement_id", scene.verifier) as work:
        quality.open_check(work, value)
    with refused(engine, Invalid, "note", scene.verifier) as work:
        quality.verify_measurement(work, value, " ")
    with start(scene.verifier) as work:
        done = quality.verify_measurement(work, value, " Register of cases seen ")
        assert (done.id, done.stage, done.decided_at, done.note) == (
            check.id,
            Verification.VERIFIED,
            NOW,
            "Register of cases seen",
        )
    assert verification_of(start, value) is Verification.VERIFIED
    with start() as work:
        assert work.session.scalars(sa.select(DirtyMark.cause).order_by(DirtyMark.id.desc())).first() == (
            "measurement_verified"
        )
        notice = work.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.VALUE_VERIFIED)).one()
        assert (notice.person_id, notice.facts["value"]) == (person_of(scene.reporter), "53.000000")
    for verdict in (quality.verify_measurement, quality.reject_measurement):
        with refused(engine, Conflict, "measurement_id", scene.verifier) as work:
            verdict(work, value, "again")


def test_a_rejection_needs_a_reason_and_is_told(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    _, value = scene.approved()
    with refused(engine, Invalid, "reason", scene.verifier) as work:
        quality.reject_measurement(work, value, " ")
    with start(scene.verifier) as work:
        check = quality.reject_measurement(work, value, "counted twice")
        assert (check.stage, check.note) == (Verification.REJECTED, "counted twice")
    assert verification_of(start, value) is Verification.REJECTED
    with start() as work:
        notice = work.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.VALUE_REJECTED)).one()
        assert (notice.person_id, notice.facts["reason"]) == (person_of(scene.reporter), "counted twice")


def test_evidence_kept_with_the_value_is_enough(scene: Scene, start: Begin) -> None:
    _, value = scene.approved(evidence=(EvidenceInput(url="https://example.org/register"),))
    with start(scene.verifier) as work:
        assert quality.verify_measurement(work, value).note is None
        assert work.session.scalars(quality.find_checks(value, Verification.VERIFIED)).one().checker_id
    assert verification_of(start, value) is Verification.VERIFIED


def test_only_an_approved_value_is_checked(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id, value = scene.submitted()
    with refused(engine, Conflict, "measurement_id", scene.verifier) as work:
        quality.open_check(work, value)
    with start(scene.approver) as work:
        reporting.return_report(work, report_id, "again")
    with start(scene.reporter) as work:
        reporting.correct_measurement(work, value, CorrectionInput(value=Decimal(35)), "again")
    with refused(engine, Conflict, "measurement_id", scene.verifier) as work:
        quality.verify_measurement(work, value, "seen")


def test_nobody_checks_what_they_had_a_part_in(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    _, value = scene.approved()
    for actor in (scene.reporter, scene.approver):
        with start() as work:
            region, person = work.get(Office, scene.region), person_of(actor)
            Make(work)
            people.grant_role(work, person, region.id, Role.VERIFIER)
            query = sa.select(Membership).where(Membership.person_id == person, Membership.office_id == scene.office)
            people.revoke_role(work, work.session.scalars(query).one().id)
            moved = people.actor_of_person(work, work.get(Person, person))
        for verdict in (quality.verify_measurement, quality.reject_measurement):
            with refused(engine, Forbidden, None, moved) as work:
                verdict(work, value, "mine")
        assert waiting(start, moved) == []


def test_the_checker_sits_in_another_unit(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    _, value = scene.approved()
    with start() as work:
        make, office, region = Make(work), work.get(Office, scene.office), work.get(Office, scene.region)
        local = make.actor(Role.VERIFIER, office)
        both = make.actor(Role.VERIFIER, region)
        people.grant_role(work, person_of(both), office.id, Role.VIEWER)
        both = people.actor_of_person(work, work.get(Person, person_of(both)))
        elsewhere, viewer = make.actor(Role.VERIFIER, make.office()), make.actor(Role.VIEWER, region)
    for actor in (local, both, viewer, scene.reporter):
        with refused(engine, Forbidden, None, actor) as work:
            quality.open_check(work, value)
        assert waiting(start, actor) == []
    with refused(engine, NotFound, "measurement_id", elsewhere) as work:
        quality.open_check(work, value)
    assert waiting(start, scene.verifier) == [value]


def test_another_verifier_takes_over_an_open_check(scene: Scene, start: Begin) -> None:
    _, value = scene.approved()
    with start() as work:
        second = Make(work).actor(Role.VERIFIER, work.get(Office, scene.region))
    with start(scene.verifier) as work:
        quality.open_check(work, value)
    assert waiting(start, second) == [value]
    with start(second) as work:
        quality.verify_measurement(work, value, "seen")
    with start() as work:
        check = work.session.scalars(sa.select(Check)).one()
        assert check.checker_id == person_of(second)
    assert waiting(start, second) == []


def test_published_values_wait_for_nobody_and_can_be_checked(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        indicator, period = work.get(Indicator, scene.indicator), work.get(Period, scene.period)
        value = make.measurement(indicator, period, 53, origin="published by X").id
        assert work.session.scalars(quality.find_to_verify(work)).all() == []
    assert waiting(start, scene.verifier) == []
    with start(scene.verifier) as work:
        assert quality.verify_measurement(work, value, "seen").stage is Verification.VERIFIED


def cell(make: Make, scene: Scene, *numbers: object, direction: Direction | None = Direction.INCREASE) -> Target:
    """An indicator with baseline, target and approved value; what is None is left out."""
    work = make.work
    period = work.get(Period, scene.period)
    indicator = make.indicator(work.get(Result, work.get(Indicator, scene.indicator).result_id), direction=direction)
    baseline, target, actual = (None if number is None else Decimal(str(number)) for number in numbers)
    facts = {"edition": 1, "current": True, "occurrence": 1, "set_at": NOW}
    if baseline is not None:
        work.add(Baseline(indicator=indicator, value=baseline, year=2024, **facts))
    if actual is not None:
        make.measurement(indicator, period, actual)
    return work.add(Target(indicator=indicator, period=period, value=target, **facts))


def issues(start: Begin) -> list[tuple[UUID | None, IssueStage]]:
    with start() as work:
        return [(row.target_id, row.stage) for row in work.session.scalars(sa.select(Issue).order_by(Issue.id))]


@pytest.fixture
def standing(scene: Scene, start: Begin) -> UUID:
    """The issue of Burundi's 15.1: baseline 4,264, target 3,500, actual 5,857."""
    with start() as work:
        make = Make(work)
        work.add(Post(code="HEAD", title="Head of office", office_id=scene.office))
        target = cell(make, scene, 4264, 3500, 5857)
        for numbers in ((10, 20, 15), (10, 10, 15), (None, 5, 15), (10, 5, None)):
            cell(make, scene, *numbers)
        cell(make, scene, 10, 5, 7, direction=Direction.DECREASE)
        cell(make, scene, 10, 5, 7, direction=None)
        cell(make, scene, 10, 5, 7, direction=Direction.MAINTAIN)
        assert quality.raise_issues(work, scene.period) == IssuesRaised(raised=1, resolved=0, standing=1)
        return target.id


def test_a_target_against_the_direction_is_an_issue_with_its_numbers(standing: UUID, start: Begin) -> None:
    with start() as work:
        issue = work.session.scalars(sa.select(Issue)).one()
        assert (issue.rule, issue.target_id) == (IssueRule.TARGET_AGAINST_DIRECTION, standing)
        assert (issue.raised_on, issue.due_on) == (TODAY, date(2026, 4, 1))
        assert (issue.stage, work.get(Post, issue.responsible_id).code) == (IssueStage.OPEN, "HEAD")
        code = work.get(Indicator, issue.indicator_id).code
        assert issue.explanation == (
            f"{code} is to increase, but its target 3,500 lies below its baseline 4,264; it is read as a threshold, "
            "which 5,857 has met"
        )


def test_raising_twice_changes_nothing_and_a_cause_that_is_gone_closes(
    scene: Scene, standing: UUID, start: Begin
) -> None:
    with start() as work:
        assert quality.raise_issues(work, scene.period) == IssuesRaised(0, 0, 1)
        assert quality.raise_all_issues(work) == {"raised": 0, "resolved": 0}
    with start() as work:
        Make(work)
        work.get(Target, standing).value = Decimal(6000)
        work.flush()
        assert quality.raise_issues(work, scene.period) == IssuesRaised(0, 1, 0)
    assert issues(start) == [(standing, IssueStage.RESOLVED)]
    with start(now=NOW + timedelta(days=10)) as work:
        Make(work)
        work.get(Target, standing).value = Decimal(3000)
        work.flush()
        assert quality.raise_issues(work, scene.period) == IssuesRaised(1, 0, 1)
        assert work.session.scalars(sa.select(Issue.due_on)).one() == date(2026, 4, 11)
    assert issues(start) == [(standing, IssueStage.OPEN)]


def test_an_issue_is_resolved_or_accepted_with_a_reason(
    scene: Scene, standing: UUID, start: Begin, engine: sa.Engine
) -> None:
    with start() as work:
        key = work.session.scalars(quality.find_issues(scene.period, IssueStage.OPEN)).one().id
        assert work.session.scalars(quality.find_issues(overdue_on=date(2026, 4, 1))).all() == []
        assert len(work.session.scalars(quality.find_issues(overdue_on=date(2026, 4, 2))).all()) == 1
    with refused(engine, Forbidden, None, scene.reporter) as work:
        quality.accept_issue(work, key, "it is a ceiling")
    with refused(engine, Invalid, "reason", scene.verifier) as work:
        quality.accept_issue(work, key, " ")
    with start(scene.verifier) as work:
        quality.accept_issue(work, key, "it is a ceiling")
    with refused(engine, Conflict, "stage", scene.reporter) as work:
        quality.resolve_issue(work, key)
    with start() as work:
        assert quality.raise_issues(work, scene.period) == IssuesRaised(0, 0, 1)
    assert issues(start) == [(standing, IssueStage.ACCEPTED)]


def test_without_a_post_of_its_own_headquarters_is_responsible(scene: Scene, start: Begin) -> None:
    with start() as work:
        Make(work)
        assert people.responsible_post(work, scene.office).code == people.RESULTS_POST
        for code, office in (("Z", scene.office), ("R", scene.region)):
            work.add(Post(code=code, title=code, office_id=office))
        assert people.responsible_post(work, scene.office).code == "Z"
        work.add(Post(code="B", title="B", office_id=scene.office))
        assert people.responsible_post(work, scene.office).code == "B"
        assert people.responsible_post(work, scene.region).code == "R"


def test_only_headquarters_raises_issues(scene: Scene, engine: sa.Engine) -> None:
    with refused(engine, Forbidden, None, scene.approver) as work:
        quality.raise_issues(work, scene.period)


def test_the_published_results_of_2023_hold_207_targets_against_their_direction(shared: Path, start: Begin) -> None:
    with start() as work:
        people.initialise(work)
        load.load_reference(work)
        import_file(work, shared / "data" / "iati" / "unhcr-2023.xml.gz")
        period = work.session.scalars(sa.select(Period).where(Period.code == "2023")).one()
        assert sum(1 for _ in quality.matched_cells(work, period)) == 1363
        assert quality.raise_issues(work, period.id) == IssuesRaised(207, 0, 207)
    with start() as work:
        found = work.session.scalars(sa.select(Issue.explanation)).all()
        burundi = [text for text in found if "target 3,500 lies below its baseline 4,264" in text]
        assert [text.rpartition(", which ")[2] for text in burundi] == ["5,857 has met"]
        assert quality.raise_issues(work, period.id) == IssuesRaised(0, 0, 207)
