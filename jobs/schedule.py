"""The schedule: which service runs when. What is due is not decided here; the services find it in the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
import structlog

from jobs.cadence import Cadence, Daily, Every
from rbm import clock
from rbm.model.jobs import JobRun
from rbm.model.rollup import Reconciliation
from rbm.services import audit, followup, notices, performance, quality, replay, reporting, responses, rollup
from rbm.settings import settings
from rbm.terms.jobs import JobOutcome
from rbm.work import Work

log = structlog.get_logger("audit")
Counts = Mapping[str, int]
Service = Callable[[Work], Counts]


@dataclass(frozen=True)
class Errand:
    """A service that keeps units of work of its own: it waits for the world outside, or one of them may fail alone.

    It has to bear being broken off and being run by two at once: only its record is written with the outcome.
    """

    run: Callable[[sa.Engine, datetime], Counts]


@dataclass(frozen=True)
class Job:
    """A service and when it runs. It answers counts; when all are zero, nothing was due."""

    name: str
    service: Service | Errand
    cadence: Cadence


def mark_days(work: Work) -> Counts:
    """Mark what changed by the days that passed since this was done last, or ever when it never was."""
    return {"marked": rollup.mark_days(work, days_marked(work))}


def days_marked(work: Work) -> date:
    """The day up to which the days were marked; the first of all when they never were."""
    ended = sa.select(sa.func.max(JobRun.started_at)).where(
        JobRun.job == MARK_DAYS, JobRun.outcome.in_((JobOutcome.DONE, JobOutcome.NOTHING_DUE))
    )
    last = work.session.scalars(ended).one()
    return date.min if last is None else clock.business_date(last, settings().time_zone)


def reconcile(work: Work) -> Counts:
    """Compute everything anew and keep what differs; what a day changed is marked first, and is no difference."""
    mark_days(work)
    differences = rollup.reconcile(work)
    newest = sa.select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1)
    return {"figures": work.session.scalars(newest).one().figures, "differences": len(differences)}


def deliver(engine: sa.Engine, now: datetime) -> Counts:
    """Send the notices that are due through the mail server of the settings."""
    return notices.deliver(engine, now, notices.Mailbox(settings().smtp_url, settings().mail_from))


def forget(work: Work) -> Counts:
    """Take out stored answers that have expired."""
    return {"forgotten": replay.forget(work)}


def seal(engine: sa.Engine, now: datetime) -> Counts:
    """Seal the audit trail; the new head goes into the log, and with it off the machine."""
    sealed = audit.seal(engine, now)
    if sealed.blocks and sealed.head:
        facts = {"number": sealed.head.number, "hash": sealed.head.hash, "last_id": sealed.head.last_id}
        log.info("the audit trail was sealed", sealed_at=sealed.head.sealed_at.isoformat(), **facts)
    return {"blocks": sealed.blocks, "entries": sealed.entries}


def turn_rounds(work: Work) -> Counts:
    """Open the follow-up rounds whose day has come, and record as missed those that ended without a report."""
    return {"opened": len(responses.open_rounds(work)), "missed": len(responses.miss_rounds(work))}


MINUTE, HOUR = 60.0, 3600.0
MARK_DAYS = "rollup.mark_days"

JOBS: tuple[Job, ...] = (
    Job("rollup.refresh", Errand(rollup.refresh_due), Every(MINUTE)),
    Job("notices.deliver", Errand(deliver), Every(MINUTE)),
    Job("audit.seal", Errand(seal), Every(MINUTE)),
    Job("replay.forget", forget, Every(HOUR)),
    Job(MARK_DAYS, mark_days, Daily(time(0, 5), missed=1)),
    Job("periods.lock", reporting.lock_periods, Daily(time(0, 10))),
    Job("followup.rounds", turn_rounds, Daily(time(0, 15))),
    Job("performance.flag", performance.flag_interventions, Daily(time(0, 20))),
    Job("quality.issues", quality.raise_all_issues, Daily(time(0, 30))),
    Job("reporting.remind", reporting.remind_reports, Daily(time(0, 40))),
    Job("followup.remind", followup.remind_follow_up, Daily(time(0, 45))),
    Job("planning.coverage", followup.tell_coverage_gaps, Daily(time(0, 50))),
    Job("followup.outstanding", followup.tell_outstanding, Daily(time(0, 55))),
    Job("rollup.reconcile", reconcile, Daily(time(1, 0), missed=1)),
)
