"""Names and offices of indicators, for refusals that tell nothing of what the caller does not see."""

from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import Indicator
from rbm.model.strategy import Framework, Result
from rbm.work import Work


def code_of(work: Work, key: UUID) -> str:
    """The code of an indicator, or that it is not shown."""
    return work.session.scalar(sa.select(Indicator.code).where(Indicator.id == key)) or "an indicator that is not shown"


def office_of(work: Work, indicator_id: UUID) -> UUID:
    """The office of an indicator, which the caller may see or not."""
    indicator, result, framework = (table_of(cls) for cls in (Indicator, Result, Framework))
    joined = indicator.join(result, result.c.id == indicator.c.result_id)
    joined = joined.join(framework, framework.c.id == result.c.framework_id)
    query = sa.select(framework.c.office_id).select_from(joined).where(indicator.c.id == indicator_id)
    office_id: UUID = bulk.select(work.session, query)[0].office_id
    return office_id
