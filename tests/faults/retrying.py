"""Retries: each change is sent under one key until it is answered, however bad the line."""

import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from rbm import clock
from rbm.access import SYSTEM
from rbm.audit import AuditEntry, AuditKind
from rbm.db import table_of
from rbm.model.reporting import Measurement, Period
from rbm.model.strategy import Framework, Result
from rbm.work import begin
from tests.faults.load import DOCUMENTS, Change, variables_of
from tests.faults.proxy import Fate, Proxy, bad_line, by_chance
from tests.faults.serving import LOOPBACK, servers
from tests.faults.world import CELLS, Desk, build
from tests.make import Make

CLIENTS, NODES = 4, 2
LOST_SHARE = 0.4
PAUSE = 0.02
PATIENCE = 60
LATER = {409, 503}


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its body, and whether it is one that was stored."""

    status: int
    body: bytes
    replayed: bool


@dataclass
class Sent:
    """A change under its key, what it was answered in the end, and what a further try was answered."""

    change: Change
    desk: Desk
    tries: int = 0
    running: int = 0
    answer: Reply | None = None
    again: Reply | None = None


@dataclass
class Retried:
    """What a run over a bad line came to."""

    sent: list[Sent] = field(default_factory=list)
    befell: "Counter[Fate]" = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Everything that is wrong, in a line each."""
        lists = {"lost": self.lost, "doubled": self.doubled, "unlike": self.unlike}
        return [f"{name}: {each}" for name, told in lists.items() for each in told]

    def figures(self) -> dict[str, int]:
        """The run in numbers."""
        counts = {
            "mutations": len(self.sent),
            "tries": sum(each.tries for each in self.sent),
            "in_progress": sum(each.running for each in self.sent),
            "answered_from_store": sum(bool(each.answer and each.answer.replayed) for each in self.sent),
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "unlike": len(self.unlike),
        }
        return counts | {fate.value: self.befell[fate] for fate in Fate}


def retry_over_bad_line(engine: sa.Engine, mutations: int, seed: int, folder: Path) -> Retried:
    """Send changes to two servers over a bad line, from several clients at once; then look what is there."""
    desks = build(engine, CLIENTS)
    retried = Retried(_plans(desks, _reports(engine, desks), mutations, seed))
    engine.dispose()
    with servers(engine, folder / "servers.log") as running:
        ports = [running.start().port for _ in range(NODES)]
        with bad_line(ports, by_chance(seed, LOST_SHARE)) as proxy:
            _all_at_once(retried.sent, proxy)
            retried.befell = proxy.befell
        for number, each in enumerate(retried.sent):
            each.again = post(ports[number % NODES], each)
    _compare(engine, retried)
    return retried


def _reports(engine: sa.Engine, desks: list[Desk]) -> list[str]:
    """A report of each desk, begun."""
    with begin(engine, SYSTEM, "build", now=clock.read()) as work:
        make = Make(work)
        pairs = [(work.get(Framework, desk.framework), work.get(Period, desk.period)) for desk in desks]
        return [str(make.report(*pair).id) for pair in pairs]


def _plans(desks: list[Desk], reports: list[str], mutations: int, seed: int) -> list[Sent]:
    """Changes with keys of their own: results, whose codes are unique, and values, which nothing but the key counts."""
    chance, made = random.Random(seed), []  # noqa: S311
    for token in range(1, mutations + 1):
        number, name = token % len(desks), chance.choice(("planResult", "recordMeasurements"))
        key = UUID(int=chance.getrandbits(128), version=4)
        made.append(Sent(Change(name, token, key, report=reports[number]), desks[number]))
    return made


def _all_at_once(sent: list[Sent], proxy: Proxy) -> None:
    def work(number: int) -> None:
        for each in sent[number::CLIENTS]:
            insist(proxy.port, each)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def insist(port: int, each: Sent) -> None:
    """Send a change until it is answered; while an earlier try of it is running, wait and try again."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        each.tries += 1
        try:
            reply = post(port, each)
        except (OSError, http.client.HTTPException):
            continue
        if reply.status not in LATER:
            each.answer = reply
            return
        each.running += reply.status == 409
        time.sleep(PAUSE)


def post(port: int, each: Sent) -> Reply:
    """One try. OSError or HTTPException when no whole answer comes."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {each.desk.reporter}",
        "Idempotency-Key": str(each.change.key),
        "Connection": "close",
    }
    try:
        body = json.dumps({"query": DOCUMENTS[each.change.name], "variables": variables_of(each.change, each.desk)})
        connection.request("POST", "/graphql", body.encode(), headers)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    return Reply(response.status, content, response.getheader("idempotency-replayed") == "true")


def _compare(engine: sa.Engine, retried: Retried) -> None:
    """Each change is there once, with its entries in the trail, and was answered what a further try was answered."""
    with engine.connect() as connection:
        rows = {"planResult": _results(connection), "recordMeasurements": _values(connection)}
        entries = _entries(connection)
    for each in retried.sent:
        change, whole = each.change, CELLS if each.change.name == "recordMeasurements" else 1
        keys = rows[change.name][change.token]
        entered = sum(entries[key] for key in keys)
        told = f"{change.name} {change.token}: {len(keys)} rows, {entered} entries"
        if min(len(keys), entered) < whole:
            retried.lost.append(told)
        if max(len(keys), entered) > whole:
            retried.doubled.append(told)
        if not _alike(each, keys):
            retried.unlike.append(f"{told}; {each.answer}, then {each.again}")


def _results(connection: sa.Connection) -> dict[int, list[str]]:
    result, found = table_of(Result).c, defaultdict(list)
    for row in connection.execute(sa.select(result.id, result.code).where(result.code.startswith("K"))):
        found[int(row.code[1:])].append(str(row.id))
    return found


def _values(connection: sa.Connection) -> dict[int, list[str]]:
    value, found = table_of(Measurement).c, defaultdict(list)
    for row in connection.execute(sa.select(value.id, value.value).order_by(value.id)):
        found[int(row.value) // 10].append(str(row.id))
    return found


def _entries(connection: sa.Connection) -> "Counter[str]":
    entry = table_of(AuditEntry).c
    return Counter(connection.scalars(sa.select(entry.entity_id).where(entry.kind == AuditKind.CREATED)))


def _alike(each: Sent, keys: list[str]) -> bool:
    """The answer tells of the rows there are, and the further try got the same bytes from the store."""
    first, again = each.answer, each.again
    if first is None or again is None or (first.status, again.status, again.replayed) != (200, 200, True):
        return False
    payload = json.loads(first.body)["data"][each.change.name]
    told = payload.get("measurements") or [payload.get("result")]
    return first.body == again.body and [str(one["id"]) for one in told] == keys and not payload["problems"]
