"""Evaluations from the command line: what is planned, under way and final, and what followed."""

from typing import Annotated, Any

import sqlalchemy as sa
import typer
from sqlalchemy.orm import joinedload

from app import database, output
from rbm.access import SYSTEM
from rbm.model.evaluation import Evaluation
from rbm.services import followup
from rbm.terms.evaluation import EvaluationStage
from rbm.work import Work, begin

Row = dict[str, Any]
COLUMNS = ("code", "evaluation", "stage", "end", "recommendations#")


def evaluations(
    stage: Annotated[EvaluationStage | None, typer.Option(help="One stage only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """List evaluations, audits and assessments with their stage, dates, and where their recommendations stand."""
    engine = database.prepare()
    with begin(engine, SYSTEM, "evaluations", writes=False) as work:
        rows = list_evaluations(work, stage)
    engine.dispose()
    output.answer(as_json, rows, lambda: _show(rows))


def list_evaluations(work: Work, stage: EvaluationStage | None = None) -> list[Row]:
    """Evaluations in the order of their codes, with how many recommendations stand where."""
    query = sa.select(Evaluation).options(joinedload(Evaluation.office)).order_by(Evaluation.code)
    if stage is not None:
        query = query.where(Evaluation.stage == stage)
    rows = work.session.scalars(query).all()
    return [_told(row, counts) for row, counts in zip(rows, followup.status_counts(work, rows), strict=True)]


def _told(row: Evaluation, counts: list[followup.StatusCount]) -> Row:
    names = ("code", "title", "source", "type", "level", "stage", "planned_end", "original_end", "final_on")
    facts = {name: getattr(row, name) for name in (*names, "disclosed_on", "published_on")}
    return facts | {"office": row.office.code, "recommendations": {each.status.value: each.count for each in counts}}


def _show(rows: list[Row]) -> None:
    output.table(f"Evaluations: {len(rows)}", COLUMNS, map(_line, rows))


def _line(row: Row) -> tuple[Any, ...]:
    """The end is the day of the final; before it, the planned one."""
    end = row["final_on"] or f"{row['planned_end']} (planned)"
    title = f"{row['title']} ({output.words(row['source'])}, {row['office']})"
    return (row["code"], title, output.words(row["stage"]), end, sum(row["recommendations"].values()))
