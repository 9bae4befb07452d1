"""What is due: runs to heal, slots that were missed, and the latest one."""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from jobs.claims import MOST_ATTEMPTS
from jobs.schedule import Job
from rbm import bulk
from rbm.access import SYSTEM, Permission
from rbm.model.jobs import JobRun
from rbm.settings import settings
from rbm.terms.jobs import JobOutcome
from rbm.work import Work, begin

KEPT = timedelta(days=1)
log = structlog.get_logger("jobs")


def slots_due(engine: sa.Engine, job: Job, now: datetime) -> list[str]:
    """The slots of a job to be run now, in order.

    First runs that were broken off, or failed (three attempts in all), and may be tried again; then what is due since
    the newest slot known, as many slots as the cadence makes up for (leaving out older ones is logged). A job
    that never ran has one slot due, the latest.
    """
    latest = job.cadence.latest(now, settings().time_zone)
    with begin(engine, SYSTEM, "slots_due", now=now, writes=False) as work:
        healing = _to_heal(work, job, latest)
        newest = sa.select(sa.func.max(JobRun.slot)).where(JobRun.job == job.name, ~JobRun.by_hand)
        last = work.session.scalars(newest).one()
    if last is None:
        return [latest]
    if latest <= last:
        return healing
    most = job.cadence.missed
    missed = job.cadence.between(last, latest, most + 1)
    if len(missed) > most > 1:
        log.warning("more slots were missed than are made up for", job=job.name, after=last, first=missed[1])
    return [*healing, *missed[-most:]]


def sweep(engine: sa.Engine, job: Job, now: datetime) -> None:
    """Take out runs of a frequent job that found nothing due a day ago and longer: they say nothing any more."""
    with begin(engine, SYSTEM, "sweep_runs", now=now) as work:
        work.require(Permission.OPERATE)
        idle = sa.select(JobRun.id).where(
            JobRun.job == job.name, JobRun.outcome == JobOutcome.NOTHING_DUE, JobRun.started_at < now - KEPT
        )
        bulk.delete(work.session, JobRun, "id", work.session.scalars(idle).all())


def _to_heal(work: Work, job: Job, latest: str) -> list[str]:
    """Broken-off runs of any slot, and failed ones where missed slots count or nothing newer is due."""
    broken = JobRun.outcome == JobOutcome.RUNNING
    failed = sa.and_(JobRun.outcome == JobOutcome.FAILED, JobRun.attempt < MOST_ATTEMPTS)
    if job.cadence.missed == 1:
        failed = sa.and_(failed, JobRun.slot == latest)
    query = sa.select(JobRun.slot).where(
        JobRun.job == job.name, ~JobRun.by_hand, JobRun.lease_until <= work.now, sa.or_(broken, failed)
    )
    return list(work.session.scalars(query.order_by(JobRun.slot)))
