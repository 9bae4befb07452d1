"""The command line as a process of its own, over a database of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


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
    code = "from app.cli import main; main()"
    made = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        env=os.environ | {"RBM_DATABASE_URL": url, "COLUMNS": "80", "NO_COLOR": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    return Ran(made.returncode, made.stdout, made.stderr)
