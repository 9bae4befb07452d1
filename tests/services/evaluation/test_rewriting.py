"""What an evaluation says stands once its final report passed the review, until another review passes it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.appraisal import QualityReview
from rbm.model.evaluation import Evaluation, EvaluationReport
from rbm.model.findings import Finding, Recommendation, RecommendationPart
from rbm.services import evaluation
from rbm.terms.evaluation import EvaluationStage, QualityGate
from rbm.terms.findings import RecommendationStage
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.reviewed import finish
from tests.services.evaluation.scene import OVER, Scene, at


def said_otherwise(work: Work, row: Any) -> None:
    work.session.scalars(sa.select(Finding).where(Finding.number == 1)).one().text = "otherwise"


def no_limitation_left(work: Work, row: Any) -> None:
    work.session.scalars(sa.select(EvaluationReport)).one().limitations = "none"


def second_removed(work: Work, row: Any) -> None:
    work.remove(work.session.scalars(sa.select(Finding).where(Finding.number == 2)).one())


def one_more(work: Work, row: Any) -> None:
    of = Evaluating(Make(work))
    of.recommendation(row, of.make.office(), stage=RecommendationStage.DRAFT, issued_on=None)


def one_part_more(work: Work, row: Any) -> None:
    recommended = work.session.scalars(sa.select(Recommendation)).one()
    work.add(RecommendationPart(recommendation=recommended, letter="a", text="one step"))


SAYING_OTHERWISE = [
    said_otherwise,
    no_limitation_left,
    second_removed,
    one_more,
    one_part_more,
]


@pytest.mark.parametrize("change", SAYING_OTHERWISE)
def test_what_it_says_is_not_changed_after_its_final_report_passed(
    scene: Scene, start: Begin, engine: sa.Engine, change: Callable[[Work, Any], None]
) -> None:
    key = scene.complete(EvaluationStage.QUALITY_REVIEW, **OVER)
    with start() as work:
        at_gate = (QualityReview.evaluation_id == key, QualityReview.gate == QualityGate.FINAL)
        review = work.session.scalars(sa.select(QualityReview).where(*at_gate)).one()
        of = Evaluating(Make(work))
        of.finding(work.get(Evaluation, key), number=2)
        of.recommendation(work.get(Evaluation, key), stage=RecommendationStage.DRAFT, issued_on=None)
    finish(start, review.id, date(2026, 3, 3))
    with start(now=at(date(2026, 3, 4))) as work:
        change(Make(work).work, work.get(Evaluation, key))
    with refused(engine, Conflict, "quality_reviews", scene.officer) as work:
        evaluation.finalise_evaluation(work, key)
    finish(start, review.id, date(2026, 3, 5))
    with start(scene.officer) as work:
        assert evaluation.finalise_evaluation(work, key).stage is EvaluationStage.FINAL
