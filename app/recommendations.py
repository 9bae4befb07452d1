"""Recommendations from the command line: what became of them, what is overdue, and registers in and out."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.markup import escape
from sqlalchemy.orm import joinedload, selectinload

from app import database, decisions, output
from rbm.access import SYSTEM, Actor
from rbm.errors import Invalid
from rbm.files.registers import Faulty, read_register, write_workbook
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action
from rbm.services import followup
from rbm.services.followup import ActionQuestion, RecommendationQuestion
from rbm.terms.evaluation import SourceKind
from rbm.terms.followup import RecommendationStatus
from rbm.work import Work, begin

Row = dict[str, Any]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
STANDING = ("code", "recommendation", "status", "open actions#", "overdue#")
LATE = ("due", "days#", "whose", "action", "escalated to")
SHORT = 100
"""Characters of a text in a table."""


def recommendations(
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only actions after their due date, the oldest first.")
    ] = False,
    office: Annotated[str | None, typer.Option(help="Code of an office they are addressed to.")] = None,
    source: Annotated[SourceKind | None, typer.Option(help="One kind of source only.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the response matrix and the status as a workbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """List recommendations with what was answered and done; what is overdue, whose, since when, who was told."""
    question = RecommendationQuestion(office=office, source=source, overdue=True if overdue else None)
    engine = database.prepare()
    with begin(engine, SYSTEM, "recommendations", writes=False) as work:
        rows = list_recommendations(work, question)
        book = write_workbook(followup.register_sheets(work, question)) if xlsx else b""
    engine.dispose()
    if xlsx:
        _write(xlsx, book)
    output.answer(as_json, rows, lambda: show_overdue(late_actions(rows)) if overdue else _show(rows))


def import_recommendations(
    file: Annotated[Path, typer.Argument(help="A register as .xlsx or .csv.")],
    office: Annotated[str | None, typer.Option(help="Code of the office meant where a row names none.")] = None,
    by: decisions.By = None,
    as_json: AsJson = False,
) -> None:
    """Take in a register of recommendations that an office kept: all of it, or nothing with every row and column named.

    Nothing is verified by it: what is called completed waits for its verification.
    """
    try:
        register = read_register(file)
        engine = database.prepare()
        done = take(engine, decisions.acting(engine, by), register, office)
    except Faulty as faulty:
        _refuse(faulty, as_json=as_json)
        raise typer.Exit(1) from None
    output.answer(as_json, done, lambda: output.table(f"Imported {file.name}", *_counted(done)))


def take(engine: sa.Engine, actor: Actor, register: Any, office: str | None) -> Row:
    """How much of a register came in. Faulty when something is wrong with it."""
    with begin(engine, actor, "import_recommendations") as work:
        return vars(followup.import_register(work, register, office))


def list_recommendations(work: Work, question: RecommendationQuestion) -> list[Row]:
    """Issued recommendations with where they stand and their actions; of what is overdue, only overdue actions."""
    loaded = (
        joinedload(Recommendation.evaluation),
        selectinload(Recommendation.addressees).joinedload(Addressee.office),
    )
    query = followup.find_recommendations(work, question).where(Recommendation.issued_on.is_not(None))
    rows = work.session.scalars(query.options(*loaded)).all()
    actions = _actions(work, question)
    stand = followup.standings(work, rows)
    return [_told(row, one, actions[row.id]) for row, one in zip(rows, stand, strict=True)]


def _actions(work: Work, question: RecommendationQuestion) -> dict[UUID, list[Row]]:
    asked = ActionQuestion(overdue=question.overdue, source=question.source)
    query = followup.find_actions(work, asked).options(joinedload(Action.office), joinedload(Action.owner))
    actions = work.session.scalars(query).all()
    late, told = followup.timings(work, actions), followup.escalations(work, actions)
    found: dict[UUID, list[Row]] = defaultdict(list)
    for action, timing, escalation in zip(actions, late, told, strict=True):
        found[action.recommendation_id].append(_acted(action, timing, escalation))
    return found


def _acted(action: Action, timing: followup.Timing, escalation: Any) -> Row:
    return {
        "number": action.number,
        "text": action.text,
        "office": action.office.code,
        "owner": action.owner.name,
        "stage": action.stage,
        "original_due_on": action.original_due_on,
        "due_on": action.due_on,
        "overdue_days": timing.overdue_days,
        "overdue_since": escalation and escalation.overdue_since,
        "escalated_to": _persons(escalation.steps) if escalation else [],
        "awaiting_verification": timing.awaiting_verification,
        "verify_by": action.verify_by,
    }


def _persons(steps: Iterable[Any]) -> list[Row]:
    return [
        {"level": step.level, "on": step.on, "office": step.office and step.office.code, "person": person.name}
        for step in steps
        for person in step.persons
    ]


def _told(row: Recommendation, standing: followup.Standing, actions: list[Row]) -> Row:
    evaluation = row.evaluation
    return {
        "code": row.code,
        "evaluation": evaluation.code,
        "title": evaluation.title,
        "source": evaluation.source,
        "number": row.number,
        "text": row.text,
        "priority": row.priority,
        "issued_on": row.issued_on,
        "addressed_to": [one.office.code if one.office else one.name for one in row.addressees],
        "status": standing.status,
        "open_actions": standing.open_actions,
        "overdue_actions": standing.overdue_actions,
        "actions": actions,
    }


def counted(rows: Iterable[Row]) -> Row:
    """How many recommendations stand where, and how many actions are open and overdue."""
    rows = list(rows)
    statuses = [row["status"] for row in rows]
    return {
        "recommendations": len(rows),
        "status": {status.value: statuses.count(status) for status in RecommendationStatus if status in statuses},
        "open_actions": sum(row["open_actions"] for row in rows),
        "overdue_actions": sum(row["overdue_actions"] for row in rows),
    }


def _write(path: Path, book: bytes) -> None:
    try:
        path.write_bytes(book)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}", "xlsx") from None


def _counted(done: Row) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    return tuple(f"{name}#" for name in done), [tuple(done.values())]


def _refuse(faulty: Faulty, *, as_json: bool) -> None:
    """Every fault with its row and column: a document of problems, or lines on standard error."""
    if as_json:
        names = [(fault, {"code": faulty.code, "message": words}) for fault, words in faulty.faults]
        output.document({"problems": [said | {"field": fault.column, "row": fault.row} for fault, said in names]})
        return
    for _, words in faulty.faults:
        output.console.print("[red]refused[/red]:", escape(words), soft_wrap=True)


def _show(rows: list[Row]) -> None:
    facts = counted(rows)
    output.table(f"Recommendations: {facts['recommendations']}", STANDING, map(_line, rows))
    output.paper.print(f"{facts['open_actions']} open actions, {facts['overdue_actions']} overdue.")


def _line(row: Row) -> tuple[Any, ...]:
    text = f"{_short(row['text'])} ({row['priority']}, {', '.join(row['addressed_to'])})"
    return (row["code"], text, output.words(row["status"]), row["open_actions"], row["overdue_actions"])


def late_actions(rows: Iterable[Row]) -> list[Row]:
    """The overdue actions of recommendations with the code of each, the longest overdue first."""
    late = [
        {"recommendation": row["code"]} | action for row in rows for action in row["actions"] if action["overdue_days"]
    ]
    return sorted(late, key=lambda action: (action["due_on"], action["recommendation"], action["number"]))


def show_overdue(late: list[Row]) -> None:
    """Print what is overdue, whose, since when, and to whom it was brought."""
    output.table(f"Overdue actions: {len(late)}", LATE, map(_late, late))


def _late(action: Row) -> tuple[Any, ...]:
    text = f"{action['recommendation']}/{action['number']} {_short(action['text'])}"
    whose = f"{action['owner']} ({action['office']})"
    return (action["due_on"], action["overdue_days"], whose, text, _highest(action["escalated_to"]))


def _highest(told: list[Row]) -> str | None:
    """The persons of the highest level that was reached, and which it is."""
    if not told:
        return None
    level = told[-1]["level"]
    return f"{', '.join(each['person'] for each in told if each['level'] == level)} ({output.words(level)})"


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
