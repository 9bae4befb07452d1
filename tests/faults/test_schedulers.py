"""Two scheduler processes on one database: each slot once, also when one of them is killed in the middle of one."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.jobs import JobRun
from rbm.stages import Transition
from rbm.terms.jobs import JobOutcome
from rbm.work import begin
from tests.faults.schedule import CADENCE

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
SLOTS = 60
LEASE = 1.0
LONGEST = 60.0


@contextmanager
def scheduler(engine: sa.Engine, schedule: str, mark: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A scheduler in a process of its own; it ends well when it is told to."""
    url = engine.url.render_as_string(hide_password=False)
    environment = os.environ | {"RBM_DATABASE_URL": url, "RBM_TEST_MARK": str(mark)}
    command = [sys.executable, "-m", "jobs", "--schedule", f"tests.faults.schedule:{schedule}", "--lease", str(LEASE)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in {0, -signal.SIGKILL}
    finally:
        process.kill()
        process.wait()


def wait_for(there: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONGEST
    while not there():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def runs(engine: sa.Engine) -> list[JobRun]:
    with begin(engine, SYSTEM, "look", writes=False) as work:
        return list(work.session.scalars(sa.select(JobRun).order_by(JobRun.slot)))


def finished(engine: sa.Engine) -> int:
    return sum(run.outcome is JobOutcome.DONE for run in runs(engine))


def holders(engine: sa.Engine) -> int:
    return len({run.holder for run in runs(engine)})


def healed(engine: sa.Engine) -> bool:
    return any(run.attempt > 1 and run.outcome is JobOutcome.DONE for run in runs(engine))


def assert_each_slot_once(engine: sa.Engine) -> None:
    """The slots follow one another without a gap, each is done, and each has left exactly one trace."""
    made = runs(engine)
    assert len(made) >= SLOTS
    assert {run.outcome for run in made} == {JobOutcome.DONE}
    moments = [datetime.fromisoformat(run.slot) for run in made]
    steps = {round((later - earlier).total_seconds() / CADENCE.seconds) for earlier, later in pairwise(moments)}
    assert steps == {1}
    with begin(engine, SYSTEM, "look", writes=False) as work:
        traces = Counter(work.session.scalars(sa.select(Transition.entity)))
    assert traces == {run.slot: 1 for run in made}


def test_two_schedulers_run_each_slot_once(engine: sa.Engine, tmp_path: Path) -> None:
    with scheduler(engine, "FAST", tmp_path / "no"), scheduler(engine, "FAST", tmp_path / "no"):
        wait_for(lambda: finished(engine) >= SLOTS and holders(engine) == 2, "sixty slots by two")
    assert_each_slot_once(engine)


def test_a_slot_whose_scheduler_was_killed_is_healed_once(engine: sa.Engine, tmp_path: Path) -> None:
    mark = tmp_path / "in the middle"
    with scheduler(engine, "HANGING", mark) as first:
        wait_for(mark.exists, "a slot in the middle")
        with scheduler(engine, "FAST", mark):
            first.kill()
            first.wait()
            wait_for(lambda: finished(engine) >= SLOTS and healed(engine), "sixty slots, one of them healed")
    assert_each_slot_once(engine)
