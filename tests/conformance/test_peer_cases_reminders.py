"""Reminders of overdue actions in other systems: one e-mail to whom it concerns, also when a day was missed."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from rbm.model.people import Person
from rbm.services import notices
from tests.conftest import Begin
from tests.services.followup.hall import Hall, build, moment
from tests.services.mailing import Box, mailbox_of

TODAY = date(2026, 7, 10)


@pytest.fixture
def hall(start: Begin) -> Hall:
    """A country office that has answered, with the owner of actions."""
    return build(start)


def mailed(hall: Hall, engine: sa.Engine) -> list[tuple[str, str]]:
    """Whom today's e-mails went to, and their subjects."""
    box = Box()
    with mailbox_of(box) as mailbox:
        notices.deliver(engine, moment(TODAY), mailbox)
    with hall.start() as work:
        names = {person.email: person.name for person in work.session.scalars(sa.select(Person))}
    return [(names[message["To"]], str(message["Subject"])) for message in box.taken]


def test_etools_004_an_action_due_yesterday_is_one_e_mail_to_its_owner(hall: Hall, engine: sa.Engine) -> None:
    hall.action(due_on=TODAY - timedelta(days=1))
    for _ in range(2):
        hall.remind(TODAY)
    assert mailed(hall, engine) == [("owner", "An action is overdue")]
    assert mailed(hall, engine) == []


def test_without_an_action_that_is_due_there_is_no_e_mail(hall: Hall, engine: sa.Engine) -> None:
    hall.action(due_on=TODAY + timedelta(days=15))
    hall.remind(TODAY)
    assert mailed(hall, engine) == []


def test_trap_012_an_action_three_days_overdue_is_reminded_of_though_the_job_missed_a_day(
    hall: Hall, engine: sa.Engine
) -> None:
    hall.action(due_on=TODAY - timedelta(days=3))
    hall.remind(TODAY)
    assert mailed(hall, engine) == [("owner", "An action is overdue")]
    [line] = hall.texts("owner")
    assert "is 3 days overdue" in line
    hall.remind(TODAY + timedelta(days=1))
    hall.told()
    hall.remind(TODAY + timedelta(days=18))
    assert set(hall.told()) == {"owner", "focal", "head", "regional head", "endorser"}, "and later it is escalated"
