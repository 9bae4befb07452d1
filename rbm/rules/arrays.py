"""Kinds of columns the rules calculate with, and ranges laid end to end."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Days = NDArray[np.int32]
Codes = NDArray[np.int8]
Bools = NDArray[np.bool_]
Wide = NDArray[np.object_]


def spread(starts: Ints, counts: Ints) -> Ints:
    """Positions of the ranges [start, start + count) laid end to end; two columns of one length in, their sum out."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(starts - ends + counts, counts)


def run_starts(ordered: Ints) -> Ints:
    """Where each run of equal values begins in a column that is in order."""
    changes = np.ones(len(ordered), dtype=np.bool_)
    changes[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(changes).astype(np.int64)


def run_lengths(starts: Ints, total: int) -> Ints:
    """How long the runs beginning at `starts` are in a column of `total` values."""
    return np.diff(starts, append=np.int64(total))


def distinct(values: Ints) -> Ints:
    """The different values, in order."""
    ordered = np.sort(values)
    return ordered[run_starts(ordered)]


def stable_order(keys: Ints) -> Ints:
    """Positions that put keys (0 or more) in order, equal ones as they stand: one plain sort where both fit a word."""
    count = len(keys)
    bits = max(count - 1, 0).bit_length()
    if not count or int(keys.max()) >= 1 << (63 - bits):
        return np.argsort(keys, kind="stable").astype(np.int64)
    packed = keys << bits
    packed |= np.arange(count, dtype=np.int64)
    packed.sort()
    packed &= (1 << bits) - 1
    return packed
