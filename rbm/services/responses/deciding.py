"""Answering: what an office decides of each recommendation addressed to it, and what it says over all."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.findings import Recommendation, RecommendationPart
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse, RecommendationResponse, ResponseEdition
from rbm.rules.inputs import refuse_blank
from rbm.services.responses.addressed import answering, begin_writing, decision_on, part_of, was_submitted
from rbm.terms.evaluation import TextLanguage
from rbm.terms.followup import ActionStage
from rbm.terms.responses import REASONED, TAKEN_UP, ResponseDecision, ResponseReason
from rbm.work import Work

DROPPED = (ActionStage.NO_LONGER_APPLICABLE, ActionStage.SUPERSEDED)
Unit = tuple[Recommendation, RecommendationPart | None]
"""What is answered on its own: a recommendation, or one part of it."""


@dataclass(frozen=True)
class RecommendationDecision:
    """What an office decides of a recommendation, or of the part with a letter, and why it does not accept it fully.

    `office_id` is needed by those who may answer for several of the offices addressed.
    """

    recommendation_id: UUID
    decision: ResponseDecision
    part: str | None = None
    office_id: UUID | None = None
    reasons: list[ResponseReason] | None = None
    explanation: str | None = None
    alternative: str | None = None
    language: TextLanguage = TextLanguage.ENGLISH


def respond_to_recommendation(work: Work, decision: RecommendationDecision) -> RecommendationResponse:
    """Decide of a recommendation, or of one part of it, in the response that an office is writing.

    Invalid without reasons and explanation where the decision or a change of it needs them, or when a recommendation
    with parts is answered as a whole; Conflict when the response is not being written, when the decision was submitted
    as another one (a revision changes it), or when actions stand for what is not taken up any more.
    """
    recommendation = work.get(Recommendation, decision.recommendation_id, "recommendation_id")
    response = answering(work, recommendation, decision.office_id)
    unit = recommendation, part_of(work, recommendation, decision.part)
    _refuse_unreasoned(decision)
    begin_writing(work, response)
    _refuse_unexplained_change(work, response, unit, decision)
    _refuse_planned(work, response, unit, decision)
    before = decision_on(work, response, unit, response.edition)
    submitted = before is not None and was_submitted(work, response, before)
    row = before or RecommendationResponse(
        response=response, recommendation=recommendation, part=unit[1], edition=response.edition
    )
    if submitted and row.decision is not decision.decision:
        raise Conflict(f"{_word(row.decision)} was submitted: a revision of the response changes it", "decision")
    row.decision, row.language = decision.decision, decision.language
    row.reasons = [one.value for one in sorted(set(decision.reasons))] if decision.reasons else None
    row.explanation, row.alternative = _said(decision.explanation), _said(decision.alternative)
    if not submitted:
        row.decided_on, row.decided_by_id = work.today, work.actor.person_id
    return work.add(row)


def write_overall_response(
    work: Work, response_id: UUID, overall: str, language: TextLanguage = TextLanguage.ENGLISH
) -> ResponseEdition:
    """Say what an office makes of an evaluation over all, in the edition of its response that is being written.

    Invalid when nothing is said; Conflict when the response is not being written.
    """
    response = work.get(ManagementResponse, response_id, "response_id", hold=True)
    work.require(Permission.RESPOND, response)
    said = refuse_blank(overall, "overall")
    begin_writing(work, response)
    query = sa.select(ResponseEdition).where(
        ResponseEdition.response_id == response.id, ResponseEdition.edition == response.edition
    )
    row = work.session.scalars(query).one_or_none()
    row = row or ResponseEdition(response=response, edition=response.edition)
    row.overall, row.language, row.written_at = said, language, work.now
    return work.add(row)


def _refuse_unreasoned(decision: RecommendationDecision) -> None:
    if decision.decision not in REASONED:
        if decision.reasons:
            raise Invalid(f"{_word(decision.decision)} takes no reasons against it", "reasons")
        return
    if not decision.reasons:
        raise Invalid(f"{_word(decision.decision)} needs a reason", "reasons")
    refuse_blank(decision.explanation, "explanation")


def _refuse_unexplained_change(
    work: Work, response: ManagementResponse, unit: Unit, decision: RecommendationDecision
) -> None:
    before = decision_on(work, response, unit, response.edition - 1)
    changed = before is not None and before.decision is not decision.decision
    if changed and not _said(decision.explanation):
        raise Invalid("the decision was another one in the edition before: say why it changes", "explanation")


def _refuse_planned(work: Work, response: ManagementResponse, unit: Unit, decision: RecommendationDecision) -> None:
    """No action is open or done for what its office does not take up."""
    if decision.decision in TAKEN_UP:
        return
    recommendation, part = unit
    planned = sa.select(Action.number).where(
        Action.response_id == response.id,
        Action.recommendation_id == recommendation.id,
        Action.part_id.is_not_distinct_from(part.id if part else None),
        Action.stage.not_in(DROPPED),
    )
    numbers = work.session.scalars(planned.order_by(Action.number)).all()
    if numbers:
        named = ", ".join(str(number) for number in numbers)
        raise Conflict(f"the actions {named} stand for it: remove or have released what is not done", "decision")


def _said(text: str | None) -> str | None:
    return (text or "").strip() or None


def _word(decision: ResponseDecision) -> str:
    return decision.replace("_", " ")
