"""Refresh: drain the dirty marks and bring the figures they touch up to date, in one swap."""

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.rollup import DirtyMark
from rbm.services.rollup.renewing import Refreshed, renew
from rbm.services.strategy.edges import queue_up
from rbm.work import Work


def refresh(work: Work, *, full: bool = False) -> Refreshed:
    """Compute again what is marked, or everything; one refresh at a time. Running it twice changes nothing."""
    work.require(Permission.OPERATE)
    queue_up(work)
    table = table_of(DirtyMark).c
    marks = bulk.select(work.session, sa.select(table.id, table.indicator_id))
    done = renew(work, None if full else {mark.indicator_id for mark in marks})
    bulk.delete(work.session, DirtyMark, "id", [mark.id for mark in marks])
    return done
