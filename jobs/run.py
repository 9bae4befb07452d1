"""Run: a slot is claimed, its effect and outcome are written in one transaction, and whatever fails is kept."""

import re
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from jobs import claims
from jobs.cadence import Every
from jobs.claims import LEASE, Claim, OvertakenError, Slot
from jobs.due import slots_due, sweep
from jobs.schedule import JOBS, Counts, Errand, Job, Service
from rbm import ids
from rbm.access import SYSTEM
from rbm.errors import Conflict, NotFound
from rbm.model.jobs import JobRun
from rbm.settings import settings
from rbm.terms.jobs import JobOutcome
from rbm.work import begin

log = structlog.get_logger("jobs")
PASSWORD = re.compile(r"//[^/\s@]*@")
LONGEST_ERROR = 500


@dataclass(frozen=True)
class Ran:
    """What became of a slot: its outcome (`skipped` when it is somebody else's) and what the service counted."""

    job: str
    slot: str
    outcome: JobOutcome
    counts: Counts


def run_slot(engine: sa.Engine, job: Job, slot: str, *, now: datetime, lease: timedelta = LEASE) -> Ran:
    """Run a slot once, whoever else tries: skipped when it is done, running, or given up.

    A missed slot is run as of `now`: services find what is due by now, and nothing is dated back.
    """
    return _run(engine, job, Slot(job.name, slot, lease), now)


def run_job(engine: sa.Engine, name: str, now: datetime, jobs: Sequence[Job] = JOBS) -> Ran:
    """Run a job by hand, at once and always; it keeps no slot from being run. NotFound lists the jobs."""
    job = job_named(name, jobs)
    slot = f"{job.cadence.latest(now, settings().time_zone)}+{ids.new().hex[-12:]}"
    return _run(engine, job, Slot(job.name, slot, by_hand=True), now)


def run_due(engine: sa.Engine, job: Job, read: Callable[[], datetime], lease: timedelta = LEASE) -> list[Ran]:
    """Run every slot of a job that is due, in order; `read` tells the time.

    Where somebody else is at work on the job this ends: what is left is due again at the next look. Going on would
    take a later slot first, and what lies before the newest slot known is never due again.
    """
    ran: list[Ran] = []
    for slot in slots_due(engine, job, read()):
        ran.append(run_slot(engine, job, slot, now=read(), lease=lease))
        if ran[-1].outcome is JobOutcome.SKIPPED:
            break
    if ran and isinstance(job.cadence, Every) and ran[-1].outcome is JobOutcome.NOTHING_DUE:
        sweep(engine, job, read())
    return ran


def job_named(name: str, jobs: Sequence[Job] = JOBS) -> Job:
    """The job of this name. NotFound lists those there are."""
    found = next((job for job in jobs if job.name == name), None)
    if found is None:
        raise NotFound(f"no job is called {name}; there are: {', '.join(job.name for job in jobs)}", "name")
    return found


def _run(engine: sa.Engine, job: Job, slot: Slot, now: datetime) -> Ran:
    claimed, started = claims.claim(engine, slot, now), time.monotonic()
    if claimed is None:
        return Ran(job.name, slot.name, JobOutcome.SKIPPED, {})

    def moment() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    try:
        run = _perform(engine, job, claimed, moment)
    except OvertakenError:
        return Ran(job.name, slot.name, JobOutcome.SKIPPED, {})
    except Exception as error:  # noqa: BLE001  # whatever a service raises is recorded, and the clock goes on
        _failed(engine, job, claimed, error, moment())
        return Ran(job.name, slot.name, JobOutcome.FAILED, {})
    return Ran(job.name, slot.name, run.outcome, run.counts or {})


def _perform(engine: sa.Engine, job: Job, claimed: Claim, moment: Callable[[], datetime]) -> JobRun:
    service = job.service if not isinstance(job.service, Errand) else _done(job.service.run(engine, moment()))
    with begin(engine, SYSTEM, job.name, now=moment()) as work:
        run = claims.hold(work, claimed)
        claims.end(run, service(work), moment())
    return run


def _done(counts: Counts) -> Service:
    return lambda _work: counts


def _failed(engine: sa.Engine, job: Job, claimed: Claim, error: Exception, at: datetime) -> None:
    report("a job failed", job.name, error)
    try:
        claims.fail(engine, claimed, told(error), at)
    except (Conflict, OvertakenError, sa.exc.SQLAlchemyError):
        log.warning("a failure could not be recorded; the lease will end", job=job.name)


def report(what: str, job: str, error: Exception) -> None:
    """Log an unexpected error with all that is known of it."""
    log.error(what, job=job, traceback="".join(traceback.format_exception(error)))


def told(error: Exception) -> str:
    """An error for the record: its class and the first line of its message, without statement, values or passwords."""
    inner = getattr(error, "orig", None) or error
    first = (str(inner).splitlines() or [""])[0]
    return f"{type(error).__name__}: {PASSWORD.sub('//', first)}"[:LONGEST_ERROR]
