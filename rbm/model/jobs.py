"""Runs of jobs: one row for each job and slot, so that any number of schedulers run it once."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from rbm.access import Holders, Permission, Seen
from rbm.db import Row, Serial, table
from rbm.terms.jobs import JobOutcome


class JobRun(Row):
    """A run of a job for a slot: a business date, or a scheduled moment. A lease that ran out may be taken over.

    `occupies` holds the job's name while a scheduled run lasts: being unique, it keeps two slots of one job apart.
    After a failure `lease_until` is the moment from which the slot may be tried again.
    """

    __tablename__ = "job_run"
    SEEN: ClassVar[Seen] = Holders(Permission.OPERATE)
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    job: Mapped[str]
    slot: Mapped[str]
    by_hand: Mapped[bool]
    occupies: Mapped[str | None] = mapped_column(unique=True)
    outcome: Mapped[JobOutcome]
    attempt: Mapped[int]
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    holder: Mapped[str]

    __table_args__ = table(sa.UniqueConstraint("job", "slot"))
