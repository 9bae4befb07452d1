"""Commands of the clock: work until told to stop, run a job at once, list the jobs and what became of them."""

from typing import Annotated, Any

import sqlalchemy as sa
import typer

from app import database, output, starting
from app.operations.logs import log_as_json
from jobs.run import Ran, job_named, run_job
from jobs.schedule import JOBS, Counts
from jobs.scheduler import Clockwork, stop_on_signals
from jobs.scheduler import work as run_clockwork
from rbm import clock
from rbm.access import SYSTEM
from rbm.model.jobs import JobRun
from rbm.terms.jobs import JobOutcome
from rbm.work import Work, begin

app = typer.Typer(no_args_is_help=True, help="Jobs: what runs by the clock.")
MOST_SHOWN = 100

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]


def work() -> None:
    """Run the jobs by the clock until told to stop; any number of these may run on one database."""
    starting.prepare()
    engine = database.prepare()
    names = ", ".join(f"{job.name} {job.cadence}" for job in JOBS)
    output.console.print(f"Working: {names}. Ctrl-C ends it.", markup=False)
    run_clockwork(Clockwork(engine, tell=_tell), stop_on_signals())
    output.console.print("Stopped.")


@app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """List the jobs, when they run, and how the newest run of each ended."""
    with begin(database.prepare(), SYSTEM, "list_jobs", writes=False) as work:
        rows = [_listed(work, job.name, str(job.cadence)) for job in JOBS]
    output.answer(as_json, rows, lambda: _show("Jobs", rows))


@app.command("run")
def run_now(name: str, as_json: AsJson = False) -> None:
    """Run a job at once, whatever its schedule says; exit 1 when it fails."""
    log_as_json()
    ran = run_job(database.prepare(), name, clock.read())
    facts = {"job": ran.job, "slot": ran.slot, "outcome": ran.outcome, "counts": dict(ran.counts)}
    output.answer(as_json, facts, lambda: _show("Run", [facts]))
    if ran.outcome is JobOutcome.FAILED:
        raise typer.Exit(1)


@app.command()
def history(
    job: Annotated[str | None, typer.Option(help="Name of one job.")] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many runs.")] = MOST_SHOWN,
    as_json: AsJson = False,
) -> None:
    """List runs, the newest first, with what they counted or why they failed."""
    with begin(database.prepare(), SYSTEM, "list_runs", writes=False) as work:
        rows = [_run(row) for row in work.session.scalars(_newest(job).limit(most))]
    output.answer(as_json, rows, lambda: _show("Runs", rows))


def _newest(job: str | None) -> sa.Select[JobRun]:
    query = sa.select(JobRun).order_by(JobRun.started_at.desc(), JobRun.id.desc())
    return query if job is None else query.where(JobRun.job == job_named(job).name)


def _listed(work: Work, name: str, cadence: str) -> dict[str, Any]:
    newest = work.session.scalars(_newest(name).limit(1)).first()
    last = {"slot": newest.slot, "outcome": newest.outcome} if newest else {"slot": None, "outcome": None}
    return {"job": name, "cadence": cadence} | last


def _run(row: JobRun) -> dict[str, Any]:
    facts = {"job": row.job, "slot": row.slot, "outcome": row.outcome, "counts": row.counts or {}}
    return facts | {"attempt": row.attempt, "by_hand": row.by_hand, "error": row.error}


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    output.table(title, ("job", "slot", "outcome", "what"), (_told(row) for row in rows))


def _told(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row for people: what was counted, else the error, else when it runs."""
    what = _counted(row.get("counts") or {}) or row.get("error") or row.get("cadence")
    return (row["job"], row["slot"], row["outcome"], what)


def _counted(counts: Counts) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _tell(ran: Ran) -> None:
    if ran.outcome is not JobOutcome.NOTHING_DUE:
        output.console.print(f"{ran.job} {ran.slot}: {ran.outcome} {_counted(ran.counts)}", markup=False)
