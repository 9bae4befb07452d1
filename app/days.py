"""Days that pass while no clock runs: what they changed is marked before figures are computed or compared."""

import sqlalchemy as sa

from jobs.run import run_job
from jobs.schedule import MARK_DAYS, days_marked
from rbm import clock
from rbm.access import SYSTEM
from rbm.errors import Conflict
from rbm.terms.jobs import JobOutcome
from rbm.work import begin


def mark_days(engine: sa.Engine) -> None:
    """Run the job of the days unless it ran today. Conflict when it fails: figures would be of another day."""
    with begin(engine, SYSTEM, "days_marked", writes=False) as work:
        done = days_marked(work) >= work.today
    if not done and run_job(engine, MARK_DAYS, clock.read()).outcome is JobOutcome.FAILED:
        raise Conflict(f"{MARK_DAYS} failed: rbm jobs history says why", code="failed")
