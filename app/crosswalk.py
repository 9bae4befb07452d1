"""Crosswalks and series from the command line."""

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from sqlalchemy.orm import selectinload

from app import database, output
from app.decisions import AsJson, By, acting
from rbm.access import SYSTEM
from rbm.model.indicators import Indicator
from rbm.model.series import CrosswalkLink
from rbm.services import series
from rbm.terms.reporting import PeriodKind
from rbm.terms.series import CrosswalkRelation
from rbm.work import Work, begin

app = typer.Typer(no_args_is_help=True, help="Which indicator follows which, over years and strategies.")
From = Annotated[str, typer.Argument(metavar="FROM", help="Code of the earlier framework, or a year.")]
To = Annotated[str, typer.Argument(metavar="TO", help="Code of the later framework, or a year.")]


@app.command()
def propose(before: From, after: To, as_json: AsJson = False) -> None:
    """List pairs by level, leading number and measure with the reason; nothing is stored."""
    with begin(database.prepare(), SYSTEM, "propose_crosswalk", writes=False) as work:
        rows = [vars(pair) for pair in series.propose_crosswalk(work, before, after)]
    output.answer(as_json, rows, lambda: _show(f"Proposed: {len(rows)}", rows))


@app.command()
def accept(
    before: From,
    after: To,
    key: Annotated[list[str] | None, typer.Option(help="Only this pair; give several.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Accept what is proposed; a pair with a hindrance waits for a person to say what it is."""
    engine = database.prepare()
    actor = acting(engine, by)
    with begin(engine, actor, "accept_crosswalk") as work:
        done = series.accept_crosswalk(work, before, after, key or [])
    waiting = [vars(pair) for pair in done.waiting]
    facts = {"links": done.links, "pairs": len(done.pairs), "waiting": waiting}
    words = f"{done.links:,} links of {len(done.pairs)} pairs."
    output.answer(as_json, facts, lambda: (output.paper.print(words), _show("Waiting", waiting))[0])


@app.command()
def record(
    relation: CrosswalkRelation,
    indicators: Annotated[list[str], typer.Argument(help="Code of the earlier indicator, and of the later one.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day; today without.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say which indicator follows another one and how."""
    before, after, *others = (*indicators, None) if len(indicators) == 1 else indicators
    if others:
        raise typer.BadParameter("one indicator follows one other", param_hint="INDICATORS")
    engine = database.prepare()
    actor = acting(engine, by)
    with begin(engine, actor, "record_crosswalk") as work:
        keys = (_key(work, str(before), "before"), _key(work, after, "after") if after else None)
        day = since.date() if since else None
        made = series.record_crosswalk(work, series.Succession(keys[0], relation, reason, keys[1], day))
        row = {"before": before, "after": after, "relation": made.relation, "valid_from": made.valid_from}
    output.answer(as_json, row, lambda: output.paper.print(f"Recorded: {relation}, from {row['valid_from']}."))


@app.command("list")
def list_links(as_json: AsJson = False) -> None:
    """List what is recorded."""
    with begin(database.prepare(), SYSTEM, "crosswalk", writes=False) as work:
        ends = (selectinload(CrosswalkLink.before), selectinload(CrosswalkLink.after))
        links = work.session.scalars(sa.select(CrosswalkLink).options(*ends)).all()
        rows = [_listed(link) for link in links]
    rows.sort(key=lambda row: (row["valid_from"], row["before"], row["after"] or ""))
    columns = ("from", "before", "relation", "after", "reason")
    names = ("valid_from", "before", "relation", "after", "reason")
    shown = ([row[name] for name in names] for row in rows)
    output.answer(as_json, rows, lambda: output.table(f"Recorded: {len(rows):,}", columns, shown))


def show_series(
    indicator: Annotated[str, typer.Argument(help="Code of an indicator.")],
    kind: Annotated[PeriodKind, typer.Option(help="Which periods.")] = PeriodKind.YEAR,
    as_json: AsJson = False,
) -> None:
    """Show the figures of an indicator and of those it follows and that follow it, with the seams between them."""
    with begin(database.prepare(), SYSTEM, "series", writes=False) as work:
        found = series.series(work, _key(work, indicator, "indicator"), kind)
    points = [vars(point) | {"change": point.change and vars(point.change)} for point in found.points]
    facts = {"points": points, "seams": [vars(seam) for seam in found.seams]}
    output.answer(as_json, facts, lambda: _show_series(found))


def _key(work: Work, code: str, field: str) -> Any:
    return work.find(Indicator, code, field).id


def _listed(link: CrosswalkLink) -> dict[str, Any]:
    names = ("relation", "valid_from", "reason")
    ends = {"before": link.before.code, "after": link.after.code if link.after else None}
    return ends | {name: getattr(link, name) for name in names}


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    columns = ("relation", "key", "indicators#", "reason", "what stands against it")
    names = ("relation", "key", "indicators", "reason", "hindrance")
    output.table(title, columns, ([row[name] for name in names] for row in rows))


def _show_series(found: series.Series) -> None:
    columns = ("period", "segment#", "value#", "verified#", "target#", "same units#", "new#", "left#", "%#")
    output.table("Series", columns, (_point(point) for point in found.points))
    for seam in found.seams:
        words = f"{seam.day}: {seam.relation} — {seam.reason}"
        output.line(words)


def _point(point: series.SeriesPoint) -> tuple[Any, ...]:
    change = point.change
    counts = (change.same_units, change.new_units, change.gone_units, change.same_percent) if change else (None,) * 4
    return (point.period_code, point.segment, point.value, point.verified, point.target, *counts)
