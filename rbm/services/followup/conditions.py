"""Where recommendations stand, as one expression of SQL: the same as the rule says, for lists and counts of them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from rbm.model.findings import Addressee, Recommendation, RecommendationPart
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.rules.followup.status import ENDED
from rbm.terms.findings import RecommendationStage
from rbm.terms.followup import OPEN_STAGES, ActionStage, RecommendationStatus
from rbm.terms.responses import TAKEN_UP, ResponseDecision, ResponseStage

REVISING = tuple(stage for stage in ResponseStage if stage is not ResponseStage.PUBLISHED)
WAITING = frozenset(ActionStage) - ENDED
Condition = sa.ColumnElement[bool]


def standing_edition() -> sa.ColumnElement[int]:
    """The edition of a response that stands: until a revision is published, the one before it."""
    stage, edition = ManagementResponse.stage, ManagementResponse.edition
    return sa.case((sa.and_(stage.in_(REVISING), edition > 1), edition - 1), else_=edition)


def counted() -> Condition:
    """Whether the action of a row counts: its response was submitted, and the edition that brought it stands."""
    stands = sa.select(ManagementResponse.id).where(
        ManagementResponse.id == Action.response_id,
        ManagementResponse.submitted_on.is_not(None),
        Action.edition <= standing_edition(),
    )
    return sa.exists(stands.correlate(Action))


def status_of() -> sa.ColumnElement[str]:
    """The status of the recommendation of a row of a statement, of what the caller sees."""
    words = RecommendationStatus
    return sa.case(
        (Recommendation.stage == RecommendationStage.DRAFT, words.NOT_ISSUED.value),
        (Recommendation.stage == RecommendationStage.SUPERSEDED, words.SUPERSEDED.value),
        (sa.or_(~_addressed(), _unanswered()), words.AWAITING_RESPONSE.value),
        (_undecided(), words.UNDER_CONSIDERATION.value),
        (sa.and_(~sa.exists(_taken_up()), ~acting(WAITING)), words.NOT_ACCEPTED.value),
        (_without_action(), words.NO_ACTION.value),
        (~acting(frozenset(ActionStage) - {ActionStage.NOT_STARTED}), words.NOT_STARTED.value),
        (acting(OPEN_STAGES), words.IN_PROGRESS.value),
        (acting(WAITING), words.AWAITING_VERIFICATION.value),
        (acting({ActionStage.VERIFIED_COMPLETE}), words.IMPLEMENTED.value),
        else_=words.CLOSED_WITHOUT_IMPLEMENTATION.value,
    )


def acting(stages: Iterable[ActionStage], *conditions: Condition) -> Condition:
    """Whether the recommendation of a row has an action at one of the stages that meets the conditions."""
    return sa.exists(
        sa.select(Action.id).where(
            Action.recommendation_id == Recommendation.id, Action.stage.in_(sorted(stages)), counted(), *conditions
        )
    )


def addressed_to(*conditions: Condition) -> sa.Select[Any]:
    """The offices that the recommendation of a row is addressed to."""
    return sa.select(Addressee.id).where(
        Addressee.recommendation_id == Recommendation.id, Addressee.office_id.is_not(None), *conditions
    )


def _addressed() -> Condition:
    return sa.exists(addressed_to())


def _unanswered() -> Condition:
    """Some office did not submit an answer to the evaluation of this very recommendation, or not since then."""
    answered = sa.select(ManagementResponse.id).where(_of_addressee(), ManagementResponse.submitted_on.is_not(None))
    answered = answered.where(sa.or_(Addressee.due_on.is_(None), Addressee.answered_on.is_not(None)))
    return sa.exists(addressed_to(~sa.exists(answered.correlate(Recommendation, Addressee))))


def _of_addressee() -> Condition:
    return sa.and_(
        ManagementResponse.evaluation_id == Recommendation.evaluation_id,
        ManagementResponse.office_id == Addressee.office_id,
    )


def _undecided() -> Condition:
    """Some office has not decided the whole of it, or one of its parts."""
    decided = _decisions(
        _of_addressee(),
        RecommendationResponse.part_id.is_not_distinct_from(RecommendationPart.id),
        RecommendationResponse.decision != ResponseDecision.UNDER_CONSIDERATION,
    ).correlate(Recommendation, Addressee, RecommendationPart)
    part = RecommendationPart.recommendation_id == Addressee.recommendation_id
    return sa.exists(addressed_to(~sa.exists(decided)).outerjoin(RecommendationPart, part))


def _decisions(*conditions: Condition) -> sa.Select[Any]:
    """What was decided of the recommendation of a row, in the editions that stand."""
    query = sa.select(RecommendationResponse.id).join(RecommendationResponse.response)
    return query.where(
        RecommendationResponse.recommendation_id == Recommendation.id,
        RecommendationResponse.edition == standing_edition(),
        *conditions,
    )


def _taken_up(*conditions: Condition) -> sa.Select[Any]:
    return _decisions(RecommendationResponse.decision.in_(sorted(TAKEN_UP)), *conditions)


def _without_action() -> Condition:
    planned = sa.select(Action.id).where(
        Action.response_id == RecommendationResponse.response_id,
        Action.recommendation_id == RecommendationResponse.recommendation_id,
        Action.part_id.is_not_distinct_from(RecommendationResponse.part_id),
        Action.edition <= standing_edition(),
    )
    return sa.exists(_taken_up(~sa.exists(planned)))
