"""Stored figures of children that nothing touched, in the place of all they are made of.

A parent is computed from the figures of its children. Where a child did not change, what is stored of it says all its
parent needs to know, as cells of its own would: so a change is followed upward without reading what stands beside it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import ContributionLink, FormulaTerm
from rbm.rules.arrays import Bools, Ints
from rbm.rules.rollup import Cells, Crossings, Links, Nodes
from rbm.services.rollup.loading import Loaded, words
from rbm.services.rollup.sheets import Sheet
from rbm.terms.indicators import Accumulation, Additivity, Measure, OverUnits
from rbm.terms.rollup import Reason
from rbm.work import Work

PLAIN = (Measure.NUMBER,)
CHOOSING = (OverUnits.SUM, OverUnits.MIN, OverUnits.MAX, OverUnits.MEDIAN)
"""What a parent may do with stored figures: operators that ask a unit for nothing but its value."""
FAR = 2**61
"""Amounts nearer than this can be taken from one another."""
NOT_APPROVED, NO_VALUE, REJECTED = (
    np.int8(list(Reason).index(reason)) for reason in (Reason.NOT_APPROVED, Reason.NO_VALUE, Reason.REJECTED)
)


@dataclass(frozen=True, eq=False)
class Border:
    """What is kept, and which nodes (bool per node) are taken from it.

    strict: something is stated somewhere, as a target or a baseline; formulas: nodes were added that may have some.
    """

    kept: Sheet
    given: Bools
    strict: bool
    formulas: bool


def beside(work: Work, affected: Collection[UUID]) -> set[UUID] | None:
    """The children of the affected indicators that are not affected themselves; None where a formula is affected.

    Parts of formulas are computed anew, since a formula may ask for more than their values.
    """
    link, term = table_of(ContributionLink).c, table_of(FormulaTerm).c
    formulas = sa.select(term.id).where(term.indicator_id.in_(affected)).limit(1)
    if bulk.select(work.session, formulas):
        return None
    query = sa.select(link.child_id).where(link.parent_id.in_(affected))
    return {row.child_id for row in bulk.select(work.session, query)} - set(affected)


def usable(loaded: Loaded, kept: Sheet, given: Bools, *, strict: bool) -> Bools:
    """Which of the given nodes (bool per node) are told whole by what is kept of them.

    Strictly only those that have a figure wherever there is one: without a figure nothing tells what was stated.
    """
    nodes, links = loaded.inputs.nodes, loaded.inputs.links
    fine = given & _is_any(nodes, "measure", *PLAIN) & ~nodes.people
    upward = given[links.child]
    asking = ~(_is_any(nodes, "over_units", *CHOOSING) & _is_any(nodes, "measure", *PLAIN)) | nodes.people
    fine[links.child[upward & asking[links.parent]]] = False
    node = kept.nodes
    summed = _is_any(nodes, "over_units", OverUnits.SUM) & _is_any(nodes, "additivity", Additivity.YES)
    fine[node[~(_alone(kept) | (_together(kept) & summed[node]))]] = False
    fine[_uneven(kept)] = False
    if strict:
        fine &= np.bincount(node, minlength=len(fine)) == len(np.unique(kept.slots))
    return fine


def _uneven(kept: Sheet) -> Ints:
    """Nodes with a period in which a slice says something and a coarser one does not: cells would fill that in."""
    node, period, category, crossing = kept.axes.split(kept.key)
    at = node * len(kept.axes.periods) + period
    coarse = np.where(crossing >= 0, 2, (category >= 0).astype(np.int64))
    uneven = np.zeros(len(kept), dtype=np.bool_)
    heard = kept.present["self_reported"] | (kept.reason == REJECTED)
    for said in (kept.present["value"], kept.present["verified"], heard):
        finest = np.full(len(kept.axes.nodes) * len(kept.axes.periods), -1, dtype=np.int64)
        np.maximum.at(finest, at[said], np.where(crossing >= 0, 3, coarse)[said])
        uneven |= ~said & (coarse < finest[at])
    return node[uneven]


def _is_any(nodes: Nodes, column: str, *allowed: Measure | OverUnits | Additivity) -> Bools:
    found: Bools = np.isin(getattr(nodes, column), words(type(allowed[0]), list(allowed)))
    return found


def _plain(kept: Sheet) -> Bools:
    kinds = ("numerator", "denominator", "lower", "upper")
    plain: Bools = ~np.logical_or.reduce([kept.present[name] for name in kinds])
    return plain


def _together(kept: Sheet) -> Bools:
    """Figures that are sums of what is verified, what else is approved, and what else was reported."""
    amounts = [kept.amounts[name] for name in ("value", "self_reported", "verified")]
    near = np.logical_and.reduce([np.abs(amount) < FAR for amount in amounts])
    together: Bools = _plain(kept) & near & kept.present["value"] & kept.present["self_reported"] & (kept.reason < 0)
    return together


def _alone(kept: Sheet) -> Bools:
    """Figures that one cell would make: one value at all levels of truth, or none for a reason of its own."""
    value, reported, verified = (kept.amounts[name] for name in ("value", "self_reported", "verified"))
    one = _together(kept) & (value == reported) & (~kept.present["verified"] | (value == verified))
    bare = _plain(kept) & ~kept.present["value"] & ~kept.present["verified"]
    waiting = bare & kept.present["self_reported"] & (kept.reason == NOT_APPROVED)
    silent = bare & ~kept.present["self_reported"] & np.isin(kept.reason, (NO_VALUE, REJECTED))
    alone: Bools = one | waiting | silent
    return alone


def with_given(loaded: Loaded, border: Border) -> Loaded:
    """What is loaded, with cells of the given nodes as their kept figures are, and no links to them."""
    inputs, given = loaded.inputs, border.given
    cells, hidden = _cells(loaded, border.kept, rows_of(border))
    categories, count = len(loaded.axes.categories), len(loaded.axes.crossings)
    each = np.arange(categories, dtype=np.int64)
    crossings = Crossings(
        np.concatenate((inputs.crossings.crossing, count + each)), np.concatenate((inputs.crossings.category, each))
    )
    stays = ~given[inputs.links.parent]
    links = Links(*(getattr(inputs.links, name)[stays] for name in Links.__slots__))
    periodic = np.where(given, words(Accumulation, [Accumulation.PERIODIC]), inputs.nodes.accumulation)
    return replace(
        loaded,
        inputs=replace(
            inputs,
            nodes=replace(inputs.nodes, accumulation=periodic.astype(np.int8)),
            links=links,
            cells=joined(inputs.cells, cells),
            crossings=crossings,
        ),
        measurements=np.concatenate((loaded.measurements, np.full(len(hidden), -1, dtype=np.int64))),
        unreleased=np.concatenate((loaded.unreleased, hidden)),
    )


def rows_of(border: Border) -> Ints:
    """The kept figures of the given nodes."""
    return np.flatnonzero(border.given[border.kept.nodes])


def stated_cells(loaded: Loaded, border: Border, name: str) -> Cells:
    """What is kept of the targets or baselines of the given nodes, as cells."""
    rows = rows_of(border)
    node, period, category, crossing = loaded.axes.split(border.kept.key[rows])
    there, nothing = border.kept.present[name][rows], np.zeros(len(rows), dtype=np.int64)
    nowhere, everywhere = np.zeros(len(rows), dtype=np.bool_), np.ones(len(rows), dtype=np.bool_)
    slices = np.where(category >= 0, len(loaded.axes.crossings) + category, crossing)
    amounts = (border.kept.amounts[name][rows], nothing, nothing)
    marks = (there, nowhere, everywhere, nowhere, nowhere, ~there)
    return Cells(node, period, slices, np.full(len(rows), -1, dtype=np.int64), *amounts, *marks)


def joined(first: Cells, second: Cells) -> Cells:
    """The cells of both."""
    return Cells(*(np.concatenate((getattr(first, name), getattr(second, name))) for name in Cells.__slots__))


def _cells(loaded: Loaded, kept: Sheet, rows: Ints) -> tuple[Cells, Bools]:
    """Up to three cells a figure: what is verified, what else is approved, what else was reported."""
    amount = {name: kept.amounts[name][rows] for name in ("value", "self_reported", "verified")}
    has = {name: kept.present[name][rows] for name in amount}
    verified = np.where(has["verified"], amount["verified"], 0)
    approved = np.where(has["value"], amount["value"], 0)
    more, rest = approved - verified, amount["self_reported"] - approved
    second = has["value"] & ((more != 0) | ~has["verified"])
    third = has["self_reported"] & ((rest != 0) | ~has["value"])
    silent = ~has["value"] & ~has["self_reported"]
    layers = [(has["verified"], verified), (second, more), (third, rest), (silent, np.zeros_like(more))]
    layer = np.repeat(np.arange(len(layers)), [int(chosen.sum()) for chosen, _ in layers])
    at = np.concatenate([np.flatnonzero(chosen) for chosen, _ in layers])
    several = np.sum([chosen for chosen, _ in layers], axis=0)[at] > 1
    value = np.concatenate([column[chosen] for chosen, column in layers])
    node, period, category, crossing = (column[at] for column in loaded.axes.split(kept.key[rows]))
    rejected = (layer == len(layers) - 1) & (kept.reason[rows][at] == REJECTED)
    filled = (layer < len(layers) - 1) | rejected
    nothing, nowhere = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.bool_)
    cells = Cells(
        node,
        period,
        np.where(category >= 0, len(loaded.axes.crossings) + category, crossing),
        np.where(np.isin(node, node[several]), layer, -1),
        value,
        nothing,
        nothing,
        filled,
        nowhere,
        layer <= 1,
        layer == 0,
        rejected,
        ~filled,
    )
    return cells, ~kept.released[rows][at]
