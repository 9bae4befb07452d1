"""Memory of processes that go on for long."""

import gc


def settle() -> None:
    """Leave all that was made so far to the end of the process: the collector of garbage need not look through it.

    Called once a process is ready for its work. What is read in bulk afterwards makes the collector run often, and most
    of what it would look through each time is the program itself.
    """
    gc.collect()
    gc.freeze()
