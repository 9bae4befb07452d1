"""What is owed and has come to a step of the reminder ladder that was not taken: one statement for each ladder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action
from rbm.model.notices import Reminder
from rbm.model.people import Office
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.rules.deadlines import Deadlines, overdue_days
from rbm.services.responses import came_since, owed
from rbm.terms.followup import OPEN_STAGES, ActionStage
from rbm.terms.responses import ResponseStage, RoundStage
from rbm.work import Work

OWING = (ResponseStage.DUE, ResponseStage.DRAFT)
LONGEST = 120
"""How many characters of an action a notice quotes."""
_action, _recommendation, _office = table_of(Action).c, table_of(Recommendation).c, table_of(Office).c
_response, _evaluation, _round = table_of(ManagementResponse).c, table_of(Evaluation).c, table_of(FollowUpRound).c
_taken, _addressee = table_of(Reminder).c, table_of(Addressee).c


class Ladder(StrEnum):
    """What reminders are about, as the ledger names it."""

    TRANSMITTED = "response/transmitted"
    RESPONSE = "response"
    SUBMITTED = "response/submitted"
    RETURNED = "response/returned"
    ACTION = "action"
    VERIFICATION = "verification"
    ROUND_OPENED = "round/opened"
    ROUND_CLOSING = "round/closing"
    ROUND_MISSED = "round/missed"
    STALE = "stale"
    REFUSED = "action/refused"
    ASKED = "request/asked"
    GRANTED = "request/granted"
    DECLINED = "request/declined"
    COMMENTS = "comments"
    DISCLOSURE = "disclosure"


@dataclass(frozen=True, slots=True)
class Owed:
    """Something to remind of: the step of the ladder that has come, whose it is, and what a notice says of it."""

    ladder: Ladder
    subject_id: UUID
    due_on: date
    step: int
    offices: tuple[UUID, ...]
    owner_id: UUID | None
    facts: Mapping[str, str]

    @property
    def name(self) -> str:
        """What it is about, for the content keys of notices."""
        return f"{self.ladder}:{self.subject_id}:{self.due_on}:{self.step}"


def responses_owed(work: Work, deadlines: Deadlines) -> list[Owed]:
    """Responses that never came, stand returned in their first edition, or lack an answer to what came since."""
    rows = _due(work, responses().where(owed()), Ladder.RESPONSE, (_response.id, _response.due_on), deadlines)
    return [
        Owed(Ladder.RESPONSE, row.id, row.due_on, row.step, (row.office_id,), None, said_of_response(row, work.today))
        for row in rows
    ] + _answers_owed(work, deadlines)


def _answers_owed(work: Work, deadlines: Deadlines) -> list[Owed]:
    """Responses that came, to evaluations that recommended something since: by the days of that."""
    due = _addressee.due_on.label("awaited_by")
    query = responses().add_columns(due).where(came_since()).distinct()
    rows = _due(work, query, Ladder.RESPONSE, (_response.id, _addressee.due_on), deadlines)
    said = [said_of_response(row, work.today) | _when(row.awaited_by, work.today) for row in rows]
    return [
        Owed(Ladder.RESPONSE, row.id, row.awaited_by, row.step, (row.office_id,), None, facts)
        for row, facts in zip(rows, said, strict=True)
    ]


def actions_owed(work: Work, deadlines: Deadlines) -> list[Owed]:
    """Actions that are not reported complete."""
    query = actions().where(_action.stage.in_(OPEN_STAGES))
    rows = _due(work, query, Ladder.ACTION, (_action.id, _action.due_on), deadlines)
    return [
        Owed(
            Ladder.ACTION,
            row.id,
            row.due_on,
            row.step,
            (row.office_id,),
            row.owner_id,
            said_of_action(row, row.due_on, work.today),
        )
        for row in rows
    ]


def verifications_owed(work: Work, deadlines: Deadlines) -> list[Owed]:
    """Actions that are reported complete and wait for a verification somebody owes."""
    query = actions().where(_action.stage == ActionStage.REPORTED_COMPLETE, _action.verify_by.is_not(None))
    rows = _due(work, query, Ladder.VERIFICATION, (_action.id, _action.verify_by), deadlines)
    return [
        Owed(
            Ladder.VERIFICATION,
            row.id,
            row.verify_by,
            row.step,
            (row.office_id,),
            None,
            said_of_action(row, row.verify_by, work.today),
        )
        for row in rows
    ]


def rounds_closing(work: Work, deadlines: Deadlines) -> list[Owed]:
    """Rounds that are open and not over."""
    query = rounds().where(_round.stage == RoundStage.OPEN, _round.closes_on >= work.today)
    rows = _due(work, query, Ladder.ROUND_CLOSING, (_round.id, _round.closes_on), deadlines)
    return [
        Owed(Ladder.ROUND_CLOSING, row.id, row.closes_on, row.step, (row.office_id,), None, said_of_round(row))
        for row in rows
    ]


def responses() -> sa.Select[Any]:
    """Management responses with what notices say of them."""
    columns = (_response.id, _response.transmitted_on, _response.due_on, _response.office_id)
    return sa.select(*columns, *_about_response()).select_from(_responses())


def actions() -> sa.Select[Any]:
    """Actions with what notices say of them."""
    days = (_action.due_on, _action.original_due_on, _action.verify_by)
    columns = (_action.id, *days, _action.office_id, _action.owner_id, _action.number)
    query = sa.select(*columns, _action.text, _recommendation.code, _office.name.label("office"))
    joined = table_of(Action).join(table_of(Recommendation), _recommendation.id == _action.recommendation_id)
    return query.select_from(joined.join(table_of(Office), _office.id == _action.office_id))


def rounds() -> sa.Select[Any]:
    """Follow-up rounds with what notices say of them."""
    columns = (_round.id, _round.number, _round.opens_on, _round.closes_on, _response.office_id)
    joined = _responses().join(table_of(FollowUpRound), _round.response_id == _response.id)
    return sa.select(*columns, *_about_response()).select_from(joined)


def untaken(ladder: Ladder, subject: Any, due: Any, step: Any) -> sa.ColumnElement[bool]:
    """The condition that the ledger has neither this step nor a later one for a subject and its due day."""
    taken = sa.select(_taken.id).where(
        _taken.ladder == ladder.value, _taken.subject_id == subject, _taken.due_on == due, _taken.offset >= step
    )
    return ~sa.exists(taken)


def said_of_response(row: sa.Row[Any], today: date) -> dict[str, str]:
    """The facts of notices about a response."""
    return _when(row.due_on, today) | {"office": row.office, "evaluation": f"{row.code} {row.title}"}


def said_of_action(row: sa.Row[Any], due_on: date, today: date) -> dict[str, str]:
    """The facts of notices about an action, by the day that matters."""
    text = row.text if len(row.text) <= LONGEST else f"{row.text[: LONGEST - 1]}…"
    return _when(due_on, today) | {"office": row.office, "action": f"{row.code}/{row.number}", "text": text}


def said_of_round(row: sa.Row[Any]) -> dict[str, str]:
    """The facts of notices about a follow-up round."""
    evaluation = f"{row.code} {row.title}"
    return {"due": str(row.closes_on), "office": row.office, "evaluation": evaluation, "round": str(row.number)}


def _when(due_on: date, today: date) -> dict[str, str]:
    return {"due": str(due_on), "days": str(overdue_days(due_on, today))}


def _due(
    work: Work, query: sa.Select[Any], ladder: Ladder, named: tuple[Any, Any], deadlines: Deadlines
) -> list[sa.Row[Any]]:
    """The rows at a step that was not taken, the longest due first; the step is a column of them."""
    subject, due = named
    cases = [(due <= work.today - timedelta(days=days), sa.literal(days)) for days in reversed(deadlines.ladder)]
    step = sa.case(*cases)
    come = due <= work.today - timedelta(days=deadlines.ladder[0])
    wanted = query.add_columns(step.label("step")).where(come, untaken(ladder, subject, due, step))
    return list(bulk.select(work.session, wanted.order_by(due, subject)))


def _responses() -> sa.Join:
    joined = table_of(ManagementResponse).join(table_of(Evaluation), _evaluation.id == _response.evaluation_id)
    return joined.join(table_of(Office), _office.id == _response.office_id)


def _about_response() -> tuple[sa.ColumnElement[Any], ...]:
    return (_evaluation.code, _evaluation.title, _office.name.label("office"))
