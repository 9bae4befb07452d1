"""Requirements of findings, ratings and the quality of evaluations, each by its number."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.appraisal import ChecklistQuestion, QualityReview
from rbm.model.evaluation import Evaluation
from rbm.model.findings import CriterionRating
from rbm.model.responses import ManagementResponse
from rbm.services import evaluation, findings
from rbm.services.evaluation import QualityAnswer
from rbm.services.findings import FindingInput, RatingInput, SynthesisInput
from rbm.terms.evaluation import (
    DocumentKind,
    EvaluationStage,
    EvaluationType,
    QualityGate,
    QualityGrouping,
    SourceKind,
)
from rbm.terms.findings import Criterion, RatingScaleName
from rbm.terms.people import Role
from rbm.work import Work
from seeds.checklists import load_checklists
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.reviewed import checklist, document, review
from tests.services.findings.scene import Scene, draft, play

STAGES = {
    QualityGate.TERMS_OF_REFERENCE: (EvaluationStage.TOR, DocumentKind.TERMS_OF_REFERENCE),
    QualityGate.INCEPTION: (EvaluationStage.INCEPTION, DocumentKind.INCEPTION_REPORT),
    QualityGate.DRAFT: (EvaluationStage.DRAFT_REPORT, DocumentKind.DRAFT_REPORT),
    QualityGate.FINAL: (EvaluationStage.QUALITY_REVIEW, DocumentKind.FINAL_REPORT),
}


def reviewed(work: Work, scene: Scene, gate: QualityGate, points: int) -> QualityReview:
    """A finished review at a gate in which every question gets the same points."""
    assessor = Make(work).actor(Role.QUALITY_ASSESSOR)
    assert assessor.person_id
    row = evaluation.assign_quality_review(work, scene.evaluation_id, gate, assessor.person_id)
    query = sa.select(ChecklistQuestion.number).where(ChecklistQuestion.checklist_id == row.checklist_id)
    asked = work.session.scalars(query).all()
    evaluation.rate_quality(work, row.id, [QualityAnswer(number, points) for number in asked], gender_points=points)
    return evaluation.finish_quality_review(work, row.id)


@pytest.mark.parametrize("gate", QualityGate)
@pytest.mark.parametrize(("points", "passed"), [(1, False), (2, True)])
def test_r115_every_gate_is_reviewed_by_a_checklist(
    start: Begin, gate: QualityGate, points: int, *, passed: bool
) -> None:
    stage, kind = STAGES[gate]
    with start() as work:
        load_checklists(work)
        scene = play(work, stage)
        document(work, scene.evaluation_id, kind)
        assert reviewed(work, scene, gate, points).passed is passed


def test_r116_the_author_cannot_score(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        load_checklists(work)
        scene = play(work)
        findings.record_finding(
            work, scene.evaluation_id, FindingInput("found")
        ).recorded_by_id = scene.officer.person_id
        assert scene.officer.person_id
    with refused(engine, Invalid, "assessor_id", scene.head) as work:
        evaluation.assign_quality_review(work, scene.evaluation_id, QualityGate.DRAFT, scene.officer.person_id)


def test_r118_criteria_are_rated_on_a_declared_scale(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        for criterion, given in zip(Criterion, ("HS", "S", "MS", "MU", "U", "UA"), strict=False):
            rating = RatingInput(criterion, RatingScaleName.SATISFACTION, given, "seen")
            findings.rate_criterion(work, scene.evaluation_id, rating)
        rated = work.session.scalars(sa.select(CriterionRating).order_by(CriterionRating.points.desc())).all()
        assert {row.scale_edition for row in rated} == {1}
        (mean,) = findings.evaluation_ratings(work, scene.evaluation_id)
        assert (mean.mean, mean.assessed, mean.unable) == (Decimal(4), 5, 1)


def test_r122_quality_by_type_region_and_year(start: Begin) -> None:
    with start() as work:
        evaluating, asked = Evaluating(Make(work)), checklist(work)
        for kind, day, score in (
            (EvaluationType.PROJECT, date(2025, 5, 1), 60),
            (EvaluationType.PROJECT, date(2026, 1, 1), 80),
            (EvaluationType.THEMATIC, date(2026, 1, 1), 100),
        ):
            review(work, evaluating.evaluation(type=kind, final_on=day), asked, score=Decimal(score))
        found = {by: evaluation.quality_averages(work, by, 2025, 2026).groups for by in QualityGrouping}
        told = {by: [(one.group, one.score, one.assessed) for one in groups] for by, groups in found.items()}
        assert told == {
            QualityGrouping.TYPE: [("project", 70, 2), ("thematic", 100, 1)],
            QualityGrouping.REGION: [("none", 80, 3)],
            QualityGrouping.YEAR: [("2025", 60, 1), ("2026", 90, 2)],
        }


@pytest.mark.parametrize("source", [SourceKind.AUDIT, SourceKind.EXTERNAL_ASSESSMENT, SourceKind.DONOR_EVALUATION])
def test_r132_r133_what_others_recommend_is_answered_alike_and_kept_apart(start: Begin, source: SourceKind) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL, source=source)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
        findings.issue_recommendation(work, row.id)
        (owed,) = work.session.scalars(sa.select(ManagementResponse)).all()
        assert (owed.office_id, owed.stage) == (scene.country_id, "due")
        assert work.get(Evaluation, scene.evaluation_id).source is source
        assert findings.synthesis_dataset(work, 2026).sample == 0
        assert findings.synthesis_dataset(work, 2026, source).sample == 1


def test_r143_fifteen_positive_and_two_insufficient_are_no_sample_of_sixteen(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
    wrong = SynthesisInput(2018, "Quality", 16, 15, 2, 0, "Meta-evaluation")
    with refused(engine, Invalid, "sample", scene.officer) as work:
        findings.record_synthesis(work, wrong)


def test_an_issued_recommendation_is_not_edited_but_corrected(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
        findings.issue_recommendation(work, row.id)
    with refused(engine, Conflict, "stage", scene.head) as work:
        findings.revise_recommendation(work, row.id, draft(scene.country_id, "Do less"))
    with start(scene.head) as work:
        assert findings.correct_recommendation(work, row.id, "Do it by 2028", "the year was wrong").edition == 2
