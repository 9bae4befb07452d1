"""Makes one tree of the rows of a register, and finds what they leave out, contradict or cannot be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rbm.files.registers.entries import Answer, EntryAction, EntryEvaluation, EntryRecommendation
from rbm.files.registers.records import Fault, RegisterRow
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import REASONED, TAKEN_UP

NEEDED = ("title", "source", "final_on")
OF_EVALUATION = (*NEEDED, "type", "level")
OF_RECOMMENDATION = ("text", "priority", "language")
OF_ANSWER = ("decision", "reasons", "explanation", "responded_on")
OF_ACTION = ("owner", "original_due_on", "due_on", "status", "completed_on", "evidence", "milestone", "milestone_on")


@dataclass
class Grouping:
    """The tree that is being made, and the faults found on the way. `known` are cells whose fault was told already."""

    today: date
    default_office: str | None
    known: frozenset[tuple[int, str]]
    evaluations: dict[str, EntryEvaluation] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, column: str, reason: str) -> None:
        """Keep a fault, unless that cell could not be read anyway."""
        if (row, column) not in self.known:
            self.faults.append(Fault(row, column, reason))


def group(
    rows: Sequence[RegisterRow], faults: Sequence[Fault], today: date, default_office: str | None = None
) -> tuple[list[EntryEvaluation], list[Fault]]:
    """The evaluations of a register with all that follows under them, and every fault: the given ones and what is new.

    `default_office` is the code of the office meant where a row names none.
    """
    grouping = Grouping(today, default_office, frozenset((fault.row, fault.column) for fault in faults))
    for row in rows:
        _place(grouping, row)
    for evaluation in grouping.evaluations.values():
        _check_evaluation(grouping, evaluation)
    return list(grouping.evaluations.values()), [*faults, *grouping.faults]


def _place(grouping: Grouping, row: RegisterRow) -> None:
    office = row.office or grouping.default_office
    for name, stated in (("evaluation", row.evaluation), ("number", row.number), ("office", office)):
        if stated is None:
            grouping.fault(row.row, name, "it is missing")
    if row.evaluation is None or row.number is None or office is None:
        return
    evaluation = grouping.evaluations.setdefault(row.evaluation, EntryEvaluation(row.row, row.evaluation))
    _fill(grouping, evaluation, row, OF_EVALUATION)
    found = evaluation.recommendations.setdefault(row.number, EntryRecommendation(row.row, row.number))
    _fill(grouping, found, row, OF_RECOMMENDATION)
    key = office, row.part
    first = key not in found.answers
    answer = found.answers.setdefault(key, Answer(row.row, office, part=row.part))
    _fill(grouping, answer, row, OF_ANSWER)
    _place_action(grouping, answer, row, first=first)


def _fill(grouping: Grouping, entry: Any, row: RegisterRow, names: Sequence[str]) -> None:
    """Take from a row what the rows before left out; what they said otherwise is a fault."""
    for name in names:
        stated, before = getattr(row, name), getattr(entry, name)
        if stated is not None and before is not None and stated != before:
            grouping.fault(row.row, name, f"{_shown(stated)} here, but {_shown(before)} from row {entry.row} on")
        elif stated is not None:
            setattr(entry, name, stated)


def _shown(value: Any) -> str:
    return "; ".join(value) if isinstance(value, tuple) else repr(str(value))


def _place_action(grouping: Grouping, answer: Answer, row: RegisterRow, *, first: bool) -> None:
    if row.action is None:
        for name in OF_ACTION:
            if getattr(row, name) is not None:
                grouping.fault(row.row, name, "there is no action in this row")
        if not first:
            grouping.fault(row.row, "number", f"it is in row {answer.row} already, for {answer.office}")
        return
    same = [action for action in answer.actions if action.text == row.action]
    if same:
        grouping.fault(row.row, "action", f"the same action is in row {same[0].row}")
    for name, stated in (("owner", row.owner), ("due_on", row.due_on)):
        if stated is None:
            grouping.fault(row.row, name, "an action needs it")
    due = row.due_on or date.max
    answer.actions.append(
        EntryAction(
            row.row,
            row.action,
            (row.owner or "").lower(),
            row.original_due_on or due,
            due,
            row.status or ActionStage.NOT_STARTED,
            row.completed_on,
            row.evidence or (),
            row.milestone,
            row.milestone_on,
        )
    )


def _check_evaluation(grouping: Grouping, evaluation: EntryEvaluation) -> None:
    for name in NEEDED:
        if getattr(evaluation, name) is None:
            grouping.fault(evaluation.row, name, "it is missing")
    if evaluation.final_on and evaluation.final_on > grouping.today:
        grouping.fault(evaluation.row, "final_on", f"{evaluation.final_on} is in the future")
    for recommendation in evaluation.recommendations.values():
        for name in ("text", "priority"):
            if getattr(recommendation, name) is None:
                grouping.fault(recommendation.row, name, "it is missing")
        for answer in recommendation.answers.values():
            _check_answer(grouping, evaluation, recommendation, answer)


def _check_answer(
    grouping: Grouping, evaluation: EntryEvaluation, recommendation: EntryRecommendation, answer: Answer
) -> None:
    for name, reason in _wrong_answer(grouping.today, evaluation, answer):
        grouping.fault(answer.row, name, reason)
    issued = evaluation.final_on or date.min
    for action in answer.actions:
        for name, reason in _wrong_dates(issued, action):
            grouping.fault(action.row, name, reason)
        for name, reason in _wrong_claim(grouping.today, issued, action):
            grouping.fault(action.row, name, reason)
    critical = recommendation.priority is RecommendationPriority.CRITICAL
    if critical and answer.actions and not any(action.milestone for action in answer.actions):
        grouping.fault(answer.actions[0].row, "milestone", "what is critical needs an action with a milestone")


def _wrong_answer(today: date, evaluation: EntryEvaluation, answer: Answer) -> Iterator[tuple[str, str]]:
    decision, day = answer.decision, answer.responded_on
    if answer.actions and decision not in TAKEN_UP:
        yield "decision", "an action needs a recommendation that is accepted, in full or in part"
    if decision in TAKEN_UP and not answer.actions:
        yield "action", "what is accepted needs an action with an owner and a due date"
    if decision in REASONED and not answer.explanation:
        yield "explanation", f"{str(decision).replace('_', ' ')} needs an explanation"
    if decision not in REASONED and answer.reasons:
        yield "reasons", "only what is not fully accepted has a reason"
    if day and day > today:
        yield "responded_on", f"{day} is in the future"
    if day and evaluation.final_on and day < evaluation.final_on:
        yield "responded_on", f"{day} is before the final date {evaluation.final_on}"
    if day and decision is None:
        yield "decision", "there is a response date and no decision"


def _wrong_dates(issued: date, action: EntryAction) -> Iterator[tuple[str, str]]:
    if action.original_due_on < issued:
        yield "due_on", f"{action.original_due_on} is before the issue of {issued}"
    if action.due_on < action.original_due_on:
        yield "due_on", f"{action.due_on} is before the original due date {action.original_due_on}"
    if bool(action.milestone) != bool(action.milestone_on):
        yield "milestone", "a milestone and its date go together"
    if action.milestone_on and not issued <= action.milestone_on <= action.due_on:
        yield "milestone_on", f"{action.milestone_on} is not between {issued} and the due date {action.due_on}"


def _wrong_claim(today: date, issued: date, action: EntryAction) -> Iterator[tuple[str, str]]:
    claimed = action.status is ActionStage.REPORTED_COMPLETE
    if claimed and not action.evidence:
        yield "evidence", "what is completed needs a link to its evidence"
    if claimed and not action.completed_on:
        yield "completed_on", "what is completed needs the day"
    if action.completed_on and not claimed:
        yield "completed_on", f"the status is {action.status.replace('_', ' ')}, so it was not completed"
    if action.completed_on and action.completed_on > today:
        yield "completed_on", f"{action.completed_on} is in the future"
    if action.completed_on and action.completed_on < issued:
        yield "completed_on", f"{action.completed_on} is before the issue of {issued}"
