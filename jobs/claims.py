"""Claims: one row for each job and slot decides who runs it, for as long as a lease, and keeps how it ended.

Two runs of one job never overlap: the row of a scheduled run holds the job's name in a unique column until it ends. The
effect is written in the transaction that ends the run, behind a lock on that row, so whoever was overtaken (or killed)
leaves nothing behind.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from rbm.access import SYSTEM, Permission
from rbm.errors import Conflict
from rbm.model.jobs import JobRun
from rbm.terms.jobs import JobOutcome
from rbm.work import Work, begin

LEASE = timedelta(minutes=5)
RETRY = timedelta(minutes=5)
MOST_ATTEMPTS = 3
LEFT = "the run ended without an outcome; nothing of it was kept"


@dataclass(frozen=True)
class Slot:
    """A slot of a job, and for how long a claim on it holds."""

    job: str
    name: str
    lease: timedelta = LEASE
    by_hand: bool = False


@dataclass(frozen=True)
class Claim:
    """A claimed run: its row, and which attempt this is."""

    run_id: int
    attempt: int


class OvertakenError(Exception):
    """The lease ran out and somebody else took the slot."""


def claim(engine: sa.Engine, slot: Slot, now: datetime) -> Claim | None:
    """Take a slot nobody has, or one whose lease ran out; None when it is done, or it or another of the job runs."""
    try:
        with begin(engine, SYSTEM, "claim_slot", now=now) as work:
            work.require(Permission.OPERATE)
            if slot.by_hand:
                _close_left(work, slot)
            run = _locked(work, slot)
            return _insert(work, slot) if run is None else _take_over(work, run, slot)
    except Conflict:
        return None


def hold(work: Work, claimed: Claim) -> JobRun:
    """The row of a claim, locked to the end of the transaction. OvertakenError when somebody else took it."""
    work.require(Permission.OPERATE)
    run = work.session.scalars(sa.select(JobRun).where(JobRun.id == claimed.run_id).with_for_update()).one()
    if run.attempt != claimed.attempt or run.outcome is not JobOutcome.RUNNING:
        raise OvertakenError
    return run


def end(run: JobRun, counts: Mapping[str, int], at: datetime) -> JobOutcome:
    """Record what a run did, in the transaction in which it did it."""
    run.outcome = JobOutcome.DONE if any(counts.values()) else JobOutcome.NOTHING_DUE
    run.counts, run.error, run.finished_at, run.occupies = dict(counts), None, at, None
    return run.outcome


def fail(engine: sa.Engine, claimed: Claim, error: str, at: datetime) -> None:
    """Record why a run did nothing; it may be tried again after a while."""
    with begin(engine, SYSTEM, "fail_run", now=at) as work:
        _fail(hold(work, claimed), error, at)


def _fail(run: JobRun, error: str, at: datetime) -> None:
    run.outcome, run.error, run.counts = JobOutcome.FAILED, error, {}
    run.finished_at, run.lease_until, run.occupies = at, at + RETRY, None


def _locked(work: Work, slot: Slot) -> JobRun | None:
    """The row of a slot, unless there is none or somebody who is alive holds it."""
    query = sa.select(JobRun).where(JobRun.job == slot.job, JobRun.slot == slot.name)
    return work.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def _insert(work: Work, slot: Slot) -> Claim:
    run = JobRun(
        job=slot.job,
        slot=slot.name,
        by_hand=slot.by_hand,
        occupies=None if slot.by_hand else slot.job,
        outcome=JobOutcome.RUNNING,
        attempt=1,
        started_at=work.now,
        lease_until=work.now + slot.lease,
        holder=f"{socket.gethostname()}:{os.getpid()}",
    )
    return Claim(work.add(run).id, run.attempt)


def _take_over(work: Work, run: JobRun, slot: Slot) -> Claim | None:
    if run.outcome not in {JobOutcome.RUNNING, JobOutcome.FAILED} or run.lease_until > work.now:
        return None
    if run.attempt >= MOST_ATTEMPTS:
        if run.outcome is JobOutcome.RUNNING:
            _fail(run, LEFT, work.now)
        return None
    run.outcome, run.attempt, run.occupies = JobOutcome.RUNNING, run.attempt + 1, slot.job
    run.started_at, run.lease_until = work.now, work.now + slot.lease
    run.finished_at, run.holder = None, f"{socket.gethostname()}:{os.getpid()}"
    work.flush()
    return Claim(run.id, run.attempt)


def _close_left(work: Work, slot: Slot) -> None:
    """Runs by hand that were killed are nobody's to heal: the next one says so."""
    left = sa.select(JobRun).where(
        JobRun.job == slot.job, JobRun.by_hand, JobRun.outcome == JobOutcome.RUNNING, JobRun.lease_until <= work.now
    )
    for run in work.session.scalars(left.with_for_update(skip_locked=True)):
        _fail(run, LEFT, work.now)
