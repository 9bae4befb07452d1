"""One roll-up shared out over two ways: what each takes, and the figures of both together."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from rbm.rules.arrays import Bools
from rbm.rules.rollup.columns import Cells, Exclusions, Figures, Inputs, Links


def only(inputs: Inputs, nodes: Bools, cells: Bools) -> Inputs:
    """Some nodes (bool per node) with their cells (bool per cell) and the links among them; positions stay."""
    links = nodes[inputs.links.parent]
    return replace(
        inputs,
        cells=Cells(**{each.name: getattr(inputs.cells, each.name)[cells] for each in fields(Cells)}),
        links=Links(**{each.name: getattr(inputs.links, each.name)[links] for each in fields(Links)}),
    )


Rolled = tuple[Figures, Bools]
"""Figures, and something about each of them."""


def joined(first: Rolled, second: Rolled) -> Rolled:
    """The figures of two sets of nodes in the order of nodes."""
    (one, told), (other, also_told) = first, second
    order = np.argsort(np.concatenate((one.node, other.node)), kind="stable")
    names = [each.name for each in fields(Figures) if each.name != "exclusions"]
    columns = {name: np.concatenate((getattr(one, name), getattr(other, name)))[order] for name in names}
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    figure = place[np.concatenate((one.exclusions.figure, other.exclusions.figure + len(one.node)))]
    turns = np.argsort(figure, kind="stable")
    reason, count = (
        np.concatenate((getattr(one.exclusions, name), getattr(other.exclusions, name)))[turns]
        for name in ("reason", "count")
    )
    made = Figures(**columns, exclusions=Exclusions(figure[turns], reason, count))
    return made, np.concatenate((told, also_told))[order]


def nothing() -> Figures:
    """No figure."""
    amounts, bools = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    reasons = np.zeros(0, dtype=np.int8)
    names = [each.name for each in fields(Figures) if each.name not in ("exclusions", "reason")]
    columns: dict[str, Any] = {name: bools if name.startswith("has_") else amounts for name in names}
    return Figures(**columns, reason=reasons, exclusions=Exclusions(amounts, reasons, amounts))
