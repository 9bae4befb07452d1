"""A unit that is linked elsewhere later counts where it is linked last: once in a period, never in two places."""

import numpy as np

from rbm.rules.arrays import Days, Ints

NEVER = np.iinfo(np.int32).max


def outlived(child: Ints, first_day: Days, last_day: Days) -> Days:
    """For each link the day from which a period that ends then is counted by a later link of the same child.

    A period counts the links that are valid on the last of its days on which the child has any. A link does not reach
    that day where the period ends after it and another one, which lasts longer, begins before the period ends.
    """
    found = np.full(len(child), NEVER, dtype=np.int32)
    if not len(child) or last_day.min() == last_day.max():
        return found
    order = np.lexsort((-last_day.astype(np.int64), child))
    whose, last = child[order], last_day[order]
    other = np.append(True, whose[1:] != whose[:-1])
    group = np.cumsum(other)
    earliest = np.minimum.accumulate(first_day[order].astype(np.int64) - group * 2**32) + group * 2**32
    shorter = other | np.append(True, last[1:] != last[:-1])
    before = np.maximum.accumulate(np.where(shorter, np.arange(len(order)), 0)) - 1
    followed = (before >= 0) & (group[before] == group)
    found[order[followed]] = np.maximum(earliest[before], last + 1)[followed]
    return found
