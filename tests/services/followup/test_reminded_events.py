"""What is told of once: rounds, silence, disclosure, what is long outstanding; and many things as one."""

from datetime import date, timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from jobs.run import run_job, run_slot
from jobs.schedule import JOBS
from rbm.model.evaluation import Evaluation
from rbm.model.followup import Action, ActionUpdate
from rbm.model.notices import Notice, Reminder
from rbm.model.people import Office
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services import followup, notices
from rbm.services.followup.happening import silent_since
from rbm.terms.followup import ActionStage
from rbm.terms.jobs import JobOutcome
from rbm.terms.responses import ResponseStage, RoundStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.services.followup.hall import DUE, Hall, build, moment

DAY = timedelta(days=1)
UNIT = {"officer", "director"}


@pytest.fixture
def hall(start: Begin) -> Hall:
    """A country office that has answered."""
    return build(start)


def outstanding(hall: Hall, day: date) -> dict[str, int]:
    with hall.start(now=moment(day)) as work:
        return dict(followup.tell_outstanding(work))


def each(persons: list[str], kind: str) -> dict[str, list[str]]:
    return {person: [kind] for person in persons}


def evaluation_of(hall: Hall) -> Evaluation:
    with hall.start() as work:
        return work.get(Evaluation, work.get(ManagementResponse, hall.response).evaluation_id)


def test_a_report_that_is_transmitted_asks_for_a_response_once(start: Begin) -> None:
    hall, sent = build(start, answered=False), date(2026, 5, 4)
    hall.change(ManagementResponse, hall.response, transmitted_on=sent, due_on=sent + 42 * DAY)
    assert hall.remind(sent - DAY) == {}
    assert hall.remind(sent + 5 * DAY) == {"responses": 1, "told": 2}
    assert hall.told() == each(["focal", "head"], "response_asked")
    assert hall.texts("head") == ["E-1 The programme was sent to Country, whose response is due on 2026-06-15."]
    assert hall.remind(sent + 6 * DAY) == {}


def test_each_return_of_a_response_is_told_once_with_its_reason(hall: Hall) -> None:
    hall.change(ManagementResponse, hall.response, due_on=date(2026, 12, 31))
    for day, reason in ((date(2026, 6, 1), "no decision on 2"), (date(2026, 6, 9), "no reason on 3")):
        with hall.start(now=moment(day)) as work:
            Make(work)
            response = work.get(ManagementResponse, hall.response)
            response.stage = ResponseStage.SUBMITTED
            work.move(response, ResponseStage.RETURNED, reason)
        assert hall.remind(day + DAY) == {"responses": 1, "told": 2}
        assert hall.told() == each(["focal", "head"], "response_returned")
        assert hall.texts("focal")[-1] == f"The response of Country to E-1 The programme is incomplete: {reason}"
        assert hall.remind(day + 2 * DAY) == {}


def test_several_responses_that_stand_returned_are_each_told_of_once(hall: Hall) -> None:
    other = hall.build(
        lambda evaluating: evaluating.response(evaluating.evaluation(disclosed_on=None), _office(hall, evaluating))
    )
    for key, reasons in ((hall.response, ["first", "again"]), (other, ["only"])):
        for reason in reasons:
            with hall.start(now=moment(date(2026, 6, 1))) as work:
                Make(work)
                response = work.get(ManagementResponse, key)
                response.stage, response.submitted_on = ResponseStage.SUBMITTED, date(2026, 3, 1)
                response.due_on = date(2026, 12, 31)
                work.move(response, ResponseStage.RETURNED, reason)
    assert hall.remind(date(2026, 6, 2)) == {"responses": 2, "told": 4}
    assert sorted(text.rpartition(": ")[2] for text in hall.texts("focal")) == ["again", "only"]
    assert hall.remind(date(2026, 6, 3)) == {}


def _office(hall: Hall, evaluating: Evaluating) -> Office:
    return evaluating.work.get(Office, hall.offices["country"])


def test_a_round_is_told_of_when_it_opens_before_it_closes_and_when_it_was_missed(hall: Hall) -> None:
    key = hall.round()
    opened, closes = date(2026, 7, 1), date(2026, 7, 31)
    for day, kind in ((opened, "round_opened"), (closes - 14 * DAY, "round_closing"), (closes, "round_closing")):
        assert hall.remind(day) == {"rounds": 1, "told": 2}
        assert hall.told() == {"focal": [kind], "head": [kind]}
        assert hall.remind(day) == {}
    assert hall.remind(closes + DAY) == {}
    hall.change(FollowUpRound, key, stage=RoundStage.MISSED)
    assert hall.remind(closes + 5 * DAY) == {"rounds": 1, "told": 4}
    assert hall.told() == each(["regional head", "endorser", *UNIT], "round_missed")
    assert hall.texts("officer") == [
        "Country let round 1 of follow-up on E-1 The programme pass, which closed on 2026-07-31."
    ]


def test_a_round_that_was_reported_in_is_not_told_of_again(hall: Hall) -> None:
    hall.round(stage=RoundStage.SUBMITTED)
    hall.round(number=2, stage=RoundStage.SCHEDULED)
    assert hall.remind(date(2026, 7, 31)) == hall.remind(date(2026, 8, 31)) == {}


def test_the_daily_job_opens_rounds_and_records_the_missed_ones_and_then_tells_of_them(
    hall: Hall, engine: sa.Engine
) -> None:
    hall.action(due_on=date(2027, 12, 31))
    hall.round(stage=RoundStage.SCHEDULED)
    opened, over = moment(date(2026, 7, 1)), moment(date(2026, 9, 1))
    assert run_job(engine, "followup.rounds", opened).counts == {"opened": 1, "missed": 0}
    assert run_job(engine, "followup.rounds", opened).outcome is JobOutcome.NOTHING_DUE
    assert run_job(engine, "followup.remind", opened).counts["rounds"] == 1
    assert run_job(engine, "followup.rounds", over).counts == {"opened": 0, "missed": 1}
    assert run_job(engine, "followup.remind", over).counts["rounds"] == 1
    assert set(hall.told()) == {"focal", "head", "regional head", "endorser", *UNIT}


def test_an_action_without_news_for_an_interval_is_told_of_once_an_interval(hall: Hall) -> None:
    action = hall.action(due_on=date(2028, 12, 31))
    assert hall.remind(date(2026, 11, 30)) == {}
    assert hall.remind(date(2026, 12, 1)) == {"stale": 1, "told": 3}
    assert hall.told() == each(["owner", "focal", "head"], "action_stale")
    assert "since 2026-06-01" in hall.texts("owner")[0]
    assert hall.remind(date(2026, 12, 1)) == hall.remind(date(2027, 5, 31)) == {}
    assert hall.remind(date(2027, 6, 1)) == {"stale": 1, "told": 3}
    with hall.start() as work:
        Make(work)
        said = {"text": "Half done", "stage": ActionStage.IN_PROGRESS, "reported_at": moment(date(2027, 9, 30))}
        work.add(ActionUpdate(action_id=action, **said))
    assert hall.remind(date(2027, 12, 1)) == hall.remind(date(2028, 3, 29)) == {}
    assert hall.remind(date(2028, 3, 30)) == {"stale": 1, "told": 3}
    assert "since 2027-09-30" in hall.texts("owner")[2]


def test_an_action_that_is_claimed_is_not_without_news(hall: Hall) -> None:
    hall.action(due_on=date(2028, 12, 31), stage=ActionStage.REPORTED_COMPLETE)
    assert hall.remind(date(2027, 12, 1)) == {}


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 12, 1), date(2026, 6, 1)),
        (date(2027, 2, 27), date(2026, 8, 27)),
        (date(2027, 2, 28), date(2026, 8, 31)),
        (date(2028, 2, 28), date(2027, 8, 28)),
        (date(2028, 2, 29), date(2027, 8, 31)),
    ],
)
def test_an_interval_ends_on_the_last_day_of_a_shorter_month(today: date, last: date) -> None:
    assert silent_since(today, 6) == last


def test_the_day_a_report_becomes_public_is_told_to_those_it_concerns(hall: Hall) -> None:
    evaluation, opened = evaluation_of(hall), date(2026, 5, 1)
    manager = hall.persons["oversight"]
    hall.change(Evaluation, evaluation.id, disclosed_on=opened, manager_id=manager)
    assert hall.remind(opened - DAY) == {}
    assert hall.remind(opened + 5 * DAY) == {"disclosed": 1, "told": 5}
    assert hall.told() == each(["oversight", "focal", "head", *UNIT], "evaluation_disclosed")
    assert hall.texts("head") == ["E-1 The programme became public on 2026-05-01."]
    assert hall.remind(opened + 6 * DAY) == {}


def test_a_report_that_is_withheld_is_told_of_when_that_ends(hall: Hall) -> None:
    evaluation, opened = evaluation_of(hall), date(2026, 5, 1)
    hall.change(Evaluation, evaluation.id, disclosed_on=opened, withheld_until=date(2026, 5, 31))
    assert hall.remind(opened) == hall.remind(date(2026, 5, 31)) == {}
    assert hall.remind(date(2026, 6, 1)) == {"disclosed": 1, "told": 4}
    assert hall.texts("head") == ["E-1 The programme became public on 2026-06-01."]


def test_a_report_that_has_long_been_public_is_not_told_of(hall: Hall) -> None:
    hall.change(Evaluation, evaluation_of(hall).id, disclosed_on=date(2026, 5, 1))
    assert hall.remind(date(2026, 6, 1)) == {}


def test_what_is_long_outstanding_goes_to_senior_management_once_a_month(hall: Hall) -> None:
    hall.action()
    hall.action(due_on=DUE - DAY)
    hall.action(due_on=DUE - 200 * DAY, stage=ActionStage.VERIFIED_COMPLETE)
    assert outstanding(hall, DUE + 89 * DAY) == {"outstanding": 0, "told": 0}
    assert outstanding(hall, DUE + 90 * DAY) == {"outstanding": 1, "told": 1}
    assert outstanding(hall, DUE + 91 * DAY) == {"outstanding": 0, "told": 0}, "once in September"
    assert outstanding(hall, date(2026, 10, 1)) == {"outstanding": 2, "told": 1}
    assert outstanding(hall, date(2026, 10, 1)) == {"outstanding": 0, "told": 0}
    assert outstanding(hall, date(2026, 11, 17)) == {"outstanding": 2, "told": 1}, "made up for after an outage"
    assert hall.told() == {"senior": ["long_outstanding"] * 3}
    assert hall.texts("senior")[1].startswith(
        "2 actions of 1 offices are long outstanding; the oldest was due on 2026-06-29"
    )


def test_what_is_open_after_the_last_round_is_long_outstanding(hall: Hall) -> None:
    hall.action(due_on=date(2029, 12, 31))
    hall.round(stage=RoundStage.CLOSED)
    last = hall.round(number=2, stage=RoundStage.SCHEDULED, closes_on=date(2026, 9, 30))
    assert outstanding(hall, date(2026, 9, 30)) == {"outstanding": 0, "told": 0}
    assert outstanding(hall, date(2026, 10, 1)) == {"outstanding": 1, "told": 1}
    hall.change(FollowUpRound, last, closes_on=date(2026, 12, 31))
    with hall.start(now=moment(date(2026, 10, 1))) as work:
        assert work.session.scalars(followup.find_outstanding_actions(work)).all() == []
    with hall.start(hall.actor("head"), now=moment(date(2027, 1, 1))) as work:
        assert len(work.session.scalars(followup.find_outstanding_actions(work)).all()) == 1


def test_many_things_at_once_are_one_notice(hall: Hall) -> None:
    for number in range(notices.MOST_AT_ONCE + 1):
        hall.action(due_on=DUE + number * DAY)
    counts = hall.remind(DUE + 30 * DAY)
    assert counts == {"actions": 21, "told": 3 + 2 * 10, "summed_up": 3}
    told = hall.told()
    assert told["owner"] == told["focal"] == told["head"] == ["summed_up"]
    assert told["endorser"] == ["action_escalated"] * 10, "those that have come to 21 days"
    [text] = hall.texts("owner")
    assert text.startswith("21 things wait for you (An action is overdue: 21). First of all: Action REC-1/")
    assert "was due on 2026-06-30 and is 30 days overdue" in text
    assert hall.remind(DUE + 30 * DAY) == {}


def test_twenty_things_are_told_one_by_one(hall: Hall) -> None:
    for number in range(notices.MOST_AT_ONCE):
        hall.action(due_on=DUE + number * DAY)
    assert hall.remind(DUE)["told"] == 15
    assert hall.told() == {"owner": ["action_due"] * 15}


def test_the_number_of_statements_does_not_grow_with_what_is_owed(hall: Hall, engine: sa.Engine) -> None:
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for day in (DUE, DUE + 7 * DAY):
        for _ in range(10):
            hall.action(due_on=day)
        asked.clear()
        assert hall.remind(day)["actions"] >= 10
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30


def test_five_missed_days_are_made_up_for_and_tell_of_everything_once(hall: Hall, engine: sa.Engine) -> None:
    hall.action()
    job = next(job for job in JOBS if job.name == "followup.remind")
    back = moment(DUE + 9 * DAY)
    slots = [str(DUE + number * DAY) for number in range(4, 9)]
    outcomes = [run_slot(engine, job, slot, now=back).outcome for slot in slots]
    assert outcomes == [JobOutcome.DONE, *[JobOutcome.NOTHING_DUE] * 4]
    assert [run_slot(engine, job, slot, now=back).outcome for slot in slots] == [JobOutcome.SKIPPED] * 5
    assert hall.told() == each(["owner", "focal", "head"], "action_overdue")


def test_two_who_remind_at_once_remind_once(hall: Hall) -> None:
    for number in range(5):
        hall.action(due_on=DUE - number * DAY)
    counts: list[dict[str, int]] = []
    threads = [Thread(target=lambda: counts.append(hall.remind(DUE))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts, key=len) == [{}, {}, {"actions": 5, "told": 5}]
    assert hall.told() == {"owner": ["action_due"] + ["action_overdue"] * 4}


def test_a_run_that_fails_leaves_neither_ledger_nor_notice(hall: Hall) -> None:
    hall.action()
    with pytest.raises(RuntimeError, match="broken off"), hall.start(now=moment(DUE)) as work:
        assert followup.remind_follow_up(work)["told"] == 1
        raise RuntimeError("broken off")
    with hall.start() as work:
        assert work.session.scalars(sa.select(Reminder)).all() == work.session.scalars(sa.select(Notice)).all() == []
    assert hall.remind(DUE) == {"actions": 1, "told": 1}


def test_nothing_that_is_reminded_of_changes(hall: Hall) -> None:
    key = hall.action()
    hall.remind(DUE + 42 * DAY)
    with hall.start() as work:
        action = work.get(Action, key)
        assert (action.stage, action.due_on, action.version) == (ActionStage.NOT_STARTED, DUE, 1)
