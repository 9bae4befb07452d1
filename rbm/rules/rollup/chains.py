"""Sums to date over periods that overlap: each adds to what ends before it begins, so that no day counts twice."""

import numpy as np

from rbm.rules.arrays import Bools, Days, Ints, run_lengths


def chained(starts: Ints, days: tuple[Days, Days], stated: Bools, summing: Bools) -> tuple[Ints, Ints]:
    """The order of the rows of some series by chains of periods of which none overlap, and where each chain begins.

    starts: of the series, whose rows are in the order of their last days; days: the first and the last one of each
    row; stated: it has cells, others are carried into it; summing: it is a sum to date, others stay as they are.
    """
    order = np.arange(len(stated), dtype=np.int64)
    lengths = run_lengths(starts, len(stated))
    series = np.repeat(np.arange(len(starts)), lengths)
    said = np.flatnonzero(stated & summing)
    overlap = (series[said[1:]] == series[said[:-1]]) & (days[0][said[1:]] <= days[1][said[:-1]])
    begins = [starts]
    for which in np.unique(series[said[1:][overlap]]).tolist():
        rows = range(int(starts[which]), int(starts[which] + lengths[which]))
        chains = _chains(rows, days, stated)
        order[rows.start : rows.stop] = [row for chain in chains for row in chain]
        begins.append(rows.start + np.cumsum([len(chain) for chain in chains[:-1]], dtype=np.int64))
    return order, np.sort(np.concatenate(begins))


def _chains(rows: range, days: tuple[Days, Days], stated: Bools) -> list[list[int]]:
    """Rows by chain: each follows the one that ends last before it begins; what is carried follows the last of all."""
    ends: list[int] = []
    chains: list[list[int]] = []
    for row in rows:
        first, last = int(days[0][row]), int(days[1][row])
        open_to = [(end, at) for at, end in enumerate(ends) if end < first or not stated[row]]
        if open_to:
            at = max(open_to)[1]
            chains[at].append(row)
            ends[at] = last if stated[row] else ends[at]
        else:
            ends.append(last)
            chains.append([row])
    return chains
