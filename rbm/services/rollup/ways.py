"""The way of a figure to the values that made it: its own row of the engine or, of a formula, those of its parts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from rbm.model.rollup import Figure
from rbm.rules.formula import Axis, Made, axis_of, touched
from rbm.services.rollup.formulas import formulas_of
from rbm.services.rollup.opening import Opened, open_figure
from rbm.work import Work

Spot = tuple[int, int]
"""Node and period by position."""


@dataclass(frozen=True)
class Way:
    """A figure opened, with the figures at the end of its formulas by spot; only itself where it is made by none."""

    opened: Opened
    ends: dict[Spot, Opened]
    by_formula: bool

    def measurements(self) -> list[int]:
        """The keys of the measurements that entered, each once, in their order."""
        return sorted({key for end in self.ends.values() for key in end.measurements()})

    def shares(self) -> dict[int, Fraction]:
        """The share with which each measurement entered, by its key; none of a formula."""
        return {} if self.by_formula else self.opened.shares()


def way_of(work: Work, figure: Figure) -> Way:
    """The way of the approved value of a figure."""
    opened = open_figure(work, figure)
    loaded = opened.loaded
    start = loaded.nodes.index(figure.indicator_id), loaded.periods.index(figure.period_id)
    made = {one.node: one for one in formulas_of(work, loaded.nodes)}
    if start[0] not in made:
        return Way(opened, {start: opened}, by_formula=False)
    category = loaded.categories.index(figure.category_id) if figure.category_id else -1
    crossing = loaded.crossings.index(figure.disaggregation_id) if figure.disaggregation_id else -1
    ends = {}
    for node, period in _ends(start, made, opened) if figure.value is not None else ():
        row = opened.trace.row(node, period, category, crossing)
        if row is not None:
            ends[node, period] = Opened(loaded, opened.trace, row)
    return Way(replace(opened, row=None), ends, by_formula=True)


def _ends(start: Spot, made: dict[int, Made], opened: Opened) -> list[Spot]:
    """The spots that no formula makes, on all ways from a spot that one does."""
    periods = opened.loaded.inputs.periods
    axis = axis_of(periods.first_day, periods.last_day, periods.kind)
    reached, waiting = {start}, [start]
    while waiting:
        node, period = waiting.pop()
        fresh = set(_looked_at(made[node], period, axis)) - reached if node in made else set()
        reached |= fresh
        waiting += fresh
    return sorted(spot for spot in reached if spot[0] not in made)


def _looked_at(one: Made, period: int, axis: Axis) -> list[Spot]:
    """The spots that a formula looks at for a period."""
    names = {name: node for name, node in one.terms.items() if node is not None}
    return [
        (node, other)
        for name, node in names.items()
        for other in range(axis.size)
        if touched(one.tree, _only(one.terms, name, other, axis.size), axis)[period]
    ]


def _only(names: Iterable[str], name: str, period: int, size: int) -> dict[str, list[bool]]:
    """Marks of all names, one of them set for one period."""
    return {each: [each == name and at == period for at in range(size)] for each in names}
