"""Which figures of a block rest on cells that are asked about: they entered them, or left them null."""

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.rollup.dense.blocks import Block, Layout
from rbm.rules.rollup.dense.canvas import Canvas, Marks, Truth
from rbm.rules.rollup.dense.settling import SELF_REPORTED, VALUE


def rest_on(block: Block, layout: Layout, canvas: Canvas, said: tuple[Ints, Marks, Bools]) -> None:
    """Write it of a settled block, from the rows and marks of the cells of its leaves and which are asked about.

    A cell enters the own figure of its leaf if the truth admits it, and a total only where the total is made of its
    slot; it enters every figure above that has a value, as long as the figures between have one. A figure of a leaf
    without a value rests on every cell that could have been part of it.
    """
    row, marks, asked = said
    if not asked.any():
        return
    leaves = canvas.rows(slice(0, block.leaves))
    shape = (block.leaves, len(layout.period), len(layout.slot))
    possible = _slots(shape, row[asked])
    possible[:, :, 0] = possible.any(axis=2)
    for truth, mark in ((canvas.value, VALUE), (canvas.self_reported, SELF_REPORTED)):
        admitted = (marks & mark) > 0
        entered = _slots(shape, row[admitted & asked])
        entered[:, :, 0] = _total(layout, _slots(shape, row[admitted]), entered)
        null = possible.reshape(block.leaves, -1) & ~truth.valued[: block.leaves]
        for into, resting in ((canvas, _risen(block, truth, entered.reshape(block.leaves, -1))), (leaves, null)):
            np.logical_or(into.resting, resting, out=into.resting)


def _slots(shape: tuple[int, int, int], rows: Ints) -> Bools:
    """Leaves by periods by slots: which are among some rows."""
    found = np.zeros(shape, dtype=np.bool_)
    found.reshape(-1)[rows] = True
    return found


def _total(layout: Layout, said: Bools, entered: Bools) -> Bools:
    """Which totals a cell entered: by itself, or through the first dimension that says anything."""
    stated, total = said[:, :, 0].copy(), entered[:, :, 0].copy()
    for dimension in np.unique(layout.dimension[1:]).tolist():
        slots = np.flatnonzero(layout.dimension == dimension)
        total |= entered[:, :, slots].any(axis=2) & ~stated
        stated |= said[:, :, slots].any(axis=2)
    return total


def _risen(block: Block, truth: Truth, entered: Bools) -> Bools:
    """Which figures with a value the cells of leaves entered, at all levels."""
    resting = np.zeros(truth.valued.shape, dtype=np.bool_)
    resting[: block.leaves] = entered & truth.valued[: block.leaves]
    for step in block.steps:
        for child in step.children:
            resting[step.first : step.first + len(child)] |= resting.take(child, axis=0)
        resting[step.first : step.end] &= truth.valued[step.first : step.end]
    return resting
