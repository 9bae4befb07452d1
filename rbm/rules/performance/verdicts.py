"""What a rule says of each intervention, with the numbers it was decided from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from rbm.rules.arrays import Bools, Days, Ints
from rbm.rules.performance.parameters import Deadline, Shares, stated
from rbm.terms.performance import FlagRule


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """K rows in the order of the table. raised and watch never hold together.

    inputs: the columns that decided and those shown beside them: counts, or ordinal days (0 = none) where int32.
    """

    rule: FlagRule
    version: int
    parameters: Shares | Deadline
    subject: Ints
    raised: Bools
    watch: Bools
    inputs: Mapping[str, Ints | Days]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row, as it is kept with a flag: thresholds as `stated`, days as dates, None where there is none."""

    rule: FlagRule
    version: int
    thresholds: Mapping[str, int | str]
    subject: int
    raised: bool
    watch: bool
    inputs: Mapping[str, int | date | None]


def verdict(verdicts: Verdicts, row: int) -> Verdict:
    """The verdict of one row."""
    return Verdict(
        rule=verdicts.rule,
        version=verdicts.version,
        thresholds=stated(verdicts.parameters),
        subject=int(verdicts.subject[row]),
        raised=bool(verdicts.raised[row]),
        watch=bool(verdicts.watch[row]),
        inputs={name: _plain(column, row) for name, column in verdicts.inputs.items()},
    )


def _plain(column: Ints | Days, row: int) -> int | date | None:
    value = int(column[row])
    if column.dtype != np.int32:
        return value
    return date.fromordinal(value) if value else None
