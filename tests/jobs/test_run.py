"""Runs: claimed once, effect and outcome together, failures kept, missed slots made up for in order."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from jobs.cadence import Daily, Every
from jobs.claims import LEASE, MOST_ATTEMPTS, RETRY, OvertakenError, Slot, claim, end, hold
from jobs.due import slots_due
from jobs.run import Ran, run_due, run_job, run_slot, told
from jobs.schedule import JOBS, Counts, Errand, Job
from rbm.access import Permission
from rbm.errors import Invalid, NotFound
from rbm.model.jobs import JobRun
from rbm.model.people import Post
from rbm.services import people
from rbm.terms.jobs import JobOutcome
from rbm.work import Work
from tests.conftest import NOW, Begin

DAY = timedelta(days=1)
SLOT = "2026-03-02"


def leave_post(work: Work) -> Counts:
    """An effect that can be counted."""
    work.require(Permission.MANAGE_PEOPLE)
    office = people.initialise(work)
    number = len(work.session.scalars(sa.select(Post)).all())
    work.add(Post(code=f"P{number}", title="Trace", office=office))
    return {"posts": 1}


def break_down(work: Work) -> Counts:
    leave_post(work)
    raise Invalid("cannot reach smtp://user:secret@host", "value")


def daily(service: Callable[[Work], Counts], missed: int = 31) -> Job:
    return Job("daily", service, Daily(time(1), missed))


def traces(start: Begin) -> int:
    with start() as work:
        return sum(post.title == "Trace" for post in work.session.scalars(sa.select(Post)))


def runs(start: Begin) -> list[JobRun]:
    with start() as work:
        return list(work.session.scalars(sa.select(JobRun).order_by(JobRun.slot, JobRun.id)))


def run_all(engine: sa.Engine, job: Job, now: datetime) -> list[tuple[str, JobOutcome]]:
    return [(ran.slot, ran.outcome) for ran in run_due(engine, job, lambda: now)]


def test_a_slot_is_run_once_and_recorded(engine: sa.Engine, start: Begin) -> None:
    job = daily(leave_post)
    assert run_slot(engine, job, SLOT, now=NOW) == Ran("daily", SLOT, JobOutcome.DONE, {"posts": 1})
    assert run_slot(engine, job, SLOT, now=NOW + DAY) == Ran("daily", SLOT, JobOutcome.SKIPPED, {})
    (run,) = runs(start)
    assert (run.outcome, run.counts, run.attempt, run.occupies, run.error) == ("done", {"posts": 1}, 1, None, None)
    assert run.finished_at is not None
    assert NOW <= run.finished_at < NOW + timedelta(minutes=1)
    assert traces(start) == 1


@pytest.mark.parametrize("counts", [{}, {"sent": 0, "failed": 0}])
def test_without_counts_nothing_was_due(engine: sa.Engine, counts: Counts) -> None:
    assert run_slot(engine, daily(lambda _: counts), SLOT, now=NOW).outcome is JobOutcome.NOTHING_DUE


def test_a_failure_undoes_the_effect_and_says_why(engine: sa.Engine, start: Begin) -> None:
    with capture_logs() as logged:
        assert run_slot(engine, daily(break_down), SLOT, now=NOW).outcome is JobOutcome.FAILED
    (run,) = runs(start)
    assert (run.outcome, run.counts, run.occupies) == (JobOutcome.FAILED, {}, None)
    assert run.error == "Invalid: cannot reach smtp://host"
    assert traces(start) == 0
    assert logged[0]["event"] == "a job failed"


def test_an_error_of_the_database_shows_no_statement_and_no_values(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.SQLAlchemyError) as failure, engine.connect() as connection:
        connection.execute(sa.text("SELECT :secret FROM nowhere"), {"secret": "hush"})
    assert "hush" not in told(failure.value)
    assert "SELECT" not in told(failure.value)


def test_a_failed_slot_is_tried_again_later_and_given_up_in_the_end(engine: sa.Engine, start: Begin) -> None:
    job, now = daily(break_down), NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert run_all(engine, job, now) == [(SLOT, JobOutcome.FAILED)]
        assert run_all(engine, job, now + RETRY - timedelta(seconds=1)) == []
        now += 2 * RETRY
        assert runs(start)[0].attempt == attempt
    assert run_all(engine, job, now) == []
    assert run_slot(engine, job, SLOT, now=now).outcome is JobOutcome.SKIPPED


def test_a_failed_slot_succeeds_when_the_cause_is_gone(engine: sa.Engine, start: Begin) -> None:
    run_slot(engine, daily(break_down), SLOT, now=NOW)
    assert run_all(engine, daily(leave_post), NOW + 2 * RETRY) == [(SLOT, JobOutcome.DONE)]
    (run,) = runs(start)
    assert (run.attempt, run.error, traces(start)) == (2, None, 1)


def test_a_live_claim_is_respected_and_an_expired_one_taken_over(engine: sa.Engine, start: Begin) -> None:
    job = daily(leave_post)
    assert claim(engine, Slot("daily", SLOT), NOW)
    assert run_slot(engine, job, SLOT, now=NOW + LEASE - timedelta(seconds=1)).outcome is JobOutcome.SKIPPED
    assert slots_due(engine, job, NOW) == []
    assert slots_due(engine, job, NOW + LEASE) == [SLOT]
    assert run_slot(engine, job, SLOT, now=NOW + LEASE).outcome is JobOutcome.DONE
    assert [run.attempt for run in runs(start)] == [2]


def test_whoever_was_overtaken_leaves_nothing(engine: sa.Engine, start: Begin) -> None:
    stalled = claim(engine, Slot("daily", SLOT), NOW)
    assert stalled
    run_slot(engine, daily(leave_post), SLOT, now=NOW + LEASE)
    with pytest.raises(OvertakenError), start() as work:
        leave_post(work)
        hold(work, stalled)
    assert traces(start) == 1


def test_a_run_that_is_broken_off_again_and_again_is_given_up(engine: sa.Engine, start: Begin) -> None:
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert claim(engine, Slot("daily", SLOT), now)
        now += LEASE
    assert run_all(engine, daily(leave_post), now) == [(SLOT, JobOutcome.SKIPPED)]
    (run,) = runs(start)
    assert (run.outcome, run.occupies) == (JobOutcome.FAILED, None)
    assert run.error == "the run ended without an outcome; nothing of it was kept"


def test_two_slots_of_one_job_never_overlap(engine: sa.Engine) -> None:
    assert claim(engine, Slot("daily", SLOT), NOW)
    assert claim(engine, Slot("daily", "2026-03-03"), NOW) is None
    assert claim(engine, Slot("other", "2026-03-03"), NOW)


def test_of_many_at_once_one_runs_a_slot(engine: sa.Engine, start: Begin) -> None:
    job, ready, made = daily(leave_post), Barrier(6), list[JobOutcome]()

    def run() -> None:
        ready.wait()
        made.append(run_slot(engine, job, SLOT, now=NOW).outcome)

    threads = [Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["done", *["skipped"] * 5]
    assert traces(start) == 1


def test_missed_dates_are_made_up_for_in_order_over_a_month_end(engine: sa.Engine, start: Begin) -> None:
    job = daily(leave_post)
    assert run_all(engine, job, datetime(2026, 2, 27, 9, tzinfo=UTC)) == [("2026-02-27", JobOutcome.DONE)]
    assert run_all(engine, job, NOW) == [
        ("2026-02-28", JobOutcome.DONE),
        ("2026-03-01", JobOutcome.DONE),
        (SLOT, JobOutcome.DONE),
    ]
    assert run_all(engine, job, NOW) == []
    assert traces(start) == 4


def test_while_somebody_else_runs_the_job_no_later_slot_is_taken_first(engine: sa.Engine, start: Begin) -> None:
    job = daily(leave_post)
    other = claim(engine, Slot("daily", "2026-02-28"), NOW)
    assert other
    assert run_all(engine, job, NOW) == [("2026-03-01", JobOutcome.SKIPPED)]
    with start() as work:
        end(hold(work, other), {"sent": 1}, NOW)
    assert run_all(engine, job, NOW) == [("2026-03-01", JobOutcome.DONE), (SLOT, JobOutcome.DONE)]


def test_where_only_the_latest_counts_the_others_are_left_out(engine: sa.Engine) -> None:
    minute = Job("minute", leave_post, Every(60))
    for job in (minute, daily(leave_post, missed=1)):
        run_all(engine, job, NOW - 3 * DAY)
        assert len(run_all(engine, job, NOW)) == 1


def test_after_a_long_outage_the_newest_month_is_made_up_for_and_that_is_told(engine: sa.Engine) -> None:
    job = daily(lambda _: {})
    run_all(engine, job, NOW - 40 * DAY)
    with capture_logs() as logged:
        assert [slot for slot, _ in run_all(engine, job, NOW)] == [
            (NOW - back * DAY).date().isoformat() for back in range(30, -1, -1)
        ]
    assert logged[0]["after"] == "2026-01-21"


def test_a_run_by_hand_always_runs_and_keeps_no_slot(engine: sa.Engine, start: Begin) -> None:
    job = daily(leave_post)
    assert claim(engine, Slot("daily", "2026-03-01"), NOW)
    first, second = (run_job(engine, "daily", NOW, (job,)) for _ in range(2))
    assert (first.outcome, second.outcome, traces(start)) == (JobOutcome.DONE, JobOutcome.DONE, 2)
    assert first.slot != second.slot
    assert first.slot.startswith(f"{SLOT}+")
    assert slots_due(engine, job, NOW + LEASE) == ["2026-03-01", SLOT]


def test_a_run_by_hand_that_was_killed_is_closed_by_the_next(engine: sa.Engine, start: Begin) -> None:
    assert claim(engine, Slot("daily", "x+1", by_hand=True), NOW)
    run_job(engine, "daily", NOW + LEASE, (daily(leave_post),))
    assert [run.outcome for run in runs(start) if run.slot == "x+1"] == [JobOutcome.FAILED]


def test_an_unknown_job_is_not_found(engine: sa.Engine) -> None:
    with pytest.raises(NotFound, match=r"no job is called nix; there are: rollup\.refresh"):
        run_job(engine, "nix", NOW)


def test_an_errand_keeps_its_own_account_and_is_recorded(engine: sa.Engine, start: Begin) -> None:
    seen = []
    job = Job("errand", Errand(lambda _, now: seen.append(now) or {"sent": 1}), Every(60))
    assert run_slot(engine, job, SLOT, now=NOW).counts == {"sent": 1}
    assert len(seen) == len(runs(start)) == 1


def test_idle_runs_of_a_frequent_job_are_swept_after_a_day(engine: sa.Engine, start: Begin) -> None:
    idle = Job("minute", lambda _: {}, Every(60))
    for now in (NOW - 2 * DAY, NOW - DAY / 2, NOW):
        run_all(engine, idle, now)
    assert len(runs(start)) == 2


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_of_the_schedule_runs_on_a_new_database(engine: sa.Engine, start: Begin, job: Job) -> None:
    with start() as work:
        people.initialise(work)
    if job.name == "audit.seal":  # headquarters left entries
        assert run_job(engine, job.name, NOW).outcome is JobOutcome.DONE
    assert run_job(engine, job.name, NOW).outcome is JobOutcome.NOTHING_DUE


def test_the_schedule_is_the_one_that_was_asked_for() -> None:
    cadences = {job.name: str(job.cadence) for job in JOBS}
    assert len(cadences) == len(JOBS)
    assert (
        cadences.items()
        >= {
            "rollup.refresh": "every minute",
            "rollup.mark_days": "daily at 00:05 UTC",
            "notices.deliver": "every minute",
            "periods.lock": "daily at 00:10 UTC",
            "followup.rounds": "daily at 00:15 UTC",
            "performance.flag": "daily at 00:20 UTC",
            "reporting.remind": "daily at 00:40 UTC",
            "followup.remind": "daily at 00:45 UTC",
            "planning.coverage": "daily at 00:50 UTC",
            "followup.outstanding": "daily at 00:55 UTC",
            "rollup.reconcile": "daily at 01:00 UTC",
        }.items()
    )


def test_the_table_of_jobs_is_that_of_the_schedule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+\.\w+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert listed == [(job.name, str(job.cadence)) for job in JOBS]
