"""Commands of the audit trail: verify it, print its head, export it."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from app import database, output
from app.heads import read_heads
from rbm.access import SYSTEM, Actor
from rbm.errors import NotFound
from rbm.services import audit
from rbm.services.audit import Head, Verdict
from rbm.work import begin

app = typer.Typer(no_args_is_help=True, help="The audit trail: whole or tampered with.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
Kept = Annotated[
    list[str] | None,
    typer.Option("--head", help="A head that was kept elsewhere: NUMBER:HASH, or a file of them; may be repeated."),
]


@app.command()
def verify(head: Kept = None, as_json: AsJson = False) -> None:
    """Compare the whole trail with its blocks, and with heads that were kept; exit 1 names the first broken block."""
    heads = read_heads(head or [])
    with _opened() as engine, begin(engine, SYSTEM, "verify_audit", writes=False) as work:
        verdict = audit.verify(work, heads)
    output.answer(as_json, _verdict(verdict), lambda: _show(verdict))
    if verdict.fault:
        raise typer.Exit(1)


@app.command("head")
def print_head(as_json: AsJson = False) -> None:
    """Print the newest block: what to keep elsewhere, for `verify --head`."""
    with _opened() as engine, begin(engine, SYSTEM, "audit_head", writes=False) as work:
        newest = audit.newest_head(work)
    if newest is None:
        raise NotFound("nothing is sealed yet")
    output.answer(as_json, _facts(newest), lambda: output.line(f"{newest.number}:{newest.hash}"))


@app.command()
def export(file: Path, as_json: AsJson = False) -> None:
    """Write the trail to a new file of JSON lines, blocks after their entries; the trail keeps that it was done."""
    with _opened() as engine:
        done = audit.export(engine, _operator(), file)
    told = f"{done.entries:,} entries and {done.blocks:,} blocks in {file}, SHA-256 {done.sha256}"
    output.answer(as_json, vars(done), lambda: output.line(told))


@contextmanager
def _opened() -> Iterator[sa.Engine]:
    """The database of the settings; its connections are closed when the command ends."""
    engine = database.prepare()
    yield engine
    engine.dispose()


def _operator() -> Actor:
    """Whoever is at the command line: the system, by the name of the user of the machine."""
    try:
        return replace(SYSTEM, label=f"{getpass.getuser()} at the command line")
    except (KeyError, OSError):
        return replace(SYSTEM, label="the command line")


def _facts(head: Head) -> dict[str, Any]:
    return vars(head) | {"sealed_at": head.sealed_at.isoformat()}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    facts = {"whole": verdict.fault is None, "blocks": verdict.blocks, "entries": verdict.entries}
    facts["unsealed"] = verdict.unsealed
    head = verdict.head and _facts(verdict.head)
    return facts | {"head": head, "fault": verdict.fault and vars(verdict.fault)}


def _show(verdict: Verdict) -> None:
    output.line(f"{verdict.entries:,} entries in {verdict.blocks:,} blocks are as they were sealed.")
    if verdict.fault:
        output.line(f"Block {verdict.fault.block} is broken: {verdict.fault.reason}.")
    else:
        output.line(f"{verdict.unsealed:,} entries are not sealed yet.")
