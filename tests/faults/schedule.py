"""Jobs for the fault tests, to be run by real processes: `python -m jobs --schedule tests.faults.schedule:FAST`."""

import os
import time
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from jobs.cadence import Every
from jobs.schedule import Job
from rbm.model.jobs import JobRun
from rbm.stages import Transition
from rbm.work import Work

NAME = "probe"
CADENCE = Every(0.1, missed=1000)
CALM = 10
NOBODY = UUID(int=0)
traces = 0


def leave_trace(work: Work) -> dict[str, int]:
    """One row that names the slot: nothing but the claim keeps it from being there twice."""
    slot = work.session.scalars(sa.select(JobRun.slot).where(JobRun.occupies == NAME)).one()
    trace = {"entity": slot, "entity_id": NOBODY, "from_stage": "", "to_stage": str(os.getpid())}
    work.add(Transition(**trace, at=work.now))
    return {"traces": 1}


def hang_in_the_middle(work: Work) -> dict[str, int]:
    """The same, until it has left ten; then it says so in a file and waits with the next one uncommitted."""
    global traces  # noqa: PLW0603
    counts = leave_trace(work)
    traces += 1
    if traces > CALM:
        Path(os.environ["RBM_TEST_MARK"]).touch()
        time.sleep(60)
    return counts


FAST = (Job(NAME, leave_trace, CADENCE),)
HANGING = (Job(NAME, hang_in_the_middle, CADENCE),)
