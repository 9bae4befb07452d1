"""The command line as a process of its own, over a database of its own.

Each process is a fork of one that has imported what the command line stands on: that takes longer than most commands.
"""

import importlib
import json
import multiprocessing
import os
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

STOOD_ON = [
    "jobs.run",
    "rbm.migrations",
    "rbm.services.iati",
    "rbm.services.series",
    "seeds.load",
    "rich.progress",
    "typer",
]
PLAIN = {"COLUMNS": "80", "NO_COLOR": "1"}
LONGEST = 300
STREAMS = ("out", "err")


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output, its numbers exact."""
        return json.loads(self.out, parse_float=Decimal)


def rbm(url: str, *arguments: object, **environment: str) -> Ran:
    """Run `rbm` with arguments."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(STOOD_ON)
    with tempfile.TemporaryDirectory() as folder:
        given = os.environ | {"RBM_DATABASE_URL": url} | PLAIN | environment
        process = processes.Process(target=_command, args=(Path(folder), [str(each) for each in arguments], given))
        process.start()
        process.join(LONGEST)
        process.kill()
        process.join()
        out, err = ((Path(folder) / name).read_text(encoding="utf-8") for name in STREAMS)
        code = process.exitcode
    assert code is not None
    return Ran(code, out, err)


def _command(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """What the process does: the streams are files, and a warning is an error."""
    for number, name in enumerate(STREAMS, 1):
        os.dup2(os.open(folder / name, os.O_CREAT | os.O_WRONLY), number)
    os.environ.clear()
    os.environ.update(environment)
    warnings.simplefilter("error")
    sys.argv = ["rbm", *arguments]
    importlib.import_module("app.cli").main()
