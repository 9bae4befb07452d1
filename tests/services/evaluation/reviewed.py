"""Rows around quality reviews: questions, documents to review, and finished reviews of final evaluations."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.model.appraisal import Checklist, QualityReview
from rbm.model.evaluation import Evaluation, EvaluationDocument
from rbm.services.evaluation import QuestionInput
from rbm.stages import Transition
from rbm.terms.evaluation import DocumentKind, QualityGate, QualityLevel, QualityStage, TextLanguage
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import FINAL
from tests.make import Make
from tests.services.evaluation.scene import at


def questions(*weights: int) -> list[QuestionInput]:
    """Questions of these weights, in their order."""
    return [QuestionInput("Method", f"Question {number}", Decimal(weight)) for number, weight in enumerate(weights, 1)]


def document(work: Work, evaluation_id: UUID, kind: DocumentKind) -> EvaluationDocument:
    """A document of an evaluation."""
    return work.add(
        EvaluationDocument(
            evaluation_id=evaluation_id,
            kind=kind,
            edition=1,
            language=TextLanguage.ENGLISH,
            title=kind,
            text="text",
            content_hash="0" * 64,
            shared=False,
            public=False,
            attached_at=work.now,
        )
    )


def checklist(work: Work) -> Checklist:
    """A checklist of the final gate."""
    gate = QualityGate.FINAL
    facts = {"title": "Quality", "effective_from": FINAL, "pass_mark": Decimal(60)}
    return work.add(Checklist(gate=gate, edition=1, **facts))


def review(work: Work, evaluation: Evaluation, asked: Checklist, **facts: Any) -> QualityReview:
    """A finished review of an evaluation at the final gate: satisfactory, 80, with 6 points of gender."""
    defaults = {
        "gate": QualityGate.FINAL,
        "stage": QualityStage.FINAL,
        "assigned_at": work.now,
        "finished_on": FINAL,
        "score": Decimal(80),
        "level": QualityLevel.SATISFACTORY,
        "passed": True,
        "gender_points": 6,
    }
    assessor = Make(work).person()
    return work.add(QualityReview(**(defaults | facts), evaluation=evaluation, checklist=asked, assessor=assessor))


def finish(start: Begin, review_id: UUID, day: date) -> None:
    """A review that passes on a day."""
    with start(now=at(day)) as work:
        review = Make(work).work.get(QualityReview, review_id)
        review.stage = QualityStage.RATED
        work.flush()
        review.stage, review.finished_on = QualityStage.FINAL, day
        named = {"entity": "quality_review", "entity_id": review_id, "from_stage": "rated", "to_stage": "final"}
        work.add(Transition(**named, at=work.now))
