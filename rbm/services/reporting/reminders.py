"""Reminders of reports that are owed, on a ladder, with a ledger: a missed run heals and nothing is sent twice."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.notices import Reminder
from rbm.services import notices
from rbm.services.people import headquarters
from rbm.services.reporting.addressees import approvers, overseers, reporters
from rbm.services.reporting.obligations import Obligation, Timeliness, obligations
from rbm.terms.notices import NoticeKind
from rbm.work import Work

LADDER = (-14, -7, 0, 7, 21, 42)
"""Days after the due day on which a reminder goes out. Source: design section 8."""

APPROVER_FROM, ABOVE_FROM = 7, 21
DELIVERED = (Timeliness.SUBMITTED, Timeliness.LATE)
Step = tuple[str, UUID, date]


def remind_reports(work: Work) -> dict[str, int]:
    """Remind of every report that is owed and not delivered; how many were reminded of and how many notices made.

    Of the steps that have passed only the latest is taken, once. From 7 days after the due day the approvers are told
    too, from 21 the office above. A job.
    """
    work.require(Permission.OPERATE, headquarters(work).id)
    owed = [one for one in obligations(work, work.today) if one.timeliness not in DELIVERED]
    taken = _taken(work)
    reminded = told = 0
    for one in owed:
        offset = step_for(one.due_on, work.today)
        if offset is None or offset <= taken.get(_step(one), LADDER[0] - 1):
            continue
        work.add(_entry(work, one, offset))
        told += _remind(work, one, offset)
        reminded += 1
    return {"reminded": reminded, "told": told}


def step_for(due_on: date, today: date) -> int | None:
    """The latest step of the ladder that has come, in days after the due day; None before the first."""
    passed = [offset for offset in LADDER if due_on + timedelta(days=offset) <= today]
    return passed[-1] if passed else None


def _taken(work: Work) -> dict[Step, int]:
    """The furthest step taken for each report that is owed."""
    query = sa.select(Reminder.ladder, Reminder.subject_id, Reminder.due_on, Reminder.offset)
    found: dict[Step, int] = {}
    for ladder, subject_id, due_on, offset in work.session.execute(query.where(Reminder.ladder.startswith("report/"))):
        step = (ladder, subject_id, due_on)
        found[step] = max(offset, found.get(step, offset))
    return found


def _step(one: Obligation) -> Step:
    return f"report/{one.period.code}", one.framework.id, one.due_on


def _entry(work: Work, one: Obligation, offset: int) -> Reminder:
    ladder, subject_id, due_on = _step(one)
    return Reminder(ladder=ladder, subject_id=subject_id, due_on=due_on, offset=offset, sent_on=work.today)


def _remind(work: Work, one: Obligation, offset: int) -> int:
    facts = {
        "report": one.report.code if one.report else f"{one.framework.code}/{one.period.code}",
        "framework": one.framework.title,
        "office": one.framework.office.name,
        "period": one.period.code,
        "due": one.due_on.isoformat(),
    }
    kind = NoticeKind.REPORT_OVERDUE if offset > 0 else NoticeKind.REPORT_DUE
    subject = f"{facts['report']} due {one.due_on.isoformat()} step {offset}"
    return notices.tell(work, kind, _addressees(work, one.framework.office_id, offset), subject, facts)


def _addressees(work: Work, office_id: UUID, offset: int) -> Iterable[UUID]:
    found = dict.fromkeys(reporters(work, office_id))
    if offset >= APPROVER_FROM:
        found |= dict.fromkeys(approvers(work, office_id))
    if offset >= ABOVE_FROM:
        found |= dict.fromkeys(overseers(work, office_id))
    return found
