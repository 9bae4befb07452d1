"""Declared scales: points, means that leave out what was not assessed, and the golden numbers of ratings."""

from fractions import Fraction

import pytest

from rbm.errors import Invalid
from rbm.rules.scales import (
    LEVEL_POINTS,
    PROGRAMME_CRITERIA,
    SCALES,
    UNABLE,
    Scale,
    level_points,
    programme_score,
    scale_named,
    summary,
)
from rbm.terms.evaluation import QualityLevel
from rbm.terms.findings import Criterion, RatingScaleName

SATISFACTION = scale_named(RatingScaleName.SATISFACTION)
PROGRAMME = dict(
    zip(
        (
            Criterion.RELEVANCE,
            Criterion.COHERENCE,
            Criterion.EFFICIENCY,
            Criterion.EFFECTIVENESS,
            Criterion.SUSTAINABILITY,
        ),
        map(Fraction, ("3.2", "2.8", "3.0", "2.6", "2.4")),
        strict=True,
    )
)


def test_the_six_points_of_satisfaction() -> None:
    assert dict(SATISFACTION.points) == {"HS": 6, "S": 5, "MS": 4, "MU": 3, "U": 2, "HU": 1}
    assert SATISFACTION.points_of(UNABLE) is None


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_every_scale_names_its_ratings_and_falls_from_the_best_to_the_worst(scale: Scale) -> None:
    points = list(scale.points.values())
    assert points == sorted(set(points), reverse=True)
    assert set(scale.ratings) == set(scale.labels)
    assert [scale.favours(rating) for rating in scale.points].count(True) * 2 == len(points)


def test_every_name_has_a_scale() -> None:
    assert {scale_named(name).name for name in RatingScaleName} == set(RatingScaleName)


def test_a_mean_leaves_out_what_was_not_assessed_and_shows_the_distribution() -> None:
    found = summary(SATISFACTION, ["HS", "UA", "S"])
    assert (found.mean, found.assessed, found.unable) == (Fraction("5.5"), 2, 1)
    assert dict(found.distribution) == {"HS": 1, "S": 1, "MS": 0, "MU": 0, "U": 0, "HU": 0, "UA": 1}


def test_a_mean_of_nothing_assessed_is_none() -> None:
    assert summary(SATISFACTION, ["UA", "UA"]).mean is None
    assert summary(SATISFACTION, []).mean is None


def test_country_programme_means_are_scored_between_the_anchors() -> None:
    assert programme_score(PROGRAMME) == (Fraction("2.8"), 76)
    anchors = {points: programme_score({Criterion.RELEVANCE: Fraction(points)}) for points in (4, 3, 2, 1)}
    assert {points: scored and scored[1] for points, scored in anchors.items()} == {4: 100, 3: 80, 2: 60, 1: 40}


def test_impact_is_no_part_of_the_score_of_a_country_programme() -> None:
    assert Criterion.IMPACT not in PROGRAMME_CRITERIA
    assert programme_score(PROGRAMME | {Criterion.IMPACT: Fraction(1)}) == programme_score(PROGRAMME)
    assert programme_score({Criterion.IMPACT: Fraction(4)}) is None


@pytest.mark.parametrize("mean", [Fraction("0.9"), Fraction("4.1")])
def test_a_mean_that_is_none_of_the_scale_is_refused(mean: Fraction) -> None:
    with pytest.raises(Invalid) as refusal:
        programme_score({Criterion.RELEVANCE: mean})
    assert refusal.value.field == "rating"


def test_an_unsatisfactory_audit_counts_nothing_and_stays_visible() -> None:
    found = summary(scale_named(RatingScaleName.AUDIT), ["FS", "FS", "SI", "U"])
    assert found.mean == 70
    assert dict(found.distribution)["U"] == 1


def test_levels_of_quality_have_the_published_points() -> None:
    levels = [QualityLevel(level) for level in ("highly_satisfactory", "satisfactory", "satisfactory")]
    moderate = [QualityLevel.MODERATELY_SATISFACTORY, *[QualityLevel.MODERATELY_UNSATISFACTORY] * 2]
    assert level_points([*levels, *moderate]) == Fraction(250, 3)  # 83.3333
    assert level_points([]) is None
    assert list(LEVEL_POINTS.values()) == [100, 90, 80, 70, 60, 50]


@pytest.mark.parametrize(
    ("name", "rating"),
    [(RatingScaleName.SATISFACTION, "hs"), (RatingScaleName.SATISFACTION, "L"), (RatingScaleName.AUDIT, "UA")],
)
def test_a_rating_that_the_scale_does_not_know_is_refused(name: RatingScaleName, rating: str) -> None:
    with pytest.raises(Invalid) as refusal:
        scale_named(name).points_of(rating)
    assert refusal.value.field == "rating"


def test_an_edition_that_was_never_declared_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        scale_named(RatingScaleName.AUDIT, 2)
    assert refusal.value.field == "scale"
