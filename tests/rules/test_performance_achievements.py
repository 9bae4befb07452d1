"""Achievement and rating of many cells: the decision for one cell, held against the plain calculation."""

from dataclasses import fields, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.achievement import Case, Mark, Method, Unrated, achievement
from rbm.rules.exact import LIMIT, ONE
from rbm.rules.performance import Cells, Thresholds, Windows, achievements, against_direction, columns, rate
from rbm.rules.performance.shares import at_least, quotients, reaches
from rbm.terms.indicators import Direction, Measure
from rbm.terms.performance import Rating, RatingGap

AS_OF = date(2024, 3, 1)
RATINGS, GAPS = list(Rating), list(RatingGap)
SMALL = st.integers(-3, 3).map(Decimal)
WHOLE_RANGE = st.integers(-LIMIT, LIMIT).map(lambda micros: Decimal(micros).scaleb(-6))
AMOUNTS = SMALL | st.decimals(-(10**9), 10**9, places=6) | WHOLE_RANGE
CASES = st.builds(
    Case,
    actual=st.none() | AMOUNTS,
    target=st.none() | AMOUNTS,
    baseline=st.none() | AMOUNTS,
    direction=st.none() | st.sampled_from(Direction),
    measure=st.sampled_from(Measure),
    tolerance=SMALL | AMOUNTS,
)
U64 = st.integers(0, 2**64 - 1)


def windows(count: int, end: date = date(2023, 12, 31), *, milestone: bool = False) -> Windows:
    """Windows of one last day for all cells."""
    return Windows(np.full(count, end.toordinal(), dtype=np.int32), np.full(count, milestone, dtype=np.bool_))


def micros(value: Decimal | None) -> int:
    """A share as micros, rounded half to even and kept within 64 bits."""
    exact = int((value or Decimal(0)).scaleb(6).to_integral_value(ROUND_HALF_EVEN))
    return min(max(exact, -LIMIT), LIMIT)


def case(actual: float | None, target: float | None, baseline: float | None = 0, **more: object) -> Case:
    """A cell of a rising indicator, unless said otherwise."""
    amounts = [None if number is None else Decimal(str(number)) for number in (actual, target, baseline)]
    return Case(*amounts, **{"direction": Direction.INCREASE, **more})  # type: ignore[arg-type]


def ratings_of(cases: list[Case], thresholds: Thresholds | None = None) -> list[Rating]:
    """Ratings of cells whose window has ended."""
    found = rate(achievements(columns(cases)), windows(len(cases)), AS_OF, thresholds)
    return [RATINGS[position] for position in found.rating]


@given(st.lists(CASES, max_size=8))
def test_many_cells_are_decided_as_each_is_alone(cases: list[Case]) -> None:
    found = achievements(columns(cases))
    for row, one in enumerate(map(achievement, cases)):
        assert list(Method)[found.method[row]] is one.method
        assert (None if found.reason[row] < 0 else list(Unrated)[found.reason[row]]) is one.reason
        assert found.has_raw[row] == (one.raw is not None)
        assert found.raw[row] == micros(one.raw)
        assert found.capped[row] == micros(one.capped)
        assert found.met[row] == {None: -1, False: 0, True: 1}[one.met]
        assert {mark for mark in Mark if getattr(found, mark.value)[row]} == set(one.marks)


@given(st.lists(CASES, max_size=8), st.integers(1, ONE), st.integers(1, ONE))
def test_ratings_compare_the_unrounded_share_with_inclusive_bounds(cases: list[Case], one: int, other: int) -> None:
    bounds = Thresholds(max(one, other), min(one, other))
    for row, rating in enumerate(ratings_of(cases, bounds)):
        assert rating is plain_rating(cases[row], bounds)


def plain_rating(cell: Case, bounds: Thresholds) -> Rating:
    """The rating of one cell in fractions."""
    found = achievement(cell)
    if found.met is None:
        return Rating.NOT_RATED
    share = Fraction(int(found.met))
    if found.raw is not None and cell.actual is not None and cell.target is not None:
        start = Fraction(cell.baseline or 0)
        share = (Fraction(cell.actual) - start) / (Fraction(cell.target) - start)
    if share >= Fraction(bounds.on_track, ONE):
        return Rating.ON_TRACK
    return Rating.AT_RISK if share >= Fraction(bounds.at_risk, ONE) else Rating.OFF_TRACK


@given(AMOUNTS, st.none() | AMOUNTS, st.none() | st.sampled_from([Direction.INCREASE, Direction.DECREASE]))
def test_at_target_achievement_is_one_or_met(target: Decimal, baseline: Decimal | None, way: Direction | None) -> None:
    found = achievements(columns([Case(target, target, baseline, way)]))
    assert found.met[0] == 1 or list(Unrated)[found.reason[0]] is Unrated.TARGET_ZERO
    assert not found.has_raw[0] or (found.raw[0], found.capped[0]) == (ONE, ONE)


@given(st.lists(CASES, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_order_never_matters(cases: list[Case], random: object) -> None:
    order = list(range(len(cases)))
    random.shuffle(order)  # type: ignore[attr-defined]
    before, after = (achievements(columns(rows)) for rows in (cases, [cases[at] for at in order]))
    for field in fields(before):
        assert np.array_equal(getattr(before, field.name)[order], getattr(after, field.name))


@given(st.lists(st.tuples(U64, U64.filter(bool)), max_size=5), st.integers(1, ONE))
def test_shares_are_exact_over_all_of_64_bits(pairs: list[tuple[int, int]], threshold: int) -> None:
    covered, distance = (np.array([pair[at] for pair in pairs], dtype=np.uint64) for at in (0, 1))
    assert reaches(covered, distance, threshold).tolist() == [part * ONE >= whole * threshold for part, whole in pairs]
    rounded = [min(round(Fraction(part * ONE, whole)), LIMIT) for part, whole in pairs]
    assert quotients(covered, distance).tolist() == rounded


def test_ties_round_to_even_and_counts_compare_exactly() -> None:
    halves = np.array([1, 3, 5], dtype=np.uint64)
    assert quotients(halves, np.full(3, 2 * ONE, dtype=np.uint64)).tolist() == [0, 2, 2]
    counts = np.array([2, 666_666], dtype=np.int64), np.array([3, 1_000_000], dtype=np.int64)
    assert at_least(*counts, Fraction(2, 3)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("actual", "target", "rating"),
    [
        (80, 100, Rating.ON_TRACK),
        (79.999999, 100, Rating.AT_RISK),
        (60, 100, Rating.AT_RISK),
        (59.999999, 100, Rating.OFF_TRACK),
        (7999999999, 10000000000, Rating.AT_RISK),
        (-5, 100, Rating.OFF_TRACK),
        (None, 100, Rating.NOT_RATED),
        (5, None, Rating.NOT_RATED),
    ],
)
def test_bounds_are_inclusive_below(actual: float | None, target: float | None, rating: Rating) -> None:
    assert ratings_of([case(actual, target)]) == [rating]


def test_met_is_on_track_and_missed_off_track() -> None:
    burundi = case(5857, 3500, 4264)
    assert ratings_of([burundi, replace(burundi, actual=Decimal(3499))]) == [Rating.ON_TRACK, Rating.OFF_TRACK]
    found = achievements(columns([burundi]))
    assert (found.met[0], found.has_raw[0], found.raw[0]) == (1, False, 0)
    assert list(Unrated)[found.reason[0]] is Unrated.TARGET_AGAINST_DIRECTION


def test_an_open_window_is_rated_only_against_a_milestone_and_ends_with_its_last_day() -> None:
    found = achievements(columns([case(90, 100), case(None, 100)]))
    open_until = date(2024, 3, 2)
    waiting = rate(found, windows(2, open_until), AS_OF)
    assert [RATINGS[position] for position in waiting.rating] == [Rating.NOT_RATED] * 2
    assert [GAPS[position] for position in waiting.reason] == [RatingGap.WINDOW_OPEN, RatingGap.NO_ACHIEVEMENT]
    for ended in (windows(2, open_until, milestone=True), windows(2, AS_OF)):
        rated = rate(found, ended, AS_OF)
        assert [RATINGS[position] for position in rated.rating] == [Rating.ON_TRACK, Rating.NOT_RATED]
        assert (rated.reason[0], rated.thresholds) == (-1, Thresholds())


def test_a_target_against_the_direction_is_an_issue_even_where_it_cannot_be_rated() -> None:
    falling = {"direction": Direction.DECREASE}
    cases = [case(5, 0, 3), case(None, 2, 3), case(1, 5, 3, **falling), case(1, 3, 3), case(1, 2, None), case(1, 5, 3)]
    undeclared = case(1, 2, 3, direction=None)
    assert against_direction(columns([*cases, undeclared])).tolist() == [True, True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("on_track", "at_risk", "field"),
    [(0, 0, "on_track"), (ONE + 1, 1, "on_track"), (800_000, 800_001, "at_risk"), (800_000, 0, "at_risk")],
)
def test_thresholds_that_make_no_sense_are_refused(on_track: int, at_risk: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Thresholds(on_track, at_risk)
    assert refused.value.field == field


def test_columns_of_different_lengths_are_refused() -> None:
    cells = columns([case(1, 2)])
    with pytest.raises(Invalid, match="cells differ in length"):
        achievements(replace(cells, tolerance=np.zeros(2, dtype=np.int64)))
    with pytest.raises(Invalid, match="windows"):
        rate(achievements(cells), windows(2), AS_OF)
    with pytest.raises(Invalid, match="windows"):
        rate(achievements(cells), Windows(windows(1).period_end, windows(2).milestone), AS_OF)
    assert isinstance(cells, Cells)
