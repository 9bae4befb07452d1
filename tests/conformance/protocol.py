"""`python -m tests.conformance.protocol`: the public audit of GraphQL over HTTP against our server, where node is.

The server runs as it is shipped, on loopback, over a fresh SQLite file.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).parent / "graphql_http"
PLACE = ROOT / "build" / "graphql_http"
STARTING = 60.0


def main() -> int:
    """0 when the audit finds nothing, or when node is not on this machine; 1 otherwise."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        sys.stdout.write("graphql-http: not measured, since node and npm are not on this machine\n")
        return 0
    install(npm)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as url:
        return subprocess.run([node, "audit.mjs", url], cwd=PLACE, check=False).returncode


def install(npm: str) -> None:
    """The locked packages, in a folder that is not kept."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for file in SOURCE.iterdir():
        shutil.copy(file, PLACE)
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    subprocess.run([npm, "ci", *quiet], cwd=PLACE, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server that runs inside the block."""
    port = free_port()
    environment = os.environ | {"RBM_DATABASE_URL": f"sqlite:///{folder}/audit.sqlite3", "RBM_LOG_LEVEL": "error"}
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}/graphql"
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Until the server is ready. RuntimeError when it ended, or takes too long."""
    end = time.monotonic() + STARTING
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < end:
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the server did not get ready")


if __name__ == "__main__":
    raise SystemExit(main())
