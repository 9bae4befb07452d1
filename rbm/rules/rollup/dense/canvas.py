"""The figures of a layout while they are worked out: a row a node, a column a slot."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rbm.rules.arrays import Bools, Codes, Ints
from rbm.rules.rollup.dense.blocks import Block, Layout

Counts = np.ndarray[tuple[int, ...], np.dtype[np.signedinteger[Any]]]
Marks = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Figures of one truth: values (0 where null) and where there is one.

    numerator, denominator, parts: of quotients. The denominator of a mean counts, that of others is in micros; the
    mean of one value of a leaf is that value over one, and has no parts.
    """

    value: Ints
    valued: Bools
    numerator: Ints
    denominator: Ints
    parts: Bools

    def rows(self, rows: slice) -> "Truth":
        """Some rows, to be written into."""
        columns = (self.numerator[rows], self.denominator[rows], self.parts[rows])
        return Truth(self.value[rows], self.valued[rows], *columns)

    def of(self, block: Block, quotients: int) -> "Truth":
        """The rows of a block; parts that are not kept are its own."""
        rows = slice(block.first, block.end)
        if block.first < quotients and not len(self.parts):
            shape = (block.end - block.first, self.value.shape[1])
            numerator, denominator, parts = _parts(shape)
        else:
            numerator, denominator, parts = self.numerator[rows], self.denominator[rows], self.parts[rows]
        return Truth(self.value[rows], self.valued[rows], numerator, denominator, parts)


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """Where there are figures, all three truths, and what is told of the units of `value`.

    resting: which figures rest on a cell that is asked about; of no row where nobody asks.
    """

    exists: Bools
    reason: Codes
    reported: Counts
    verified_units: Counts
    value: Truth
    self_reported: Truth
    verified: Truth
    resting: Bools

    def rows(self, rows: slice) -> "Canvas":
        """Some rows, to be written into."""
        told = (self.exists[rows], self.reason[rows], self.reported[rows], self.verified_units[rows])
        truths = (self.value.rows(rows), self.self_reported.rows(rows), self.verified.rows(rows))
        return Canvas(*told, *truths, self.resting[rows])

    def of(self, block: Block, quotients: int) -> "Canvas":
        """The rows of a block, to be written into."""
        rows = slice(block.first, block.end)
        return Canvas(
            exists=self.exists[rows],
            reason=self.reason[rows],
            reported=self.reported[rows],
            verified_units=self.verified_units[rows],
            value=self.value.of(block, quotients),
            self_reported=self.self_reported.of(block, quotients),
            verified=self.verified.of(block, quotients),
            resting=self.resting[rows],
        )


def blank(layout: Layout, *, resting: bool) -> Canvas:
    """Nothing yet; parts are kept of `value` alone."""
    shape = (len(layout.node), layout.stride)
    most = max((len(step.children) for block in layout.blocks for step in block.steps), default=0)
    narrow: type[np.signedinteger[Any]] = np.int16 if most < 2**15 else np.int32
    return Canvas(
        exists=np.zeros(shape, dtype=np.bool_),
        reason=np.zeros(shape, dtype=np.int8),
        reported=np.zeros(shape, dtype=narrow),
        verified_units=np.zeros(shape, dtype=narrow),
        value=_truth(shape, layout.quotients),
        self_reported=_truth(shape, 0),
        verified=_truth(shape, 0),
        resting=np.zeros(shape if resting else (0, shape[1]), dtype=np.bool_),
    )


def _truth(shape: tuple[int, int], quotients: int) -> Truth:
    numerator, denominator, parts = _parts((quotients, shape[1]))
    return Truth(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_), numerator, denominator, parts)


def _parts(shape: tuple[int, int]) -> tuple[Ints, Ints, Bools]:
    return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
