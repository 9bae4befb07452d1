"""Flags from the command line: brought up to date, then listed."""

from typing import Annotated, Any

import sqlalchemy as sa
import typer
from sqlalchemy.orm import contains_eager, selectinload

from app import database, output
from rbm.access import SYSTEM
from rbm.model.performance import Flag
from rbm.model.projects import Project
from rbm.model.strategy import Framework
from rbm.services import performance
from rbm.terms.performance import FlagRule
from rbm.work import Work, begin


def list_flags(engine: sa.Engine, question: performance.FlagQuestion) -> list[dict[str, Any]]:
    """Bring the flags up to date and list those that are asked for."""
    with begin(engine, SYSTEM, "flag_interventions") as work:
        performance.flag_interventions(work)
    with begin(engine, SYSTEM, "find_flags", writes=False) as work:
        query = performance.find_flags(question).options(
            contains_eager(Flag.period),
            contains_eager(Flag.framework).contains_eager(Framework.office),
            selectinload(Flag.responsible),
        )
        flags = work.session.scalars(query).all()
        projects = _projects(work, flags)
        return [_listed(flag, projects) for flag in flags]


def _projects(work: Work, flags: Any) -> dict[Any, str]:
    keys = {flag.framework.project_id for flag in flags if flag.framework.project_id}
    rows = work.session.execute(sa.select(Project.id, Project.code).where(Project.id.in_(keys)))
    return dict(tuple(row) for row in rows)


def _listed(flag: Flag, projects: dict[Any, str]) -> dict[str, Any]:
    framework = flag.framework
    return {
        "rule": flag.rule,
        "version": flag.rule_version,
        "subject": projects.get(framework.project_id, framework.code),
        "title": framework.title,
        "office": framework.office.code,
        "responsible": flag.responsible.title,
        "raised_on": flag.raised_on,
        "period": flag.period.code,
        "inputs": flag.inputs,
        "thresholds": flag.thresholds,
        "explanation": flag.explanation,
        "stage": flag.stage,
        "escalation": flag.escalation,
    }


def flags(
    year: Annotated[int | None, typer.Option(help="Periods wholly inside this year.")] = None,
    rule: Annotated[FlagRule | None, typer.Option(help="One rule only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Bring the flags on poorly performing interventions up to date and list them."""
    rows = list_flags(database.prepare(), performance.FlagQuestion(year, rule))
    output.answer(as_json, rows, lambda: _show(rows))


def _show(rows: list[dict[str, Any]]) -> None:
    columns = ("rule", "intervention", "period", "stage", "responsible", "why")
    names = ("rule", "title", "period", "stage", "responsible", "explanation")
    output.table(f"Flags: {len(rows)}", columns, ([row[name] for name in names] for row in rows))
