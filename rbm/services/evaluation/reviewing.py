"""Quality reviews: assigned to somebody outside the team, rated against a checklist, and decisive at each gate."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.appraisal import Checklist, ChecklistQuestion, QualityReview
from rbm.model.evaluation import Evaluation, EvaluationDocument
from rbm.model.evaluation_guards import REVIEWED, passed
from rbm.model.people import Person
from rbm.rules.appraisal import level_of, refuse_gender_points, score
from rbm.rules.inputs import refuse_blank
from rbm.services import people
from rbm.services.evaluation.checklists import checklist_on
from rbm.services.evaluation.documents import newest
from rbm.services.evaluation.outsiders import refuse_insider
from rbm.services.evaluation.standing import refuse_stage
from rbm.terms.evaluation import SETTLED, EvaluationStage, QualityGate, QualityStage
from rbm.work import Work

PLACES = 6
CLOSED = (*SETTLED, EvaluationStage.CANCELLED, EvaluationStage.POSTPONED)


@dataclass(frozen=True)
class QualityAnswer:
    """What a question of the checklist gets, by its number: 0 not at all to 3 fully, and a remark."""

    number: int
    points: int
    remark: str | None = None


def assign_quality_review(
    work: Work, evaluation_id: UUID, gate: QualityGate, assessor_id: UUID, reason: str | None = None
) -> QualityReview:
    """Ask somebody to review an evaluation at a gate, by the checklist in force today, before it is final.

    The assessor may assess quality for the whole organisation, and is nobody of the team, the office that commissioned
    it or what is judged: Invalid with `assessor_id` otherwise. Conflict while another review is open at the gate.
    What passed is reviewed again with a reason: Invalid without.
    """
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id", hold=True)
    work.require(Permission.OVERSEE_EVALUATION, about=evaluation)
    if evaluation.stage in CLOSED:
        raise Conflict(f"{evaluation.code} is {evaluation.stage}", "stage")
    assessor = work.get(Person, assessor_id, "assessor_id")
    _refuse_unfit(work, evaluation, assessor)
    _refuse_second(work, evaluation, gate)
    if passed(work, evaluation, gate):
        refuse_blank(reason, "reason")
    return work.add(
        QualityReview(
            evaluation=evaluation,
            checklist=checklist_on(work, gate, work.today),
            gate=gate,
            stage=QualityStage.ASSIGNED,
            assessor=assessor,
            assigned_at=work.now,
            reason=reason,
        )
    )


def rate_quality(
    work: Work,
    review_id: UUID,
    answers: list[QualityAnswer],
    gender_points: int | None = None,
    note: str | None = None,
) -> QualityReview:
    """Answer every question of a review that is assigned to the caller: score, level and passing follow.

    `gender_points` are those of the UN-SWAP indicator, 0 to 9, needed at the final gate. What is rated is the newest
    document of the gate, kept with its hash. Forbidden to everybody else; Conflict without that document; Invalid with
    `answers` unless every question has one of 0 to 3.
    """
    review, evaluation = _open(work, review_id)
    if work.actor.person_id != review.assessor_id and not work.actor.system:
        raise Forbidden("only its assessor rates it").on("quality_review", review.id)
    refuse_insider(work, evaluation)
    text = _text(work, evaluation, review.gate)
    scored = _score(work, review, answers)
    if gender_points is None and review.gate is QualityGate.FINAL:
        raise Invalid("the final review says how far gender is integrated", "gender_points")
    refuse_gender_points(gender_points)
    checklist = work.get(Checklist, review.checklist_id)
    review.answers = {str(one.number): {"points": one.points, "remark": one.remark} for one in answers}
    review.score = round(Decimal(scored.numerator) / Decimal(scored.denominator), PLACES)
    review.level, review.passed = level_of(scored), scored >= Fraction(checklist.pass_mark)
    review.gender_points, review.note = gender_points, note
    review.document, review.document_id, review.content_hash = text, text.id, text.content_hash
    return work.move(review, QualityStage.RATED)


def finish_quality_review(work: Work, review_id: UUID) -> QualityReview:
    """Finish a rated review: from today it decides at its gate, and changes no more.

    By its assessor or another one outside the team. It decides about the text that was rated, and no later one.
    Conflict unless it is rated, and from the final of the evaluation on.
    """
    review, evaluation = _open(work, review_id)
    refuse_insider(work, evaluation)
    work.move(review, QualityStage.FINAL)
    review.finished_on = work.today
    work.flush()
    return review


def return_quality_review(work: Work, review_id: UUID, reason: str) -> QualityReview:
    """Give a rated review back to its assessor, who rates it anew. Invalid without a reason; Conflict unless rated."""
    review, evaluation = _open(work, review_id)
    refuse_insider(work, evaluation)
    return work.move(review, QualityStage.ASSIGNED, reason)


def _open(work: Work, review_id: UUID) -> tuple[QualityReview, Evaluation]:
    review = work.get(QualityReview, review_id, "review_id", hold=True)
    work.require(Permission.ASSESS_QUALITY, about=review)
    evaluation = work.get(Evaluation, review.evaluation_id, hold=True)
    refuse_stage(evaluation)
    return review, evaluation


def _refuse_unfit(work: Work, evaluation: Evaluation, assessor: Person) -> None:
    if not assessor.active:
        raise Invalid(f"{assessor.name} is not active", "assessor_id")
    if not people.actor_of_person(work, assessor).may(Permission.ASSESS_QUALITY, None):
        raise Invalid(f"{assessor.name} may not assess quality", "assessor_id")
    refuse_insider(work, evaluation, assessor.id)


def _refuse_second(work: Work, evaluation: Evaluation, gate: QualityGate) -> None:
    query = sa.select(QualityReview.id).where(
        QualityReview.evaluation_id == evaluation.id,
        QualityReview.gate == gate,
        QualityReview.stage != QualityStage.FINAL,
    )
    if work.session.scalars(query.limit(1)).first():
        raise Conflict("a review is open at this gate", "gate")


def _text(work: Work, evaluation: Evaluation, gate: QualityGate) -> EvaluationDocument:
    """The newest document of a gate. Conflict without one."""
    kind = REVIEWED[gate]
    found = newest(work, evaluation, kind)
    if found is None:
        raise Conflict(f"there is no {kind.replace('_', ' ')} to review", "gate")
    return found


def _score(work: Work, review: QualityReview, answers: list[QualityAnswer]) -> Fraction:
    if len({one.number for one in answers}) < len(answers):
        raise Invalid("a question is answered twice", "answers")
    query = sa.select(ChecklistQuestion).where(ChecklistQuestion.checklist_id == review.checklist_id)
    weights = {question.number: question.weight for question in work.session.scalars(query)}
    return score({one.number: one.points for one in answers}, weights)
