"""Kills: a server under load is killed again and again, and the database is held against what was acknowledged."""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import sqlalchemy as sa

from tests.faults.checking import Findings, check
from tests.faults.load import Answered, Change, Client, clients_of, together
from tests.faults.serving import Server, Servers, servers
from tests.faults.world import build

CLIENTS = 4
LONGEST = 60.0
INSIDE = 0.05
"""Seconds at most after a request that a kill is to hit."""


@dataclass(frozen=True)
class Plan:
    """How many kills, from which seed; after how many the database is checked, and a backend is killed too.

    `spread` are the seconds of load among which the moment of a kill is drawn.
    """

    kills: int
    seed: int
    check_each: int = 50
    backend_each: int | None = None
    spread: float = 0.6


@dataclass
class Outcome:
    """What a run of kills came to."""

    kills: int = 0
    inside: int = 0
    backends: int = 0
    again: int = 0
    replayed: int = 0
    checks: int = 0
    answered: "Counter[Answered]" = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)
    errors: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Everything that is wrong, in a line each."""
        return [f"error: {each}" for each in self.errors] + self.findings.faults()

    def figures(self) -> dict[str, int]:
        """The run in numbers."""
        counts = {
            "kills": self.kills,
            "kills_inside": self.inside,
            "backends_killed": self.backends,
            "checks": self.checks,
            "acknowledged": self.answered[Answered.DONE],
            "refused": self.answered[Answered.REFUSED],
            "errors": self.answered[Answered.ERROR],
            "unanswered": self.answered[Answered.NOTHING],
            "sent_again": self.again,
            "answered_from_store": self.replayed,
        }
        return counts | self.findings.figures()


class Killing:
    """A run of kills over one database."""

    def __init__(self, engine: sa.Engine, running: Servers, plan: Plan) -> None:
        self.engine = engine
        self.servers = running
        self.plan = plan
        self.random = random.Random(plan.seed)  # noqa: S311
        self.clients = clients_of(build(engine, CLIENTS), plan.seed)
        self.outcome = Outcome()
        self.sent, self.done = threading.Event(), threading.Event()

    def run(self) -> Outcome:
        """All kills; it ends early when a check finds something."""
        server = self.servers.start()
        for number in range(1, self.plan.kills + 1):
            self._load_and_kill(server, number)
            server = self.servers.start()
            if number % self.plan.check_each == 0 or number == self.plan.kills:
                self._check()
            if self.outcome.findings.faults():
                break
        self.servers.kill(server)
        return self.outcome

    def _load_and_kill(self, server: Server, number: int) -> None:
        for client in self.clients:
            self._prepare(client, server)
        self.engine.dispose()  # the server that starts next recovers the database, not we
        before = [len(client.sent) for client in self.clients]
        self.done.clear()
        threads = together(self.clients, [server.port], self._hear)
        self._wait()
        hurt = self._hurt(number)
        self.servers.kill(server)
        for thread in threads:
            thread.join(LONGEST)
            assert not thread.is_alive()
        wait_until_quiet(self.engine)
        fresh = list(chain(*(client.sent[start:] for client, start in zip(self.clients, before, strict=True))))
        self._count(fresh, hurt=hurt)

    def _hurt(self, number: int) -> bool:
        """In some rounds the database is hurt before the server; then changes may be answered with an error."""
        if not self.plan.backend_each or number % self.plan.backend_each or not kill_backend(self.engine):
            return False
        self.outcome.backends += 1
        time.sleep(self.random.random() * INSIDE)
        return True

    def _prepare(self, client: Client, server: Server) -> None:
        """A client sends again what was not answered, or looks at what became of it."""
        settled = client.settle(server.port)
        if settled is None:
            client.read_state(self.engine)
        else:
            self.outcome.again += 1
            self.outcome.replayed += settled.replayed
            if settled.answered is not Answered.DONE:
                self.outcome.errors.append(f"{settled.name} {settled.token} sent again: {settled.told}")

    def _hear(self, change: Change) -> None:
        if change.answered is Answered.NOTHING:
            self.sent.set()
        if change.answered is Answered.DONE:
            self.done.set()

    def _wait(self) -> None:
        """At any time, for half of the kills once something was acknowledged; half fall right after a request."""
        acknowledged, inside = (self.random.random() < 0.5 for _ in range(2))
        if acknowledged:
            self.done.wait(LONGEST)
        time.sleep(self.random.random() * self.plan.spread)
        if inside:
            self.sent.clear()
            self.sent.wait(LONGEST)
            time.sleep(self.random.random() * INSIDE)

    def _count(self, fresh: list[Change], *, hurt: bool) -> None:
        answered = Counter(change.answered for change in fresh)
        self.outcome.kills += 1
        self.outcome.inside += answered[Answered.NOTHING] > 0
        self.outcome.answered += answered
        if not hurt:
            self.outcome.errors += [change.told for change in fresh if change.answered is Answered.ERROR]

    def _check(self) -> None:
        wait_until_quiet(self.engine, idle=True)
        self.outcome.findings = check(self.engine, chain(*(client.sent for client in self.clients)))
        self.outcome.checks += 1


def kill_servers(engine: sa.Engine, plan: Plan, folder: Path) -> Outcome:
    """Build a world in an empty database, kill servers over it, and say what came of it."""
    log = folder / "servers.log"
    with servers(engine, log) as running:
        return Killing(engine, running, plan).run()


def wait_until_quiet(engine: sa.Engine, *, idle: bool = False) -> None:
    """Until nobody else is connected to the database, or (`idle`) at work in it; SQLite has nobody behind a process."""
    if engine.dialect.name == "sqlite":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    others += " AND backend_type = 'client backend'" + (" AND state <> 'idle'" if idle else "")
    end = time.monotonic() + LONGEST
    while _scalar(engine, others) != 0:
        assert time.monotonic() < end, "somebody is still connected"
        time.sleep(0.005)


def kill_backend(engine: sa.Engine) -> bool:
    """SIGKILL to one process that works for our server: PostgreSQL ends all the others and recovers from its log.

    False when there is none, as always on SQLite.
    """
    if engine.dialect.name == "sqlite":
        return False
    query = "SELECT min(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    pid = _scalar(engine, query + " AND backend_type = 'client backend'")
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    return True


def _scalar(engine: sa.Engine, query: str) -> int | None:
    """A number; tried again while the database recovers."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        with suppress(sa.exc.OperationalError), engine.connect() as connection:
            number: int | None = connection.exec_driver_sql(query).scalar()
            return number
        time.sleep(0.02)
    raise TimeoutError("the database does not answer")
