"""Achievement of many cells at once: the decision of `rbm.rules.achievement`, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum

import numpy as np

from rbm.errors import Invalid
from rbm.rules.achievement import Case, Method, Unrated
from rbm.rules.arrays import Bools, Codes, Ints
from rbm.rules.exact import ONE
from rbm.rules.performance.shares import Lengths, length, quotients
from rbm.rules.rollup.words import NO_REASON, code
from rbm.terms.indicators import Direction, Measure

UNDECLARED = np.int8(-1)
UNKNOWN, MISSED, MET = np.int8(-1), np.int8(0), np.int8(1)

_METHODS = {
    Unrated.MAINTAINED: Method.TOLERANCE,
    Unrated.TARGET_EQUALS_BASELINE: Method.THRESHOLD,
    Unrated.TARGET_AGAINST_DIRECTION: Method.THRESHOLD,
    Unrated.NO_BASELINE: Method.THRESHOLD,
    Unrated.MET_OR_MISSED: Method.THRESHOLD,
}
_METHOD_OF = np.array([code(_METHODS.get(reason, Method.NOT_RATED)) for reason in Unrated] + [code(Method.PROGRESS)])
"""Method by reason; the last one is for rows without a reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """N cells: amounts in micros of the indicator's unit (anything where there is none), words by position.

    direction: position in Direction, -1 undeclared; measure: position in Measure; tolerance: micros, for maintain.
    """

    actual: Ints
    target: Ints
    baseline: Ints
    has_actual: Bools
    has_target: Bools
    has_baseline: Bools
    direction: Codes
    measure: Codes
    tolerance: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Achievements:
    """N rows. method: position in Method; reason: position in Unrated, -1 where there is a share of the target.

    raw: that share in micros, rounded half to even and kept within 64 bits, 0 without one; capped: within 0 and one.
    met: -1 unknown, 0 missed, 1 met, decided before rounding; the marks are those of Mark.
    covered / distance is the unrounded share, 0 when negative; met is 1 / 1, missed and unknown are 0 / 1.
    """

    method: Codes
    reason: Codes
    raw: Ints
    has_raw: Bools
    capped: Ints
    met: Codes
    baseline_assumed_zero: Bools
    direction_inferred: Bools
    target_against_direction: Bools
    covered: Lengths
    distance: Lengths


def columns(cases: Sequence[Case]) -> Cells:
    """The columns of single cells. Values have at most six decimals."""
    return Cells(
        actual=_micros([case.actual for case in cases]),
        target=_micros([case.target for case in cases]),
        baseline=_micros([case.baseline for case in cases]),
        has_actual=np.array([case.actual is not None for case in cases], dtype=np.bool_),
        has_target=np.array([case.target is not None for case in cases], dtype=np.bool_),
        has_baseline=np.array([case.baseline is not None for case in cases], dtype=np.bool_),
        direction=np.array([UNDECLARED if case.direction is None else code(case.direction) for case in cases], np.int8),
        measure=np.array([code(case.measure) for case in cases], dtype=np.int8),
        tolerance=_micros([case.tolerance for case in cases]),
    )


def _micros(amounts: list[Decimal | None]) -> Ints:
    return np.array([0 if amount is None else int(amount * ONE) for amount in amounts], dtype=np.int64)


def achievements(cells: Cells) -> Achievements:
    """Achievement of each cell, in the order of design section 7, as `rbm.rules.achievement.achievement` decides one.

    Invalid when columns differ in length; never an infinity, and no number is an exception.
    """
    refuse_uneven(cells)
    start = cells.baseline * cells.has_baseline
    undeclared = cells.direction == UNDECLARED
    rising = (cells.direction == code(Direction.INCREASE)) | (undeclared & (cells.target >= start))
    reason = _reasons(cells, start, rising)
    method = _METHOD_OF[reason]
    measured = reason == NO_REASON
    assumed = measured & ~cells.has_baseline
    method[assumed] = code(Method.ACTUAL_OVER_TARGET)
    met = _met(cells, rising, reason, method)
    covered, distance, backward = _shares(cells, start, rising, (measured, met))
    raw = quotients(covered, distance)
    raw *= measured.view(np.int8) - 2 * backward.view(np.int8)
    covered *= ~backward
    return Achievements(
        method=method,
        reason=reason,
        raw=raw,
        has_raw=measured,
        capped=np.clip(raw, 0, ONE),
        met=met,
        baseline_assumed_zero=assumed,
        direction_inferred=undeclared & _reached_direction(reason),
        target_against_direction=_is(reason, Unrated.TARGET_EQUALS_BASELINE, Unrated.TARGET_AGAINST_DIRECTION),
        covered=covered,
        distance=distance,
    )


def against_direction(cells: Cells) -> Bools:
    """Where a stated target lies on the wrong side of a stated baseline for the declared direction.

    Whether or not the cell can be rated: each is an issue of data quality, target_against_direction. On the results
    UNHCR published for 2023 that is 207 of 1,363 cells with baseline, target and actual: 205 are decided as thresholds,
    and 2 are not rated, for their target is 0.
    """
    both = cells.has_target & cells.has_baseline
    falls = (cells.direction == code(Direction.INCREASE)) & (cells.target < cells.baseline)
    rises = (cells.direction == code(Direction.DECREASE)) & (cells.target > cells.baseline)
    result: Bools = both & (falls | rises)
    return result


def refuse_uneven(record: object, name: str = "cells") -> None:
    """Nothing, when all columns of a record are of one length. Invalid naming the record otherwise."""
    lengths = {len(getattr(record, field.name)) for field in fields(record)}  # type: ignore[arg-type]
    if len(lengths) > 1:
        raise Invalid(f"columns of {name} differ in length", name)


def _reasons(cells: Cells, start: Ints, rising: Bools) -> Codes:
    """Why there is no share of the target, by the first case that holds; -1 where there is one."""
    yes_or_no = _is(cells.measure, Measure.MILESTONE, Measure.YES_NO)
    placeholder = rising & (cells.target == 0) & ((cells.direction != UNDECLARED) | ~cells.has_baseline)
    cases = (
        (Unrated.TARGET_AGAINST_DIRECTION, rising != (cells.target > start)),
        (Unrated.TARGET_EQUALS_BASELINE, cells.target == start),
        (Unrated.NO_BASELINE, ~(cells.has_baseline | rising)),
        (Unrated.TARGET_ZERO, placeholder),
        (Unrated.MET_OR_MISSED, yes_or_no),
        (Unrated.MAINTAINED, _is(cells.direction, Direction.MAINTAIN)),
        (Unrated.NO_DIRECTION, _is(cells.direction, Direction.NONE)),
        (Unrated.NOT_NUMERIC, _is(cells.measure, Measure.NARRATIVE)),
        (Unrated.NO_TARGET, ~cells.has_target),
        (Unrated.NO_ACTUAL, ~cells.has_actual),
    )
    reason: Codes = np.full(len(start), NO_REASON, dtype=np.int8)
    for word, holds in cases:
        np.copyto(reason, code(word), where=holds)
    return reason


def _met(cells: Cells, rising: Bools, reason: Codes, method: Codes) -> Codes:
    reached = (rising & (cells.actual >= cells.target)) | (~rising & (cells.actual <= cells.target))
    maintained = np.flatnonzero(reason == code(Unrated.MAINTAINED))
    if len(maintained):
        apart = length(cells.actual[maintained], cells.target[maintained])
        tolerance = cells.tolerance[maintained]
        reached[maintained] = (tolerance >= 0) & (apart <= tolerance.view(np.uint64))
    unknown = method == code(Method.NOT_RATED)
    return np.where(unknown, UNKNOWN, reached.view(np.int8))


def _shares(cells: Cells, start: Ints, rising: Bools, found: tuple[Bools, Codes]) -> tuple[Lengths, Lengths, Bools]:
    """How far of how far the value has moved, and whether it has gone the other way; a verdict is 1 or 0 of 1."""
    measured, met = found
    backward: Bools = measured & ((rising & (cells.actual < start)) | (~rising & (cells.actual > start)))
    covered, distance = length(cells.actual, start), length(cells.target, start)
    covered *= measured
    covered += ~measured & (met == MET)
    distance *= measured
    distance += ~measured
    return covered, distance, backward


def _reached_direction(reason: Codes) -> Bools:
    """Where the decision went as far as the direction."""
    earlier = (Unrated.NO_ACTUAL, Unrated.NO_TARGET, Unrated.NOT_NUMERIC, Unrated.NO_DIRECTION, Unrated.MAINTAINED)
    return ~_is(reason, *earlier)


def _is(codes: Codes, *words: StrEnum) -> Bools:
    result: Bools = codes == code(words[0])
    for word in words[1:]:
        result |= codes == code(word)
    return result
