"""Whether a figure is a sum all the way: of its reporting units, and of the measurements that they reported."""

import numpy as np

from rbm.model.rollup import Figure
from rbm.rules.arrays import Bools
from rbm.rules.rollup.calendar import accumulating
from rbm.rules.rollup.words import NO_REASON, habits, is_any
from rbm.services.rollup.opening import Opened
from rbm.services.rollup.ways import Way
from rbm.terms.indicators import Additivity, OverTime, OverUnits


def adds_units(figure: Figure, way: Way) -> bool:
    """Whether a figure is the sum of the own figures of its units: it and all figures on the way to them add up."""
    opened = way.opened
    adding, root = _adding(opened), opened.loaded.nodes.index(figure.indicator_id)
    declared = is_any(opened.loaded.inputs.nodes.additivity, Additivity.YES)
    if way.by_formula or not (adding[root] and declared[root]):
        return False
    trace = opened.trace
    return opened.row is None or bool(adding[trace.rows.node[trace.steps(opened.row)]].all())


def adds_measurements(figure: Figure, way: Way) -> bool:
    """Whether it is the sum of its measurements too: each unit adds up its own, those of several periods as well."""
    opened = way.opened
    if opened.row is None or not adds_units(figure, way):
        return False
    trace, inputs = opened.trace, opened.loaded.inputs
    held = np.isin(trace.own_row, list(trace.own_shares(opened.row)))
    row, period = trace.own_row[held], inputs.cells.period[trace.own_cell[held]]
    spots, counts = np.unique(row * len(inputs.periods.kind) + period, return_counts=True)
    rows = spots // len(inputs.periods.kind)
    summed = accumulating(inputs) | is_any(inputs.nodes.over_time, OverTime.SUM)
    several, lasting = trace.rows.node[rows[counts > 1]], trace.rows.node[rows[1:][rows[1:] == rows[:-1]]]
    return bool(_adding(opened)[several].all() and summed[lasting].all())


def _adding(opened: Opened) -> Bools:
    """The indicators whose units are summed."""
    words = habits(opened.loaded.inputs.nodes)
    adding: Bools = is_any(words.operator, OverUnits.SUM) & (words.units_gate == NO_REASON)
    return adding
