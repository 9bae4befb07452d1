"""Escalation as it can be read: since when something is overdue, how far it was brought up, to whom and when.

It is read from the ledger of reminders, which keeps whom each step told: later changes of roles, offices and deadlines
do not alter it.
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
from rbm.services.followup.audience import Persons
from rbm.services.followup.bringing import Brought, read_back
from rbm.services.followup.owing import Ladder
from rbm.services.responses import is_owed, response_clocks
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


class Taken(NamedTuple):
    """A step that was taken: how many days after the due day it stands, on which day, and to whom it was brought."""

    step: int
    on: date
    told: Brought


@dataclass(frozen=True)
class Case:
    """Something overdue, with the steps of its ladder that were taken."""

    due_on: date
    taken: Sequence[Taken]


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
        Case(row.due_on, taken.get((row.id, row.due_on), ()))
        if row.stage in OPEN_STAGES and row.due_on < work.today
        else None
        for row in rows
    ]
    return _told(work, cases)


def response_escalations(work: Work, rows: Sequence[ManagementResponse]) -> list[Escalation | None]:
    """Whether each response is overdue today, since when, and to whom it was brought; nothing for one that is not.

    One that came is overdue by the day of what was recommended since.
    """
    clocks = zip(rows, response_clocks(work, rows), strict=True)
    days = [row.due_on if is_owed(row) else clock.awaited_by for row, clock in clocks]
    late = {row.id: due_on for row, due_on in zip(rows, days, strict=True) if due_on and due_on < work.today}
    taken = _steps(work, Ladder.RESPONSE, late)
    cases = {key: Case(due_on, taken.get((key, due_on), ())) for key, due_on in late.items()}
    return _told(work, [cases.get(row.id) for row in rows])


def told_within(work: Work, rows: Sequence[Any]) -> list[bool]:
    """Whom something was escalated to is told to those who work in the organisation or govern it."""
    return [within(work.actor)] * len(rows)


def _steps(work: Work, ladder: Ladder, subjects: Iterable[UUID]) -> dict[tuple[UUID, date], list[Taken]]:
    """The steps that were taken by subject and due day, the first step first."""
    query = sa.select(_taken.subject_id, _taken.due_on, _taken.offset, _taken.sent_on, _taken.told)
    query = query.where(_taken.ladder == ladder.value, _taken.subject_id.in_(list(subjects)))
    found: dict[tuple[UUID, date], list[Taken]] = {}
    for row in bulk.select(work.session, query.order_by(_taken.offset)):
        found.setdefault((row.subject_id, row.due_on), []).append(Taken(row.offset, row.sent_on, read_back(row.told)))
    return found


def _told(work: Work, cases: Sequence[Case | None]) -> list[Escalation | None]:
    """Escalations with their offices and persons, as far as the caller sees these."""
    if not any(cases):
        return [None] * len(cases)
    reached = [() if case is None else tuple(_reached(case)) for case in cases]
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
    step, reminded_on = case.taken[-1][:2] if case.taken else (None, None)
    level = steps[-1].level if steps else None
    return Escalation(since, (work.today - case.due_on).days, step, reminded_on, level, steps)


def _reached(case: Case) -> Iterator[Reached]:
    """The levels reached in turn, each on the day of the first step that reached it and with those told by it."""
    for level in EscalationLevel:
        found = next(((one, one.told[level]) for one in case.taken if level in one.told), None)
        if found:
            step, above = found
            yield Reached(level, step.on, above.office_id, above.persons)
