"""Servers that can be killed: `rbm serve` in processes of their own, forked from one that has imported it once.

Python needs two seconds to import the program and a tenth of one to start its server: with 500 starts that matters.
`python -m tests.faults.serving` is the parent; it takes orders on standard input and ends with it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import cli, server

assert server  # imported before the fork
ROOT = Path(__file__).parents[2]
LOOPBACK = "127.0.0.1"
PATIENCE = 60.0
UNBOUNDED = {"RBM_COST_A_MINUTE": "1000000000", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Server:
    """A running server: its process and its port."""

    pid: int
    port: int


class Servers:
    """Starts and kills servers over one database."""

    def __init__(self, parent: "subprocess.Popen[str]") -> None:
        self.parent = parent

    def start(self) -> Server:
        """A server that answers."""
        server = Server(int(self._order("serve", port := free_port())), port)
        self._wait_for(server)
        return server

    def kill(self, server: Server) -> None:
        """SIGKILL, at once; afterwards the process is gone."""
        os.kill(server.pid, signal.SIGKILL)
        self.bury(server)

    def bury(self, server: Server) -> None:
        """Wait until a killed process is gone."""
        assert self._order("bury", server.pid) == str(signal.SIGKILL.value)

    def _order(self, what: str, number: int) -> str:
        orders, answers = self.parent.stdin, self.parent.stdout
        assert orders
        assert answers
        orders.write(json.dumps({"what": what, "number": number}) + "\n")
        orders.flush()
        return answers.readline().strip()

    def _wait_for(self, server: Server) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"http://{LOOPBACK}:{server.port}/healthz", timeout=PATIENCE).close()
                return
            time.sleep(0.005)
        raise TimeoutError(f"the server on port {server.port} does not answer")


@contextmanager
def servers(engine: sa.Engine, log: Path) -> Iterator[Servers]:
    """Servers over a database, all of them gone after the block; what they log is in a file."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.serving"]
    with log.open("ab") as errors:
        parent = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | UNBOUNDED | {"RBM_DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with parent:
        yield Servers(parent)
        assert parent.stdin
        parent.stdin.close()
        parent.wait(PATIENCE)


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def take_orders() -> None:
    """Serve and bury as told, until standard input ends; then kill what is left."""
    alive: set[int] = set()
    try:
        for line in sys.stdin:
            order: dict[str, Any] = json.loads(line)
            if order["what"] == "serve":
                alive.add(pid := _fork(order["number"]))
                answer = str(pid)
            else:
                alive.discard(order["number"])
                answer = str(os.WTERMSIG(os.waitpid(order["number"], 0)[1]))
            sys.stdout.write(answer + "\n")
            sys.stdout.flush()
    finally:
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _fork(port: int) -> int:
    """The child is `rbm serve --port PORT`, with the environment of the parent."""
    pid = os.fork()
    if pid:
        return pid
    try:
        sys.argv = ["rbm", "serve", "--port", str(port)]
        cli.main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    take_orders()
