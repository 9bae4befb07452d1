"""What comes in of an office's actions with its register, and what an import works with."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rbm import ids
from rbm.files.registers import Answer, EntryAction
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation
from rbm.model.followup import Action, ActionEvidence, ActionRequest
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse
from rbm.rules.deadlines import Deadlines
from rbm.rules.followup.scope import owed
from rbm.services.followup.registers_known import ORIGIN, Known
from rbm.settings import settings
from rbm.stages import Transition
from rbm.terms.followup import ActionRequestKind, ActionStage, ReleaseReason
from rbm.terms.planning import RequestStage
from rbm.work import Work

ENDED_ELSEWHERE = {
    ActionStage.NO_LONGER_APPLICABLE: ReleaseReason.OTHER,
    ActionStage.SUPERSEDED: ReleaseReason.MERGED,
}
"""What an office cannot grant itself comes in as a request for it."""


@dataclass
class Imported:
    """How many of each came in, and how many actions were known already. `waiting` responses lack something."""

    evaluations: int = 0
    recommendations: int = 0
    responses: int = 0
    decisions: int = 0
    actions: int = 0
    known: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Importing:
    """What an import works with; `touched` are the responses it wrote in, `created` those it brought itself."""

    work: Work
    known: Known
    done: Imported
    office: Office
    deadlines: Deadlines
    scopes: Any
    touched: dict[Any, tuple[ManagementResponse, list[date | None]]]
    created: set[UUID] = field(default_factory=set)


@dataclass(frozen=True)
class Answered:
    """A recommendation, the office that answers it, and its response."""

    evaluation: Evaluation
    recommendation: Recommendation
    office: Office
    response: ManagementResponse


def put_action(state: Importing, at: Answered, stated: EntryAction, answer: Answer) -> None:
    """Write an action of an office with what is claimed of it."""
    row, response, numbers = at.recommendation, at.response, state.known.numbers
    numbers[response.id, row.id] += 1
    action = Action(
        id=ids.new(),
        response=response,
        recommendation=row,
        office=at.office,
        number=numbers[response.id, row.id],
        edition=response.edition,
        text=stated.text,
        owner=state.known.owners[stated.owner],
        stage=ActionStage.NOT_STARTED,
        planned_on=_planned_on(at, stated, answer),
        original_due_on=stated.original_due_on,
        due_on=stated.due_on,
        milestone=stated.milestone,
        milestone_on=stated.milestone_on,
        depends_on_funding=row.depends_on_funding,
        verification_scope=state.scopes[row.priority],
    )
    state.work.session.add(action)
    state.done.actions += 1
    _put_extension(state, action)
    _put_claims(state, action, stated)


def _planned_on(at: Answered, stated: EntryAction, answer: Answer) -> date:
    """The day of the response, or of the issue where none is stated; never after the action was due or done."""
    known = answer.responded_on or at.recommendation.issued_on or stated.original_due_on
    return min(known, stated.original_due_on, stated.completed_on or known)


def _put_extension(state: Importing, action: Action) -> None:
    """A later due date than the original one was granted elsewhere: since nobody says when, on the day of the plan."""
    if action.due_on == action.original_due_on:
        return
    asked = _request(state, action, ActionRequestKind.EXTENSION, RequestStage.GRANTED, "put off")
    asked.due_before, asked.due_wanted = action.original_due_on, action.due_on
    asked.decided_on, asked.decision_reason = action.planned_on, ORIGIN


def _request(
    state: Importing, action: Action, kind: ActionRequestKind, stage: RequestStage, what: str
) -> ActionRequest:
    """A request as a register tells it, made by whoever imports it, who therefore never decides it."""
    work = state.work
    request = ActionRequest(
        action=action,
        kind=kind,
        stage=stage,
        reason=f"{what}, in a register that was kept elsewhere",
        requested_at=work.now,
        requested_by_id=work.actor.person_id,
    )
    work.session.add(request)
    return request


def _put_claims(state: Importing, action: Action, stated: EntryAction) -> None:
    """What is claimed of an action: that it was begun or done, with its evidence, or that it is not applicable."""
    work = state.work
    for link in stated.evidence:
        by = work.actor.person_id
        work.session.add(ActionEvidence(action=action, title=link, url=link, added_at=work.now, added_by_id=by))
    if stated.status is ActionStage.IN_PROGRESS:
        action.stage = ActionStage.IN_PROGRESS
    if stated.status is ActionStage.REPORTED_COMPLETE and stated.completed_on:
        _claim(state, action, stated.completed_on)
    if stated.status in ENDED_ELSEWHERE:
        ended = stated.status.replace("_", " ")
        request = _request(state, action, ActionRequestKind.RELEASE, RequestStage.OPEN, ended)
        request.release_reason = ENDED_ELSEWHERE[stated.status]


def _claim(state: Importing, action: Action, completed_on: date) -> None:
    """The day it was done counts for the history, the day it came in for the clock of whoever verifies it."""
    work = state.work
    moment = noon(work, completed_on)
    for before, after in (
        (ActionStage.NOT_STARTED, ActionStage.IN_PROGRESS),
        (ActionStage.IN_PROGRESS, ActionStage.REPORTED_COMPLETE),
    ):
        moved(work, action, before, after, moment)
    action.stage = ActionStage.REPORTED_COMPLETE
    action.completed_on = action.claimed_on = completed_on
    action.claimed_by_id = work.actor.person_id
    days = timedelta(days=state.deadlines.verification_days)
    verified = owed(action.verification_scope, action.id)
    action.verify_by = work.today + days if verified else None


def noon(work: Work, day: date) -> datetime:
    """The moment at which something happened of which a register tells the day; of today, now."""
    moment = datetime.combine(day, time(12), ZoneInfo(settings().time_zone))
    return work.now if day == work.today else moment


def moved(work: Work, row: Any, before: Any, after: Any, at: datetime) -> None:
    """Record the move of a row from stage to stage, as it was told."""
    facts = {"entity": row.__tablename__, "entity_id": row.id, "from_stage": before, "to_stage": after}
    work.session.add(Transition(**facts, at=at, person_id=work.actor.person_id, reason=ORIGIN))
