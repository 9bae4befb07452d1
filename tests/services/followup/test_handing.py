"""What is handed on is told once: responses to endorse, claims refused, requests asked and decided, open drafts."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.followup import Action, ActionRequest, ActionVerification
from rbm.model.people import Membership, Office
from rbm.model.responses import ManagementResponse
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.followup import ActionRequestKind, ActionStage, Verdict
from rbm.terms.planning import RequestStage
from rbm.terms.responses import ResponseStage
from tests.conftest import Begin
from tests.make import Make
from tests.services.followup.hall import Hall, build, moment

TODAY, DAY, FAR = date(2026, 6, 15), timedelta(days=1), date(2027, 12, 31)
OFFICE = {"owner", "focal", "head"}


@pytest.fixture
def hall(start: Begin) -> Hall:
    """A country office that has answered."""
    return build(start)


def told(hall: Hall, day: date) -> dict[str, list[str]]:
    hall.remind(day)
    return hall.told()


def each(names: set[str], kind: str) -> dict[str, list[str]]:
    return {name: [kind] for name in names}


def submit(hall: Hall, day: date) -> None:
    with hall.start(now=moment(day)) as work:
        Make(work)
        response = work.get(ManagementResponse, hall.response)
        response.stage, response.due_on, response.submitted_on = ResponseStage.SUBMITTED, FAR, day
        named = {"entity": "management_response", "entity_id": response.id, "from_stage": "draft"}
        work.add(Transition(**named, to_stage=ResponseStage.SUBMITTED, at=work.now))


def judge(hall: Hall, action: UUID, verdict: Verdict, day: date) -> None:
    with hall.start(now=moment(day)) as work:
        Make(work)
        said = {"verdict": verdict, "note": "the register is empty", "verified_at": work.now}
        work.add(ActionVerification(action_id=action, **said))


def ask(hall: Hall, action: UUID, kind: ActionRequestKind) -> UUID:
    with hall.start(now=moment(TODAY - DAY)) as work:
        Make(work)
        asked = {"stage": RequestStage.OPEN, "reason": "no staff", "requested_at": work.now}
        by = {"requested_by_id": hall.persons["owner"], "kind": kind}
        return work.add(ActionRequest(action_id=action, **asked, **by)).id


def test_each_submission_is_told_to_who_endorses_it(hall: Hall) -> None:
    for day in (TODAY, TODAY + 9 * DAY):
        submit(hall, day)
        assert told(hall, day) == {"endorser": ["response_submitted"]}
        assert told(hall, day + DAY) == {}
    assert hall.texts("endorser")[0] == "Country submitted its response to E-1 The programme, due on 2027-12-31."


def test_where_nobody_endorses_senior_management_is_told(hall: Hall) -> None:
    with hall.start() as work:
        Make(work)
        role = sa.select(Membership).where(Membership.person_id == hall.persons["endorser"])
        work.session.scalars(role).one().valid_to = TODAY - DAY
    submit(hall, TODAY)
    assert told(hall, TODAY) == {"senior": ["response_submitted"]}


def test_a_refused_claim_is_told_to_the_office_with_the_reason(hall: Hall) -> None:
    action = hall.action(due_on=FAR, number=1, stage=ActionStage.IN_PROGRESS)
    judge(hall, action, Verdict.CONFIRMED, TODAY - 2 * DAY)
    assert told(hall, TODAY) == {}
    judge(hall, action, Verdict.REOPENED, TODAY)
    assert told(hall, TODAY) == each(OFFICE, "claim_refused")
    assert hall.texts("owner")[0].startswith("Action REC-1/1 of Country is open again, due on 2027-12-31: the register")
    assert told(hall, TODAY + DAY) == {}


def test_a_refusal_that_was_answered_or_is_long_past_is_not_told(hall: Hall) -> None:
    action = hall.action(due_on=FAR, stage=ActionStage.REPORTED_COMPLETE)
    judge(hall, action, Verdict.REJECTED, TODAY)
    assert told(hall, TODAY) == {}
    hall.change(Action, action, stage=ActionStage.IN_PROGRESS)
    assert told(hall, TODAY + 32 * DAY) == {}


@pytest.mark.parametrize("kind", ActionRequestKind)
@pytest.mark.parametrize("decided", [RequestStage.GRANTED, RequestStage.DECLINED])
def test_a_request_is_told_to_who_decides_and_then_to_who_asked(
    hall: Hall, kind: ActionRequestKind, decided: RequestStage
) -> None:
    request = ask(hall, hall.action(due_on=FAR, number=1), kind)
    assert told(hall, TODAY) == {"officer": ["request_asked"]}
    assert hall.texts("officer")[0].endswith("of action REC-1/1, due on 2027-12-31: no staff")
    assert told(hall, TODAY + DAY) == {}
    hall.change(ActionRequest, request, stage=decided, decided_on=TODAY + DAY, decision_reason="agreed")
    assert told(hall, TODAY + 2 * DAY) == each(OFFICE, f"request_{decided}")
    assert hall.texts("owner")[0].endswith(": agreed")
    assert told(hall, TODAY + 3 * DAY) == {}


def test_a_request_about_an_action_of_the_evaluation_unit_is_told_to_oversight_too(hall: Hall) -> None:
    ask(hall, hall.action(due_on=FAR, office="unit"), ActionRequestKind.EXTENSION)
    assert told(hall, TODAY) == each({"officer", "oversight"}, "request_asked")


def test_the_offices_judged_are_told_that_a_draft_is_open_to_comments(hall: Hall) -> None:
    days = {"comments_from": TODAY, "comments_until": TODAY + 14 * DAY, "code": "E-2", "title": "The second"}
    draft = hall.build(lambda of: of.evaluation(EvaluationStage.DRAFT_REPORT, disclosed_on=None, **days))
    with hall.start() as work:
        Make(work)
        work.add(EvaluationSubject(evaluation_id=draft, office=work.get(Office, hall.offices["country"])))
    assert told(hall, TODAY - DAY) == {}
    assert told(hall, TODAY + DAY) == each({"focal", "head"}, "comments_asked")
    assert hall.texts("head") == ["The draft of E-2 The second is open to your comments until 2026-06-29."]
    assert told(hall, TODAY + 2 * DAY) == {}
    hall.change(Evaluation, draft, comments_from=TODAY + 3 * DAY)
    assert told(hall, TODAY + 20 * DAY) == {}, "the days are over"
