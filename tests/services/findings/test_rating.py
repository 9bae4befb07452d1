"""Ratings by criterion on declared scales, and their means with the distribution."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.findings import CriterionRating
from rbm.services import findings
from rbm.services.findings import RatingInput
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import Criterion, RatingScaleName
from rbm.work import Work
from tests.conftest import Begin
from tests.refusals import refused
from tests.services.findings.scene import Scene, play

SATISFACTION = RatingScaleName.SATISFACTION


def rating(
    criterion: Criterion, given: str, scale: RatingScaleName = SATISFACTION, why: str = "for this reason"
) -> RatingInput:
    return RatingInput(criterion, scale, given, why)


def rate(work: Work, scene: Scene, *ratings: RatingInput) -> list[CriterionRating]:
    return [findings.rate_criterion(work, scene.evaluation_id, one) for one in ratings]


def test_a_rating_keeps_its_scale_edition_and_points(start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with start(scene.officer) as work:
        good, unable = rate(work, scene, rating(Criterion.RELEVANCE, "HS"), rating(Criterion.IMPACT, "UA"))
        assert (good.scale, good.scale_edition, good.rating, good.points) == ("satisfaction", 1, "HS", Decimal(6))
        assert (unable.rating, unable.points) == ("UA", None)


def test_a_criterion_is_rated_once_and_rated_again_replaces_it(start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with start(scene.officer) as work:
        first, second = rate(work, scene, rating(Criterion.IMPACT, "HS"), rating(Criterion.IMPACT, "MU"))
        assert (first.id, second.points) == (second.id, Decimal(3))
        findings.withdraw_rating(work, second.id)
        assert work.session.scalars(sa.select(CriterionRating)).all() == []


def test_the_mean_leaves_out_what_was_not_assessed_and_comes_with_the_distribution(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        given = zip((Criterion.RELEVANCE, Criterion.IMPACT, Criterion.EFFICIENCY), ("HS", "UA", "S"), strict=True)
        rate(work, scene, *(rating(criterion, one) for criterion, one in given))
        (found,) = findings.evaluation_ratings(work, scene.evaluation_id)
        assert (found.mean, found.assessed, found.unable, found.score) == (Decimal("5.5"), 2, 1, None)
        counted = {one.rating: one.count for one in found.distribution if one.count}
        assert counted == {"HS": 1, "S": 1, "UA": 1}


def test_scales_are_never_mixed(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        likely = rating(Criterion.SUSTAINABILITY, "L", RatingScaleName.SUSTAINABILITY)
        rate(work, scene, likely, rating(Criterion.IMPACT, "HU"))
        found = findings.evaluation_ratings(work, scene.evaluation_id)
        assert [(one.scale, one.mean) for one in found] == [("satisfaction", 1), ("sustainability", 4)]


def test_a_country_programme_has_a_score(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        given = {"relevance": "3", "coherence": "3", "efficiency": "3", "effectiveness": "3", "sustainability": "2"}
        programme = RatingScaleName.COUNTRY_PROGRAMME
        rate(work, scene, *(rating(Criterion(name), points, programme) for name, points in given.items()))
        rate(work, scene, rating(Criterion.IMPACT, "1", programme))
        (found,) = findings.evaluation_ratings(work, scene.evaluation_id)
        assert (found.mean, found.score) == (Decimal("2.5"), Decimal(76))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [(rating(Criterion.IMPACT, "good"), "rating"), (rating(Criterion.IMPACT, "HS", why=" "), "justification")],
)
def test_what_no_scale_knows_or_nobody_justifies_is_refused(
    engine: sa.Engine, start: Begin, wrong: RatingInput, field: str
) -> None:
    with start() as work:
        scene = play(work)
    with refused(engine, Invalid, field, scene.officer) as work:
        findings.rate_criterion(work, scene.evaluation_id, wrong)


def test_ratings_are_frozen_with_the_final(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
        (row,) = rate(work, scene, rating(Criterion.IMPACT, "HU"))
        work.get(Evaluation, scene.evaluation_id).stage = EvaluationStage.FINAL
    with refused(engine, Conflict, "stage", scene.head) as work:
        findings.rate_criterion(work, scene.evaluation_id, rating(Criterion.IMPACT, "HS"))
    with refused(engine, Conflict, "stage", scene.head) as work:
        findings.withdraw_rating(work, row.id)


def test_management_rates_nothing_and_sees_no_rating_before_the_comment_stage(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
        rate(work, scene, rating(Criterion.IMPACT, "HU"))
    with refused(engine, Forbidden, None, scene.chief) as work:
        findings.rate_criterion(work, scene.evaluation_id, rating(Criterion.IMPACT, "HS"))
    with start(scene.chief) as work:
        assert findings.evaluation_ratings(work, scene.evaluation_id) == ()
        work.get(Evaluation, scene.evaluation_id)
    with start(PUBLIC) as work:
        assert work.session.scalars(sa.select(CriterionRating)).all() == []
