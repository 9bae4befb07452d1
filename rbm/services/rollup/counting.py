"""Which links count in a period: those valid on the last of its days on which the child is linked at all."""

from typing import Any

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import ContributionLink
from rbm.model.reporting import Period
from rbm.work import Work


def counting_links(work: Work, period: Period, among: sa.ColumnElement[bool]) -> list[Any]:
    """The rows of the links `among` which count in the period, whoever may see them.

    A link that ends before the period does gives way to another of the same child that lasts longer and begins by then.
    """
    link = table_of(ContributionLink)
    later = link.alias()
    outlived = (
        sa.select(later.c.id)
        .where(
            later.c.child_id == link.c.child_id,
            link.c.valid_to < period.end,
            sa.or_(later.c.valid_to.is_(None), later.c.valid_to > link.c.valid_to),
            sa.or_(later.c.valid_from.is_(None), later.c.valid_from <= period.end),
        )
        .exists()
    )
    begun = sa.or_(link.c.valid_from.is_(None), link.c.valid_from <= period.end)
    lasts = sa.or_(link.c.valid_to.is_(None), link.c.valid_to >= period.start)
    return list(bulk.select(work.session, sa.select(link).where(among, begun, lasts, ~outlived)))
