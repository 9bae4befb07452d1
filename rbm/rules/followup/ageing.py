"""The age of what is open, in whole months since it was issued: its colour, and the bucket it falls in."""

from datetime import date, timedelta

from rbm.rules.deadlines import months_after
from rbm.terms.followup import AgeBucket, Ageing

YELLOW_MONTHS, RED_MONTHS = 12, 18
"""From so many months on it is yellow, and red. Source: UNDP country office audits."""
BUCKETS = {AgeBucket.UP_TO_6: 6, AgeBucket.UP_TO_12: 12, AgeBucket.UP_TO_24: 24}
"""The most months of each bucket; what is older is above the last."""
LONGEST_MONTH = 31


def ageing(issued_on: date, on: date) -> Ageing:
    """The colour of something open on a day, issued on another: exactly twelve months are yellow, eighteen red."""
    if on >= months_after(issued_on, RED_MONTHS):
        return Ageing.RED
    return Ageing.YELLOW if on >= months_after(issued_on, YELLOW_MONTHS) else Ageing.GREEN


def bucket(issued_on: date, on: date) -> AgeBucket:
    """The bucket of age on a day; exactly six months are up to six."""
    fitting = (name for name, months in BUCKETS.items() if on <= months_after(issued_on, months))
    return next(fitting, AgeBucket.ABOVE_24)


def issued_within(found: AgeBucket, on: date) -> tuple[date | None, date | None]:
    """The first and the last day on which something in a bucket on a day was issued; None where there is no bound."""
    bounds = [*BUCKETS]
    place = bounds.index(found) if found in BUCKETS else len(bounds)
    first = oldest(BUCKETS[found], on) if found in BUCKETS else None
    last = oldest(BUCKETS[bounds[place - 1]], on) - timedelta(days=1) if place else None
    return first, last


def oldest(months: int, on: date) -> date:
    """The earliest day of which another is at most so many months after."""
    start = months_after(on, -months) - timedelta(days=LONGEST_MONTH)
    days = (start + timedelta(days=ahead) for ahead in range(2 * LONGEST_MONTH))
    return next(day for day in days if months_after(day, months) >= on)
