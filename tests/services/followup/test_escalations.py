"""Escalation as it can be read: since when, how far, to whom and when; and the e-mails that go with it."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.execute import execute
from rbm import clock
from rbm.access import PUBLIC, Actor
from rbm.model.findings import Addressee
from rbm.model.followup import Action
from rbm.model.people import Membership, Office, Person
from rbm.model.responses import ManagementResponse
from rbm.services import followup, notices
from rbm.services.followup.escalating import Escalation
from rbm.terms.followup import ActionStage
from rbm.terms.people import Language, Role
from tests.conftest import Begin
from tests.make import Make
from tests.services.followup.hall import DUE, Hall, build, moment
from tests.services.mailing import Box, mailbox_of

DAY = timedelta(days=1)
QUERY = """{ actions(overdue: true) { edges { node {
    dueOn owner { name } office { code }
    escalation { overdueSince overdueDays step remindedOn level steps { level on office { code } persons { name } } }
} } } }"""
RESPONSES = "{ managementResponses { edges { node { office { code } escalation { overdueDays level } } } } }"


@pytest.fixture
def hall(start: Begin) -> Hall:
    """A country office that has answered."""
    return build(start)


def read(hall: Hall, days: int, name: str = "director") -> list[Escalation | None]:
    """The escalations of the actions in the order of their due days, so many days after the due day."""
    with hall.start(hall.actor(name), now=moment(DUE + days * DAY)) as work:
        rows = work.session.scalars(sa.select(Action).order_by(Action.due_on)).all()
        return followup.escalations(work, rows)


def steps(found: Escalation | None) -> list[tuple[str, int, str | None, list[str]]]:
    """Level, days after the due day, office and persons of each step."""
    assert found
    return [
        (str(one.level), (one.on - DUE).days, one.office and one.office.code, sorted(each.name for each in one.persons))
        for one in found.steps
    ]


def ask(engine: sa.Engine, actor: Actor, query: str) -> dict[str, Any]:
    answer = execute(engine, actor, query)
    assert "errors" not in answer, answer
    return dict(answer["data"])


def ago(days: int) -> date:
    """The door reads the clock: so many days before today."""
    return clock.business_date(clock.read(), "UTC") - days * DAY


def test_each_step_says_to_whom_something_was_brought_and_when(hall: Hall) -> None:
    hall.action()
    assert read(hall, 0) == [None], "on the due day it is not overdue"
    [found] = read(hall, 1)
    assert found == Escalation(DUE + DAY, 1, None, None, None, [])
    for days in (7, 22, 43):
        hall.remind(DUE + days * DAY)
    [found] = read(hall, 50)
    assert found
    assert (found.overdue_since, found.overdue_days, found.step) == (DUE + DAY, 50, 42)
    assert (found.reminded_on, found.level) == (DUE + 43 * DAY, "senior_management")
    assert steps(found) == [
        ("owner", 7, "COUNTRY", ["owner"]),
        ("office", 7, "COUNTRY", ["focal", "head"]),
        ("supervisor", 22, "REGION", ["endorser", "regional head"]),
        ("senior_management", 43, "HQ", ["senior"]),
    ]


def test_a_missed_ladder_is_brought_to_everybody_on_one_day(hall: Hall) -> None:
    hall.action()
    hall.remind(DUE + 100 * DAY)
    assert [days for _, days, *_ in steps(read(hall, 100)[0])] == [100] * 4


def test_a_response_begins_with_the_office_that_owes_it(start: Begin) -> None:
    hall = build(start, answered=False)
    for days in (-14, 21):
        hall.remind(DUE + days * DAY)
    with start(now=moment(DUE + 21 * DAY)) as work:
        rows = work.session.scalars(sa.select(ManagementResponse)).all()
        [found] = followup.response_escalations(work, rows)
        assert found
        assert (found.overdue_days, found.step, found.level) == (21, 21, "supervisor")
        assert steps(found) == [
            ("office", -14, "COUNTRY", ["focal", "head"]),
            ("supervisor", 21, "REGION", ["endorser", "regional head"]),
        ]
        Make(work)
        rows[0].submitted_on = DUE + 21 * DAY
        assert followup.response_escalations(work, rows) == [None]


def test_a_response_that_lacks_an_answer_to_what_came_since_is_escalated_by_the_day_of_that(hall: Hall) -> None:
    with hall.start() as work:
        Make(work)
        about = sa.select(Addressee).where(Addressee.recommendation_id == hall.recommendation)
        work.session.scalars(about).one().due_on = DUE
    for days in (0, 7, 21):
        hall.remind(DUE + days * DAY)
    with hall.start(now=moment(DUE + 21 * DAY)) as work:
        rows = work.session.scalars(sa.select(ManagementResponse)).all()
        [found] = followup.response_escalations(work, rows)
        assert found
        assert (found.overdue_since, found.overdue_days, found.step) == (DUE + DAY, 21, 21)
        assert steps(found)[0] == ("office", 0, "COUNTRY", ["focal", "head"])
        Make(work)
        work.session.scalars(about).one().answered_on = work.today
        assert followup.response_escalations(work, rows) == [None]


def test_what_was_done_or_is_not_due_yet_is_not_escalated(hall: Hall) -> None:
    hall.action(due_on=DUE - DAY, stage=ActionStage.REPORTED_COMPLETE)
    hall.action()
    hall.action(due_on=DUE + DAY)
    assert [bool(one) for one in read(hall, 1)] == [False, True, False]


def test_an_extension_ends_an_escalation(hall: Hall) -> None:
    key = hall.action()
    hall.remind(DUE + 21 * DAY)
    hall.change(Action, key, due_on=DUE + 30 * DAY)
    assert read(hall, 30) == [None]
    [found] = read(hall, 31)
    assert found
    assert (found.overdue_days, found.step, found.steps) == (1, None, [])


def test_it_names_those_who_were_there_on_the_day_and_not_those_who_are_now(hall: Hall) -> None:
    hall.action()
    hall.remind(DUE + 21 * DAY)
    with hall.start() as work:
        make = Make(work)
        seats = sa.select(Membership).where(Membership.role == Role.ENDORSER)
        work.session.scalars(seats).one().valid_to = DUE + 22 * DAY
        newcomer = make.person(name="newcomer")
        late = {"valid_from": DUE + 23 * DAY, "role": Role.ENDORSER}
        work.add(Membership(person=newcomer, office_id=hall.offices["region"], **late))
    hall.change(Person, hall.persons["regional head"], active=False)
    assert steps(read(hall, 30)[0])[-1] == ("supervisor", 21, "REGION", ["endorser", "regional head"])


def test_it_names_those_who_were_told_and_nobody_else(hall: Hall) -> None:
    for name in ("owner", "focal"):
        hall.change(Person, hall.persons[name], active=False)
    hall.change(Person, hall.persons["endorser"], active=False)
    key = hall.action()
    assert hall.remind(DUE + 21 * DAY) == {"actions": 1, "told": 2}
    assert hall.told() == {"head": ["action_overdue"], "regional head": ["action_escalated"]}
    with hall.start() as work:
        make = Make(work)
        newcomer, region = make.person(name="newcomer"), hall.offices["region"]
        work.add(Membership(person=newcomer, office_id=region, valid_from=DUE, role=Role.ENDORSER))
    hall.change(Action, key, owner_id=hall.persons["head"])
    hall.change(Person, hall.persons["endorser"], active=True)
    [found] = read(hall, 400)
    assert steps(found) == [("office", 21, "COUNTRY", ["head"]), ("supervisor", 21, "REGION", ["regional head"])]


def test_nobody_is_no_level_and_the_head_of_evaluation_stands_in_for_a_vacant_line(hall: Hall) -> None:
    for name in ("regional head", "endorser", "senior"):
        hall.change(Person, hall.persons[name], active=False)
    with hall.start() as work:
        unit = work.get(Office, hall.offices["unit"]).code
    hall.action()
    assert hall.remind(DUE + 42 * DAY) == {"actions": 1, "told": 4}
    [found] = read(hall, 42)
    assert found
    assert steps(found)[2:] == [("supervisor", 42, unit, ["director"])]
    hall.change(Person, hall.persons["director"], active=False)
    hall.action(due_on=DUE - DAY)
    assert hall.remind(DUE + 42 * DAY) == {"actions": 1, "told": 3}
    assert [one and one.level for one in read(hall, 42, "officer")] == ["office", "supervisor"]


def test_what_is_overdue_whose_since_when_and_escalated_to_whom_is_one_query(hall: Hall, engine: sa.Engine) -> None:
    hall.action(due_on=ago(25))
    hall.remind(ago(4))
    escalation = {
        "overdueSince": str(ago(24)),
        "overdueDays": 25,
        "step": 21,
        "remindedOn": str(ago(4)),
        "level": "SUPERVISOR",
        "steps": [
            shown("OWNER", "COUNTRY", "owner"),
            shown("OFFICE", "COUNTRY", "focal", "head"),
            shown("SUPERVISOR", "REGION", "regional head", "endorser"),
        ],
    }
    node = {"dueOn": str(ago(25)), "owner": {"name": "owner"}, "office": {"code": "COUNTRY"}, "escalation": escalation}
    for name in ("director", "head", "senior"):
        assert ask(engine, hall.actor(name), QUERY) == {"actions": {"edges": [{"node": node}]}}


def shown(level: str, office: str, *persons: str) -> dict[str, object]:
    named = [{"name": name} for name in persons]
    return {"level": level, "on": str(ago(4)), "office": {"code": office}, "persons": named}


def test_the_public_is_not_told_to_whom_it_was_brought(hall: Hall, engine: sa.Engine) -> None:
    hall.action(due_on=ago(25))
    hall.change(ManagementResponse, hall.response, published_on=ago(30))
    hall.remind(ago(4))
    [edge] = ask(engine, PUBLIC, "{ actions { edges { node { dueOn escalation { level } } } } }")["actions"]["edges"]
    assert edge == {"node": {"dueOn": str(ago(25)), "escalation": None}}


def test_a_late_response_is_flagged_in_the_list_of_responses(start: Begin, engine: sa.Engine) -> None:
    hall = build(start, answered=False)
    hall.change(ManagementResponse, hall.response, due_on=ago(42))
    hall.remind(ago(0))
    [edge] = ask(engine, hall.actor("officer"), RESPONSES)["managementResponses"]["edges"]
    flagged = {"overdueDays": 42, "level": "SENIOR_MANAGEMENT"}
    assert edge == {"node": {"office": {"code": "COUNTRY"}, "escalation": flagged}}


def test_the_number_of_statements_does_not_grow_with_the_actions(hall: Hall, engine: sa.Engine) -> None:
    asked: list[str] = []
    counts = []
    for _ in range(2):
        for _ in range(5):
            hall.action()
        hall.remind(DUE + 42 * DAY)
        with hall.start(now=moment(DUE + 43 * DAY)) as work:
            rows = work.session.scalars(sa.select(Action)).all()
            sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
            asked.clear()
            assert all(followup.escalations(work, rows))
            counts.append(len(set(asked)))
    assert counts[0] == counts[1] <= 10


def test_overdue_actions_are_one_e_mail_and_their_escalation_another(hall: Hall, engine: sa.Engine) -> None:
    hall.change(Person, hall.persons["endorser"], language=Language.FRENCH)
    hall.action(due_on=DUE - DAY)
    hall.action()
    now = moment(DUE + 21 * DAY)
    hall.remind(DUE + 21 * DAY)
    box = Box()
    with mailbox_of(box) as mailbox:
        assert notices.deliver(engine, now, mailbox) == {"sent": 5, "notices": 10, "retried": 0, "failed": 0}
        assert hall.remind(DUE + 21 * DAY) == {}
        assert notices.deliver(engine, now + DAY, mailbox)["sent"] == 0
    sent = {str(message["To"]): message for message in box.taken}
    with hall.start() as work:
        address = {name: work.get(Person, key).email for name, key in hall.persons.items()}
    assert set(sent) == {address[name] for name in ("owner", "focal", "head", "regional head", "endorser")}
    owner, endorser = sent[address["owner"]], sent[address["endorser"]]
    assert owner["Subject"] == "2 notices"
    lines = [line for line in owner.get_content().splitlines() if line.startswith("- ")]
    assert ["was due on 2026-06-29 and is 22 days" in lines[0], "was due on 2026-06-30 and is 21 days" in lines[1]] == [
        True,
        True,
    ]
    assert endorser["Subject"] == "2 notifications"
    assert "prévue pour le 2026-06-29, a 22 jours de retard ; elle vous est transmise" in endorser.get_content()
