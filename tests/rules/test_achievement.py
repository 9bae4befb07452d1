"""Achievement of one cell, row by row of the table it is decided by."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rbm.rules.achievement import Achievement, Case, Mark, Method, Unrated, achievement
from rbm.terms.indicators import Direction, Measure

INCREASE, DECREASE = Direction.INCREASE, Direction.DECREASE
AMOUNTS = st.decimals(-(10**12), 10**12, places=6)


def decide(
    baseline: float | str | None, target: float | str | None, actual: float | str | None, direction: Direction | None
) -> Achievement:
    """Achievement of plain numbers."""
    values = [None if number is None else Decimal(str(number)) for number in (actual, target, baseline)]
    return achievement(Case(*values, direction))


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "direction", "raw"),
    [
        (20, 50, 35, INCREASE, "0.5"),
        (80, 40, 60, DECREASE, "0.5"),
        (10, 20, 25, INCREASE, "1.5"),
        (10, 20, 5, INCREASE, "-0.5"),
        (None, 1000000, 400000, INCREASE, "0.4"),
        (20, 50, 35, None, "0.5"),
        (80, 40, 60, None, "0.5"),
    ],
)
def test_progress(baseline: int | None, target: int, actual: int, direction: Direction | None, raw: str) -> None:
    found = decide(baseline, target, actual, direction)
    assert found.raw == Decimal(raw)
    assert found.capped == min(max(Decimal(raw), Decimal(0)), Decimal(1))
    assert found.met == (Decimal(raw) >= 1)
    assert found.method is (Method.ACTUAL_OVER_TARGET if baseline is None else Method.PROGRESS)


@pytest.mark.parametrize(
    ("cell", "met", "reason"),
    [
        ((4264, 3500, 5857, INCREASE), True, Unrated.TARGET_AGAINST_DIRECTION),
        ((4264, 3500, 3499, INCREASE), False, Unrated.TARGET_AGAINST_DIRECTION),
        ((10, 20, 15, DECREASE), True, Unrated.TARGET_AGAINST_DIRECTION),
        ((50, 50, 50, INCREASE), True, Unrated.TARGET_EQUALS_BASELINE),
        ((50, 50, 49, INCREASE), False, Unrated.TARGET_EQUALS_BASELINE),
        ((None, 10, 9, DECREASE), True, Unrated.NO_BASELINE),
        ((None, 0, 1, DECREASE), False, Unrated.NO_BASELINE),
        ((None, -5, -4, INCREASE), True, Unrated.TARGET_AGAINST_DIRECTION),
    ],
)
def test_thresholds_are_met_or_missed(cell: tuple[int | None, int, int, Direction], met: bool, reason: Unrated) -> None:
    found = decide(*cell)
    assert (found.raw, found.capped) == (None, None)
    assert (found.met, found.method, found.reason) == (met, Method.THRESHOLD, reason)


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "direction", "reason"),
    [
        (0, 10, None, INCREASE, Unrated.NO_ACTUAL),
        (0, None, 5, INCREASE, Unrated.NO_TARGET),
        (5, 0, 5, INCREASE, Unrated.TARGET_ZERO),
        (None, 0, 5, None, Unrated.TARGET_ZERO),
        (0, 10, 5, Direction.NONE, Unrated.NO_DIRECTION),
    ],
)
def test_what_is_not_rated_says_why(
    baseline: int | None, target: int | None, actual: int | None, direction: Direction | None, reason: Unrated
) -> None:
    found = decide(baseline, target, actual, direction)
    assert (found.raw, found.met, found.method, found.reason) == (None, None, Method.NOT_RATED, reason)


def test_marks_say_what_was_assumed() -> None:
    assert decide(20, 50, 35, None).marks == (Mark.DIRECTION_INFERRED,)
    assert decide(None, 50, 35, None).marks == (Mark.DIRECTION_INFERRED, Mark.BASELINE_ASSUMED_ZERO)
    assert decide(4264, 3500, 5857, INCREASE).marks == (Mark.TARGET_AGAINST_DIRECTION,)


def test_maintain_is_met_within_its_tolerance() -> None:
    case = Case(Decimal(97), Decimal(95), None, Direction.MAINTAIN, tolerance=Decimal(2))
    assert achievement(case).met is True
    assert achievement(Case(Decimal("97.1"), Decimal(95), None, Direction.MAINTAIN, tolerance=Decimal(2))).met is False


def test_milestones_and_answers_are_reached_or_not_and_texts_are_not_rated() -> None:
    for measure in (Measure.MILESTONE, Measure.YES_NO):
        assert achievement(Case(Decimal(1), Decimal(1), None, INCREASE, measure)).met is True
        assert achievement(Case(Decimal(0), Decimal(1), Decimal(0), INCREASE, measure)).raw is None
    assert achievement(Case(Decimal(1), Decimal(1), None, INCREASE, Measure.NARRATIVE)).reason is Unrated.NOT_NUMERIC


@given(baseline=AMOUNTS, target=AMOUNTS)
def test_achievement_at_target_is_one_and_at_baseline_nothing(baseline: Decimal, target: Decimal) -> None:
    assume(baseline != target)
    direction = INCREASE if target > baseline else DECREASE
    assume(not (direction is INCREASE and target == 0))
    assert achievement(Case(target, target, baseline, direction)).raw == 1
    assert achievement(Case(baseline, target, baseline, direction)).raw == 0


@given(
    st.none() | AMOUNTS,
    st.none() | AMOUNTS,
    st.none() | AMOUNTS,
    st.none() | st.sampled_from(Direction),
    st.sampled_from(Measure),
)
def test_there_is_never_an_exception_and_always_a_share_a_verdict_or_a_reason(
    actual: Decimal | None,
    target: Decimal | None,
    baseline: Decimal | None,
    direction: Direction | None,
    measure: Measure,
) -> None:
    found = achievement(Case(actual, target, baseline, direction, measure))
    assert (found.raw is None) == (found.reason is not None)
    assert (found.raw is None) == (found.capped is None)
    assert found.raw is None or (found.raw.is_finite() and found.met == (found.raw >= 1))
