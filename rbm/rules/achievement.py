"""How much of a target is achieved, decided for one cell in a fixed order."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rbm.terms.indicators import Direction, Measure


class Method(StrEnum):
    """Which form of achievement was used."""

    PROGRESS = "progress"
    ACTUAL_OVER_TARGET = "actual_over_target"
    THRESHOLD = "threshold"
    TOLERANCE = "tolerance"
    NOT_RATED = "not_rated"


class Unrated(StrEnum):
    """Why there is no share of the target."""

    NO_ACTUAL = "no_actual"
    NO_TARGET = "no_target"
    TARGET_ZERO = "target_zero"
    NO_DIRECTION = "no_direction"
    NOT_NUMERIC = "not_numeric"
    TARGET_EQUALS_BASELINE = "target_equals_baseline"
    TARGET_AGAINST_DIRECTION = "target_against_direction"
    NO_BASELINE = "no_baseline"
    MAINTAINED = "maintained"
    MET_OR_MISSED = "met_or_missed"


class Mark(StrEnum):
    """What a reader has to know about the way it was decided."""

    DIRECTION_INFERRED = "direction_inferred"
    BASELINE_ASSUMED_ZERO = "baseline_assumed_zero"
    TARGET_AGAINST_DIRECTION = "target_against_direction"


@dataclass(frozen=True, slots=True)
class Case:
    """One cell: values in the indicator's unit, `direction` None where undeclared, `tolerance` in the same unit."""

    actual: Decimal | None
    target: Decimal | None
    baseline: Decimal | None = None
    direction: Direction | None = None
    measure: Measure = Measure.NUMBER
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Achievement:
    """`raw` is the unrounded share of the target (1 = met), `capped` the same within 0 and 1."""

    raw: Decimal | None
    capped: Decimal | None
    met: bool | None
    method: Method
    reason: Unrated | None
    marks: tuple[Mark, ...] = ()


def achievement(case: Case) -> Achievement:
    """Achievement of one cell, never an exception or an infinity. Source: design section 7, requirement R023.

    In order: no actual or target, not rated, maintain, met or missed, rising target 0, threshold, assumed baseline,
    and last (actual - baseline) / (target - baseline), right for rising and falling targets.
    """
    actual, target = case.actual, case.target
    if actual is None:
        return _unrated(Unrated.NO_ACTUAL)
    if target is None:
        return _unrated(Unrated.NO_TARGET)
    if case.measure is Measure.NARRATIVE:
        return _unrated(Unrated.NOT_NUMERIC)
    if case.direction is Direction.NONE:
        return _unrated(Unrated.NO_DIRECTION)
    if case.direction is Direction.MAINTAIN:
        return _decided(Method.TOLERANCE, Unrated.MAINTAINED, met=abs(actual - target) <= case.tolerance)
    return _directed(case, actual, target)


def _directed(case: Case, actual: Decimal, target: Decimal) -> Achievement:
    rising, marks = _rising(case, target)
    reached = actual >= target if rising else actual <= target
    if case.measure in (Measure.MILESTONE, Measure.YES_NO):
        return _decided(Method.THRESHOLD, Unrated.MET_OR_MISSED, marks, met=reached)
    if rising and target == 0 and (case.direction is not None or case.baseline is None):
        return _unrated(Unrated.TARGET_ZERO, marks)
    start = Decimal(0) if case.baseline is None else case.baseline
    if case.baseline is None and not rising:
        return _decided(Method.THRESHOLD, Unrated.NO_BASELINE, marks, met=reached)
    if target == start or rising != (target > start):
        reason = Unrated.TARGET_EQUALS_BASELINE if target == start else Unrated.TARGET_AGAINST_DIRECTION
        return _decided(Method.THRESHOLD, reason, (*marks, Mark.TARGET_AGAINST_DIRECTION), met=reached)
    if case.baseline is None:
        return _measured(actual / target, Method.ACTUAL_OVER_TARGET, (*marks, Mark.BASELINE_ASSUMED_ZERO))
    return _measured((actual - start) / (target - start), Method.PROGRESS, marks)


def _rising(case: Case, target: Decimal) -> tuple[bool, tuple[Mark, ...]]:
    """Whether more is better; where undeclared, the side of the baseline (0 without one) on which the target lies."""
    if case.direction is not None:
        return case.direction is Direction.INCREASE, ()
    return target >= (case.baseline or Decimal(0)), (Mark.DIRECTION_INFERRED,)


def _measured(raw: Decimal, method: Method, marks: tuple[Mark, ...]) -> Achievement:
    return Achievement(raw, min(max(raw, Decimal(0)), Decimal(1)), raw >= 1, method, None, marks)


def _decided(method: Method, reason: Unrated, marks: tuple[Mark, ...] = (), *, met: bool) -> Achievement:
    return Achievement(None, None, met, method, reason, marks)


def _unrated(reason: Unrated, marks: tuple[Mark, ...] = ()) -> Achievement:
    return Achievement(None, None, None, Method.NOT_RATED, reason, marks)
