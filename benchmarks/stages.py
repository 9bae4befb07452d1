"""The stages of a year's import and roll-up: parse, map, write, arrange, consolidate, roll up.

Each run starts from an empty database; the medians of several runs are printed beside parsing the same file with
nothing but lxml, the peer of the first stage.
"""

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree

from rbm.access import SYSTEM, Permission
from rbm.db import open_engine
from rbm.files.iati import Finding, read
from rbm.migrations import upgrade
from rbm.services import iati, people, rollup
from rbm.services.iati.arranging import arrange
from rbm.services.iati.batch import Batch
from rbm.services.iati.catalogue import load_catalogue
from rbm.services.iati.importing import Run, take
from rbm.services.iati.report import ImportReport
from rbm.work import begin
from seeds.load import load_reference


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, work: Callable[[], Any]) -> Any:
        """What the work returns; its seconds are kept."""
        start = time.perf_counter()
        found = work()
        self.seconds[stage] = time.perf_counter() - start
        return found


def with_lxml(path: Path) -> int:
    """The elements of a file, by the plain parser."""
    with gzip.open(path) as file:
        return sum(1 for _ in etree.parse(file).iter())


def run_once(path: Path, folder: Path) -> dict[str, float]:
    """Seconds of each stage, from an empty database."""
    engine = open_engine(f"sqlite:///{folder}/{time.perf_counter_ns()}.sqlite3")
    upgrade(engine)
    with begin(engine, SYSTEM, "initialise") as work:
        people.initialise(work)
        load_reference(work)
    watch = Stopwatch()
    watch.time("lxml alone", lambda: with_lxml(path))
    records = watch.time("parse", lambda: [record for record in read(path) if not isinstance(record, Finding)])
    with begin(engine, SYSTEM, "import_file") as work:
        work.require(Permission.IMPORT)
        run = Run(work, load_catalogue(work, Batch(work.session)), ImportReport(path.name, "benchmark"))
        watch.time("map", lambda: [take(run, record) for record in records])
        watch.time("write", run.batch.write)
        watch.time("arrange", lambda: arrange(work, run.batch))
        run.batch.write()
    watch.time("consolidate", lambda: _consolidate(engine))
    watch.time("roll up", lambda: _roll_up(engine))
    engine.dispose()
    return watch.seconds


def _consolidate(engine: sa.Engine) -> None:
    with begin(engine, SYSTEM, "consolidate") as work:
        iati.consolidate(work)


def _roll_up(engine: sa.Engine) -> None:
    with begin(engine, SYSTEM, "refresh") as work:
        rollup.refresh(work, full=True)


def main(path: Path, runs: int = 3) -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [run_once(path, Path(folder)) for _ in range(runs)]
    print(f"{path.name}: medians of {runs} runs, SQLite")
    for stage in taken[0]:
        print(f"  {stage:<12} {statistics.median(run[stage] for run in taken) * 1000:>8.0f} ms")
    whole = [sum(seconds for stage, seconds in run.items() if stage != "lxml alone") for run in taken]
    print(f"  {'all stages':<12} {statistics.median(whole) * 1000:>8.0f} ms")
