"""Escalation as it can be read: since when something is overdue, how far it was brought up, to whom and when.

It is put together from the ledger of reminders, the tree of offices and the roles as they were on the day of each step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.disclosure import within
from rbm.model.followup import Action
from rbm.model.notices import Reminder
from rbm.model.people import Office, Person
from rbm.model.responses import ManagementResponse
from rbm.rules.deadlines import Deadlines
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.audience import Audience, Persons, audience
from rbm.services.followup.owing import OWING, Ladder
from rbm.terms.followup import OPEN_STAGES, EscalationLevel
from rbm.work import Work

_taken = table_of(Reminder).c


@dataclass(frozen=True)
class EscalationStep:
    """A level to which something overdue was brought: on which day, to which office and which persons in it."""

    level: EscalationLevel
    on: date
    office: Office | None
    persons: list[Person]


@dataclass(frozen=True)
class Escalation:
    """What is overdue: its first day too late, how many days that is, and to whom it was brought.

    `level` is the highest of its steps; there is none before anybody was told. `step` is the latest step of the ladder
    that was taken, in days after the due day.
    """

    overdue_since: date
    overdue_days: int
    step: int | None
    reminded_on: date | None
    level: EscalationLevel | None
    steps: list[EscalationStep]


@dataclass(frozen=True)
class Case:
    """Something overdue, with the steps of its ladder that were taken."""

    due_on: date
    office_id: UUID
    owner_id: UUID | None
    taken: Sequence[tuple[int, date]]


class Reached(NamedTuple):
    """A level that was reached, with the keys of its office and persons."""

    level: EscalationLevel
    on: date
    office_id: UUID | None
    persons: Persons


def escalations(work: Work, rows: Sequence[Action]) -> list[Escalation | None]:
    """Whether each action is overdue today, since when, and to whom it was brought; nothing for one that is not."""
    taken = _steps(work, Ladder.ACTION, [row.id for row in rows if row.stage in OPEN_STAGES])
    cases = [
        Case(row.due_on, row.office_id, row.owner_id, taken.get((row.id, row.due_on), ()))
        if row.stage in OPEN_STAGES and row.due_on < work.today
        else None
        for row in rows
    ]
    return _told(work, cases)


def response_escalations(work: Work, rows: Sequence[ManagementResponse]) -> list[Escalation | None]:
    """Whether each response is overdue today, since when, and to whom it was brought; nothing for one that is not."""
    late = {row.id for row in rows if _is_owed(row) and row.due_on < work.today}
    taken = _steps(work, Ladder.RESPONSE, late)
    cases = [
        Case(row.due_on, row.office_id, None, taken.get((row.id, row.due_on), ())) if row.id in late else None
        for row in rows
    ]
    return _told(work, cases)


def told_within(work: Work, rows: Sequence[Any]) -> list[bool]:
    """Whom something was escalated to is told to those who work in the organisation or govern it."""
    return [within(work.actor)] * len(rows)


def _is_owed(row: ManagementResponse) -> bool:
    return row.stage in OWING and row.submitted_on is None


def _steps(work: Work, ladder: Ladder, subjects: Iterable[UUID]) -> dict[tuple[UUID, date], list[tuple[int, date]]]:
    """The steps that were taken by subject and due day, the first step first."""
    query = sa.select(_taken.subject_id, _taken.due_on, _taken.offset, _taken.sent_on)
    query = query.where(_taken.ladder == ladder.value, _taken.subject_id.in_(list(subjects)))
    found: dict[tuple[UUID, date], list[tuple[int, date]]] = {}
    for row in bulk.select(work.session, query.order_by(_taken.offset)):
        found.setdefault((row.subject_id, row.due_on), []).append((row.offset, row.sent_on))
    return found


def _told(work: Work, cases: Sequence[Case | None]) -> list[Escalation | None]:
    """Escalations with their offices and persons, as far as the caller sees these."""
    if not any(cases):
        return [None] * len(cases)
    hall, deadlines = audience(work, gone=True), deadlines_on(work, work.today)
    reached = [() if case is None else tuple(_reached(hall, deadlines, case)) for case in cases]
    every = [step for steps in reached for step in steps]
    keys, above = {person for step in every for person in step.persons}, {step.office_id for step in every}
    persons = {row.id: row for row in work.session.scalars(sa.select(Person).where(Person.id.in_(keys)))}
    offices = {row.id: row for row in work.session.scalars(sa.select(Office).where(Office.id.in_(above)))}
    shown = ([_shown(step, offices, persons) for step in steps] for steps in reached)
    told = zip(cases, shown, strict=True)
    return [None if case is None else _escalation(work, case, steps) for case, steps in told]


def _shown(step: Reached, offices: Mapping[UUID, Office], persons: Mapping[UUID, Person]) -> EscalationStep:
    office = offices.get(step.office_id) if step.office_id else None
    return EscalationStep(step.level, step.on, office, [persons[key] for key in step.persons if key in persons])


def _escalation(work: Work, case: Case, steps: list[EscalationStep]) -> Escalation:
    since = case.due_on + timedelta(days=1)
    step, reminded_on = case.taken[-1] if case.taken else (None, None)
    level = steps[-1].level if steps else None
    return Escalation(since, (work.today - case.due_on).days, step, reminded_on, level, steps)


def _reached(hall: Audience, deadlines: Deadlines, case: Case) -> Iterator[Reached]:
    """The levels reached in turn, each on the day of the first step that reached it."""
    office = case.office_id
    if case.owner_id is not None and case.taken:
        yield Reached(EscalationLevel.OWNER, case.taken[0][1], office, (case.owner_id,))
    on = _first(case, 1 if case.owner_id is not None else deadlines.ladder[0])
    if on:
        yield Reached(EscalationLevel.OFFICE, on, office, hall.answering(office, on))
    on = _first(case, deadlines.supervisor_from)
    if on:
        above = hall.above(office, on)
        yield Reached(EscalationLevel.SUPERVISOR, on, above.office_id, above.persons)
    on = _first(case, deadlines.senior_from)
    if on:
        senior = hall.senior(on)
        yield Reached(EscalationLevel.SENIOR_MANAGEMENT, on, senior.office_id, senior.persons)


def _first(case: Case, least: int) -> date | None:
    """The day of the first step taken at `least` or later."""
    return next((on for step, on in case.taken if step >= least), None)
