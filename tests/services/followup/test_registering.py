"""Registers taken in and given out: all or nothing, never verified, and the same again."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Forbidden
from rbm.files.registers import read_register, write_workbook
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action, ActionEvidence, ActionRequest
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.services import followup, people
from rbm.services.followup import Imported
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationStage, SourceKind
from rbm.terms.findings import RecommendationStage
from rbm.terms.followup import ActionRequestKind, ActionStage
from rbm.terms.people import Role
from rbm.terms.responses import ResponseDecision, ResponseReason, ResponseStage
from rbm.work import Work
from tests.evaluating import Evaluating
from tests.files.register_builder import cells, csv_file
from tests.make import Make
from tests.services.followup.registers import refused, take
from tests.services.iati.stored import everything

ISSUED = date(2025, 6, 30)


@pytest.fixture
def jordan(make: Make) -> Office:
    """The office JOR, in which lina@example.org reports."""
    office = make.office(code="JOR")
    person = make.person(email="Lina@example.org")
    people.grant_role(make.work, person.id, office.id, Role.REPORTER)
    return office


def one(work: Work, cls: Any) -> Any:
    return work.session.scalars(sa.select(cls)).one()


def test_a_register_becomes_an_issued_recommendation_with_its_response(
    work: Work, jordan: Office, tmp_path: Path
) -> None:
    assert take(work, tmp_path, cells(Response_date="2025-07-20")) == Imported(1, 1, 1, 1, 1, 0, 0)
    evaluation, recommendation, action = (one(work, cls) for cls in (Evaluation, Recommendation, Action))
    assert (evaluation.code, evaluation.source, evaluation.stage) == ("A-1", SourceKind.AUDIT, EvaluationStage.FINAL)
    assert (evaluation.final_on, evaluation.disclosed_on) == (ISSUED, date(2026, 4, 1))
    assert (recommendation.code, recommendation.stage, recommendation.issued_on) == (
        "A-1/1",
        RecommendationStage.ISSUED,
        ISSUED,
    )
    response, decision = one(work, ManagementResponse), one(work, RecommendationResponse)
    assert (response.office_id, response.stage, response.due_on) == (
        jordan.id,
        ResponseStage.SUBMITTED,
        date(2025, 8, 11),
    )
    assert (response.submitted_on, response.endorsed_on, response.published_on) == (date(2025, 7, 20), None, None)
    assert (decision.decision, decision.decided_on) == (ResponseDecision.ACCEPTED, date(2025, 7, 20))
    assert (action.stage, action.planned_on, action.original_due_on) == (
        ActionStage.NOT_STARTED,
        date(2025, 7, 20),
        date(2025, 12, 31),
    )
    assert one(work, Addressee).leads


def test_what_is_called_completed_waits_for_its_verification(work: Work, jordan: Office, tmp_path: Path) -> None:
    done = cells(Status="Completed", Completed_on="2025-11-30", Evidence="https://example.org/register")
    take(work, tmp_path, done)
    action = one(work, Action)
    assert (action.stage, action.completed_on, action.claimed_on) == (
        ActionStage.REPORTED_COMPLETE,
        date(2025, 11, 30),
        date(2025, 11, 30),
    )
    assert (action.verify_by, action.ended_on) == (date(2026, 5, 1), None)
    assert one(work, ActionEvidence).url == "https://example.org/register"
    moves = work.session.scalars(sa.select(Transition).where(Transition.entity == "action").order_by(Transition.id))
    assert [(move.to_stage, move.at.date()) for move in moves] == [
        ("in_progress", date(2025, 11, 30)),
        ("reported_complete", date(2025, 11, 30)),
    ]


def test_what_is_called_not_applicable_waits_for_its_release(work: Work, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells(Status="No longer applicable"))
    request = one(work, ActionRequest)
    assert (one(work, Action).stage, request.kind) == (ActionStage.NOT_STARTED, ActionRequestKind.RELEASE)
    released = followup.release_action(work, request.id, "merged with another")
    assert released.stage is ActionStage.NO_LONGER_APPLICABLE


def test_reasons_that_are_only_explained_are_others(work: Work, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells(Decision="Partially agreed", Explanation="Only the vehicles"))
    decision = one(work, RecommendationResponse)
    assert (decision.decision, decision.reasons) == (ResponseDecision.PARTIALLY_ACCEPTED, [ResponseReason.OTHER])


def test_a_response_that_lacks_something_is_a_draft(work: Work, jordan: Office, tmp_path: Path) -> None:
    bare = {"Action": None, "Owner": None, "Due_date": None, "Status": None}
    done = take(work, tmp_path, cells(), cells(Number=2, Decision="Under consideration", **bare))
    assert (done.decisions, done.actions, done.waiting) == (2, 1, 1)
    assert one(work, ManagementResponse).stage is ResponseStage.DRAFT


def test_the_same_file_again_changes_nothing(engine: sa.Engine, start: Any, tmp_path: Path) -> None:
    with start() as work:
        make = Make(work)
        office = make.office(code="JOR")
        people.grant_role(work, make.person(email="lina@example.org").id, office.id, Role.REPORTER)
    with start() as work:
        take(work, tmp_path, cells(), cells(Action="Check it"))
    before = everything(engine)
    with start() as work:
        assert take(work, tmp_path, cells(), cells(Action="Check it")) == Imported(known=2)
    assert everything(engine) == before


def test_what_came_in_with_a_file_is_in_the_trail(engine: sa.Engine, start: Any, tmp_path: Path) -> None:
    with start() as work:
        make = Make(work)
        people.grant_role(work, make.person(email="lina@example.org").id, make.office(code="JOR").id, Role.REPORTER)
    with start() as work:
        register = read_register(csv_file(tmp_path, cells()))
        followup.import_register(work, register)
    with start() as work:
        entries = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.BATCH)).all()
        [batch] = [entry for entry in entries if entry.entity == "register"]
        assert (batch.entity_id, batch.changes["sha256"], batch.changes["actions"]) == (
            "register.csv",
            register.sha256,
            1,
        )
        made = sa.select(AuditEntry.entity).where(AuditEntry.kind == AuditKind.CREATED)
        assert {"evaluation", "recommendation", "management_response", "action"} <= set(work.session.scalars(made))


def test_one_fault_and_nothing_is_kept(engine: sa.Engine, start: Any, tmp_path: Path) -> None:
    with start() as work:
        Make(work).office(code="JOR")
    before = everything(engine)
    with start() as work:
        assert refused(work, tmp_path, cells(), cells(Number=2, Office="XXX", Due_date="2025-01-01")) == [
            "row 2, Owner (N): there is no active person with the e-mail address 'lina@example.org'",
            "row 3, Office (H): there is no office 'XXX'",
            "row 3, Owner (N): there is no active person with the e-mail address 'lina@example.org'",
            "row 3, Due date (O): 2025-01-01 is before the issue of 2025-06-30",
        ]
    assert everything(engine) == before


def test_an_owner_has_a_role_in_the_office(work: Work, make: Make, jordan: Office, tmp_path: Path) -> None:
    make.office(code="SYR")
    assert refused(work, tmp_path, cells(Office="SYR")) == ["row 2, Owner (N): 'lina@example.org' has no role in SYR"]


def test_what_is_issued_here_stands(work: Work, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells())
    other = cells(Evaluation_title="Another", Recommendation="Another", Priority="Low", Decision="Not agreed")
    other[HEAD_ACTION:] = [None] * len(other[HEAD_ACTION:])
    other[10] = "We do not agree"
    words = "in the file, {!r} here: it stands as it was issued"
    assert refused(work, tmp_path, other) == [
        "row 2, Evaluation title (B): 'Another' " + words.format("Audit of the country office"),
        "row 2, Recommendation (F): 'Another' " + words.format("Keep a register of assets"),
        "row 2, Priority (G): 'low' " + words.format("high"),
        "row 2, Decision (I): 'rejected' " + words.format("accepted"),
    ]


HEAD_ACTION = 12


def test_an_evaluation_of_our_own_takes_nothing_in(work: Work, make: Make, jordan: Office, tmp_path: Path) -> None:
    build = Evaluating(make)
    facts = {"title": "Audit of the country office", "source": SourceKind.AUDIT, "final_on": ISSUED}
    build.evaluation(code="A-1", **facts)
    assert refused(work, tmp_path, cells()) == [
        "row 2, Number (E): A-1 has no such recommendation here: the evaluation unit issues it"
    ]
    build.evaluation(EvaluationStage.DATA_COLLECTION, code="A-2", **(facts | {"final_on": None}))
    assert refused(work, tmp_path, cells(Evaluation_code="A-2"))[0] == (
        "row 2, Evaluation code (A): A-2 is data collection here: its team writes it"
    )


def test_a_second_office_adds_its_own_register(work: Work, make: Make, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells())
    syria = make.office(code="SYR")
    people.grant_role(work, make.person(email="sam@example.org").id, syria.id, Role.REPORTER)
    done = take(work, tmp_path, cells(Office="SYR", Owner="sam@example.org"))
    assert done == Imported(responses=1, decisions=1, actions=1)
    assert {row.office_id: row.leads for row in work.session.scalars(sa.select(Addressee))} == {
        jordan.id: True,
        syria.id: False,
    }
    assert refused(work, tmp_path, cells(Action="More")) == [
        "row 2, Action (M): the response of JOR is submitted: the action is planned here"
    ]


@pytest.mark.parametrize(
    ("role", "may"), [(Role.HQ_RESULTS, True), (Role.EVALUATION_OFFICER, False), (Role.APPROVER, False)]
)
def test_importing_takes_the_permission(start: Any, tmp_path: Path, role: Role, may: bool) -> None:
    register = read_register(csv_file(tmp_path, cells()))
    with start() as work:
        make = Make(work)
        person = make.person(email="lina@example.org")
        people.grant_role(work, person.id, make.office(code="JOR").id, Role.REPORTER)
        actor = make.actor(role)
    if may:
        with start(actor) as work:
            assert followup.import_register(work, register).actions == 1
    else:
        with pytest.raises(Forbidden), start(actor) as work:
            followup.import_register(work, register)


def test_e_03_what_is_given_out_comes_in_as_it_was(work: Work, jordan: Office, tmp_path: Path) -> None:
    text = "=1+1"
    done = {"Status": "Completed", "Completed_on": "2025-11-30", "Evidence": "https://a.org/1\nhttps://a.org/2"}
    take(work, tmp_path, cells(Recommendation=text, Action="@SUM(A1)"), cells(Recommendation=text, Action="-5", **done))
    path = tmp_path / "out.xlsx"
    path.write_bytes(write_workbook(followup.register_sheets(work)))
    register = read_register(path)
    assert [row.text for row in register.rows] == [text, text]
    assert [row.action for row in register.rows] == ["@SUM(A1)", "-5"]
    assert followup.import_register(work, register) == Imported(known=2)
