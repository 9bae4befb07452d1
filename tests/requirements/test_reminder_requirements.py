"""Deadlines of answers and actions, late flags, requests for updates and escalation: R123 and R126."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from jobs.run import run_job
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse
from rbm.services import followup
from tests.conftest import Begin
from tests.services.followup.hall import DUE, Hall, build, moment

DAY = timedelta(days=1)


@pytest.fixture
def hall(start: Begin) -> Hall:
    return build(start)


def job(hall: Hall, engine: sa.Engine, day: date) -> dict[str, list[str]]:
    """Who was told what by the daily job of a day."""
    run_job(engine, "followup.remind", moment(day))
    return hall.told()


def test_r123_a_late_response_is_flagged_from_the_day_after_its_due_day(start: Begin, engine: sa.Engine) -> None:
    hall = build(start, answered=False)
    for days, flagged in ((0, False), (1, True)):
        with start(now=moment(DUE + days * DAY)) as work:
            rows = work.session.scalars(sa.select(ManagementResponse)).all()
            assert [bool(one) for one in followup.response_escalations(work, rows)] == [flagged]
    assert job(hall, engine, DUE + DAY) == {"focal": ["response_overdue"], "head": ["response_overdue"]}


def test_r126_no_update_for_one_interval_gives_stale(hall: Hall, engine: sa.Engine) -> None:
    hall.action(due_on=date(2027, 12, 31), planned_on=date(2026, 6, 1))
    assert job(hall, engine, date(2026, 11, 30)) == {}
    assert set(job(hall, engine, date(2026, 12, 1))) == {"owner", "focal", "head"}


def test_r126_past_its_due_date_an_action_is_overdue_and_is_escalated(hall: Hall, engine: sa.Engine) -> None:
    hall.action()
    reached = []
    for days in (0, 1, 7, 21, 42):
        job(hall, engine, DUE + days * DAY)
        with hall.start(now=moment(DUE + days * DAY)) as work:
            [found] = followup.escalations(work, work.session.scalars(sa.select(Action)).all())
        reached.append(found and (found.overdue_days, str(found.level)))
    expected = [None, (1, "owner"), (7, "office"), (21, "supervisor"), (42, "senior_management")]
    assert reached == expected


def test_r126_a_round_asks_for_updates_and_who_lets_it_pass_is_brought_up(hall: Hall, engine: sa.Engine) -> None:
    hall.action(due_on=date(2027, 12, 31))
    hall.round(stage="scheduled")
    run_job(engine, "followup.rounds", moment(date(2026, 7, 1)))
    assert job(hall, engine, date(2026, 7, 1)) == {"focal": ["round_opened"], "head": ["round_opened"]}
    run_job(engine, "followup.rounds", moment(date(2026, 8, 1)))
    told = job(hall, engine, date(2026, 8, 1))
    assert {name for name, kinds in told.items() if kinds == ["round_missed"]} == {
        "regional head",
        "endorser",
        "officer",
        "director",
    }
