"""Naming indicators in refusals, without telling what the caller does not see."""

from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Indicator
from rbm.work import Work


def code_of(work: Work, key: UUID) -> str:
    """The code of an indicator, or that it is not shown."""
    return work.session.scalar(sa.select(Indicator.code).where(Indicator.id == key)) or "an indicator that is not shown"
