"""Run a scheduler on the database of the settings: `python -m jobs [--schedule MODULE:NAME] [--lease SECONDS]`."""

import argparse
import importlib
from collections.abc import Sequence
from datetime import timedelta

from jobs.claims import LEASE
from jobs.schedule import Job
from jobs.scheduler import Clockwork, stop_on_signals, work
from rbm.db import open_engine
from rbm.production import refuse_insecure, surroundings
from rbm.settings import settings


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description=__doc__)
    parser.add_argument("--schedule", default="jobs.schedule:JOBS", help="a tuple of jobs, as MODULE:NAME")
    parser.add_argument("--lease", type=float, default=LEASE.total_seconds(), help="seconds for which a claim holds")
    given = parser.parse_args()
    refuse_insecure(settings(), surroundings())
    engine = open_engine(settings().database_url)
    work(Clockwork(engine, schedule_named(given.schedule), timedelta(seconds=given.lease)), stop_on_signals())
    engine.dispose()


def schedule_named(place: str) -> Sequence[Job]:
    """The tuple of jobs that a module holds under a name."""
    module, _, name = place.partition(":")
    jobs: Sequence[Job] = getattr(importlib.import_module(module), name or "JOBS")
    return jobs


if __name__ == "__main__":
    main()
