"""A figure opened: what entered it, found by the engine itself from the values as they stand now."""

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

import numpy as np

from rbm.model.rollup import Figure
from rbm.rules.rollup import Trace, Unit, trace
from rbm.rules.rollup.words import code
from rbm.services.rollup.computing import REASONS
from rbm.services.rollup.loading import Loaded, below, load
from rbm.terms.indicators import Composition
from rbm.terms.rollup import Reason
from rbm.work import Work


@dataclass(frozen=True)
class Opened:
    """The way a figure went: `row` is its row in the trace, None when nothing makes such a figure any more."""

    loaded: Loaded
    trace: Trace
    row: int | None

    def measurements(self) -> list[int]:
        """The keys of the measurements that entered, each once, in their order."""
        cells = [] if self.row is None else self.trace.cells(self.row).tolist()
        return [int(self.loaded.measurements[cell]) for cell in cells]

    def shares(self) -> dict[int, Fraction]:
        """The share with which each measurement entered, by its key."""
        shares = {} if self.row is None else self.trace.shares(self.row)
        return {int(self.loaded.measurements[cell]): share for cell, share in shares.items()}

    def unit_values(self) -> list[tuple[UUID, Fraction]]:
        """The own figures that entered, each with its indicator: values in micros with the share of each."""
        shares, count = {} if self.row is None else self.trace.own_shares(self.row), len(self.trace.rows.key)
        nodes = self.trace.rows.node
        return [
            (self.loaded.nodes[nodes[row]], int(self.trace.value[row + count]) * share) for row, share in shares.items()
        ]

    def reasons(self) -> dict[UUID, Reason | None]:
        """Why each child indicator stays out, None where it enters; children without any value are not named."""
        return {self.loaded.nodes[unit.node]: self.reason(unit) for unit in self._units() if not unit.own}

    def hidden(self, indicator_id: UUID, *, own: bool) -> bool:
        """Whether a value that is not released stands at an indicator, or also below it when it is not `own` alone."""
        inputs = self.loaded.inputs
        nodes = {self.loaded.nodes.index(indicator_id)}
        waiting = [] if own else list(nodes)
        while waiting:
            children = inputs.links.child[inputs.links.parent == waiting.pop()].tolist()
            waiting.extend(set(children) - nodes)
            nodes.update(children)
        return bool((self.loaded.unreleased & np.isin(inputs.cells.node, list(nodes))).any())

    def own(self) -> Unit | None:
        """What the figure takes from its own measurements, beside contributions or because none count."""
        if self.row is None or not self.trace.rows.alone[self.row]:
            return next((unit for unit in self._units() if unit.own), None)
        own, node = self.row + len(self.trace.rows.key), int(self.trace.rows.node[self.row])
        value = int(self.trace.value[own]) if self.trace.has_value[own] else None
        return Unit(node, own=True, value=value, reason=None)

    def own_only(self, indicator_id: UUID) -> bool:
        """Whether an indicator takes nothing from what is linked to it."""
        composition = self.loaded.inputs.nodes.composition[self.loaded.nodes.index(indicator_id)]
        return bool(composition == code(Composition.OWN_ONLY))

    @staticmethod
    def reason(unit: Unit) -> Reason | None:
        """Why a unit stays out, None where it enters."""
        return None if unit.reason is None else REASONS[unit.reason]

    def _units(self) -> list[Unit]:
        return [] if self.row is None else self.trace.units(self.row)


def open_figure(work: Work, figure: Figure) -> Opened:
    """The way of the approved value of a figure."""
    loaded = load(work, below(work, figure.indicator_id))
    cells = loaded.inputs.cells
    made = trace(loaded.inputs, cells.approved & ~cells.rejected)
    category = loaded.categories.index(figure.category_id) if figure.category_id else -1
    crossing = loaded.crossings.index(figure.disaggregation_id) if figure.disaggregation_id else -1
    node, period = loaded.nodes.index(figure.indicator_id), loaded.periods.index(figure.period_id)
    row = made.row(node, period, category, crossing)
    return Opened(loaded, made, row)
