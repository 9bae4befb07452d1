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
    apart: Lengths = np.maximum(one, other).view(np.uint64)
    apart -= np.minimum(one, other).view(np.uint64)
    return apart


def reaches(covered: Lengths, distance: Lengths, threshold: int) -> Bools:
    """Where covered / distance >= threshold (micros, up to one), decided by exact products, the bound included."""
    factor = np.uint64(threshold)
    if _are_short(covered, distance):
        direct: Bools = covered * _ONE >= distance * factor
        return direct
    high, low = _product(covered, _ONE)
    wanted_high, wanted_low = _product(distance, factor)
    split: Bools = (high > wanted_high) | ((high == wanted_high) & (low >= wanted_low))
    return split


def quotients(covered: Lengths, distance: Lengths) -> Ints:
    """Quotients in micros, rounded once, half to even, and kept at 2^63 - 1 beyond it; no distance may be 0."""
    if _are_short(covered, distance):
        return _rounded(covered, distance)
    direct = np.maximum(covered, distance) <= _DIRECT
    result = np.empty(len(covered), dtype=np.int64)
    result[direct] = _rounded(covered[direct], distance[direct])
    far = ~direct
    pairs = zip(covered[far].tolist(), distance[far].tolist(), strict=True)
    result[far] = [_rounded_far(part * ONE, whole) for part, whole in pairs]
    return result


def at_least(part: Ints, whole: Ints, share: Fraction) -> Bools:
    """Where part / whole >= share, by exact products of counts below 2^31; a whole of 0 has every share."""
    result: Bools = part * share.denominator >= whole * share.numerator
    return result


def _are_short(covered: Lengths, distance: Lengths) -> bool:
    """Whether a million times each still fits."""
    return bool(max(covered.max(initial=0), distance.max(initial=0)) <= _DIRECT)


def _product(values: Lengths, factor: np.uint64) -> tuple[Lengths, Lengths]:
    """The product with a factor below 2^31 as its high part and its low 32 bits."""
    low = (values & _LOW) * factor
    return (values >> _HALF) * factor + (low >> _HALF), low & _LOW


def _rounded(covered: Lengths, distance: Lengths) -> Ints:
    rest = covered * _ONE
    floor = rest // distance
    rest -= floor * distance
    rest <<= np.uint64(1)
    floor += (rest > distance) | ((rest == distance) & (floor & np.uint64(1)).astype(np.bool_))
    return floor.view(np.int64)


def _rounded_far(part: int, whole: int) -> int:
    floor, rest = divmod(part, whole)
    return min(floor + (2 * rest > whole or (2 * rest == whole and floor % 2 == 1)), LIMIT)
