"""Refresh: drain the dirty marks and bring the figures they touch up to date, in one swap."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import SYSTEM, Permission
from rbm.db import away, table_of
from rbm.errors import Busy
from rbm.model.rollup import DirtyMark
from rbm.services.rollup.failing import Failure, fail, tell_recovered
from rbm.services.rollup.renewing import Refreshed, renew
from rbm.services.strategy.edges import queue_up
from rbm.work import Work, begin

Marks = Sequence[sa.Row[*tuple[Any, ...]]]


def refresh(work: Work, *, full: bool = False) -> Refreshed:
    """Compute again what is marked, or everything; one refresh at a time. Running it twice changes nothing.

    Marks that wait after a failure are taken as well. Those that were given up are taken when something else marks
    the same indicator, or everything is computed.
    """
    work.require(Permission.OPERATE)
    queue_up(work)
    marks = _marks(work)
    alive = {mark.indicator_id for mark in marks if not mark.dead}
    return _drain(work, marks if full else [mark for mark in marks if mark.indicator_id in alive], full=full)


def refresh_due(engine: sa.Engine, now: datetime) -> dict[str, int]:
    """Compute again what is marked and due, in one swap; what was done, counted.

    When that fails, the marked indicators are computed apart, so that one of them does not hold up the others. One
    that fails is tried five times, ever later, and then given up; its figures stay as they are. Those who operate at
    headquarters are told of the first failure, of the end, and when it succeeds after all.
    """
    with begin(engine, SYSTEM, "look_for_marks", now=now, writes=False) as work:
        due = sorted(_due(work))
    counts = dict.fromkeys(("figures", "values", "nodes", "changed", "failed", "given_up"), 0)
    waiting = [due] if due else []
    while waiting:
        group = waiting.pop()
        made, error = _attempt(engine, now, group)
        if error is not None and len(group) > 1:
            half = len(group) // 2
            waiting += [group[half:], group[:half]]
            continue
        more = vars(made) if error is None else _give_way(engine, now, Failure(group[0], error))
        counts |= {name: counts[name] + number for name, number in more.items()}
    return counts


def is_due(work: Work) -> bool:
    """Whether anything is marked that is not waiting after a failure, and was not given up."""
    return bool(_due(work))


def _attempt(engine: sa.Engine, now: datetime, group: Collection[UUID]) -> tuple[Refreshed, Exception | None]:
    """What came of refreshing some indicators in a transaction, or why it did not; a database that is away raises."""
    try:
        with begin(engine, SYSTEM, "refresh_figures", now=now) as work:
            work.require(Permission.OPERATE)
            queue_up(work)
            wanted = set(group)
            marks = [mark for mark in _marks(work) if mark.indicator_id in wanted]
            alive = {mark.indicator_id for mark in marks if not mark.dead}
            return _drain(work, [mark for mark in marks if mark.indicator_id in alive]), None
    except Exception as error:
        if isinstance(error, Busy) or away(error):
            raise
        return Refreshed(0, 0, 0, 0), error


def _give_way(engine: sa.Engine, now: datetime, failure: Failure) -> dict[str, int]:
    with begin(engine, SYSTEM, "refresh_failed", now=now) as work:
        work.require(Permission.OPERATE)
        queue_up(work)
        marks = [mark for mark in _marks(work) if mark.indicator_id == failure.indicator_id]
        return fail(work, failure, marks)


def _drain(work: Work, marks: Marks, *, full: bool = False) -> Refreshed:
    done = renew(work, None if full else {mark.indicator_id for mark in marks})
    bulk.delete(work.session, DirtyMark, "id", [mark.id for mark in marks])
    tell_recovered(work, marks)
    return done


def _marks(work: Work) -> Marks:
    table = table_of(DirtyMark)
    return bulk.select(work.session, sa.select(table).order_by(table.c.id))


def _due(work: Work) -> set[UUID]:
    table = table_of(DirtyMark).c
    due = sa.or_(table.next_at.is_(None), table.next_at <= work.now)
    query = sa.select(table.indicator_id).where(table.dead.is_(False), due).distinct()
    return {row.indicator_id for row in bulk.select(work.session, query)}
