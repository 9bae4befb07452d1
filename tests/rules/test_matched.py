"""Achievement over matched cells: n of N, what is left out and why, totals only when complete."""

from decimal import Decimal
from fractions import Fraction

from rbm.rules.achievement import Case, Method, Unrated
from rbm.rules.matched import LeftOut, matched_achievement
from rbm.terms.indicators import Direction, Measure

WHOLE = Fraction(1)


def cell(actual: object, target: object, baseline: object = None, **facts: object) -> Case:
    numbers = [None if value is None else Decimal(str(value)) for value in (actual, target, baseline)]
    return Case(*numbers, **({"direction": Direction.INCREASE, "measure": Measure.NUMBER} | facts))  # type: ignore[arg-type]


def test_only_matched_cells_enter_and_the_rest_is_told() -> None:
    cells = [cell(30, 40, 20), cell(50, 60, 40), cell(None, 10), cell(7, None), cell(3, 0)]
    found = matched_achievement([(each, WHOLE) for each in cells], adds_up=True)
    assert (found.cells, found.matched, found.met) == (5, 2, 0)
    assert found.left_out == (
        LeftOut(Unrated.NO_ACTUAL, 1),
        LeftOut(Unrated.NO_TARGET, 1),
        LeftOut(Unrated.TARGET_ZERO, 1),
    )
    assert (found.actual, found.target, found.baseline) == (80, 100, 60)
    assert (found.raw, found.capped, found.method) == (Decimal("0.5"), Decimal("0.5"), Method.PROGRESS)
    assert found.target_total is None


def test_the_total_of_targets_is_shown_when_every_cell_has_one() -> None:
    found = matched_achievement([(cell(30, 40), WHOLE), (cell(None, 60), WHOLE)], adds_up=True)
    assert (found.matched, found.target, found.target_total) == (1, 40, 100)
    assert (found.raw, found.method) == (Decimal("0.75"), Method.ACTUAL_OVER_TARGET)


def test_where_less_is_better_a_cell_needs_its_baseline() -> None:
    falling = {"direction": Direction.DECREASE}
    cells = [cell(6, 4, 10, **falling), cell(3, 4, **falling)]
    found = matched_achievement([(each, WHOLE) for each in cells], adds_up=True)
    assert (found.cells, found.matched, found.left_out) == (2, 1, (LeftOut(Unrated.NO_BASELINE, 1),))
    assert found.raw == Decimal(4) / Decimal(6)


def test_what_is_above_the_target_is_raw_and_capped() -> None:
    found = matched_achievement([(cell(90, 60), WHOLE)], adds_up=True)
    assert (found.raw, found.capped, found.met) == (Decimal("1.5"), 1, 1)


def test_cells_enter_with_their_share() -> None:
    found = matched_achievement([(cell(30, 40), Fraction(1, 3)), (cell(10, 20), WHOLE)], adds_up=True)
    assert (found.actual, found.target) == (20, Decimal("33.333333"))


def test_what_does_not_add_up_has_no_totals_but_counts_who_met() -> None:
    cells = [cell(90, 80, measure=Measure.PERCENTAGE), cell(10, 80, measure=Measure.PERCENTAGE)]
    found = matched_achievement([(each, WHOLE) for each in cells], adds_up=False)
    assert (found.matched, found.met, found.actual, found.raw, found.target_total) == (2, 1, None, None, None)
    assert found.method is Method.NOT_RATED


def test_no_cells_are_no_achievement() -> None:
    found = matched_achievement([], adds_up=True)
    assert (found.cells, found.matched, found.raw, found.target_total) == (0, 0, None, None)
