"""Figures of a block: what its cells say, then level by level what the children of each parent make."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rbm.rules.arrays import Bools, Ints, run_lengths, run_starts
from rbm.rules.exact import ONE
from rbm.rules.rollup.columns import Cells
from rbm.rules.rollup.dense.blocks import Block, Layout
from rbm.rules.rollup.dense.canvas import Canvas, Marks, Truth
from rbm.rules.rollup.dense.exactly import means, quotients, refuse_wide
from rbm.rules.rollup.words import NO_REASON, Habits, code, is_any
from rbm.terms.indicators import OverUnits
from rbm.terms.rollup import Reason

Scalar = TypeVar("Scalar", bound=np.generic)
VALUE, SELF_REPORTED, VERIFIED, REJECTED, NEITHER, THERE = 1, 2, 4, 8, 16, 32
"""Marks of a cell: the truths it enters, or why it enters none, if it holds what its measure needs; all are there."""
COUNTED = (OverUnits.MEAN, OverUnits.WEIGHTED_MEAN)
QUOTIENTS = (*COUNTED, OverUnits.RATIO_OF_SUMS)
EXTREMES = {
    OverUnits.MIN: (np.minimum, np.iinfo(np.int64).max),
    OverUnits.MAX: (np.maximum, np.iinfo(np.int64).min),
}
"""How a lowest or highest value is found, and what stands for none."""


def _excuse(marks: int) -> np.int8:
    """Why a slot with such marks has no approved value; none where it has one, or is no figure."""
    if not marks & THERE or marks & VALUE:
        return NO_REASON
    if marks & NEITHER:
        return code(Reason.NOT_APPROVED)
    return code(Reason.REJECTED if marks & REJECTED else Reason.NO_VALUE)


EXCUSES = np.array([_excuse(marks) for marks in range(2 * THERE)], dtype=np.int8)


def marks_of(cells: Cells, habits: Habits) -> Marks:
    """The marks of every cell."""
    filled = is_any(habits.operator, OverUnits.RATIO_OF_SUMS)[cells.node]
    filled &= cells.has_parts
    filled |= cells.has_value
    filled &= ~cells.missing
    standing = ~cells.rejected
    marks: Marks = (cells.approved & standing).view(np.uint8)
    marks |= (~cells.approved & standing).view(np.uint8) << 4
    marks |= standing.view(np.uint8) << 1
    marks |= (cells.verified & cells.approved & standing).view(np.uint8) << 2
    marks |= cells.rejected.view(np.uint8) << 3
    marks *= filled.view(np.uint8)
    marks |= THERE
    return marks


def settle_cells(block: Block, layout: Layout, canvas: Canvas, said: tuple[Ints, list[Ints], Marks]) -> None:
    """Write the figures of some leaves of a block, from the rows, amounts and marks of their cells in order of rows.

    LongWay when they have to go there after all.
    """
    row, amounts, _ = said
    starts = run_starts(row)
    several = len(starts) < len(row)
    longest = int(run_lengths(starts, len(row)).max()) if several else 1
    for amount in amounts:
        refuse_wide(amount, len(layout.slot) * longest)
    shape = (len(canvas.exists), len(layout.period), len(layout.slot))
    marks, put = (_together if several else _alone)(block, said, starts, canvas.exists.size)
    for truth, mark in ((canvas.value, VALUE), (canvas.self_reported, SELF_REPORTED), (canvas.verified, VERIFIED)):
        valued = truth.valued.reshape(-1)
        np.not_equal(marks & mark, 0, out=valued)
        cubes = (truth.numerator, truth.denominator) if block.operator in QUOTIENTS else (truth.value,)
        put(mark, valued, [cube.reshape(-1) for cube in cubes])
        _total(block, layout, [cube.reshape(shape) for cube in cubes], valued.reshape(shape))
        if block.operator in QUOTIENTS:
            _divide(block, truth)
    _begin(block, canvas, _with_totals(marks.reshape(shape)))


Said = tuple[Ints, list[Ints], Marks]
Put = Callable[[int, Bools, list[Ints]], None]
"""Writes the amounts of each slot that enter a truth into columns, by its mark and where it has values."""


def _alone(block: Block, said: Said, _: Ints, size: int) -> tuple[Marks, Put]:
    """The marks of each slot, and how its amounts are put, where every slot has one cell at most."""
    row, amounts, marks = said
    held: list[Ints | np.int64] = [_spread(row, amount, size) for amount in amounts]
    held += [np.int64(1)] if block.operator in COUNTED else []

    def put(_: int, valued: Bools, columns: list[Ints]) -> None:
        for amount, column in zip(held, columns, strict=True):
            np.multiply(amount, valued, out=column)

    return _spread(row, marks, size), put


def _together(block: Block, said: Said, starts: Ints, size: int) -> tuple[Marks, Put]:
    """The same where the cells of a slot are taken together."""
    row, amounts, marks = said
    counts = [np.ones(len(row), dtype=np.int64)] if block.operator in COUNTED else []
    combine, absent = EXTREMES.get(block.operator, (np.add, 0))

    def put(mark: int, _: Bools, columns: list[Ints]) -> None:
        admitted = (marks & mark).astype(np.bool_)
        for amount, column in zip((*amounts, *counts), columns, strict=True):
            found = combine.reduceat(np.where(admitted, amount, absent), starts)
            column[row[starts]] = np.where(found == absent, 0, found)

    return _spread(row[starts], np.bitwise_or.reduceat(marks, starts), size), put


def _spread(row: Ints, amounts: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """A column of so many rows that holds some amounts, and 0 elsewhere."""
    placed: NDArray[Scalar] = np.zeros(size, dtype=amounts.dtype)
    placed[row] = amounts
    return placed


def _with_totals(marks: Marks) -> Marks:
    """The marks of each slot; a total bears those of all its categories."""
    for slot in range(1, marks.shape[2]):
        marks[:, :, 0] |= marks[:, :, slot]
    return marks.reshape(len(marks), -1)


def _begin(block: Block, canvas: Canvas, marks: Marks) -> None:
    """What is told of leaves besides values."""
    value = canvas.value
    np.not_equal(marks, 0, out=canvas.exists)
    canvas.reason[...] = EXCUSES[marks]
    if block.operator is OverUnits.RATIO_OF_SUMS:
        np.copyto(canvas.reason, code(Reason.DENOMINATOR_ZERO), where=value.parts & ~value.valued)
    canvas.reported[...] = value.valued
    canvas.verified_units[...] = value.valued & canvas.verified.valued


def _total(block: Block, layout: Layout, cubes: list[Ints], valued: Bools) -> None:
    """Totals of the leaves: as stated, else over the categories of the first dimension that says anything."""
    stated = valued[:, :, 0].copy()
    for dimension in np.unique(layout.dimension[1:]).tolist():
        slots = np.flatnonzero(layout.dimension == dimension).tolist()
        said = np.zeros(stated.shape, dtype=np.bool_)
        for slot in slots:
            said |= valued[:, :, slot]
        said &= ~stated
        for cube in cubes:
            np.copyto(cube[:, :, 0], _over(block, cube, valued, slots), where=said)
        stated |= said
    valued[:, :, 0] = stated


def _over(block: Block, cube: Ints, valued: Bools, slots: list[int]) -> Ints:
    """The amounts of some slots combined; 0 stands for none in a sum."""
    if block.operator in EXTREMES:
        combine, absent = EXTREMES[block.operator]
        found = np.full(cube.shape[:2], absent, dtype=np.int64)
        for slot in slots:
            combine(found, np.where(valued[:, :, slot], cube[:, :, slot], absent), out=found)
        return found
    found = cube[:, :, slots[0]].copy()
    for slot in slots[1:]:
        found += cube[:, :, slot]
    return found


def _divide(block: Block, truth: Truth) -> None:
    """Write the values of leaves that are quotients."""
    above, below = truth.numerator, truth.denominator
    if block.operator is OverUnits.RATIO_OF_SUMS:
        truth.parts[...] = truth.valued
        np.logical_and(truth.valued, below > 0, out=truth.valued)
        times = 100 * ONE if block.hundred else ONE
        truth.value[...] = quotients(above * truth.valued, np.maximum(below, 1), times)
        return
    truth.parts[...] = parts = below > 1
    truth.value[...] = above
    truth.value[parts] = means(above[parts], below[parts])
    if block.operator is OverUnits.WEIGHTED_MEAN:
        np.multiply(below, ONE, out=truth.denominator)
