"""Load: clients that change things over HTTP without pause and remember what they were answered."""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.reporting import Report
from rbm.terms.reporting import ReportStage
from rbm.work import begin
from tests.faults.serving import LOOPBACK
from tests.faults.world import Desk

PATIENCE = 60
PAUSE = 0.02
BEING_ANSWERED = 409
PROBLEMS = "problems { code message field }"
DOCUMENTS = {
    "planResult": f"mutation($plan: ResultPlanInput!) {{ planResult(plan: $plan) {{ result {{ id }} {PROBLEMS} }} }}",
    "reviseResult": (
        f"mutation($id: ID!, $title: String!) {{ reviseResult(resultId: $id, title: $title)"
        f" {{ result {{ title }} {PROBLEMS} }} }}"
    ),
    "recordMeasurements": (
        f"mutation($id: ID!, $values: [ValueInput!]!) {{ recordMeasurements(reportId: $id, values: $values)"
        f" {{ measurements {{ id value }} {PROBLEMS} }} }}"
    ),
    "openReport": (
        f"mutation($id: ID!, $period: ID!) {{ openReport(frameworkId: $id, periodId: $period)"
        f" {{ report {{ id stage }} {PROBLEMS} }} }}"
    ),
    "submitReport": (
        f"mutation($id: ID!, $token: String!) {{ submitReport(reportId: $id, narrative: $token)"
        f" {{ report {{ id stage }} {PROBLEMS} }} }}"
    ),
    "approveReport": f"mutation($id: ID!) {{ approveReport(reportId: $id) {{ report {{ id stage }} {PROBLEMS} }} }}",
} | {
    name: (
        f"mutation($id: ID!, $token: String!) {{ {name}(reportId: $id, reason: $token)"
        f" {{ report {{ id stage }} {PROBLEMS} }} }}"
    )
    for name in ("returnReport", "unapproveReport", "withdrawReport")
}
MOVES = {
    None: ("openReport",),
    ReportStage.DRAFT: ("submitReport", "submitReport", "submitReport", "withdrawReport"),
    ReportStage.RETURNED: ("submitReport", "submitReport", "submitReport", "withdrawReport"),
    ReportStage.SUBMITTED: ("returnReport", "approveReport"),
    ReportStage.APPROVED: ("unapproveReport",),
    ReportStage.WITHDRAWN: ("openReport",),
}
BY_APPROVER = frozenset({"returnReport", "approveReport", "unapproveReport"})
WRITABLE = frozenset({ReportStage.DRAFT, ReportStage.RETURNED})


class Answered(StrEnum):
    """What the sender of a change knows of it."""

    DONE = "done"
    REFUSED = "refused"
    BUSY = "busy"
    ERROR = "error"
    NOTHING = "nothing"


@dataclass
class Change:
    """A mutation that was sent: its token is found again in what it wrote. Under a key it may be sent again."""

    name: str
    token: int
    key: UUID | None = None
    answered: Answered = Answered.NOTHING
    report: str | None = None
    told: str = ""
    replayed: bool = False
    busy: int = 0


Tell = Callable[[Change], None]


def _ignore(_: Change) -> None:
    """Nobody listens."""


class Client:
    """Sends changes of one desk, one after the other, and keeps them all with what was answered."""

    def __init__(self, desk: Desk, tokens: "count[int]", seed: str) -> None:
        self.desk = desk
        self.random = random.Random(seed)  # noqa: S311
        self.tokens = tokens
        self.sent: list[Change] = []
        self.report: str | None = None
        self.stage: ReportStage | None = None
        self.filled = False

    def read_state(self, engine: sa.Engine) -> None:
        """Where the desk stands, from the database: a change without an answer may be there or not."""
        with begin(engine, SYSTEM, "look", writes=False) as work:
            query = (
                sa.select(Report).where(Report.framework_id == self.desk.framework).order_by(Report.opened_at.desc())
            )
            report = work.session.scalars(query.limit(1)).first()
        self.report, self.stage = (str(report.id), report.stage) if report else (None, None)
        self.filled = self.stage not in {None, ReportStage.WITHDRAWN, ReportStage.DRAFT}

    def run(self, port: int, tell: Tell, most: int | None = None) -> None:
        """Send changes until the server is gone, or `most` of them; `tell` hears when each is sent and answered."""
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
        try:
            for _ in range(most) if most is not None else count():
                self._send(connection, tell)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def settle(self, port: int) -> Change | None:
        """Send the last change again, when it was not answered and has a key, until it is; None when there is none."""
        last = self.sent[-1] if self.sent else None
        if last is None or last.answered is not Answered.NOTHING or last.key is None:
            return None
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
        while self._post(connection, last, _ignore) == BEING_ANSWERED:
            time.sleep(PAUSE)
        connection.close()
        return last

    def _send(self, connection: http.client.HTTPConnection, tell: Tell) -> None:
        change = self._next()
        self.sent.append(change)
        self._post(connection, change, tell)
        while change.answered is Answered.BUSY:
            change.busy, change.answered = change.busy + 1, Answered.NOTHING
            time.sleep(PAUSE)
            self._post(connection, change, tell)
        tell(change)

    def _post(self, connection: http.client.HTTPConnection, change: Change, tell: Tell) -> int:
        token = self.desk.approver if change.name in BY_APPROVER else self.desk.reporter
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        headers |= {"Idempotency-Key": str(change.key)} if change.key else {}
        body = json.dumps({"query": DOCUMENTS[change.name], "variables": variables_of(change, self.desk)})
        connection.request("POST", "/graphql", body.encode(), headers)
        tell(change)
        response = connection.getresponse()
        content = response.read()
        change.replayed = response.getheader("idempotency-replayed") == "true"
        if response.status != BEING_ANSWERED:
            self._learn(change, response.status, content)
        return response.status

    def _next(self) -> Change:
        """A change of what the desk has; half of them under a key."""
        key = UUID(int=self.random.getrandbits(128), version=4) if self.random.random() < 0.5 else None
        return Change(self._choose(), next(self.tokens), key, report=self.report)

    def _choose(self) -> str:
        if self.stage in WRITABLE and not self.filled:
            return "recordMeasurements"
        drawn = self.random.random()
        if drawn < 0.35 and self.stage in WRITABLE:
            return "recordMeasurements"
        if drawn < 0.5:
            return "planResult"
        return "reviseResult" if drawn < 0.65 else self.random.choice(MOVES[self.stage])

    def _learn(self, change: Change, status: int, content: bytes) -> None:
        answer = json.loads(content)
        payload = (answer.get("data") or {}).get(change.name)
        if status != 200 or "errors" in answer or payload is None:
            change.answered, change.told = Answered.ERROR, content.decode()
        elif payload["problems"]:
            busy = payload["problems"][0]["code"] == "busy"
            change.answered, change.told = Answered.BUSY if busy else Answered.REFUSED, content.decode()
        else:
            change.answered = Answered.DONE
            self._move(change.name, payload.get("report"))

    def _move(self, name: str, report: dict[str, str] | None) -> None:
        if report:
            self.filled = self.filled and name not in {"openReport", "withdrawReport"}
            self.report, self.stage = report["id"], ReportStage[report["stage"]]
        self.filled = self.filled or name == "recordMeasurements"


def variables_of(change: Change, desk: Desk) -> dict[str, Any]:
    """The variables of a change, with its token in what it will write."""
    token = str(change.token)
    if change.name == "planResult":
        return {"plan": plan_of(desk.framework, f"K{token}")}
    if change.name == "reviseResult":
        return {"id": str(desk.result), "title": f"T{token}"}
    if change.name == "recordMeasurements":
        values = enumerate(desk.indicators, change.token * 10)
        return {"id": change.report, "values": [{"indicatorId": str(key), "value": value} for value, key in values]}
    if change.name == "openReport":
        return {"id": str(desk.framework), "period": str(desk.period)}
    return {"id": change.report} | ({} if change.name == "approveReport" else {"token": f"M{token}"})


def plan_of(framework: UUID, code: str) -> dict[str, str]:
    """A result to be planned."""
    return {"frameworkId": str(framework), "code": code, "title": code, "level": "OUTCOME"}


def clients_of(desks: list[Desk], seed: int) -> list[Client]:
    """One client a desk, with tokens that no two share."""
    tokens = count(1)
    return [Client(desk, tokens, f"{seed}/{number}") for number, desk in enumerate(desks)]


def together(clients: list[Client], ports: list[int], tell: Tell, most: int | None = None) -> list[threading.Thread]:
    """Threads in which the clients run, at the ports in turn."""
    threads = [
        threading.Thread(target=client.run, args=(ports[number % len(ports)], tell, most))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    return threads
