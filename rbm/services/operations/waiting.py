"""What waits and what broke off: marks, entries to be sealed, notices, jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from rbm.audit import AuditBlock, AuditEntry
from rbm.model.jobs import JobRun
from rbm.model.notices import Notice
from rbm.model.rollup import DirtyMark
from rbm.terms.jobs import JobOutcome
from rbm.terms.notices import NoticeStage
from rbm.work import Work


@dataclass(frozen=True)
class Backlog:
    """What waits: how many there are, and the moment of the oldest, which is None when nothing waits."""

    count: int
    oldest: datetime | None

    def age(self, now: datetime) -> timedelta:
        """How long the oldest has waited; zero when nothing waits."""
        return max(now - self.oldest, timedelta()) if self.oldest else timedelta()


def dirty_marks(work: Work) -> Backlog:
    """Changes that the figures do not show yet."""
    return _backlog(work, _marks().where(DirtyMark.dead.is_(False)))


def dead_marks(work: Work) -> Backlog:
    """Changes that the figures will not show by themselves: computing them was given up."""
    return _backlog(work, _marks().where(DirtyMark.dead))


def unsealed_entries(work: Work) -> Backlog:
    """Entries of the audit trail after the newest sealed block."""
    sealed = sa.select(sa.func.coalesce(sa.func.max(AuditBlock.last_id), 0)).scalar_subquery()
    query = sa.select(sa.func.count(AuditEntry.id), sa.func.min(AuditEntry.at))
    return _backlog(work, query.where(AuditEntry.id > sealed))


def dead_notices(work: Work) -> Backlog:
    """Notices whose delivery was given up."""
    query = sa.select(sa.func.count(Notice.id), sa.func.min(Notice.told_at))
    return _backlog(work, query.where(Notice.stage == NoticeStage.FAILED))


def job_outcomes(work: Work) -> dict[tuple[str, JobOutcome], int]:
    """How many runs that are kept ended how, by job and outcome."""
    query = sa.select(JobRun.job, JobRun.outcome, sa.func.count(JobRun.id)).group_by(JobRun.job, JobRun.outcome)
    return {(job, outcome): count for job, outcome, count in work.session.execute(query)}


def newest_runs(work: Work) -> dict[str, JobRun]:
    """The newest run of each job."""
    newest = sa.select(sa.func.max(JobRun.id)).group_by(JobRun.job)
    return {run.job: run for run in work.session.scalars(sa.select(JobRun).where(JobRun.id.in_(newest)))}


def stuck_runs(work: Work) -> Sequence[JobRun]:
    """Runs that broke off: their claim has ended and their outcome is open."""
    query = sa.select(JobRun).where(JobRun.outcome == JobOutcome.RUNNING, JobRun.lease_until < work.now)
    return work.session.scalars(query.order_by(JobRun.id)).all()


def _marks() -> sa.Select[int, datetime]:
    return sa.select(sa.func.count(DirtyMark.id), sa.func.min(DirtyMark.marked_at))


def _backlog(work: Work, query: sa.Select[int, datetime]) -> Backlog:
    count, oldest = work.session.execute(query).one()
    return Backlog(count, oldest)
