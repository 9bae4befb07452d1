"""Figures of all blocks in the order of indicators."""

from typing import Any

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.chain import topological_levels
from rbm.rules.rollup.columns import Cells, Figures, Inputs
from rbm.rules.rollup.dense.blocks import Block, Layout, find, fits, lay_out
from rbm.rules.rollup.dense.canvas import Canvas, Marks, blank
from rbm.rules.rollup.dense.choosing import choose
from rbm.rules.rollup.dense.exactly import LongWay
from rbm.rules.rollup.dense.ordering import Order
from rbm.rules.rollup.dense.rising import LeftOut, rise
from rbm.rules.rollup.dense.settling import THERE, marks_of, settle_cells
from rbm.rules.rollup.dense.sharing import nothing
from rbm.rules.rollup.words import habits
from rbm.terms.indicators import OverUnits

TRUTHS = ("value", "self_reported", "verified")
PARTS = ("numerator", "denominator", "parts")
Column = np.ndarray[tuple[int, ...], np.dtype[Any]]


def roll_up_plain(inputs: Inputs) -> tuple[Figures, Bools]:
    """Figures of the indicators that go the short way, and (bool per node) those that have to go the long one.

    Invalid when the links close a circle.
    """
    levels = topological_levels(inputs.links.child, inputs.links.parent, len(inputs.nodes.measure))
    habit = habits(inputs.nodes)
    chosen = choose(inputs, habit, levels)
    layout = lay_out(inputs, habit, levels, chosen)
    rest = ~chosen.plain
    if not fits(layout, len(inputs.cells.node)):
        return nothing(), np.ones_like(rest)
    canvas, left_out = blank(layout), []
    found, marks = find(inputs.cells, chosen, layout), marks_of(inputs.cells, habit)
    for block in layout.blocks:
        try:
            left_out += _settle(block, layout, canvas, (found.of(block), inputs.cells, marks))
        except LongWay:
            rest[layout.node[block.first : block.end]] = True
            canvas.exists[block.first : block.end] = False
    columns = _columns(canvas)
    del found, marks, canvas
    return _figures(inputs, layout, columns, left_out), rest


def _settle(
    block: Block, layout: Layout, canvas: Canvas, cells: tuple[tuple[Ints, Ints], Cells, Marks]
) -> list[LeftOut]:
    (row, cell), columns, marks = cells
    ratio = block.operator is OverUnits.RATIO_OF_SUMS
    marks = marks[cell]
    amounts = [column[cell] for column in ((columns.numerator, columns.denominator) if ratio else (columns.value,))]
    if ratio and ((~columns.has_parts[cell] & (marks != THERE)).any() or amounts[1].min(initial=0) < 0):
        raise LongWay
    part = canvas.of(block, layout.quotients)
    settle_cells(block, layout, part, (row, amounts, marks))
    return [out for step in block.steps for out in rise(block, step, part)]


def _columns(canvas: Canvas) -> dict[str, Column]:
    """The columns of a canvas, so that each can go when it has been put in order."""
    names = ("exists", "reason", "reported", "verified_units")
    columns: dict[str, Column] = {name: getattr(canvas, name) for name in names}
    for name in TRUTHS:
        truth = getattr(canvas, name)
        columns |= {name: truth.value, f"has_{name}": truth.valued}
    return columns | {name: getattr(canvas.value, name) for name in PARTS}


def _figures(inputs: Inputs, layout: Layout, columns: dict[str, Column], left_out: list[LeftOut]) -> Figures:
    """The figures in the order of node, period and slot; columns and what is left out are used up."""
    order = Order(layout, columns.pop("exists"))
    exclusions = order.exclusions(left_out)
    left_out.clear()
    parts = [columns.pop(name) for name in PARTS]
    made = {name: order.column(columns.pop(name)) for name in list(columns)}
    made |= order.quotients(parts, layout)
    made["period"] = order.pattern(np.repeat(layout.period, len(layout.slot)))
    made["category"] = order.pattern(np.tile(layout.slot - 1, len(layout.period)))
    node, held = order.node, order.held
    del order
    units = np.maximum(np.bincount(inputs.links.parent, minlength=len(layout.place)), 1)[node]
    zero = np.broadcast_to(np.int64(0), len(made["value"]))
    return Figures(
        node=np.repeat(node.astype(np.int32), held),
        crossing=np.broadcast_to(np.int64(-1), len(zero)),
        **made,
        lower=zero,
        upper=zero,
        has_bounds=np.broadcast_to(np.False_, len(zero)),
        expected=np.repeat(units.astype(made["reported"].dtype), held),
        exclusions=exclusions,
    )
