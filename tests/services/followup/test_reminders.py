"""Reminders of follow-up: exactly whom each step of the ladder reaches, once, and after an outage all the same."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from rbm.errors import Forbidden
from rbm.model.followup import Action
from rbm.model.notices import Reminder
from rbm.model.people import Membership, Person, Post
from rbm.model.responses import ManagementResponse
from rbm.services import followup
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseStage
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.followup.hall import DUE, Hall, build

OFFICE = {"focal", "head"}
REGION = {"regional head", "endorser"}
CAME = [ResponseStage.SUBMITTED, ResponseStage.ENDORSED, ResponseStage.PUBLISHED]


@pytest.fixture
def hall(start: Begin) -> Hall:
    """A country office that has answered."""
    return build(start)


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def by_kind(told: dict[str, list[str]]) -> dict[str, set[str]]:
    """Who was told of each kind, and nobody of two."""
    found: dict[str, set[str]] = {}
    for person, kinds in told.items():
        [kind] = kinds
        found.setdefault(kind, set()).add(person)
    return found


def test_each_step_of_a_response_reaches_those_it_concerns_once(start: Begin) -> None:
    hall = build(start, answered=False)
    expected = {
        -14: {"response_due": OFFICE},
        -7: {"response_due": OFFICE},
        0: {"response_due": OFFICE},
        7: {"response_overdue": OFFICE},
        21: {"response_overdue": OFFICE, "response_escalated": REGION},
        42: {"response_overdue": OFFICE, "response_escalated": REGION | {"senior"}},
    }
    assert hall.remind(after(-15)) == {}
    for days, told in expected.items():
        assert hall.remind(after(days)) == {"responses": 1, "told": sum(map(len, told.values()))}
        assert by_kind(hall.told()) == told
        assert hall.remind(after(days)) == hall.remind(after(days + 1)) == {}
    assert hall.remind(after(400)) == {}


def test_each_step_of_an_action_reaches_the_owner_then_the_office_then_those_above(hall: Hall) -> None:
    hall.action()
    expected = {
        -14: {"action_due": {"owner"}},
        -7: {"action_due": {"owner"}},
        0: {"action_due": {"owner"}},
        7: {"action_overdue": {"owner", *OFFICE}},
        21: {"action_overdue": {"owner", *OFFICE}, "action_escalated": REGION},
        42: {"action_overdue": {"owner", *OFFICE}, "action_escalated": REGION | {"senior"}},
    }
    assert hall.remind(after(-15)) == {}
    for days, told in expected.items():
        assert hall.remind(after(days)) == {"actions": 1, "told": sum(map(len, told.values()))}
        assert by_kind(hall.told()) == told
        assert hall.remind(after(days)) == hall.remind(after(days + 1)) == {}


def test_each_step_of_a_verification_reaches_the_evaluation_unit_then_its_head_then_oversight(hall: Hall) -> None:
    claimed = {"claimed_on": after(-60), "verify_by": DUE}
    hall.action(due_on=after(-60), stage=ActionStage.REPORTED_COMPLETE, **claimed)
    hall.action(due_on=after(-60), stage=ActionStage.REPORTED_COMPLETE, claimed_on=after(-60))
    expected = {
        -14: {"verification_due": {"officer"}},
        0: {"verification_due": {"officer"}},
        7: {"verification_overdue": {"officer"}},
        21: {"verification_overdue": {"officer", "director"}},
        42: {"verification_overdue": {"officer", "director", "oversight"}},
    }
    for days, told in expected.items():
        assert hall.remind(after(days)) == {"verifications": 1, "told": sum(map(len, told.values()))}
        assert by_kind(hall.told()) == told


def test_an_action_of_the_evaluation_unit_is_verified_by_oversight(hall: Hall) -> None:
    claimed = {"claimed_on": after(-60), "verify_by": DUE}
    hall.action(office="unit", due_on=after(-60), stage=ActionStage.REPORTED_COMPLETE, **claimed)
    hall.remind(DUE)
    assert hall.told() == {"oversight": ["verification_due"]}


def test_after_five_missed_days_the_latest_step_is_taken_and_the_others_are_not(hall: Hall) -> None:
    hall.action()
    assert hall.remind(after(-8)) == {"actions": 1, "told": 1}
    for missed in range(-3, 3):
        assert hall.remind(after(2)) == ({"actions": 1, "told": 1} if missed == -3 else {})
    with hall.start() as work:
        taken = work.session.execute(sa.select(Reminder.offset, Reminder.sent_on).order_by(Reminder.id)).all()
    assert [tuple(row) for row in taken] == [(-14, after(-8)), (0, after(2))]
    assert hall.texts("owner")[1].startswith("Action REC-1/")
    assert "was due on 2026-06-30 and is 2 days overdue" in hall.texts("owner")[1]


@pytest.mark.parametrize("stage", sorted(set(ActionStage) - {ActionStage.NOT_STARTED, ActionStage.IN_PROGRESS}))
def test_what_is_not_open_is_not_reminded_of(hall: Hall, stage: ActionStage) -> None:
    hall.action(stage=stage)
    assert hall.remind(after(21)) == {}


@pytest.mark.parametrize("stage", CAME)
def test_a_response_that_came_is_not_reminded_of(start: Begin, stage: ResponseStage) -> None:
    hall = build(start, answered=False)
    hall.change(ManagementResponse, hall.response, stage=stage, submitted_on=DUE)
    hall.remind(after(21))
    waits = {"endorser": ["response_submitted"]}
    assert hall.told() == (waits if stage is ResponseStage.SUBMITTED else {})


def test_a_response_that_is_revised_is_not_reminded_of(start: Begin) -> None:
    hall = build(start, answered=False)
    hall.change(ManagementResponse, hall.response, stage=ResponseStage.DRAFT, submitted_on=DUE, edition=2)
    assert hall.remind(after(21)) == {}


def test_a_later_due_date_begins_the_ladder_again(hall: Hall) -> None:
    action = hall.action()
    hall.remind(after(42))
    hall.told()
    hall.change(Action, action, due_on=after(60))
    assert hall.remind(after(45)) == {}
    assert hall.remind(after(46)) == {"actions": 1, "told": 1}
    assert hall.told() == {"owner": ["action_due"]}


def test_when_the_owner_left_those_who_answer_for_the_office_are_told_at_once(hall: Hall) -> None:
    hall.action()
    hall.change(Person, hall.persons["owner"], active=False)
    hall.remind(after(-14))
    assert by_kind(hall.told()) == {"action_due": OFFICE}


def test_an_office_without_anybody_who_answers_has_its_responsible_post_told(start: Begin) -> None:
    hall = build(start, answered=False)
    with start() as work:
        holder = Make(work).person(name="holder")
        work.add(Post(code="A", title="Head", office_id=hall.offices["region"], holder=holder))
        seats = sa.select(Membership).where(Membership.office_id == hall.offices["country"])
        for seat in work.session.scalars(seats):
            seat.valid_to = DUE - timedelta(days=100)
    hall.persons["holder"] = holder.id
    hall.remind(DUE)
    assert hall.told() == {"holder": ["response_due"]}


def test_where_the_region_has_nobody_it_goes_to_the_office_above_it(hall: Hall) -> None:
    hall.action()
    with hall.start() as work:
        make = Make(work)
        chief = make.person(name="chief")
        facts = {"role": "approver", "valid_from": date(2000, 1, 1)}
        work.add(Membership(person=chief, office_id=hall.offices["headquarters"], **facts))
        seats = sa.select(Membership).where(Membership.office_id == hall.offices["region"])
        for seat in work.session.scalars(seats):
            seat.valid_to = DUE
    hall.persons["chief"] = chief.id
    hall.remind(after(21))
    assert by_kind(hall.told())["action_escalated"] == {"chief"}


def test_without_anybody_in_between_senior_management_is_told_as_those_above(hall: Hall) -> None:
    hall.action()
    with hall.start() as work:
        Make(work)
        for seat in work.session.scalars(sa.select(Membership).where(Membership.office_id == hall.offices["region"])):
            seat.valid_to = DUE
    hall.remind(after(21))
    assert by_kind(hall.told())["action_escalated"] == {"senior"}


def test_who_holds_several_roles_is_told_once(hall: Hall) -> None:
    hall.action("head")
    assert hall.remind(after(7)) == {"actions": 1, "told": 2}
    assert hall.told() == {"head": ["action_overdue"], "focal": ["action_overdue"]}


def test_only_headquarters_reminds(hall: Hall, engine: sa.Engine) -> None:
    hall.action()
    with refused(engine, Forbidden, None, hall.actor("director")) as work:
        followup.remind_follow_up(work)
    with refused(engine, Forbidden, None, hall.actor("head")) as work:
        followup.tell_outstanding(work)
