"""Days that pass: a period begins, and totals to date are carried into it."""

from datetime import date

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.reporting import Period
from rbm.services import marks
from rbm.work import Work


def mark_days(work: Work, since: date) -> int:
    """Mark the indicators whose totals are carried into periods that began after `since` and up to today.

    The number of indicators that were marked. No other figure changes by the day: links are valid in periods.
    """
    work.require(Permission.OPERATE)
    period = table_of(Period).c
    begun = bulk.select(work.session, sa.select(period.id).where(period.start > since, period.start <= work.today))
    return marks.mark_periods(work, [row.id for row in begun], "period_begun")
