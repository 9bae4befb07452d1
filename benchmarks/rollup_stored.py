"""The roll-up in a database, with load, compute and store apart: `python -m benchmarks.rollup_stored [quick]`.

A synthetic organisation is written into a fresh database of each kind. Measured are the full roll-up into no figures
(as `rbm rollup --full` does it the first time), the same when nothing has changed, and single approvals up to the
committed figures of all ancestors. What is stored is held against the closed form. The server of PostgreSQL is that
of the tests, on this machine.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from benchmarks.closed_form import compare, expected
from benchmarks.fill import NOW, Filled, fill
from benchmarks.generate import SMALL, WHOLE, Shape, World, generate, operator_of
from benchmarks.rollup import MEANT, verdict
from rbm import bulk
from rbm.access import SYSTEM
from rbm.db import table_of, to_fixed
from rbm.model.reporting import Measurement
from rbm.model.rollup import Figure, FigureExclusion
from rbm.rules.arrays import Ints
from rbm.rules.rollup import roll_up
from rbm.services.rollup.loading import load
from rbm.services.rollup.renewing import renew
from rbm.terms.indicators import OverUnits
from rbm.terms.reporting import ValueStage
from rbm.work import Work, begin
from tests import databases

TIMES = 1_000
"""How many times faster one approval is meant to be than the full roll-up."""
STAGES = ("load", "compute", "store")


@dataclass(frozen=True)
class Plan:
    """What to measure: how many values, of them where single approvals are measured too, how often."""

    values: tuple[int, ...] = (1_000_000, 2_000_000)
    approving: int = 1_000_000
    runs: int = 3
    approvals: int = 30
    shape: Shape = WHOLE
    kinds: tuple[str, ...] = databases.KINDS


QUICK = Plan(values=(2_000,), approving=2_000, runs=1, approvals=3, shape=SMALL)


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[sa.Engine]:
    """A migrated, empty database of a kind."""
    if kind == "sqlite":
        with databases.sqlite(databases.make_sqlite_template(folder), folder) as engine:
            yield engine
        return
    with databases.start_postgresql(folder / "server") as address, databases.postgresql(address) as engine:
        yield engine


def first(engine: sa.Engine) -> dict[str, float]:
    """Seconds of each stage of a full roll-up into no figures; store is what load and compute leave, with commit."""
    with begin(engine, SYSTEM, "clear", now=NOW) as work:
        bulk.clear(work.session, FigureExclusion)
        bulk.clear(work.session, Figure)
    return full(engine)


def full(engine: sa.Engine) -> dict[str, float]:
    """The same over the figures that are there."""
    started = time.perf_counter()
    with begin(engine, SYSTEM, "look", now=NOW, writes=False) as work:
        loaded = load(work)
    read = time.perf_counter()
    roll_up(loaded.inputs)
    computed = time.perf_counter()
    del loaded
    with begin(engine, SYSTEM, "refresh", now=NOW) as work:
        renew(work)
    whole = time.perf_counter() - computed
    parts = {"load": read - started, "compute": computed - read}
    return parts | {"store": whole - sum(parts.values()), "all": whole}


def approve(engine: sa.Engine, indicator: UUID, measurement: int) -> float:
    """Seconds from the beginning of one approval to the committed figures of its indicator and all above."""
    started = time.perf_counter()
    with begin(engine, SYSTEM, "approve", now=NOW) as work:
        bulk.update(work.session, Measurement, [{"id": measurement, "stage": ValueStage.APPROVED}])
        renew(work, {indicator})
    return time.perf_counter() - started


def approvals(engine: sa.Engine, world: World, made: Filled, count: int) -> list[float]:
    """Seconds of so many approvals of different indicators that are added up; the columns of the world follow."""
    cells = world.inputs.cells
    added = np.array([operator_of(family) is OverUnits.SUM for family in range(world.shape.families)])
    waiting = ~cells.approved & ~cells.rejected & cells.has_value & added[cells.node % world.shape.families]
    _, rows = np.unique(cells.node[waiting], return_index=True)
    chosen = np.flatnonzero(waiting)[rows]
    chosen = chosen[:: max(1, len(chosen) // count)][:count]
    seconds = []
    for row in chosen.tolist():
        indicator = made.indicators[cells.node[row]]
        with begin(engine, SYSTEM, "look", now=NOW, writes=False) as work:
            key = _measurement(work, world, made, row)
        seconds.append(approve(engine, indicator, key))
    cells.approved[chosen] = True
    return seconds


def _measurement(work: Work, world: World, made: Filled, row: int) -> int:
    table, cells = table_of(Measurement).c, world.inputs.cells
    found = bulk.select(
        work.session,
        sa.select(table.id).where(
            table.indicator_id == made.indicators[cells.node[row]],
            table.period_id == made.periods[cells.period[row]],
            table.disaggregation_id == made.crossings[cells.crossing[row]],
        ),
    )
    key: int = found[0].id
    return key


def check(engine: sa.Engine, world: World, made: Filled) -> None:
    """Nothing, when the stored strategic figures are those of the closed form. AssertionError otherwise."""
    roots = made.indicators[world.shape.firsts[3] :]
    table = table_of(Figure).c
    query = sa.select(table.indicator_id, table.period_id, table.category_id, table.value, table.verified)
    with begin(engine, SYSTEM, "look", now=NOW, writes=False) as work:
        rows = bulk.select(work.session, query.where(table.indicator_id.in_(roots)))
    place = {key: at for keys in (roots, made.periods, made.categories) for at, key in enumerate(keys)}
    stride = world.categories + 1
    slot = [
        place[row.indicator_id] * world.stride + place[row.period_id] * stride + place.get(row.category_id, -1) + 1
        for row in rows
    ]
    slots: Ints = np.array(slot, dtype=np.int64)
    for truth in ("value", "verified"):
        amounts = [getattr(row, truth) for row in rows]
        micros = np.array([0 if amount is None else to_fixed(amount) for amount in amounts], dtype=np.int64)
        present = np.array([amount is not None for amount in amounts], dtype=np.bool_)
        compare(world, slots, (micros, present), expected(world, truth))


def measure(engine: sa.Engine, world: World, plan: Plan) -> dict[str, dict[str, float]]:
    """Medians of the full roll-up, first and again, and of single approvals where they are to be measured."""
    made = fill(engine, world)
    runs = [first(engine) for _ in range(plan.runs)]
    check(engine, world, made)
    again = [full(engine) for _ in range(plan.runs)]
    taken = {"first": _medians(runs), "again": _medians(again)}
    if len(world.inputs.cells.node) == plan.approving:
        seconds = approvals(engine, world, made, plan.approvals)
        check(engine, world, made)
        taken["approval"] = {"all": statistics.median(seconds), "slowest": max(seconds)}
    return taken


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {stage: statistics.median(run[stage] for run in runs) for stage in runs[0]}


def show(kind: str, values: int, taken: dict[str, dict[str, float]]) -> list[str]:
    """Lines for one database."""
    lines = [f"rbm rollup --full of {values:,} values, {kind}"]
    for name, told in (("first", "into no figures"), ("again", "nothing changed")):
        stages = ", ".join(f"{stage} {taken[name][stage]:.2f} s" for stage in STAGES)
        lines.append(f"  {told}: {taken[name]['all']:.2f} s ({stages})")
    if "approval" in taken:
        one, times = taken["approval"], taken["first"]["all"] / taken["approval"]["all"]
        told = f"{one['all'] * 1000:.1f} ms (slowest {one['slowest'] * 1000:.1f} ms)"
        lines.append(f"  one approval to committed figures of all ancestors: {told}, {times:.0f} x faster")
        if values >= MEANT:
            lines.append(f"  goal: {TIMES:,} x: {verdict(met=times >= TIMES)}")
    return lines


def main(plan: Plan | None = None) -> dict[tuple[str, int], dict[str, dict[str, float]]]:
    """Measure, print, and return what was taken by kind of database and number of values."""
    plan = plan or Plan()
    taken = {}
    for kind in plan.kinds:
        for values in plan.values:
            world = generate(values, plan.shape)
            with tempfile.TemporaryDirectory(prefix="rbm-rollup-") as folder, fresh(kind, Path(folder)) as engine:
                taken[kind, values] = measure(engine, world, plan)
            print("\n".join(show(kind, values, taken[kind, values])), flush=True)
    return taken


if __name__ == "__main__":
    main(QUICK if "quick" in sys.argv[1:] else None)
