"""The one table that all rules read: a row per intervention, counted from rated cells, indicators and reports."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Codes, Days, Ints
from rbm.rules.performance.achievements import refuse_uneven
from rbm.rules.rollup.words import code
from rbm.terms.performance import Rating
from rbm.terms.strategy import ResultLevel

NEVER = np.int32(0)
"""The ordinal day that stands for no day."""

_RATINGS, _LEVELS = len(Rating), len(ResultLevel) + 1
_ON, _RISK, _OFF, _NOT = (code(word) for word in (Rating.ON_TRACK, Rating.AT_RISK, Rating.OFF_TRACK, Rating.NOT_RATED))
_GOAL, _OUTCOME, _OUTPUT = (code(word) for word in (ResultLevel.GOAL, ResultLevel.OUTCOME, ResultLevel.OUTPUT))


@dataclass(frozen=True, slots=True, eq=False)
class Indicators:
    """M indicators by position: their intervention (position), level (position in ResultLevel, -1 none).

    expected: whether a value was due in the last closed period. One position is one indicator in all periods.
    """

    intervention: Ints
    level: Codes
    expected: Bools


@dataclass(frozen=True, slots=True, eq=False)
class RatedCells:
    """N cells of one period, each that has a baseline, target or actual: indicator (position), rating (position in
    Rating), and what is there of the cell.
    """

    indicator: Ints
    rating: Codes
    has_actual: Bools
    has_baseline: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """R reports that are or were due: intervention (position), due day and day of submission (ordinal, 0 = none)."""

    intervention: Ints
    due: Days
    submitted: Days


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What the table is made of: ids of the K interventions, cells of the last closed period and of the one before."""

    subject: Ints
    indicators: Indicators
    cells: RatedCells
    cells_before: RatedCells
    reports: Reports


@dataclass(frozen=True, slots=True, eq=False)
class Interventions:
    """K rows of counts (int64). as_of: the day of the question; subject: ids as given.

    rated, on_track, at_risk, off_track (off track or missed), not_rated: cells of outcomes and outputs.
    outcome_, output_ and impact_ (rated, off_track): the same by level; impact is shown and enters no other column.
    compared, missed_twice: indicators of outcomes and outputs rated in both periods, and those of which every rated
    cell was off track or missed in both.
    needing_baseline, without_baseline: indicators of outcomes and impact that are expected or have cells, and those
    of them no cell of which has a baseline.
    expected, stale: indicators of any level a value was due for, and those without a value.
    report_due: earliest due day of what is not submitted; last_report: latest day of submission (ordinal, 0 = none).
    """

    as_of: date
    subject: Ints
    rated: Ints
    on_track: Ints
    at_risk: Ints
    off_track: Ints
    not_rated: Ints
    outcome_rated: Ints
    outcome_off_track: Ints
    output_rated: Ints
    output_off_track: Ints
    impact_rated: Ints
    impact_off_track: Ints
    compared: Ints
    missed_twice: Ints
    needing_baseline: Ints
    without_baseline: Ints
    expected: Ints
    stale: Ints
    report_due: Days
    last_report: Days


def no_cells() -> RatedCells:
    """No cells at all: for a first period."""
    nothing = np.zeros(0, dtype=np.bool_)
    return RatedCells(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int8), nothing, nothing)


def interventions(sources: Sources, as_of: date) -> Interventions:
    """The table of interventions, the same for any order of cells, indicators' cells and reports.

    Invalid when columns of a record differ in length or a position points at nothing.
    """
    _refuse_misfits(sources)
    due, last = _deadlines(sources.reports, len(sources.subject))
    return Interventions(
        as_of=as_of,
        subject=sources.subject,
        report_due=due,
        last_report=last,
        **_cell_counts(sources),
        **_indicator_counts(sources),
    )


def _cell_counts(sources: Sources) -> dict[str, Ints]:
    by_level = _by_level(sources.indicators, sources.cells, len(sources.subject))
    counted = by_level[:, _OUTCOME] + by_level[:, _OUTPUT]
    return {
        "rated": _rated(counted),
        "on_track": counted[:, _ON],
        "at_risk": counted[:, _RISK],
        "off_track": counted[:, _OFF],
        "not_rated": counted[:, _NOT],
        "outcome_rated": _rated(by_level[:, _OUTCOME]),
        "outcome_off_track": by_level[:, _OUTCOME, _OFF],
        "output_rated": _rated(by_level[:, _OUTPUT]),
        "output_off_track": by_level[:, _OUTPUT, _OFF],
        "impact_rated": _rated(by_level[:, _GOAL]),
        "impact_off_track": by_level[:, _GOAL, _OFF],
    }


def _indicator_counts(sources: Sources) -> dict[str, Ints]:
    indicators, cells = sources.indicators, sources.cells
    size = len(indicators.level)
    now, before = (_by_indicator(found, size) for found in (cells, sources.cells_before))
    outcome = indicators.level == _OUTCOME
    rated, rated_before = _rated(now), _rated(before)
    compared = (outcome | (indicators.level == _OUTPUT)) & (rated > 0) & (rated_before > 0)
    alive = indicators.expected | _any(cells.indicator, size)
    needing = alive & (outcome | (indicators.level == _GOAL))
    chosen = {
        "compared": compared,
        "missed_twice": compared & (now[:, _OFF] == rated) & (before[:, _OFF] == rated_before),
        "needing_baseline": needing,
        "without_baseline": needing & ~_any(cells.indicator[cells.has_baseline], size),
        "expected": indicators.expected,
        "stale": indicators.expected & ~_any(cells.indicator[cells.has_actual], size),
    }
    return {name: _tally(indicators.intervention, held, len(sources.subject)) for name, held in chosen.items()}


def _tally(groups: Ints, held: Bools, count: int) -> Ints:
    """How many of each group are held; whole numbers this small are exact on their way."""
    return np.bincount(groups, weights=held, minlength=count).astype(np.int64)


def _by_level(indicators: Indicators, cells: RatedCells, count: int) -> Ints:
    """Cells by intervention, level (the last one is none) and rating."""
    group = (indicators.intervention * _LEVELS + indicators.level % _LEVELS) * _RATINGS
    counts = np.bincount(group[cells.indicator] + cells.rating, minlength=count * _LEVELS * _RATINGS)
    return counts.reshape(count, _LEVELS, _RATINGS)


def _by_indicator(cells: RatedCells, count: int) -> Ints:
    """Cells by indicator and rating."""
    counts = np.bincount(cells.indicator * _RATINGS + cells.rating, minlength=count * _RATINGS)
    return counts.reshape(count, _RATINGS)


def _rated(counts: Ints) -> Ints:
    result: Ints = counts[:, _ON] + counts[:, _RISK] + counts[:, _OFF]
    return result


def _any(positions: Ints, count: int) -> Bools:
    found = np.zeros(count, dtype=np.bool_)
    found[positions] = True
    return found


def _deadlines(reports: Reports, count: int) -> tuple[Days, Days]:
    """Earliest due day of what is not submitted, latest day of submission; 0 = none."""
    far = np.iinfo(np.int32).max
    due, last = np.full(count, far, dtype=np.int32), np.full(count, NEVER, dtype=np.int32)
    pending = (reports.submitted == NEVER) & (reports.due != NEVER)
    np.minimum.at(due, reports.intervention[pending], reports.due[pending])
    np.maximum.at(last, reports.intervention, reports.submitted)
    due[due == far] = NEVER
    return due, last


def _refuse_misfits(sources: Sources) -> None:
    for name in ("indicators", "cells", "cells_before", "reports"):
        refuse_uneven(getattr(sources, name), name)
    subjects, size = len(sources.subject), len(sources.indicators.level)
    for field, positions, first, end in (
        ("indicators.intervention", sources.indicators.intervention, 0, subjects),
        ("indicators.level", sources.indicators.level, -1, len(ResultLevel)),
        ("reports.intervention", sources.reports.intervention, 0, subjects),
        ("cells.indicator", sources.cells.indicator, 0, size),
        ("cells_before.indicator", sources.cells_before.indicator, 0, size),
        ("cells.rating", sources.cells.rating, 0, _RATINGS),
        ("cells_before.rating", sources.cells_before.rating, 0, _RATINGS),
    ):
        if len(positions) and not first <= positions.min() <= positions.max() < end:
            raise Invalid(f"a position in {field} points at nothing", field)
