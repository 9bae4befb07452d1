"""Values of figures while they are being worked out."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints
from rbm.rules.rollup.operators import Combined
from rbm.rules.rollup.words import NO_REASON, code
from rbm.terms.rollup import Reason


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Columns of 2R + 1 rows, written in place: R figures, the R figures of own cells, and one that is nothing.

    reason is -1 exactly where there is a value; place is the one place all units share, -1 without one. lower and
    upper bound the people behind a value. Places and bounds are empty where nobody asks for them.
    """

    value: Ints
    numerator: Ints
    denominator: Ints
    has_parts: Bools
    reason: Codes
    place: Ints
    lower: Ints
    upper: Ints

    @property
    def has_value(self) -> Bools:
        """Where there is a value."""
        present: Bools = self.reason == NO_REASON
        return present

    def write(self, row: Ints, combined: Combined) -> None:
        """Put combined values into rows; null rows hold 0."""
        self.value[row] = combined.value
        self.numerator[row] = combined.numerator
        self.denominator[row] = combined.denominator
        self.has_parts[row] = combined.has_parts
        self.reason[row] = combined.reason

    def refuse(self, row: Ints, reason: Codes | np.int8) -> None:
        """Make rows null for a reason."""
        self.value[row] = self.numerator[row] = self.denominator[row] = 0
        self.has_parts[row] = False
        self.reason[row] = reason

    def copy(self, source: Ints, row: Ints) -> None:
        """Put the figures of `source` into rows."""
        columns = [self.value, self.numerator, self.denominator, self.has_parts, self.reason]
        for column in [*columns, *(each for each in (self.place, self.lower, self.upper) if len(each))]:
            column[row] = column[source]

    def places(self, row: Ints) -> Ints:
        """The places of rows."""
        return self.place[row] if len(self.place) else np.broadcast_to(np.int64(-1), len(row))

    def put_places(self, row: Ints, places: Ints) -> None:
        """Keep the places of rows, where somebody asks for them."""
        if len(self.place):
            self.place[row] = places


def blank(rows: int, *, placed: bool, bounded: bool) -> State:
    """A state without any value, with or without places and bounds."""
    size = 2 * rows + 1
    return State(
        value=np.zeros(size, dtype=np.int64),
        numerator=np.zeros(size, dtype=np.int64),
        denominator=np.zeros(size, dtype=np.int64),
        has_parts=np.zeros(size, dtype=np.bool_),
        reason=np.full(size, code(Reason.NO_VALUE), dtype=np.int8),
        place=np.full(size if placed else 0, -1, dtype=np.int64),
        lower=np.zeros(size if bounded else 0, dtype=np.int64),
        upper=np.zeros(size if bounded else 0, dtype=np.int64),
    )


def shared_place(place: Ints, starts: Ints) -> Ints:
    """The place that all rows of a run share, -1 where they do not."""
    lowest, highest = np.minimum.reduceat(place, starts), np.maximum.reduceat(place, starts)
    return np.where(lowest == highest, lowest, -1)
