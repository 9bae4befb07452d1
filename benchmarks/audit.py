"""The audit trail: seconds to seal and to verify it, and the most memory that took, on both databases.

Run with `python -m benchmarks.audit [--entries N]`; it prints one JSON line for each database. The server of
PostgreSQL is that of the tests; its own memory is not counted.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.audit import AuditKind, write
from rbm.services import audit
from rbm.work import begin
from tests import databases

START = datetime(2026, 1, 1, tzinfo=UTC)
AT_ONCE = 10_000
PERSON = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def fill(engine: sa.Engine, entries: int) -> None:
    """Entries as changes of values leave them."""
    for first in range(0, entries, AT_ONCE):
        stamp = {"at": START + timedelta(seconds=first), "person_id": PERSON, "actor": "Amina Said"}
        with begin(engine, SYSTEM, "fill") as work:
            numbers = range(first, min(first + AT_ONCE, entries))
            write(work.session, [_note(number) for number in numbers], stamp | {"operation": "record_measurement"})


def _note(number: int) -> dict[str, Any]:
    changes = {
        "value": [f"{number}.000000", f"{number + 1}.000000"],
        "stage": ["draft", "submitted"],
        "note": [None, "é"],
    }
    return {"kind": AuditKind.CHANGED, "entity": "measurement", "entity_id": str(number), "changes": changes}


def measure(engine: sa.Engine, entries: int) -> dict[str, Any]:
    """Fill an empty database, then seal and verify; what is found is checked."""
    fill(engine, entries)
    started, busy = time.perf_counter(), time.process_time()
    sealed = audit.seal(engine, START)
    seal_seconds, seal_cpu = time.perf_counter() - started, time.process_time() - busy
    started, busy = time.perf_counter(), time.process_time()
    with begin(engine, SYSTEM, "verify", writes=False) as work:
        verdict = audit.verify(work)
    verify_seconds, verify_cpu = time.perf_counter() - started, time.process_time() - busy
    assert (sealed.entries, verdict.entries, verdict.fault) == (entries, entries, None)
    return {
        "database": engine.dialect.name,
        "entries": entries,
        "blocks": verdict.blocks,
        "seal_seconds": round(seal_seconds, 1),
        "seal_cpu_seconds": round(seal_cpu, 1),
        "verify_seconds": round(verify_seconds, 1),
        "verify_cpu_seconds": round(verify_cpu, 1),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def engines(folder: Path) -> Iterator[sa.Engine]:
    """An empty database of each kind, one after the other."""
    with databases.sqlite(databases.make_sqlite_template(folder), folder) as engine:
        yield engine
    with databases.start_postgresql(folder / "server") as address, databases.postgresql(address) as engine:
        yield engine


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="rbm-audit-") as folder:
        for engine in engines(Path(folder)):
            print(json.dumps(measure(engine, entries)), flush=True)


if __name__ == "__main__":
    main()
