"""What becomes of an indicator whose figures cannot be computed: tried again, ever later, then given up and told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.indicators import Indicator
from rbm.model.people import Office
from rbm.model.rollup import DirtyMark
from rbm.services import notices
from rbm.services.people import HEADQUARTERS, holders
from rbm.terms.notices import NoticeKind
from rbm.work import Work

log = structlog.get_logger("rollup")
MOST_ATTEMPTS = 5
PAUSE = timedelta(minutes=1)
"""After the first attempt; after each further one twice as long as before."""
LONGEST_FAULT = 300


@dataclass(frozen=True)
class Failure:
    """An indicator that could not be computed, and why."""

    indicator_id: UUID
    error: Exception


def fail(work: Work, failure: Failure, marks: Sequence[Any]) -> dict[str, int]:
    """Keep a failure in the marks of its indicator, and tell of the first one and of the last; what was counted."""
    alive = [mark for mark in marks if not mark.dead]
    if not alive:
        return {}
    attempts = max(mark.attempts for mark in alive) + 1
    dead, fault = attempts >= MOST_ATTEMPTS, _told(failure.error)
    facts = {"attempts": attempts, "fault": fault, "dead": dead, "next_at": _next(work, attempts)}
    bulk.update(work.session, DirtyMark, [{"id": mark.id} | facts for mark in alive])
    log.error("figures could not be computed", indicator=str(failure.indicator_id), exc_info=failure.error)
    kind = NoticeKind.FIGURES_GIVEN_UP if dead else NoticeKind.FIGURES_FAILED
    if dead or not any(mark.attempts for mark in marks):
        _tell(work, kind, marks, {"fault": fault, "attempts": str(attempts)})
    return {"failed": 1, "given_up": int(dead)}


def tell_recovered(work: Work, marks: Sequence[Any]) -> None:
    """Tell of the indicators that failed before and were computed now; nothing of those that never failed."""
    by_indicator: dict[UUID, list[Any]] = defaultdict(list)
    for mark in marks:
        by_indicator[mark.indicator_id].append(mark)
    for each in by_indicator.values():
        if any(mark.attempts for mark in each):
            _tell(work, NoticeKind.FIGURES_RECOVERED, each, {})


def tell_operators(work: Work, kind: NoticeKind, subject: str, facts: dict[str, str]) -> None:
    """Tell those who operate at headquarters; nobody before there is a headquarters."""
    office = table_of(Office).c
    for row in bulk.select(work.session, sa.select(office.id).where(office.code == HEADQUARTERS)):
        notices.tell(work, kind, holders(work, row.id, Permission.OPERATE), subject, facts)


def _tell(work: Work, kind: NoticeKind, marks: Sequence[Any], facts: dict[str, str]) -> None:
    """Told once for each time an indicator is in trouble, which begins with the mark that has failed longest."""
    first, table = marks[0], table_of(Indicator).c
    named = bulk.select(work.session, sa.select(table.code, table.title).where(table.id == first.indicator_id))
    code, title = (named[0].code, named[0].title) if named else (str(first.indicator_id), "")
    subject = f"{code} {first.id} {first.marked_at.isoformat()}"
    tell_operators(work, kind, subject, {"code": code, "indicator": title} | facts)


def _next(work: Work, attempts: int) -> Any:
    return work.now + PAUSE * 2 ** (attempts - 1)


def _told(error: Exception) -> str:
    """The class of an error and the first line of its message; no statement and no values stand in it."""
    inner = getattr(error, "orig", None) or error
    return f"{type(error).__name__}: {(str(inner).splitlines() or [''])[0]}"[:LONGEST_FAULT]
