"""Exact arithmetic on fixed point columns: int64 with six decimals, wide products, one rounding half to even."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Ints, Wide

ONE = 1_000_000
LIMIT = 2**63 - 1
_LOW = 2**32 - 1
Made = TypeVar("Made")


class OutOfRange(Invalid):
    """A figure that needs more than 64 bits."""


def apart(compute: Callable[[int, int], Made], first: int, end: int) -> list[tuple[int, int, Made | None]]:
    """What comes of the positions from `first` up to `end`, at once where nothing is out of range.

    Otherwise in pieces (first, end, made), so that None stands for each position alone that is out of range.
    """
    try:
        return [(first, end, compute(first, end))]
    except OutOfRange:
        if end - first == 1:
            return [(first, end, None)]
    middle = (first + end) // 2
    return [*apart(compute, first, middle), *apart(compute, middle, end)]


def wide(values: Ints) -> Wide:
    """The same integers without a width."""
    return values.astype(np.object_)


def narrow(values: Wide) -> Ints:
    """The same integers as int64. OutOfRange when one is."""
    if len(values) and max(values.max(), -values.min()) > LIMIT:
        raise OutOfRange("a figure is out of range: it needs more than 64 bits", "value", "out_of_range")
    return values.astype(np.int64)


def sums(values: Ints, starts: Ints) -> Ints:
    """Sums of the runs beginning at `starts`, independent of order. OutOfRange when one is.

    High and low halves are added apart, so that nothing wraps on the way to a total that fits.
    """
    if not len(starts):
        return np.zeros(0, dtype=np.int64)
    low = np.add.reduceat(values & _LOW, starts)
    high = np.add.reduceat(values >> 32, starts) + (low >> 32)
    if (high >= 2**31).any() or (high < -(2**31)).any():
        raise OutOfRange("a total is out of range: it needs more than 64 bits", "value", "out_of_range")
    totals: Ints = (high << 32) | (low & _LOW)
    return totals


def wide_sums(values: Wide, starts: Ints) -> Wide:
    """Sums of the runs beginning at `starts`, of any width."""
    if not len(starts):
        return np.zeros(0, dtype=np.object_)
    total: Wide = np.add.reduceat(values, starts)
    return total


def divided(numerators: Wide, denominators: Wide) -> Ints:
    """Quotients rounded half to even, as int64; no denominator may be 0. OutOfRange when one is."""
    return narrow(_divided(numerators, denominators))


def within(numerators: Wide, denominators: Wide) -> Ints:
    """The same, where what is out of range becomes the furthest there is."""
    return np.clip(_divided(numerators, denominators), -LIMIT, LIMIT).astype(np.int64)


def _divided(numerators: Wide, denominators: Wide) -> Wide:
    sign = np.where(denominators < 0, -1, 1).astype(np.object_)
    numerators, denominators = numerators * sign, denominators * sign
    floor = numerators // denominators
    twice = 2 * (numerators - floor * denominators)
    up = (twice > denominators) | ((twice == denominators) & (floor % 2 == 1))
    quotients: Wide = floor + up.astype(np.int64).astype(np.object_)
    return quotients


def rounded(values: Ints, denominator: int) -> Ints:
    """Values over one denominator above 0, rounded half to even."""
    if denominator == 1:
        return values
    floor = values // denominator
    twice = 2 * (values - floor * denominator)
    floor += (twice > denominator) | ((twice == denominator) & (floor % 2 == 1))
    return floor


def shared_scale(*shares: Ints) -> tuple[int, list[Ints]]:
    """One denominator for shares in micros of micros, and their numerators over it, as small as can be."""
    whole = ONE * ONE
    common = whole
    for share in shares:
        first = share[:1] if len(share) and share.min() == share.max() else np.unique(share)
        common = int(np.gcd.reduce(first, initial=common))
    return whole // common, [share // common for share in shares]


def fits(values: Ints, times: Ints, runs: int) -> bool:
    """Whether sums of so many products stay within 62 bits."""
    if not len(values):
        return True
    return _largest(values) * _largest(times) * runs < 2**62


def _largest(values: Ints) -> int:
    return max(int(values.max()), -int(values.min()))


def ratios(numerators: Ints, denominators: Ints, hundred: Bools) -> Ints | None:
    """Numerator over denominator (not 0) in micros, times 100 where asked, rounded half to even.

    None where that does not fit into 64 bits on the way.
    """
    if not len(numerators):
        return numerators
    sign = np.where(denominators < 0, np.int64(-1), np.int64(1))
    above, below = numerators * sign, denominators * sign
    quotient = above // below
    rest: Ints = above - quotient * below
    if int(below.max()) >= 2**52 or _largest(quotient) >= 2**36:
        return None
    steps: tuple[int | Ints, ...] = (1000, 1000, np.where(hundred, np.int64(100), np.int64(1)))
    for step in steps:
        rest = rest * step
        digits: Ints = rest // below
        rest = rest - digits * below
        quotient = quotient * step + digits
    up = (2 * rest > below) | ((2 * rest == below) & (quotient % 2 == 1))
    total: Ints = quotient + up.astype(np.int64)
    return total


def running_sums(values: Ints, start: Ints) -> tuple[Ints, Bools]:
    """Sums from the position at which each row's run starts up to it, and where they stay within 64 bits."""
    low = _since(np.cumsum(values & _LOW), start)
    high = _since(np.cumsum(values >> 32), start) + (low >> 32)
    inside: Bools = (high < 2**31) & (high >= -(2**31))
    totals: Ints = np.where(inside, (high << 32) | (low & _LOW), 0)
    return totals, inside


def _since(sums: Ints, start: Ints) -> Ints:
    since: Ints = sums - np.append(np.int64(0), sums)[start]
    return since
