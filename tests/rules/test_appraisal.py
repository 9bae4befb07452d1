"""Scores of checklists, the levels they stand for, and the bands of gender integration."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.appraisal import GENDER, GENDER_NOW, MOST_POINTS, level_of, refuse_gender_points, score
from rbm.terms.evaluation import GenderBand, QualityLevel

WEIGHTS = {1: Decimal(1), 2: Decimal(2), 3: Decimal("0.5")}


def test_a_score_is_the_weighted_share_of_all_points() -> None:
    assert score({1: 3, 2: 3, 3: 3}, WEIGHTS) == 100
    assert score({1: 0, 2: 0, 3: 0}, WEIGHTS) == 0
    assert score({1: 3, 2: 0, 3: 3}, WEIGHTS) == Fraction(300, 7)


@given(st.dictionaries(st.integers(1, 60), st.tuples(st.integers(0, MOST_POINTS), st.integers(1, 9)), min_size=1))
def test_a_score_stays_within_its_bounds_and_rises_with_every_point(given_points: dict[int, tuple[int, int]]) -> None:
    points = {number: each[0] for number, each in given_points.items()}
    weights = {number: Decimal(each[1]) for number, each in given_points.items()}
    scored = score(points, weights)
    assert 0 <= scored <= 100
    number = min(points)
    if points[number] < MOST_POINTS:
        assert score(points | {number: points[number] + 1}, weights) > scored


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ({1: 3, 2: 3}, "no answer to question 3"),
        ({1: 3, 2: 3, 3: 3, 4: 3}, "the checklist has no question 4"),
        ({1: 3, 2: 4, 3: 3}, "question 2 gets 0 to 3 points, not 4"),
        ({1: 3, 2: -1, 3: 3}, "question 2 gets 0 to 3 points, not -1"),
    ],
)
def test_every_question_has_one_answer_within_its_points(points: dict[int, int], told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        score(points, WEIGHTS)
    assert (refusal.value.field, refusal.value.message) == ("answers", told)


@pytest.mark.parametrize(
    ("scored", "level"),
    [
        (Fraction(90), QualityLevel.HIGHLY_SATISFACTORY),
        (Fraction(899999, 10000), QualityLevel.SATISFACTORY),
        (Fraction(75), QualityLevel.SATISFACTORY),
        (Fraction(60), QualityLevel.MODERATELY_SATISFACTORY),
        (Fraction(45), QualityLevel.MODERATELY_UNSATISFACTORY),
        (Fraction(30), QualityLevel.UNSATISFACTORY),
        (Fraction(0), QualityLevel.HIGHLY_UNSATISFACTORY),
    ],
)
def test_levels_begin_at_their_lowest_score(scored: Fraction, level: QualityLevel) -> None:
    assert level_of(scored) is level


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, "missing"), (3, "missing"), (4, "approaches"), (6, "approaches"), (7, "meets"), (9, "meets")],
)
def test_nine_points_of_gender_have_three_bands(points: int, band: str) -> None:
    assert GENDER_NOW.band(points) == band


def test_the_scoring_before_had_twelve_points_and_four_bands() -> None:
    before = GENDER[0]
    assert (before.edition, before.most) == (2014, 12)
    assert [before.band(points) for points in (3, 4, 7, 8, 10, 11, 12)] == [
        GenderBand.MISSING,
        GenderBand.APPROACHES,
        GenderBand.APPROACHES,
        GenderBand.MEETS,
        GenderBand.MEETS,
        GenderBand.EXCEEDS,
        GenderBand.EXCEEDS,
    ]


@pytest.mark.parametrize("points", [-1, 10])
def test_points_beyond_the_scoring_are_refused(points: int) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_gender_points(points)
    assert refusal.value.field == "gender_points"
