"""The fault cases at full length: `python -m tests.faults --kills 500 --mutations 1000`; one JSON line a case."""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rbm import clock
from tests import databases
from tests.faults.interrupting import interrupt
from tests.faults.killing import Plan, kill_servers
from tests.faults.retrying import retry_over_bad_line
from tests.faults.writing import write_at_once

ROOT = Path(__file__).parents[2]
KINDS = ("sqlite", "postgresql")
CHANGES_EACH = 20
BACKEND_EACH = 25
Run = Callable[[sa.Engine], Any]


def main() -> int:
    """Run the cases that were asked for; 1 when any of them found something."""
    asked = _asked()
    kinds = KINDS if asked.database == "both" else (asked.database,)
    outcomes = [_run(case, kind, asked) for kind in kinds for case in CASES]
    return 0 if all(outcomes) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--database", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--mutations", type=int, default=1000)
    parser.add_argument("--refreshes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args()


def _kill(engine: sa.Engine, asked: argparse.Namespace, folder: Path) -> tuple[int, Any]:
    return asked.kills, kill_servers(engine, Plan(asked.kills, asked.seed, backend_each=BACKEND_EACH), folder)


def _retry(engine: sa.Engine, asked: argparse.Namespace, folder: Path) -> tuple[int, Any]:
    return asked.mutations, retry_over_bad_line(engine, asked.mutations, asked.seed, folder)


def _write_at_one(engine: sa.Engine, asked: argparse.Namespace, folder: Path) -> tuple[int, Any]:
    written = write_at_once(engine, 1, CHANGES_EACH, folder, asked.seed)
    return len(written.changes), written


def _write_at_two(engine: sa.Engine, asked: argparse.Namespace, folder: Path) -> tuple[int, Any]:
    written = write_at_once(engine, 2, CHANGES_EACH, folder, asked.seed)
    return len(written.changes), written


def _interrupt(engine: sa.Engine, asked: argparse.Namespace, folder: Path) -> tuple[int, Any]:
    del folder
    return asked.refreshes, interrupt(engine, asked.refreshes, asked.seed)


CASES = {
    "D-01": _kill,
    "killed refresh": _interrupt,
    "C-03": _retry,
    "C-05 one server": _write_at_one,
    "C-05 two servers": _write_at_two,
}


def _run(case: str, kind: str, asked: argparse.Namespace) -> bool:
    """Run a case on a fresh database and print its line; whether it found nothing."""
    started = time.monotonic()
    with _fresh(kind) as (engine, folder):
        number, found = CASES[case](engine, asked, folder)
        faults = found.faults()
        line = {"case": case, "outcome": "failed" if faults else "passed", "n": number, "seed": asked.seed}
        line |= {"commit": _commit(), "day": str(clock.read().date()), "database": _version(engine)}
        line |= {"python": platform.python_version(), "seconds": round(time.monotonic() - started)}
    sys.stdout.write(json.dumps(line | {"figures": found.figures(), "faults": faults[:20]}) + "\n")
    sys.stdout.flush()
    return not faults


@contextmanager
def _fresh(kind: str) -> Iterator[tuple[sa.Engine, Path]]:
    folder, cluster = (Path(tempfile.mkdtemp(prefix=f"rbm-{name}-")) for name in ("faults", "postgresql"))
    try:
        if kind == "sqlite":
            with databases.sqlite(databases.make_sqlite_template(folder), folder) as engine:
                yield engine, folder
        else:
            with databases.start_postgresql(cluster) as address, databases.postgresql(address) as engine:
                yield engine, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(cluster, ignore_errors=True)


def _version(engine: sa.Engine) -> str:
    query = "SELECT sqlite_version()" if engine.dialect.name == "sqlite" else "SHOW server_version"
    with engine.connect() as connection:
        return f"{engine.dialect.name} {connection.exec_driver_sql(query).scalar()}"


def _commit() -> str:
    """The commit, marked when the tree differs from it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
