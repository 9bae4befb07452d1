"""Recommendations from the final on: issued and transmitted, corrected in sight of all, superseded, their effect."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Erratum, Recommendation
from rbm.rules.inputs import refuse_blank
from rbm.services.findings.transmitting import transmit
from rbm.terms.evaluation import REGISTERED, SETTLED
from rbm.terms.findings import RecommendationStage
from rbm.work import Work


def issue_recommendation(work: Work, recommendation_id: UUID, issued_on: date | None = None) -> Recommendation:
    """Issue a draft of a final evaluation and transmit it: each office addressed owes a response from that day.

    It is issued today; what an audit or an assessment from outside recommended may have been issued on an earlier day,
    from its final on. Conflict before the final, and for what is issued already.
    """
    row = work.get(Recommendation, recommendation_id, "recommendation_id", hold=True)
    work.require(Permission.OVERSEE_EVALUATION, about=row)
    evaluation = work.get(Evaluation, row.evaluation_id, hold=True)
    if evaluation.stage not in SETTLED:
        raise Conflict(f"{evaluation.code} is not final", "stage")
    _refuse_day(work, evaluation, issued_on)
    return _issue(work, evaluation, row, issued_on or work.today)


def issue_drafts(work: Work, evaluation: Evaluation) -> list[Recommendation]:
    """Issue every draft of an evaluation that becomes final today, in the order of their numbers."""
    query = sa.select(Recommendation).where(
        Recommendation.evaluation_id == evaluation.id, Recommendation.stage == RecommendationStage.DRAFT
    )
    drafts = work.session.scalars(query.order_by(Recommendation.number)).all()
    return [_issue(work, evaluation, row, work.today) for row in drafts]


def correct_recommendation(work: Work, recommendation_id: UUID, text: str, reason: str) -> Recommendation:
    """Correct the text of an issued recommendation by an erratum, which shows it before and after, and why.

    Conflict when it is not issued; Invalid when nothing is corrected or no reason given.
    """
    row = work.get(Recommendation, recommendation_id, "recommendation_id", hold=True)
    work.require(Permission.DIRECT_EVALUATION, about=row)
    _refuse_unissued(row)
    after, why = refuse_blank(text, "text"), refuse_blank(reason, "reason")
    if after == row.text:
        raise Invalid("it reads like this already", "text")
    facts = {"before": row.text, "after": after, "reason": why, "corrected_at": work.now}
    row.text, row.edition = after, row.edition + 1
    work.add(Erratum(recommendation=row, edition=row.edition, corrected_by_id=work.actor.person_id, **facts))
    return row


def supersede_recommendation(work: Work, recommendation_id: UUID, by_id: UUID, reason: str) -> Recommendation:
    """Let a newer recommendation, issued by the same evaluation or a later one, take the place of an issued one.

    Its open actions stay in sight. Conflict when either is not issued; Invalid when the other one is not newer.
    """
    row = work.get(Recommendation, recommendation_id, "recommendation_id", hold=True)
    work.require(Permission.OVERSEE_EVALUATION, about=row)
    _refuse_unissued(row)
    newer = work.get(Recommendation, by_id, "by_id", hold=True)
    if newer.stage is not RecommendationStage.ISSUED:
        raise Conflict(f"{newer.code} is {newer.stage}", "by_id")
    _refuse_older(work, row, newer)
    row.superseded_by_id = newer.id
    return work.move(row, RecommendationStage.SUPERSEDED, reason)


def record_effect(work: Work, recommendation_id: UUID, effect: str, *, observed: bool) -> Recommendation:
    """Record what came of an issued recommendation beyond the actions: whether an effect is observed, and which."""
    row = work.get(Recommendation, recommendation_id, "recommendation_id")
    work.require(Permission.OVERSEE_EVALUATION, about=row)
    _refuse_unissued(row)
    row.effect_observed, row.effect = observed, refuse_blank(effect, "effect")
    work.flush()
    return row


def _issue(work: Work, evaluation: Evaluation, row: Recommendation, on: date) -> Recommendation:
    row.issued_on = on
    work.move(row, RecommendationStage.ISSUED)
    transmit(work, evaluation, row, on)
    return row


def _refuse_day(work: Work, evaluation: Evaluation, issued_on: date | None) -> None:
    if issued_on in (None, work.today):
        return
    if evaluation.source not in REGISTERED:
        raise Invalid("it is issued on the day of issue", "issued_on")
    if not (evaluation.final_on or work.today) <= issued_on <= work.today:
        raise Invalid(f"it is issued between the final and {work.today}", "issued_on")


def _refuse_unissued(row: Recommendation) -> None:
    if row.stage is not RecommendationStage.ISSUED:
        raise Conflict(f"{row.code} is {row.stage}", "stage")


def _refuse_older(work: Work, row: Recommendation, newer: Recommendation) -> None:
    """What supersedes stands after it, so that no circle can close: later issued, or with a higher number that day."""
    same = row.evaluation_id == newer.evaluation_id
    older, later = work.get(Evaluation, row.evaluation_id), work.get(Evaluation, newer.evaluation_id)
    first = (row.issued_on or work.today, row.number if same else 0)
    then = (newer.issued_on or work.today, newer.number if same else 1)
    if first >= then or (not same and _ended(work, later) < _ended(work, older)):
        raise Invalid(f"{newer.code} is not newer than {row.code}", "by_id")


def _ended(work: Work, evaluation: Evaluation) -> date:
    return evaluation.final_on or work.today
