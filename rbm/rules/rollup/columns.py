"""What goes into the roll-up and what comes out: frozen records of numpy columns."""

from dataclasses import dataclass, fields

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Codes, Days, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Indicators by position, n rows: positions of their words in the enums of rbm.terms.indicators (int8).

    people: it counts people, so that its figures have bounds. home: a number of its office, -1 where none matters.
    population: how many people there are, in micros, 0 where nobody said.
    """

    measure: Codes
    over_units: Codes
    additivity: Codes
    composition: Codes
    missing_policy: Codes
    accumulation: Codes
    over_time: Codes
    unfit: Bools
    people: Bools
    home: Ints
    population: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Contributions: node positions, weight and factor in micros, validity in ordinal days, both ends inclusive.

    outlived: periods that end on that day or later count the child over another link, as `moving.outlived` says.
    """

    child: Ints
    parent: Ints
    weight: Ints
    factor: Ints
    included: Bools
    first_day: Days
    last_day: Days
    outlived: Days


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Reporting periods by position: ordinal days, both ends inclusive, and position of the kind in PeriodKind.

    life: over the life of a project, to date; begun: its first day has come, so that totals are carried into it.
    """

    first_day: Days
    last_day: Days
    kind: Codes
    life: Bools
    begun: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Current measurements: positions (-1 = no categories, no place), amounts in micros, and what was decided."""

    node: Ints
    period: Ints
    crossing: Ints
    place: Ints
    value: Ints
    numerator: Ints
    denominator: Ints
    has_value: Bools
    has_parts: Bools
    approved: Bools
    verified: Bools
    rejected: Bools
    missing: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Which categories cross in a crossing: pairs of positions, one category per dimension."""

    crossing: Ints
    category: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """The dimension of each category (positions), and whether the categories of each dimension add up."""

    dimension: Ints
    additive: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """All of one roll-up."""

    nodes: Nodes
    links: Links
    periods: Periods
    cells: Cells
    crossings: Crossings
    categories: Categories


@dataclass(frozen=True, slots=True, eq=False)
class Exclusions:
    """Contributions left out of the approved figures: row of the figure, reason (position in Reason), how many."""

    figure: Ints
    reason: Codes
    count: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One row per (node, period, category, crossing), in that order. Micros, 0 where null.

    A row is a total (category and crossing -1), of one category, or of a crossing of two or more. lower and upper
    bound the different people behind a count of people; verified_units are those of `reported` that are verified.
    Positions and counts may be narrower than 64 bits, and columns that say nothing cannot be written to.
    """

    node: Ints
    period: Ints
    category: Ints
    crossing: Ints
    value: Ints
    has_value: Bools
    numerator: Ints
    denominator: Ints
    has_parts: Bools
    verified: Ints
    has_verified: Bools
    self_reported: Ints
    has_self_reported: Bools
    lower: Ints
    upper: Ints
    has_bounds: Bools
    reported: Ints
    expected: Ints
    verified_units: Ints
    reason: Codes
    exclusions: Exclusions


def refuse_misfits(inputs: Inputs) -> None:
    """Nothing, when columns of a record are of one length and positions point at something. Invalid otherwise."""
    for record in (inputs.nodes, inputs.links, inputs.periods, inputs.cells, inputs.crossings):
        if len({len(getattr(record, field.name)) for field in fields(record)}) > 1:
            raise Invalid(f"columns of {type(record).__name__} differ in length", type(record).__name__)
    nodes, categories = len(inputs.nodes.measure), len(inputs.categories.dimension)
    _refuse_beyond("links.child", inputs.links.child, 0, nodes)
    _refuse_beyond("links.parent", inputs.links.parent, 0, nodes)
    _refuse_beyond("cells.node", inputs.cells.node, 0, nodes)
    _refuse_beyond("cells.period", inputs.cells.period, 0, len(inputs.periods.first_day))
    _refuse_beyond("crossings.category", inputs.crossings.category, 0, categories)
    _refuse_beyond("crossings.crossing", inputs.crossings.crossing, 0, np.iinfo(np.int64).max)
    _refuse_beyond("cells.crossing", inputs.cells.crossing, -1, crossing_count(inputs.crossings))
    _refuse_beyond("categories.dimension", inputs.categories.dimension, 0, len(inputs.categories.additive))


def crossing_count(crossings: Crossings) -> int:
    """How many crossings there are: one more than the highest position."""
    return int(crossings.crossing.max()) + 1 if len(crossings.crossing) else 0


def _refuse_beyond(field: str, positions: Ints, first: int, end: int) -> None:
    if len(positions) and (positions.min() < first or positions.max() >= end):
        raise Invalid(f"a position in {field} points at nothing", field)
