"""Many writers at once: every change succeeds; who is told that others are in the way sends again, and is counted."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import sqlalchemy as sa

from tests.faults.checking import Findings, check
from tests.faults.load import Answered, Change, clients_of, together
from tests.faults.serving import servers
from tests.faults.world import build

WRITERS = 20


@dataclass
class Written:
    """The changes of all writers, and what the database says of them."""

    changes: list[Change]
    findings: Findings

    def faults(self) -> list[str]:
        """Everything that is wrong, in a line each."""
        untold = [f"{each.name} {each.token}: {each.answered} {each.told}" for each in self.changes]
        done = [each.answered is Answered.DONE for each in self.changes]
        return [told for told, good in zip(untold, done, strict=True) if not good] + self.findings.faults()

    def figures(self) -> dict[str, int]:
        """The run in numbers."""
        answered = Counter(each.answered for each in self.changes)
        counts = {answer.value: answered[answer] for answer in Answered}
        return counts | {"told_busy": sum(each.busy for each in self.changes)} | self.findings.figures()


def write_at_once(engine: sa.Engine, nodes: int, each: int, folder: Path, seed: int = 1) -> Written:
    """Twenty writers with a number of changes each, at one server or several over one database."""
    clients = clients_of(build(engine, WRITERS), seed)
    engine.dispose()
    with servers(engine, folder / "servers.log") as running:
        ports = [running.start().port for _ in range(nodes)]
        for thread in together(clients, ports, lambda _change: None, each):
            thread.join()
    changes = list(chain(*(client.sent for client in clients)))
    return Written(changes, check(engine, changes))
