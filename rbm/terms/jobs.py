"""Words of jobs."""

from enum import StrEnum


class JobOutcome(StrEnum):
    """How a run of a job ended; `running` until it did. `skipped` is answered and never kept: it is somebody else's."""

    RUNNING = "running"
    DONE = "done"
    NOTHING_DUE = "nothing_due"
    FAILED = "failed"
    SKIPPED = "skipped"
