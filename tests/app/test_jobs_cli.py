"""Jobs on the command line: listed, run at once, kept; and a scheduler that ends when it is told to."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jobs.schedule import JOBS

ROOT = Path(__file__).parents[2]
NAMES = {job.name for job in JOBS}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "RBM_DATABASE_URL": f"sqlite:///{tmp_path}/cli.sqlite3", "RBM_SMTP_URL": ""}


def rbm(environment: dict[str, str], *words: str, code: int = 0) -> str:
    done = subprocess.run(["rbm", *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


def answer(environment: dict[str, str], *words: str) -> Any:
    return json.loads(rbm(environment, *words, "--json"))


def test_a_job_is_run_at_once_and_kept_in_the_history(environment: dict[str, str]) -> None:
    assert {job["job"] for job in answer(environment, "jobs", "list")} == NAMES
    first = answer(environment, "jobs", "run", "periods.lock")
    second = answer(environment, "jobs", "run", "notices.deliver")
    assert set(first) == {"job", "slot", "outcome", "counts"}
    assert (first["job"], first["outcome"], first["counts"]) == ("periods.lock", "nothing_due", {"closed": 0})
    assert (second["outcome"], second["counts"]) == ("nothing_due", {"unsent": 0})
    kept = answer(environment, "jobs", "history")
    assert [run["slot"] for run in kept] == [second["slot"], first["slot"]]
    assert [run["job"] for run in answer(environment, "jobs", "history", "--job", "periods.lock")] == ["periods.lock"]
    listed = {job["job"]: job["outcome"] for job in answer(environment, "jobs", "list")}
    assert (listed["periods.lock"], listed["rollup.refresh"]) == ("nothing_due", None)
    assert "0 closed" in rbm(environment, "jobs", "history")


def test_an_unknown_job_is_refused(environment: dict[str, str]) -> None:
    for words in (("run", "nix"), ("history", "--job", "nix")):
        (problem,) = json.loads(rbm(environment, "jobs", *words, "--json", code=1))["problems"]
        assert (problem["code"], problem["field"]) == ("not_found", "name")


def test_work_runs_what_is_due_and_ends_when_told(environment: dict[str, str]) -> None:
    process = subprocess.Popen(["rbm", "work"], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        ran: dict[str, str] = {}
        while set(ran) != NAMES and time.monotonic() < end:
            time.sleep(0.5)
            runs = answer(environment, "jobs", "history")
            ran = {run["job"]: run["outcome"] for run in runs if run["outcome"] in {"done", "nothing_due"}}
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
    assert ran == dict.fromkeys(NAMES, "nothing_due") | {"audit.seal": "done"}
    assert process.returncode == 0
    assert "rollup.refresh every minute" in " ".join(told.split())
    assert told.rstrip().endswith("Stopped.")
