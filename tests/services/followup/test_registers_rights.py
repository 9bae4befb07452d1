"""What a register may say of days and in whose name: history where nothing was awaited here, nothing where it was."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.errors import Forbidden
from rbm.files.registers import read_register, write_workbook
from rbm.model.followup import Action, ActionEvidence, ActionRequest
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.services import followup, people, responses
from rbm.services.followup import ActionQuestion, Imported
from rbm.services.followup.figures import FigureQuestion, key_figures
from rbm.services.followup.registers_known import ORIGIN
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationStage, SourceKind
from rbm.terms.followup import ActionRequestKind, ActionStage, KeyFigure
from rbm.terms.people import Role
from rbm.terms.planning import RequestStage
from rbm.terms.responses import ResponseStage
from rbm.work import Work
from tests.conftest import NOW
from tests.evaluating import Evaluating
from tests.files.register_builder import HEAD, cells
from tests.make import Make
from tests.services.followup.registers import refused, take

ISSUED, ANSWERED, DONE = date(2025, 6, 30), date(2025, 7, 20), date(2025, 11, 30)
BARE: dict[str, Any] = {"Action": None, "Owner": None, "Due_date": None, "Status": None}
COMPLETE = {"Status": "Completed", "Completed_on": str(DONE), "Evidence": "https://example.org/register"}
AUDIT = {"title": "Audit of the country office", "source": SourceKind.AUDIT, "final_on": ISSUED}


@pytest.fixture
def jordan(make: Make) -> Office:
    """The office JOR, in which lina@example.org reports."""
    office = make.office(code="JOR")
    people.grant_role(make.work, make.person(email="lina@example.org").id, office.id, Role.REPORTER)
    return office


def one(work: Work, cls: Any) -> Any:
    return work.session.scalars(sa.select(cls)).one()


def counts(work: Work, which: KeyFigure, as_of: date | None = None) -> tuple[int | None, int | None]:
    [found] = key_figures(work, FigureQuestion(figures=[which], source=SourceKind.AUDIT, as_of=as_of))
    return found.numerator, found.denominator


def test_a_due_date_put_off_elsewhere_is_an_extension_here(work: Work, jordan: Office, tmp_path: Path) -> None:
    row = [*cells(Response_date=str(ANSWERED), Due_date="2026-12-31"), "2025-12-31"]
    take(work, tmp_path, row, head=(*HEAD, "Original due date"))
    request, action = one(work, ActionRequest), one(work, Action)
    assert (request.kind, request.stage) == (ActionRequestKind.EXTENSION, RequestStage.GRANTED)
    assert (request.due_before, request.due_wanted) == (date(2025, 12, 31), date(2026, 12, 31))
    assert (request.decided_on, action.planned_on) == (ANSWERED, ANSWERED)
    assert work.session.scalars(followup.find_actions(work, ActionQuestion(overdue=True))).all() == []
    assert [counts(work, which) for which in (KeyFigure.K9, KeyFigure.K10, KeyFigure.K24)] == [(1, 1)] * 3


def test_what_was_answered_elsewhere_stood_from_the_day_it_was(work: Work, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells(Response_date=str(ANSWERED), **COMPLETE))
    moves = sa.select(Transition).where(Transition.entity == "management_response").order_by(Transition.id)
    assert [(move.to_stage, move.at.date()) for move in work.session.scalars(moves)] == [
        (ResponseStage.DRAFT, ANSWERED),
        (ResponseStage.SUBMITTED, ANSWERED),
    ]
    before = date(2025, 7, 19)
    assert [counts(work, which, before) for which in (KeyFigure.K4, KeyFigure.K6)] == [(0, 1), (0, 0)]
    assert [counts(work, which, ANSWERED) for which in (KeyFigure.K4, KeyFigure.K6)] == [(1, 1), (1, 1)]
    assert counts(work, KeyFigure.K13, DONE) == (0, 1)


def test_what_was_awaited_here_is_answered_on_the_day_of_the_import(work: Work, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells(Decision=None, **BARE))
    assert one(work, ManagementResponse).stage is ResponseStage.DUE
    take(work, tmp_path, cells(Response_date=str(ANSWERED)))
    response, decision = one(work, ManagementResponse), one(work, RecommendationResponse)
    assert (response.stage, response.submitted_on) == (ResponseStage.SUBMITTED, NOW.date())
    assert decision.decided_on == NOW.date()
    moves = work.session.scalars(sa.select(Transition).where(Transition.entity_id == response.id))
    assert {move.at for move in moves} == {NOW}
    assert counts(work, KeyFigure.K4, ANSWERED) == (0, 1)


@pytest.mark.parametrize("reason", [None, ORIGIN])
def test_no_register_answers_an_evaluation_of_ours(
    work: Work, make: Make, jordan: Office, tmp_path: Path, reason: str | None
) -> None:
    build = Evaluating(make)
    row = build.evaluation(EvaluationStage.FINAL, code="A-1", unplanned_reason=reason, **AUDIT)
    asked = build.recommendation(row, jordan, number=1, text="Keep a register of assets")
    response = build.response(row, jordan)
    assert refused(work, tmp_path, cells(Response_date=str(ANSWERED))) == [
        "row 2, Decision (I): the response of JOR is due here: its office decides"
    ]
    build.decision(response, asked)
    assert refused(work, tmp_path, cells()) == [
        "row 2, Action (M): the response of JOR is due: the action is planned here"
    ]
    assert (response.stage, response.submitted_on) == (ResponseStage.DUE, None)


def test_a_revision_of_what_came_in_is_written_by_its_office(work: Work, jordan: Office, tmp_path: Path) -> None:
    take(work, tmp_path, cells(Response_date=str(ANSWERED)))
    response = one(work, ManagementResponse)
    response.stage, response.edition = ResponseStage.DRAFT, 2
    work.flush()
    assert refused(work, tmp_path, cells(), cells(Action="More")) == [
        "row 3, Action (M): the response of JOR is draft: the action is planned here"
    ]
    assert response.submitted_on == ANSWERED


def importer(start: Any, *roles: Role) -> Actor:
    """Somebody at headquarters with the roles, beside the office JOR in which lina@example.org reports."""
    with start() as work:
        make = Make(work)
        people.grant_role(work, make.person(email="lina@example.org").id, make.office(code="JOR").id, Role.REPORTER)
        build = Evaluating(make)
        unit = build.unit()
        actor = make.actor(Role.HQ_RESULTS)
        for role in roles:
            place = unit if role is Role.EVALUATION_OFFICER else people.headquarters(work)
            people.grant_role(work, make.person_of(actor).id, place.id, role)
        return people.actor_of_person(work, make.person_of(actor))


def test_who_imports_wrote_it_and_never_judges_it(start: Any, tmp_path: Path) -> None:
    actor = importer(start, Role.ENDORSER, Role.EVALUATION_OFFICER)
    ended = {"Number": 2, "Recommendation": "Another", "Status": "Cancelled"}
    with start(actor) as work:
        take(work, tmp_path, cells(**COMPLETE), cells(**ended))
    with start() as work:
        response, request, evidence = (one(work, cls) for cls in (ManagementResponse, ActionRequest, ActionEvidence))
        done = work.session.scalars(sa.select(Action).where(Action.stage == ActionStage.REPORTED_COMPLETE)).one()
        persons = {response.drafted_by_id, response.submitted_by_id, request.requested_by_id, evidence.added_by_id}
        decided = set(work.session.scalars(sa.select(RecommendationResponse.decided_by_id)))
        assert persons | decided | {done.claimed_by_id} == {actor.person_id}
    steps = (
        lambda work: responses.endorse_response(work, response.id),
        lambda work: followup.verify_action(work, done.id, "done", "the register"),
        lambda work: followup.release_action(work, request.id, "as they say"),
    )
    for step in steps:
        with pytest.raises(Forbidden, match="not by"), start(actor) as work:
            step(work)


def test_what_evaluations_recommend_comes_in_through_the_evaluation_unit(start: Any, tmp_path: Path) -> None:
    told = "the evaluation unit takes in what evaluations recommend"
    own = cells(Source="Evaluation")
    with start(importer(start)) as work:
        assert refused(work, tmp_path, own) == [f"row 2, Source (C): {told}"]
    with start() as work:
        assert take(work, tmp_path, own).recommendations == 1


def test_the_unit_that_may_import_takes_in_evaluations(start: Any, tmp_path: Path) -> None:
    with start(importer(start, Role.EVALUATION_OFFICER)) as work:
        assert take(work, tmp_path, cells(Source="Evaluation")).evaluations == 1


@pytest.mark.parametrize("status", ["Completed", "Cancelled"])
def test_what_was_claimed_and_then_ended_goes_out_and_comes_in(
    work: Work, jordan: Office, tmp_path: Path, status: str
) -> None:
    take(work, tmp_path, cells(**(COMPLETE | {"Recommendation": "  =1+1 "})))
    action = one(work, Action)
    if status == "Cancelled":
        action.stage, action.ended_on = ActionStage.NO_LONGER_APPLICABLE, NOW.date()
        work.flush()
    path = tmp_path / "out.xlsx"
    path.write_bytes(write_workbook(followup.register_sheets(work)))
    register = read_register(path)
    assert [row.completed_on for row in register.rows] == [DONE if status == "Completed" else None]
    assert followup.import_register(work, register) == Imported(known=1)
