"""Decisions on adding up from the command line: what waits for one, what stands, and files of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from sqlalchemy.orm import selectinload

from app import database, output
from rbm.access import SYSTEM, Actor
from rbm.errors import NotFound, Refusal
from rbm.files.decisions import DecisionRecord, read_decisions
from rbm.model.series import AggregationDecision
from rbm.services import people, series
from rbm.terms.indicators import OverUnits
from rbm.work import begin

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
By = Annotated[str | None, typer.Option(help="E-mail address or name of the person who decides; needs the permission.")]


def acting(engine: sa.Engine, name: str | None) -> Actor:
    """The person of this e-mail address or name as an actor, the system without one. NotFound when nobody has it."""
    if name is None:
        return SYSTEM
    with begin(engine, SYSTEM, "find_person", writes=False) as work:
        person = people.find_person(work, name)
        if person is None:
            raise NotFound(f"nobody is called {name}", "by")
        return people.actor_of_person(work, person)


def checked(path: Path) -> list[DecisionRecord]:
    """The decisions of a file, each of which can be taken. Invalid naming line and field otherwise."""
    records = read_decisions(path)
    for record in records:
        try:
            series.refuse_undecidable(_decision(record))
        except Refusal as refusal:
            raise type(refusal)(f"line {record.line}: {refusal.message}", refusal.field, refusal.code) from None
    return records


def take(engine: sa.Engine, records: Sequence[DecisionRecord], actor: Actor) -> int:
    """Take all decisions of a file or none; how many."""
    with begin(engine, actor, "decide_all") as work:
        return len(series.decide_all(work, [_decision(record) for record in records]))


def _decision(record: DecisionRecord) -> series.Decision:
    return series.Decision(record.key, record.operator, record.reason, record.line)


def worklist(
    most: Annotated[int, typer.Option(help="How many keys.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the keys of indicators of which nobody has said whether they add up, the largest first."""
    with begin(database.prepare(), SYSTEM, "aggregation_worklist", writes=False) as work:
        rows = [vars(each) for each in series.aggregation_worklist(work, most)]
    columns = ("key", "title", "units#", "indicators#", "values#", "sum#")
    names = ("key", "title", "units", "indicators", "values", "total")
    shown = ([row[name] for name in names] for row in rows)
    output.answer(as_json, rows, lambda: output.table(f"Undecided: {len(rows)}", columns, shown))


def decide(
    key: str,
    operator: OverUnits,
    reason: Annotated[str, typer.Option(help="Why.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Decide how the indicators of a key combine over units, in all years; `none` when they do not add up."""
    engine = database.prepare()
    actor = acting(engine, by)
    with begin(engine, actor, "decide_aggregation") as work:
        made = _listed(series.decide_aggregation(work, key, operator, reason))
    words = f"{made['key']}: {made['operator']} (edition {made['edition']}); rbm rollup brings the figures up to date."
    output.answer(as_json, made, lambda: output.paper.print(words))


def decisions(as_json: AsJson = False) -> None:
    """List the decisions on adding up that stand, with who took them and why."""
    with begin(database.prepare(), SYSTEM, "decisions", writes=False) as work:
        query = sa.select(AggregationDecision).where(AggregationDecision.current).order_by(AggregationDecision.key)
        found = work.session.scalars(query.options(selectinload(AggregationDecision.decided_by))).all()
        rows = [_listed(row) | {"by": row.decided_by.name if row.decided_by else None} for row in found]
    columns = ("key", "operator", "edition#", "by", "reason")
    names = ("key", "operator", "edition", "by", "reason")
    shown = ([row[name] for name in names] for row in rows)
    output.answer(as_json, rows, lambda: output.table(f"Decisions: {len(rows)}", columns, shown))


def _listed(row: AggregationDecision) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("key", "operator", "reason", "edition", "decided_at")}
