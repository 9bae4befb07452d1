"""Extensions, releases and replacements: asked by one side, decided by the other; the first due date stays."""

from datetime import date

import pytest

from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.findings import Recommendation
from rbm.model.followup import Action, ActionRequest
from rbm.model.people import Person
from rbm.model.responses import ManagementResponse
from rbm.services import followup, people
from rbm.terms.followup import ActionStage, ReleaseReason
from rbm.terms.people import Role
from rbm.terms.planning import RequestStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.services.followup.field import TODAY, Field, build, day, refused

DUE, LATER, LAST = date(2026, 12, 31), date(2027, 3, 31), date(2027, 6, 30)
ASK, DECIDE = followup.request_extension, followup.decide_extension


@pytest.fixture
def field(start: Begin) -> Field:
    """An office with an action that was not started, due at the end of 2026."""
    return build(start)


def extended(field: Field, wanted: date) -> ActionRequest:
    request = field.do(field.owner, ASK, field.action, wanted, "no staff")
    return field.do(field.officer, DECIDE, request.id, granted=True)  # type: ignore[no-any-return]


def test_a_later_day_is_asked_for_and_granted_by_others_and_the_first_one_stays(field: Field) -> None:
    request = field.do(field.owner, ASK, field.action, LATER, "no staff")
    assert (request.stage, request.due_before, request.due_wanted) == (RequestStage.OPEN, DUE, LATER)
    assert field.read().due_on == DUE
    granted = field.do(field.officer, DECIDE, request.id, granted=True)
    assert (granted.stage, granted.decided_on, granted.decided_by_id) == (
        RequestStage.GRANTED,
        TODAY,
        field.officer.person_id,
    )
    action = field.read()
    assert (action.due_on, action.original_due_on) == (LATER, DUE)
    with refused(Conflict):
        field.do(field.officer, DECIDE, request.id, granted=True)


@pytest.mark.parametrize(
    ("wanted", "reason", "named"),
    [(DUE, "no staff", "due_wanted"), (date(2026, 3, 1), "no staff", "due_wanted"), (LATER, " ", "reason")],
)
def test_the_day_asked_for_is_after_the_present_one(field: Field, wanted: date, reason: str, named: str) -> None:
    with refused(Invalid, named):
        field.do(field.owner, ASK, field.action, wanted, reason)


def test_a_day_that_has_passed_is_neither_asked_for_nor_granted(start: Begin) -> None:
    field = build(start, due_on=date(2026, 1, 31), original_due_on=date(2026, 1, 31))
    with refused(Invalid, "due_wanted"):
        field.do(field.owner, ASK, field.action, date(2026, 3, 1), "no staff")
    request = field.do(field.owner, ASK, field.action, TODAY, "no staff")
    with refused(Invalid, "due_wanted"):
        field.do(field.officer, DECIDE, request.id, granted=True, now=day(2026, 3, 3))


def test_whoever_asks_does_not_decide_nor_the_owner_nor_management(field: Field) -> None:
    request = field.do(field.colleague, ASK, field.action, LATER, "no staff")
    for actor in (field.owner, field.colleague, field.head, field.oversight):
        with refused(Forbidden):
            field.do(actor, DECIDE, request.id, granted=True)
    with field.start() as work:
        people.grant_role(work, field.owner.person_id, field.unit, Role.EVALUATION_OFFICER)  # type: ignore[arg-type]
        people.grant_role(work, field.colleague.person_id, field.unit, Role.EVALUATION_OFFICER)  # type: ignore[arg-type]
        both = [
            people.actor_of_person(work, work.get(Person, one.person_id))  # type: ignore[arg-type]
            for one in (field.owner, field.colleague)
        ]
    for actor in both:
        with refused(Forbidden):
            field.do(actor, DECIDE, request.id, granted=True)
    with refused(Invalid, "reason"):
        field.do(field.officer, DECIDE, request.id, granted=False)
    declined = field.do(field.officer, DECIDE, request.id, granted=False, reason="hire")
    assert (declined.stage, declined.decision_reason) == (RequestStage.DECLINED, "hire")
    assert field.read().due_on == DUE


def test_one_request_at_a_time_and_two_extensions_at_most(field: Field) -> None:
    field.do(field.owner, ASK, field.action, LATER, "no staff")
    with refused(Conflict, "action_id"):
        field.do(field.colleague, ASK, field.action, LAST, "no staff")


def test_a_third_extension_is_refused(field: Field) -> None:
    extended(field, LATER)
    extended(field, LAST)
    with refused(Conflict, "action_id"):
        field.do(field.owner, ASK, field.action, date(2027, 9, 30), "no staff")
    action = field.read()
    assert (action.due_on, action.original_due_on) == (LAST, DUE)


def test_nothing_is_extended_once_it_is_claimed(field: Field) -> None:
    request = field.do(field.owner, ASK, field.action, LATER, "no staff")
    field.claimed()
    with refused(Conflict, "action_id"):
        field.do(field.officer, DECIDE, request.id, granted=True)
    with refused(Conflict, "action_id"):
        field.do(field.owner, ASK, field.action, LATER, "no staff")
    assert field.read().due_on == DUE


def test_an_office_is_released_by_the_evaluation_unit_alone(field: Field) -> None:
    with refused(Forbidden):
        field.do(field.owner, followup.request_release, field.action, ReleaseReason.NOT_FEASIBLE, "no funds")
    request = field.do(field.head, followup.request_release, field.action, ReleaseReason.NOT_FEASIBLE, "no funds")
    for actor in (field.head, field.owner, field.oversight):
        with refused(Forbidden):
            field.do(actor, followup.release_action, request.id, "agreed")
    with refused(Conflict, "request_id"):
        field.do(field.officer, DECIDE, request.id, granted=True)
    with refused(Invalid, "reason"):
        field.do(field.officer, followup.release_action, request.id, " ")
    action = field.do(field.officer, followup.release_action, request.id, "agreed")
    assert (action.stage, action.release_reason, action.ended_on) == (
        ActionStage.NO_LONGER_APPLICABLE,
        ReleaseReason.NOT_FEASIBLE,
        TODAY,
    )
    with refused(Conflict):
        field.do(field.owner, followup.update_action, field.action, "still going")


def test_a_release_that_is_declined_changes_nothing(field: Field) -> None:
    request = field.do(field.head, followup.request_release, field.action, ReleaseReason.OTHER, "no funds")
    with refused(Conflict, "action_id"):
        field.do(field.colleague, followup.request_release, field.action, ReleaseReason.OTHER, "no funds")
    declined = field.do(field.officer, followup.decline_release, request.id, "there are funds")
    assert (declined.stage, field.read().stage) == (RequestStage.DECLINED, ActionStage.NOT_STARTED)


def test_a_verified_action_needs_no_release(field: Field) -> None:
    request = field.do(field.head, followup.request_release, field.action, ReleaseReason.OTHER, "no funds")
    field.verified()
    with refused(Conflict):
        field.do(field.officer, followup.release_action, request.id, "agreed")
    with refused(Conflict, "action_id"):
        field.do(field.head, followup.request_release, field.action, ReleaseReason.OTHER, "no funds")


def test_a_release_asked_for_before_the_action_was_judged_is_asked_for_anew(field: Field) -> None:
    release, reason = followup.request_release, ReleaseReason.OTHER
    field.claimed()
    request = field.do(field.head, release, field.action, reason, "no funds", now=day(2026, 3, 3))
    confirm, reopen = followup.verify_action, followup.reopen_action
    field.do(field.officer, confirm, field.action, "as claimed", "the register", now=day(2026, 3, 4))
    field.do(field.officer, reopen, field.action, "it is empty", "the empty register", now=day(2026, 3, 5))
    with refused(Conflict, "request_id"):
        field.do(field.officer, followup.release_action, request.id, "agreed", now=day(2026, 3, 6))
    field.do(field.officer, followup.decline_release, request.id, "judged since", now=day(2026, 3, 6))
    again = field.do(field.head, release, field.action, reason, "no funds", now=day(2026, 3, 7))
    released = field.do(field.officer, followup.release_action, again.id, "agreed", now=day(2026, 3, 8))
    assert released.stage is ActionStage.NO_LONGER_APPLICABLE


def test_another_action_of_the_same_recommendation_takes_the_place_of_one(field: Field) -> None:
    with field.start() as work:
        evaluating = Evaluating(Make(work))
        response = work.get(ManagementResponse, field.response)
        response.office = work.get(type(response).office.property.mapper.class_, field.office)
        here, other = work.get(Recommendation, field.recommendation), evaluating.recommendation()
        newer, stray = evaluating.action(response, here).id, evaluating.action(response, other).id
    for wrong in (field.action, stray):
        with refused(Invalid, "superseded_by_id"):
            field.do(field.officer, followup.supersede_action, field.action, wrong, "one for both")
    with refused(Forbidden):
        field.do(field.head, followup.supersede_action, field.action, newer, "one for both")
    action = field.do(field.officer, followup.supersede_action, field.action, newer, "one for both")
    assert (action.stage, action.superseded_by_id, action.ended_on) == (ActionStage.SUPERSEDED, newer, TODAY)
    with refused(Invalid, "superseded_by_id"):
        field.do(field.officer, followup.supersede_action, newer, field.action, "back again")
    with field.start() as work:
        assert work.get(Action, newer).stage is ActionStage.NOT_STARTED
