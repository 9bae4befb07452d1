"""What must be evaluated and is in no plan, told to the head of evaluation: each gap once a year while it stays."""

from collections.abc import Mapping
from uuid import UUID, uuid5

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.model.notices import Reminder
from rbm.model.people import Office
from rbm.services import notices, planning
from rbm.services.followup.audience import audience
from rbm.services.people import headquarters
from rbm.services.planning import CoverageFlag
from rbm.terms.notices import NoticeKind
from rbm.terms.planning import CoverageGap
from rbm.work import Work

LEDGER = "coverage"
GAPS = UUID("5b0c2a8e-6d2f-4f6e-9d0e-3a1f5c7b9e42")
"""The name space in which a gap, which has no row, has a key: of its rule and subject."""
SAID = {
    CoverageGap.NOT_PLANNED: NoticeKind.COVERAGE_MISSING,
    CoverageGap.NO_STRATEGIC_EVALUATION: NoticeKind.STRATEGIC_MISSING,
}


def tell_coverage_gaps(work: Work) -> Mapping[str, int]:
    """Tell the head of evaluation what the active policy wants evaluated and no plan foresees.

    A job; how many gaps are told of for the first time this year, and how many notices were made.
    """
    work.require(Permission.OPERATE, work.get(Office, headquarters(work).id, hold=True).id)
    year = work.today.replace(month=1, day=1)
    query = sa.select(Reminder.subject_id).where(Reminder.ladder == LEDGER, Reminder.due_on == year)
    known = set(work.session.scalars(query))
    gaps = {key: gap for gap in planning.coverage_gaps(work) if (key := _key(gap)) not in known}
    step = {"ladder": LEDGER, "due_on": year, "offset": 0, "sent_on": work.today}
    bulk.insert(work.session, Reminder, [step | {"subject_id": key} for key in gaps])
    persons = audience(work).directing(work.today)
    told = notices.tell_all(
        work,
        [
            notices.Telling(SAID[gap.gap], persons, f"{LEDGER}:{key}:{year}", {"rule": gap.rule, "what": gap.subject})
            for key, gap in gaps.items()
        ],
    )
    return {"gaps": len(gaps)} | vars(told)


def _key(gap: CoverageFlag) -> UUID:
    return uuid5(GAPS, f"{gap.gap}|{gap.rule}|{gap.subject}")
