"""What a register says row by row: its columns, its rows, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rbm.errors import Invalid
from rbm.terms.evaluation import EvaluationLevel, EvaluationType, SourceKind, TextLanguage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseDecision, ResponseReason


@dataclass(frozen=True)
class Column:
    """A column by its code: the heading that is written, other headings that are read, and whether it has to be there.

    Without `read` it is written only: what it holds follows from the rest.
    """

    code: str
    heading: str
    others: tuple[str, ...] = ()
    needed: bool = False
    read: bool = True


COLUMNS: tuple[Column, ...] = (
    Column("evaluation", "Evaluation code", ("evaluation", "report number", "report code"), needed=True),
    Column("title", "Evaluation title", ("title", "evaluation name", "report title"), needed=True),
    Column("source", "Source", ("source kind", "source type", "kind of source"), needed=True),
    Column("final_on", "Final date", ("final on", "report date", "date of report", "completion date"), needed=True),
    Column("type", "Type", ("evaluation type",)),
    Column("level", "Level", ("evaluation level",)),
    Column("number", "Number", ("no", "recommendation number", "recommendation no", "rec no"), needed=True),
    Column("text", "Recommendation", ("recommendation text",), needed=True),
    Column("priority", "Priority", ("importance",), needed=True),
    Column("office", "Office", ("office code", "addressee", "addressee office", "addressee office code", "unit")),
    Column("decision", "Decision", ("management response", "response", "acceptance")),
    Column("reasons", "Reason", ("reasons",)),
    Column("explanation", "Explanation", ("justification", "reason text")),
    Column("responded_on", "Response date", ("responded on", "date of response")),
    Column("action", "Action", ("key action", "action text", "planned action")),
    Column("owner", "Owner", ("owner e-mail", "responsible", "responsible person", "action owner")),
    Column("original_due_on", "Original due date", ("original due",)),
    Column("due_on", "Due date", ("due", "due on", "deadline")),
    Column("status", "Status", ("action status", "implementation status")),
    Column("completed_on", "Completed on", ("date completed", "completion", "actual completion date")),
    Column("evidence", "Evidence", ("evidence link", "evidence links", "link", "documents")),
    Column("milestone", "Milestone"),
    Column("milestone_on", "Milestone date", ("milestone on",)),
    Column("language", "Language", ("lang",)),
    Column("part", "Part"),
    Column("overdue_days", "Overdue days", read=False),
    Column("updated_on", "Last update", ("last updated",), read=False),
    Column("update", "Last update text", read=False),
    Column("standing", "Recommendation status", read=False),
)
HEADINGS: Mapping[str, str] = {column.code: column.heading for column in COLUMNS}
ORDER: Mapping[str, int] = {column.code: place for place, column in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Place:
    """Where a column stands in a file: its heading as written there, and its letter."""

    heading: str
    letter: str


@dataclass(frozen=True)
class Fault:
    """Something wrong with a cell: the row as a spreadsheet counts, the code of the column, and what is wrong."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class RegisterRow:
    """What one row says. What stands in other rows of the same recommendation may be left out; None is an empty cell.

    `status` of what was called completed, in whatever word, is reported_complete: a register verifies nothing.
    """

    row: int
    evaluation: str | None = None
    title: str | None = None
    source: SourceKind | None = None
    final_on: date | None = None
    type: EvaluationType | None = None
    level: EvaluationLevel | None = None
    number: int | None = None
    text: str | None = None
    priority: RecommendationPriority | None = None
    office: str | None = None
    decision: ResponseDecision | None = None
    reasons: tuple[ResponseReason, ...] | None = None
    explanation: str | None = None
    responded_on: date | None = None
    action: str | None = None
    owner: str | None = None
    original_due_on: date | None = None
    due_on: date | None = None
    status: ActionStage | None = None
    completed_on: date | None = None
    evidence: tuple[str, ...] | None = None
    milestone: str | None = None
    milestone_on: date | None = None
    language: TextLanguage | None = None
    part: str | None = None


@dataclass(frozen=True)
class Register:
    """A file as it was read: its rows, the faults of their cells, where the columns stand, and its SHA-256."""

    name: str
    rows: Sequence[RegisterRow]
    faults: Sequence[Fault] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    sha256: str | None = None

    def told(self, fault: Fault) -> str:
        """A fault in words, with the heading and the letter of its column in this file."""
        place = self.places.get(fault.column, Place(HEADINGS.get(fault.column, fault.column), ""))
        letter = f" ({place.letter})" if place.letter else ""
        return f"row {fault.row}, {place.heading}{letter}: {fault.reason}"

    def refuse_faulty(self, faults: Sequence[Fault]) -> None:
        """Nothing, when there are no faults. Faulty with all of them otherwise, in the order of the file."""
        if not faults:
            return
        ordered = sorted(set(faults), key=lambda fault: (fault.row, ORDER.get(fault.column, -1), fault.reason))
        raise Faulty([(fault, self.told(fault)) for fault in ordered])


class Faulty(Invalid):
    """A file with faults, none of which was overlooked and nothing of which was kept; `faults` are all, with words."""

    def __init__(self, faults: Sequence[tuple[Fault, str]]) -> None:
        first, words = faults[0]
        more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
        super().__init__(f"{words}{more}", first.column)
        self.faults = faults
