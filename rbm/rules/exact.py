"""Exact arithmetic on fixed point columns: int64 with six decimals, wide products, one rounding half to even."""

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Ints, Wide

ONE = 1_000_000
LIMIT = 2**63 - 1
_LOW = 2**32 - 1


def wide(values: Ints) -> Wide:
    """The same integers without a width."""
    return values.astype(np.object_)


def narrow(values: Wide) -> Ints:
    """The same integers as int64. Invalid when one is out of range."""
    if len(values) and max(values.max(), -values.min()) > LIMIT:
        raise Invalid("a figure is out of range: it needs more than 64 bits", "value", "out_of_range")
    return values.astype(np.int64)


def sums(values: Ints, starts: Ints) -> Ints:
    """Sums of the runs beginning at `starts`, independent of order. Invalid when one is out of range.

    High and low halves are added apart, so that nothing wraps on the way to a total that fits.
    """
    if not len(starts):
        return np.zeros(0, dtype=np.int64)
    low = np.add.reduceat(values & _LOW, starts)
    high = np.add.reduceat(values >> 32, starts) + (low >> 32)
    if (high >= 2**31).any() or (high < -(2**31)).any():
        raise Invalid("a total is out of range: it needs more than 64 bits", "value", "out_of_range")
    totals: Ints = (high << 32) | (low & _LOW)
    return totals


def wide_sums(values: Wide, starts: Ints) -> Wide:
    """Sums of the runs beginning at `starts`, of any width."""
    if not len(starts):
        return np.zeros(0, dtype=np.object_)
    total: Wide = np.add.reduceat(values, starts)
    return total


def divided(numerators: Wide, denominators: Wide) -> Ints:
    """Quotients rounded half to even, as int64; no denominator may be 0. Invalid when one is out of range."""
    sign = np.where(denominators < 0, -1, 1).astype(np.object_)
    numerators, denominators = numerators * sign, denominators * sign
    floor = numerators // denominators
    twice = 2 * (numerators - floor * denominators)
    up = (twice > denominators) | ((twice == denominators) & (floor % 2 == 1))
    return narrow(floor + up.astype(np.int64).astype(np.object_))
