"""Whose answer it is: the response of an office that a recommendation is addressed to, and the part of it meant."""

from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.db import table_of
from rbm.errors import Conflict, Invalid, NotFound
from rbm.model.findings import Addressee, Recommendation, RecommendationPart
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.stages import Transition
from rbm.terms.findings import RecommendationStage
from rbm.terms.responses import ResponseStage
from rbm.work import Work

BEING_WRITTEN = frozenset({ResponseStage.DUE, ResponseStage.DRAFT, ResponseStage.RETURNED})
_WAYS = {
    ResponseStage.SUBMITTED: ": it has to be returned first",
    ResponseStage.ENDORSED: ": it has to be published first",
    ResponseStage.PUBLISHED: ": revise it first",
}


def answering(work: Work, recommendation: Recommendation, office_id: UUID | None) -> ManagementResponse:
    """The response in which the caller answers a recommendation, held to the end, with the permission asked.

    Without an office it is the one the caller may answer for. Invalid when there are several; NotFound when none of
    those addressed is seen; Conflict when the recommendation was not issued or was superseded.
    """
    seen = _seen(work, recommendation, office_id)
    if not seen:
        raise NotFound("no such office among those addressed", "office_id").on("recommendation", recommendation.id)
    own = [row for row in seen if work.actor.may(Permission.RESPOND, row.office_id)]
    work.require(Permission.RESPOND, (own or seen)[0])
    if len(own) > 1:
        raise Invalid("several of the offices addressed are yours: name the one that answers", "office_id")
    if recommendation.stage is not RecommendationStage.ISSUED:
        raise Conflict(f"recommendation {recommendation.number} is {recommendation.stage}", "recommendation_id")
    return work.get(ManagementResponse, own[0].id, "recommendation_id", hold=True)


def part_of(work: Work, recommendation: Recommendation, letter: str | None) -> RecommendationPart | None:
    """The part with a letter. Invalid when a recommendation with parts is answered as a whole, or has no such part."""
    query = sa.select(RecommendationPart).where(RecommendationPart.recommendation_id == recommendation.id)
    parts = {row.letter: row for row in work.session.scalars(query.order_by(RecommendationPart.letter))}
    if letter is None and parts:
        raise Invalid(f"recommendation {recommendation.number} has the parts {', '.join(parts)}: name one", "part")
    if letter is not None and letter not in parts:
        raise Invalid(f"recommendation {recommendation.number} has no part {letter}", "part")
    return parts[letter] if letter is not None else None


def decision_on(
    work: Work, response: ManagementResponse, unit: tuple[Recommendation, RecommendationPart | None], edition: int
) -> RecommendationResponse | None:
    """What a response decides of a recommendation, or of a part of it, in an edition."""
    recommendation, part = unit
    query = sa.select(RecommendationResponse).where(
        RecommendationResponse.response_id == response.id,
        RecommendationResponse.recommendation_id == recommendation.id,
        RecommendationResponse.part_id.is_not_distinct_from(part.id if part else None),
        RecommendationResponse.edition == edition,
    )
    return work.session.scalars(query).one_or_none()


def awaited(work: Work, response: ManagementResponse) -> list[Addressee]:
    """What came to an office after its response and is not answered yet, with clocks of their own."""
    query = sa.select(Addressee).where(came_since(), ManagementResponse.id == response.id)
    return list(work.session.scalars(query.order_by(Addressee.id)))


def came_since() -> sa.ColumnElement[bool]:
    """The condition that joins a response to an addressee of its office whose recommendation came after it.

    It has a clock of its own, and was not answered yet.
    """
    return sa.and_(
        Addressee.recommendation_id == Recommendation.id,
        Addressee.office_id == ManagementResponse.office_id,
        Recommendation.evaluation_id == ManagementResponse.evaluation_id,
        Recommendation.stage == RecommendationStage.ISSUED,
        Addressee.due_on.is_not(None),
        Addressee.answered_on.is_(None),
    )


def was_submitted(work: Work, response: ManagementResponse, row: Action | RecommendationResponse) -> bool:
    """Whether a decision or action stood in its response when that was submitted, once or again."""
    sent, made = table_of(Transition).c, table_of(AuditEntry).c
    of_it = (sent.entity == response.__tablename__, sent.entity_id == response.id)
    of_row = (made.entity == row.__tablename__, made.entity_id == str(row.id), made.kind == AuditKind.CREATED)
    begun = sa.select(sa.func.min(made.at)).where(*of_row).scalar_subquery()
    query = sa.select(sent.id).where(*of_it, sent.to_stage == ResponseStage.SUBMITTED.value, sent.at > begun)
    return bool(bulk.select(work.session, query.limit(1)))


def begin_writing(work: Work, response: ManagementResponse) -> None:
    """Make a response that is due a draft, by whoever acts. Conflict when it is not being written."""
    if response.stage not in BEING_WRITTEN:
        raise Conflict(f"the response is {response.stage}{_WAYS.get(response.stage, '')}", "stage")
    if response.stage is ResponseStage.DUE:
        work.move(response, ResponseStage.DRAFT)
        response.drafted_by_id = work.actor.person_id


def _seen(work: Work, recommendation: Recommendation, office_id: UUID | None) -> list[ManagementResponse]:
    addressed = sa.select(Addressee.office_id).where(
        Addressee.recommendation_id == recommendation.id, Addressee.office_id.is_not(None)
    )
    query = sa.select(ManagementResponse).where(
        ManagementResponse.evaluation_id == recommendation.evaluation_id, ManagementResponse.office_id.in_(addressed)
    )
    if office_id:
        query = query.where(ManagementResponse.office_id == office_id)
    return list(work.session.scalars(query.order_by(ManagementResponse.id)))
