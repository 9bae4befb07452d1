"""Whole-number arithmetic in 64 bits that says so when these are not enough."""

import numpy as np

from rbm.rules.arrays import Ints

SAFE = 2**62
NEARLY = 2**50
"""A quotient below this is found in floating point to within one."""


class LongWay(Exception):
    """Something in a block needs the long way: more than 64 bits, or parts that are not there."""


def refuse_wide(values: Ints, times: int) -> None:
    """Nothing, when the values times so much stay far inside 64 bits. LongWay otherwise."""
    if values.size and max(int(values.max()), -int(values.min())) * times >= SAFE:
        raise LongWay


def means(above: Ints, below: Ints) -> Ints:
    """Quotients rounded half to even; what is divided by is above 0."""
    whole = above // below
    return _to_even(whole, above - whole * below, below)


def quotients(above: Ints, below: Ints, times: int) -> Ints:
    """Quotients times so much, rounded half to even; what is divided by is above 0. LongWay where they are too wide.

    A guess in floating point is nearly right; what it leaves is right modulo 2^64, and small.
    """
    refuse_wide(below, 8)
    guess = np.floor(above * (float(times) / below))
    if guess.size and max(guess.max(), -guess.min()) >= NEARLY:
        raise LongWay
    whole = guess.astype(np.int64)
    rest = above * np.int64(times) - whole * below
    off = rest // below
    whole += off
    rest -= off * below
    return _to_even(whole, rest, below)


def _to_even(whole: Ints, rest: Ints, divisor: Ints) -> Ints:
    """The quotients that leave such rests, rounded."""
    rest += rest
    up = rest > divisor
    up |= (rest == divisor) & ((whole & 1) == 1)
    whole += up
    return whole
