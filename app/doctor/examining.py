"""The examination: every finding in order, as a command."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from app import output
from app.doctor import inside, outside
from app.doctor.finding import Finding, Health
from rbm import production
from rbm.access import SYSTEM
from rbm.db import open_engine
from rbm.production import Surroundings
from rbm.settings import Settings, settings
from rbm.work import Work, begin

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]


def doctor(as_json: AsJson = False) -> None:
    """Examine the settings, the database, jobs, persons and tokens; exit 1 when a check fails."""
    found = list(examine(settings(), production.surroundings()))
    output.answer(as_json, [asdict(each) for each in found], lambda: _show(found))
    if any(each.health is Health.FAIL for each in found):
        raise typer.Exit(1)


def _show(found: list[Finding]) -> None:
    rows = ((each.check, each.health, each.told, each.advice) for each in found)
    output.table("Examination", ("check", "health", "found", "what to do"), rows)


def examine(chosen: Settings, around: Surroundings) -> Iterator[Finding]:
    """Every finding; where the database cannot be looked into, what depends on it is left out."""
    yield outside.safe_settings(chosen, around)
    yield outside.known_variables(chosen, around)
    if chosen.oidc_issuer:
        yield outside.keys(chosen)
    database = outside.reachable(chosen)
    yield database
    if database.health is not Health.OK:
        return
    yield from _inside(chosen)


def _inside(chosen: Settings) -> Iterator[Finding]:
    engine = open_engine(chosen.database_url)
    try:
        form = outside.newest_form(engine)
        yield form
        if engine.dialect.name == "sqlite":
            path = Path(str(engine.url.database)).absolute()
            yield outside.room(shutil.disk_usage(path.parent).free, path.stat().st_size)
        if form.health is Health.OK:
            yield from (look(engine, check) for check in inside.CHECKS)
    finally:
        engine.dispose()


def look(engine: sa.Engine, check: Callable[[Work], Finding], now: datetime | None = None) -> Finding:
    """What a check finds, as of now unless a moment is given; a database that cannot be read is a finding too."""
    try:
        with begin(engine, SYSTEM, "examine", now=now, writes=False) as work:
            return check(work)
    except sa.exc.SQLAlchemyError as error:
        told = f"cannot be read ({type(error).__name__})"
        return Finding(check.__name__, Health.FAIL, told, "stop the service and restore a backup")
