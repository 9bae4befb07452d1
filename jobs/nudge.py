"""The nudge: figures are brought up to date right after a commit that leaves marks, in a thread of the server."""

import threading

import sqlalchemy as sa

from jobs.run import report, run_job
from rbm import clock
from rbm.access import SYSTEM
from rbm.services import rollup
from rbm.work import begin

PAUSE = 0.2
REFRESH = "rollup.refresh"


class Refresher:
    """Runs `rollup.refresh` soon after it is nudged, once for many nudges, and only when something is due."""

    def __init__(self, engine: sa.Engine, pause: float = PAUSE) -> None:
        self.engine = engine
        self.pause = pause
        self._nudged = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="refresher", daemon=True)

    def nudge(self) -> None:
        """Say that marks may have been left."""
        self._nudged.set()

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the refresh that is running."""
        self._ended.set()
        self._nudged.set()
        self._thread.join()

    def _watch(self) -> None:
        while self._called():
            try:
                self._refresh()
            except Exception as error:  # noqa: BLE001  # the minute's job takes what is left
                report("no refresh after a change", REFRESH, error)

    def _called(self) -> bool:
        """Wait for a nudge and for those that follow it; False when it is the end.

        The end is looked at after the nudge is cleared, since the nudge of `stop` may be among those cleared.
        """
        self._nudged.wait()
        self._ended.wait(self.pause)
        self._nudged.clear()
        return not self._ended.is_set()

    def _refresh(self) -> None:
        now = clock.read()
        with begin(self.engine, SYSTEM, "look_for_marks", now=now, writes=False) as work:
            due = rollup.is_due(work)
        if due:
            run_job(self.engine, REFRESH, now)
