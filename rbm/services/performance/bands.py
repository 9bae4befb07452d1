"""How far an indicator went beyond its target or stayed behind, and how much of the period has passed."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.rules.band import Side, side
from rbm.rules.spans import elapsed
from rbm.services.indicators import progress
from rbm.work import Work


@dataclass(frozen=True)
class Band:
    """The actual beside the target, the side of the margin around the target on which it lies, None where unknown.

    `elapsed` is the share of the days of the period that have passed, today included.
    """

    indicator_code: str
    period_code: str
    actual: Decimal | None
    target: Decimal | None
    side: Side | None
    elapsed: Decimal | None


def band(work: Work, indicator_id: UUID, period_id: UUID) -> Band:
    """Where the total of an indicator lies in a period: within 15 percent of its target, or on which side of it.

    NotFound names what is not there or not seen.
    """
    found = progress(work, indicator_id, period_id)
    indicator, period = work.get(Indicator, indicator_id, "indicator_id"), work.get(Period, period_id, "period_id")
    passed = elapsed((period.start, period.end), work.today)
    return Band(
        indicator_code=found.indicator_code,
        period_code=found.period_code,
        actual=found.actual,
        target=found.target,
        side=side(found.actual, found.target, indicator.direction),
        elapsed=None if passed is None else round(Decimal(passed.numerator) / Decimal(passed.denominator), 4),
    )
