"""The scheduler: looks at the clock for each job and runs what is due, until it is told to stop.

Any number of processes may do so on one database. APScheduler keeps its timetable in memory and only decides when to
look; its triggers count from the epoch in UTC, so no change of clocks moves, doubles or drops one.
"""

import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

import sqlalchemy as sa
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jobs.cadence import EPOCH
from jobs.claims import LEASE
from jobs.run import Ran, report, run_due
from jobs.schedule import JOBS, Job
from rbm import clock
from rbm.memory import settle
from rbm.terms.jobs import JobOutcome

LONGEST_WAIT = 0.5


@dataclass(frozen=True)
class Clockwork:
    """What a scheduler works with: the jobs, how long a claim holds, and who is told of each run."""

    engine: sa.Engine
    jobs: Sequence[Job] = JOBS
    lease: timedelta = LEASE
    tell: Callable[[Ran], None] = lambda _ran: None


def work(clockwork: Clockwork, stop: threading.Event) -> None:
    """Run what is due, first what was missed, until `stop` is set; what is running then is run to its end.

    A look at the start leaves the beat of the triggers alone: schedulers that each had a beat of their own would leave
    all the work to the first of them.
    """
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone=UTC,
    )
    for job in clockwork.jobs:
        seconds = job.cadence.seconds_between_ticks
        trigger = IntervalTrigger(seconds=seconds, start_date=EPOCH, timezone=UTC)
        scheduler.add_job(tick, trigger, (clockwork, job), id=job.name)
        scheduler.add_job(tick, args=(clockwork, job), id=f"{job.name} at the start")
    settle()
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def tick(clockwork: Clockwork, job: Job) -> None:
    """Run what is due of one job; a database that does not answer now is asked again at the next tick.

    A short wait, never the same, lets now one scheduler and now another be the first.
    """
    time.sleep(random.uniform(0, min(LONGEST_WAIT, job.cadence.seconds_between_ticks / 5)))  # noqa: S311
    try:
        for ran in run_due(clockwork.engine, job, clock.read, clockwork.lease):
            if ran.outcome is not JobOutcome.SKIPPED:
                clockwork.tell(ran)
    except Exception as error:  # noqa: BLE001  # the last guard: the clock goes on
        report("a job could not be run", job.name, error)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
