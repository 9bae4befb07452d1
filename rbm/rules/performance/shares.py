"""Exact shares of columns: how far of how far, as unsigned 64-bit integers that never wrap."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from rbm.rules.arrays import Bools, Ints
from rbm.rules.exact import LIMIT, ONE

Lengths = NDArray[np.uint64]

_DIRECT = np.uint64(LIMIT // ONE)
_ONE, _HALF, _LOW = np.uint64(ONE), np.uint64(32), np.uint64(2**32 - 1)


def length(one: Ints, other: Ints) -> Lengths:
    """How far two columns of 64-bit integers lie apart, row by row; always fits 64 bits without a sign."""
    apart = one.view(np.uint64) - other.view(np.uint64)
    np.negative(apart, out=apart, where=one < other)
    return apart


def reaches(covered: Lengths, distance: Lengths, threshold: int) -> Bools:
    """Where covered / distance >= threshold (micros, up to one), decided by exact products, the bound included."""
    factor = np.uint64(threshold)
    if max(covered.max(initial=0), distance.max(initial=0)) <= _DIRECT:
        direct: Bools = covered * _ONE >= distance * factor
        return direct
    high, low = _product(covered, _ONE)
    wanted_high, wanted_low = _product(distance, factor)
    split: Bools = (high > wanted_high) | ((high == wanted_high) & (low >= wanted_low))
    return split


def quotients(covered: Lengths, distance: Lengths) -> Ints:
    """covered / distance in micros, rounded once, half to even; kept at 2^63 - 1 beyond it. No distance may be 0."""
    direct = np.maximum(covered, distance) <= _DIRECT
    if direct.all():
        return _rounded(covered, distance)
    result = np.empty(len(covered), dtype=np.int64)
    result[direct] = _rounded(covered[direct], distance[direct])
    far = ~direct
    pairs = zip(covered[far].tolist(), distance[far].tolist(), strict=True)
    result[far] = [min(round(Fraction(part * ONE, whole)), LIMIT) for part, whole in pairs]
    return result


def at_least(part: Ints, whole: Ints, share: Fraction) -> Bools:
    """Where part / whole >= share, by exact products of counts below 2^31; a whole of 0 has every share."""
    result: Bools = part * share.denominator >= whole * share.numerator
    return result


def _product(values: Lengths, factor: np.uint64) -> tuple[Lengths, Lengths]:
    """The product with a factor below 2^31 as its high part and its low 32 bits."""
    low = (values & _LOW) * factor
    return (values >> _HALF) * factor + (low >> _HALF), low & _LOW


def _rounded(covered: Lengths, distance: Lengths) -> Ints:
    scaled = covered * _ONE
    floor = scaled // distance
    twice = (scaled - floor * distance) * np.uint64(2)
    floor += (twice > distance) | ((twice == distance) & (floor & np.uint64(1)).astype(np.bool_))
    return floor.view(np.int64)
