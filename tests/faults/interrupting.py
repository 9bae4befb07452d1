"""Kills inside a refresh: figures are the old ones or the new ones, all of them, and running it again heals."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import structlog

from rbm import bulk
from rbm.access import SYSTEM
from rbm.db import open_engine, table_of
from rbm.model.reporting import Measurement
from rbm.model.rollup import DirtyMark, Figure
from rbm.services import marks, rollup
from rbm.work import begin
from tests.conftest import NOW
from tests.faults.killing import wait_until_quiet
from tests.make import Make

ROOT = Path(__file__).parents[2]
LEAVES, BRANCHES = 200, 10
SPREAD, PATIENCE = 1.6, 60.0


@dataclass
class Interrupted:
    """What a run of kills came to: how often the old figures were left, and how often the new ones."""

    kills: int = 0
    old: int = 0
    new: int = 0
    late: int = 0
    errors: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Everything that is wrong, in a line each."""
        return self.errors

    def figures(self) -> dict[str, int]:
        """The run in numbers."""
        return {"kills": self.kills, "left_old": self.old, "left_new": self.new, "ended_before": self.late}


class Chain:
    """Leaves under branches under one top: in round n every leaf is worth n, so every figure says which round it is."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        with begin(engine, SYSTEM, "build", now=NOW) as work:
            make = Make(work)
            make.headquarters()
            result, year = make.result(), make.year()
            top = make.indicator(result)
            branches = [make.indicator(result) for _ in range(BRANCHES)]
            leaves = [make.indicator(result) for _ in range(LEAVES)]
            self.leaves = [leaf.id for leaf in leaves]
            self.worth: dict[UUID, int] = {top.id: LEAVES} | dict.fromkeys(self.leaves, 1)
            for branch in branches:
                make.contribution(branch, top)
                self.worth[branch.id] = LEAVES // BRANCHES
            for number, leaf in enumerate(leaves):
                make.contribution(leaf, branches[number % BRANCHES])
                make.measurement(leaf, year, 0)
            marks.mark(work, self.leaves, "test")

    def change(self, number: int) -> None:
        """Begin a round: every leaf takes its number, and is marked."""
        with begin(self.engine, SYSTEM, "change", now=NOW) as work:
            table = table_of(Measurement).c
            keys = [row.id for row in bulk.select(work.session, sa.select(table.id))]
            bulk.update(work.session, Measurement, [{"id": key, "value": Decimal(number)} for key in keys])
            marks.mark(work, self.leaves, "test")

    def rounds(self) -> set[Decimal]:
        """The rounds that figures are of; one, unless they are mixed."""
        figure = table_of(Figure).c
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(figure.indicator_id, figure.value)).all()
        assert len(rows) == len(self.worth)
        return {row.value / self.worth[row.indicator_id] for row in rows}

    def marked(self) -> int:
        """How many marks wait."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table_of(DirtyMark))) or 0


def interrupt(engine: sa.Engine, kills: int, seed: int) -> Interrupted:
    """Kill as many refreshes of a database that is empty, at moments drawn from a seed."""
    chance, outcome = random.Random(seed), Interrupted()  # noqa: S311
    chain = Chain(engine)
    rollup.refresh_due(engine, NOW)
    with _refreshers(engine) as parent:
        whole = _whole(parent, chain)
        before = 1
        for number in range(2, kills + 2):
            chain.change(number)
            engine.dispose()
            outcome.late += not _kill(parent, chance.random() * whole * SPREAD)
            outcome.kills += 1
            wait_until_quiet(engine)
            before = _look(chain, (before, number), outcome)
            if number % 10 == 0 or number == kills + 1:
                before = _heal(chain, number, outcome)
    return outcome


def _whole(parent: "subprocess.Popen[str]", chain: Chain) -> float:
    """Seconds that a refresh takes that nobody kills."""
    chain.change(1)
    chain.engine.dispose()
    _order(parent, "refresh")  # answered once the program is imported
    started = time.monotonic()
    _order(parent, "wait")
    return time.monotonic() - started


def _kill(parent: "subprocess.Popen[str]", after: float) -> bool:
    """Start a refresh and kill it; False when it had ended before."""
    pid = int(_order(parent, "refresh"))
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)  # until it is waited for, its number is nobody else's
    return _order(parent, "wait") == str(signal.SIGKILL.value)


def _look(chain: Chain, numbers: tuple[int, int], outcome: Interrupted) -> int:
    """The round that figures are of, after a kill; what is neither old nor new is an error."""
    before, after = numbers
    found, marked = chain.rounds(), chain.marked()
    if found == {after} and marked == 0:
        outcome.new += 1
        return after
    if found != {before} or marked < LEAVES:
        outcome.errors.append(f"round {after}: figures of {sorted(found)}, before {before}, {marked} marks")
    outcome.old += 1
    return before


def _heal(chain: Chain, number: int, outcome: Interrupted) -> int:
    """Run it again: the newest figures stand, and nothing differs."""
    rollup.refresh_due(chain.engine, NOW)
    with begin(chain.engine, SYSTEM, "reconcile", now=NOW) as work:
        outcome.errors += [str(each) for each in rollup.reconcile(work)]
    if chain.rounds() != {number} or chain.marked():
        outcome.errors.append(f"round {number} was not healed: {sorted(chain.rounds())}")
    return number


@contextmanager
def _refreshers(engine: sa.Engine) -> Iterator["subprocess.Popen[str]"]:
    """A process that has imported the program and forks one that refreshes as often as it is told."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.interrupting", url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}, **pipes) as parent:  # type: ignore[call-overload]
        yield parent
        parent.stdin.close()
        parent.wait(PATIENCE)


def _order(parent: "subprocess.Popen[str]", what: str) -> str:
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(what + "\n")
    parent.stdin.flush()
    return parent.stdout.readline().strip()


def take_orders(url: str) -> None:
    """Fork a refresh, and wait for the one that was forked, as told, until standard input ends."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    pid = 0
    for line in sys.stdin:
        if line.strip() == "refresh":
            pid = os.fork()
            if not pid:
                rollup.refresh_due(open_engine(url), NOW)
                os._exit(0)
            answer = pid
        else:
            answer = os.WTERMSIG(os.waitpid(pid, 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    take_orders(sys.argv[1])
