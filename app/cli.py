"""The command line: every command calls services and prints."""

import atexit
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from pydantic import ValidationError
from rich.progress import Progress

from app import (
    audit,
    crosswalk,
    database,
    days,
    decisions,
    demo,
    evaluations,
    figures,
    flags,
    importing,
    jobs,
    output,
    recommendations,
    serving,
    starting,
    tokens,
)
from app.doctor.examining import doctor
from rbm import migrations
from rbm.access import SYSTEM, Permission
from rbm.db import open_engine
from rbm.errors import Conflict, Invalid, Refusal
from rbm.services import rollup
from rbm.settings import MOST_PORT, PREFIX, settings
from rbm.terms.people import Role
from rbm.work import begin

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Results-based management and evaluation tracking.",
)
imports = typer.Typer(no_args_is_help=True, help="Bring data in from files.")
app.add_typer(imports, name="import")
app.add_typer(jobs.app, name="jobs")
app.add_typer(audit.app, name="audit")
app.command()(jobs.work)
app.command()(flags.flags)
app.command()(figures.figures)
app.command()(doctor)
app.add_typer(crosswalk.app, name="crosswalk")
app.command("series")(crosswalk.show_series)
app.command()(decisions.worklist)
app.command()(decisions.decide)
app.command("decisions")(decisions.decisions)
app.command()(evaluations.evaluations)
app.command()(recommendations.recommendations)
imports.command("recommendations")(recommendations.import_recommendations)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]


def _closing(engine: sa.Engine) -> sa.Engine:
    """The engine, whose connections are closed when the command ends."""
    atexit.register(engine.dispose)
    return engine


def _ready() -> sa.Engine:
    """The database of the settings, ready for use."""
    return _closing(database.prepare())


@app.command()
def init(as_json: AsJson = False) -> None:
    """Make the database: tables, reference data, headquarters with its vacant post "HQ results"."""
    engine = _closing(open_engine(settings().database_url))
    database.initialise(engine)
    facts = {"office": "HQ", "post": "HQ-RESULTS", "database": engine.dialect.name}
    output.answer(as_json, facts, lambda: output.console.print("Ready: headquarters HQ, post HQ-RESULTS (vacant)."))


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the newest form."""
    engine = _closing(open_engine(settings().database_url))
    migrations.upgrade(engine)
    output.answer(as_json, {"at_head": True}, lambda: output.console.print("The database has the newest form."))


@app.command()
def token(
    name: str,
    role: Annotated[Role, typer.Option(help="Role at headquarters of a person who is new.")] = Role.HQ_RESULTS,
    days: Annotated[int | None, typer.Option(help="Days it is good for; RBM_TOKEN_DAYS unless given.")] = None,
    scope: Annotated[list[Permission] | None, typer.Option(help="A permission it is limited to; give several.")] = None,
    as_json: AsJson = False,
) -> None:
    """Issue an API token to a person, by e-mail address or name; somebody unknown is added, at headquarters."""
    issued = tokens.issue(_ready(), name, role, tokens.Limits(days, scope or None))
    output.answer(as_json, issued, lambda: output.line(issued["token"]))


@imports.command("iati")
def import_iati(
    files: Annotated[list[Path] | None, typer.Argument(help="Activity files.")] = None,
    consolidate: Annotated[bool, typer.Option(help="Build results and indicators upward along the chain.")] = False,
    decided: Annotated[
        Path | None, typer.Option("--decisions", help="CSV or JSON lines: key, operator, reason.")
    ] = None,
    by: decisions.By = None,
    as_json: AsJson = False,
) -> None:
    """Read IATI activity files (2.01 to 2.03, plain or gzipped): approved, released, never verified.

    Decisions on what adds up are taken first, all of them or none.
    """
    if not files and decided is None:
        raise typer.BadParameter("give files, or --decisions", param_hint="FILES")
    records = decisions.checked(decided) if decided else []
    engine = _ready()
    taken = {"decisions": decisions.take(engine, records, decisions.acting(engine, by))} if decided else {}
    with Progress(console=output.console, transient=True, disable=as_json) as progress:
        report = importing.import_files(engine, files or [], progress, consolidate=consolidate) | taken
    output.answer(as_json, report, lambda: importing.show(report))
    if any(not file["read"] for file in report["files"]):
        raise typer.Exit(1)


@app.command("rollup")
def roll_up(
    full: Annotated[bool, typer.Option(help="Compute everything, not only what is marked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the figures up to date."""
    engine, started = _ready(), time.perf_counter()
    days.mark_days(engine)
    with begin(engine, SYSTEM, "refresh") as work:
        done = rollup.refresh(work, full=full)
    seconds = round(time.perf_counter() - started, 3)
    facts = {"figures": done.figures, "values": done.values, "nodes": done.nodes, "seconds": seconds}
    show = f"{done.figures:,} figures of {done.nodes:,} indicators from {done.values:,} values in {seconds} s"
    output.answer(as_json, facts, lambda: output.paper.print(f"{show}; {done.changed:,} changed."))


@app.command()
def reconcile(as_json: AsJson = False) -> None:
    """Compute everything anew and compare with what is stored; exit 1 when anything differs."""
    engine = _ready()
    days.mark_days(engine)
    with begin(engine, SYSTEM, "reconcile") as work:
        differences = [vars(each) for each in rollup.reconcile(work)]
    columns = ("indicator", "period", "category", "stored#", "computed#", "fault")
    output.answer(
        as_json, differences, lambda: output.table(f"{len(differences)} differences", columns, _plain(differences))
    )
    if differences:
        raise typer.Exit(1)


def _plain(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows]


@app.command("demo")
def run_demo(
    serve_after: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve GraphQL when done.")] = True,
    port: Annotated[int | None, typer.Option(min=0, max=MOST_PORT, help="Port to serve on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fill an empty database with real published results of 2022 and 2023, roll them up and show them."""
    if serve_after and not as_json:
        starting.prepare()
    engine = _ready()
    facts = demo.run(engine, as_json=as_json)
    output.answer(as_json, facts, lambda: demo.show(facts))
    if serve_after and not as_json:
        demo.show_door(facts, engine, port or settings().port)
        serving.serve(settings().host, port or settings().port)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(min=0, max=MOST_PORT, help="Port; RBM_PORT unless given.")] = None,
    host: Annotated[str | None, typer.Option(help="Address; loopback unless RBM_HOST or this says otherwise.")] = None,
) -> None:
    """Serve GraphQL at /graphql, health at /healthz and /readyz, metrics at /metrics."""
    starting.prepare(host)
    _ready()
    serving.serve(host or settings().host, port or settings().port)


def _wrong_settings(error: ValidationError) -> Invalid:
    """What is wrong with each setting, without its value."""
    faults = [(f"{PREFIX}{fault['loc'][0]}".upper(), fault["msg"]) for fault in error.errors(include_input=False)]
    return Invalid("; ".join(f"{name}: {what}" for name, what in faults), faults[0][0], "setting")


def _refuse_unreadable(arguments: list[str]) -> None:
    """Nothing, when every argument is text. Invalid otherwise: bytes that are no characters name nothing."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode(errors="backslashreplace").decode()
            raise Invalid(f"{shown} is not text in UTF-8", "arguments") from None


def main() -> None:
    """Run a command; a refusal is told with the field it concerns, in one line or as JSON, and exits with 1."""
    try:
        starting.warn()
        _refuse_unreadable(sys.argv[1:])
        app()
    except Refusal as refusal:
        output.refused(refusal, as_json="--json" in sys.argv)
        raise SystemExit(1) from None
    except ValidationError as error:
        output.refused(_wrong_settings(error), as_json="--json" in sys.argv)
        raise SystemExit(1) from None
    except (sa.exc.ArgumentError, sa.exc.OperationalError) as error:
        reason = str(error).partition("\n")[0]
        output.refused(Conflict(reason, "RBM_DATABASE_URL", "database"), as_json="--json" in sys.argv)
        raise SystemExit(1) from None
