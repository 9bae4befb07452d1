"""Columns of days: months later, and how old something is in months."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from rbm.rules.arrays import Days, Ints

_EPOCH = 719_163
"""The ordinal of 1 January 1970, from which numpy counts."""


def months_after(days: Days, months: int) -> Days:
    """The same day so many months later, or the last day of a month that is shorter."""
    day = (days.astype(np.int64) - _EPOCH).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    within = (day - month.astype("datetime64[D]")).astype(np.int64)
    later = month + np.timedelta64(months, "M")
    first = later.astype("datetime64[D]").astype(np.int64)
    last = (later + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - 1
    found: Days = (np.minimum(first + within, last) + _EPOCH).astype(np.int32)
    return found


def completed(days: Days, on: int, bounds: Sequence[int]) -> Ints:
    """How many of the bounds, in months, have passed on a day: a bound passes on its day."""
    found = np.zeros(len(days), dtype=np.int64)
    for bound in bounds:
        found += months_after(days, bound) <= on
    return found


def quantile(ordered: Ints, percent: int) -> Fraction | None:
    """The value below which so many percent of ascending whole numbers lie, exact; None where there are none.

    Between two numbers in proportion (definition 7 of Hyndman and Fan).
    """
    if not len(ordered):
        return None
    below, share = divmod((len(ordered) - 1) * percent, 100)
    above = min(below + 1, len(ordered) - 1)
    return int(ordered[below]) + Fraction(int(ordered[above]) - int(ordered[below]), 100) * share
