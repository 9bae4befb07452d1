"""Figures of all blocks in the order of indicators."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.chain import topological_levels
from rbm.rules.rollup.columns import Cells, Figures, Inputs
from rbm.rules.rollup.dense.blocks import Block, Found, Layout, find, fits, lay_out
from rbm.rules.rollup.dense.canvas import Canvas, Marks, blank
from rbm.rules.rollup.dense.choosing import choose
from rbm.rules.rollup.dense.exactly import LongWay
from rbm.rules.rollup.dense.hands import hands
from rbm.rules.rollup.dense.ordering import Order
from rbm.rules.rollup.dense.resting import rest_on
from rbm.rules.rollup.dense.rising import LeftOut, rise
from rbm.rules.rollup.dense.settling import THERE, marks_of, settle_cells
from rbm.rules.rollup.dense.sharing import nothing
from rbm.rules.rollup.words import habits
from rbm.terms.indicators import OverUnits

AT_ONCE = 32_768
"""Slots of leaves that are settled at once."""
TRUTHS = ("value", "self_reported", "verified")
PARTS = ("numerator", "denominator", "parts")
Column = np.ndarray[tuple[int, ...], np.dtype[Any]]


def roll_up_plain(inputs: Inputs, asked: Bools | None = None) -> tuple[Figures, Bools, Bools]:
    """Figures of the indicators that go the short way, and (bool per node) those that have to go the long one.

    Last, which figures rest on one of the cells that are asked about (bool per cell); none where nobody asks.

    Invalid when the links close a circle.
    """
    levels = topological_levels(inputs.links.child, inputs.links.parent, len(inputs.nodes.measure))
    habit = habits(inputs.nodes)
    chosen = choose(inputs, habit, levels)
    layout = lay_out(inputs, habit, levels, chosen)
    rest = ~chosen.plain
    if not fits(layout, len(inputs.cells.node)):
        return nothing(), np.ones_like(rest), np.zeros(0, dtype=np.bool_)
    canvas = blank(layout, resting=asked is not None)
    with hands(layout.room) as each:
        told = _Told(inputs.cells, find(inputs.cells, chosen, layout, each), marks_of(inputs.cells, habit), asked)
        settle = partial(_settle, layout, canvas, told)
        settled = list(each(settle, layout.blocks))
    for block, found in zip(layout.blocks, settled, strict=True):
        if found is None:
            rest[layout.node[block.first : block.end]] = True
            canvas.exists[block.first : block.end] = False
    left_out = [out for found in settled if found is not None for out in found]
    columns = _columns(canvas)
    del canvas, told, settle, settled
    figures, resting = _figures(inputs, layout, columns, left_out)
    return figures, rest, resting


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Cells, where each stands in a layout, their marks, and which of them are asked about."""

    cells: Cells
    found: Found
    marks: Marks
    asked: Bools | None


def _settle(layout: Layout, canvas: Canvas, told: _Told, block: Block) -> list[LeftOut] | None:
    """Write the figures of a block; what is left out, None where it has to go the long way after all."""
    part = canvas.of(block, layout.quotients)
    step = max(1, AT_ONCE // layout.stride)
    try:
        for first in range(0, block.leaves, step):
            leaves = slice(first, min(first + step, block.leaves))
            said = _said(block, told, told.found.of(block.first + leaves.start, block.first + leaves.stop))
            settle_cells(block, layout, part.rows(leaves), said)
        left_out = [out for step in block.steps for out in rise(block, step, part)]
    except LongWay:
        return None
    if told.asked is not None:
        row, cell = told.found.of(block.first, block.first + block.leaves)
        rest_on(block, layout, part, (row, told.marks[cell], told.asked[cell]))
    return left_out


def _said(block: Block, told: _Told, where: tuple[Ints, Ints]) -> tuple[Ints, list[Ints], Marks]:
    """Rows, amounts and marks of some cells."""
    row, cell = where
    ratio = block.operator is OverUnits.RATIO_OF_SUMS
    cells, marks = told.cells, told.marks[cell]
    amounts = [column[cell] for column in ((cells.numerator, cells.denominator) if ratio else (cells.value,))]
    if ratio and ((~cells.has_parts[cell] & (marks != THERE)).any() or amounts[1].min(initial=0) < 0):
        raise LongWay
    return row, amounts, marks


def _columns(canvas: Canvas) -> dict[str, Column]:
    """The columns of a canvas, so that each can go when it has been put in order."""
    names = ("exists", "reason", "reported", "verified_units")
    columns: dict[str, Column] = {name: getattr(canvas, name) for name in names}
    for name in TRUTHS:
        truth = getattr(canvas, name)
        columns |= {name: truth.value, f"has_{name}": truth.valued}
    if len(canvas.resting):
        columns["resting"] = canvas.resting
    return columns | {name: getattr(canvas.value, name) for name in PARTS}


def _ordered(order: Order, layout: Layout, columns: dict[str, Column], parts: list[Column]) -> dict[str, Column]:
    """Columns and parts of a canvas in the order of figures, and the slots of these; all are used up."""
    with hands(layout.room) as each:
        made = dict(each(lambda name: (name, order.column(columns.pop(name))), list(columns)))
    return made | order.quotients(parts, layout) | order.slots(layout)


def _figures(
    inputs: Inputs, layout: Layout, columns: dict[str, Column], left_out: list[LeftOut]
) -> tuple[Figures, Bools]:
    """The figures in the order of node, period and slot, and which rest on cells that are asked about.

    Columns and what is left out are used up.
    """
    order = Order(layout, columns.pop("exists"))
    exclusions = order.exclusions(left_out)
    left_out.clear()
    parts = [columns.pop(name) for name in PARTS]
    made = _ordered(order, layout, columns, parts)
    node, held = order.node, order.held
    del order
    units = np.maximum(np.bincount(inputs.links.parent, minlength=len(layout.place)), 1)[node]
    zero = np.broadcast_to(np.int64(0), len(made["value"]))
    resting: Bools = made.pop("resting", np.broadcast_to(np.False_, len(zero)))
    figures = Figures(
        node=np.repeat(node.astype(np.int32), held),
        crossing=np.broadcast_to(np.int64(-1), len(zero)),
        **made,
        lower=zero,
        upper=zero,
        has_bounds=np.broadcast_to(np.False_, len(zero)),
        expected=np.repeat(units.astype(made["reported"].dtype), held),
        exclusions=exclusions,
    )
    return figures, resting
