"""Where a recommendation stands: derived from what the offices it is addressed to decided, and from their actions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rbm.terms.findings import RecommendationStage
from rbm.terms.followup import OPEN_STAGES, ActionStage, RecommendationStatus
from rbm.terms.responses import TAKEN_UP, ResponseDecision

ENDED = frozenset({ActionStage.VERIFIED_COMPLETE, ActionStage.NO_LONGER_APPLICABLE, ActionStage.SUPERSEDED})
"""The stages in which nothing of an action is waited for."""
UNDONE = frozenset({ActionStage.NOT_STARTED})


@dataclass(frozen=True)
class Answered:
    """What an office decided of a recommendation, or of one part of it, and the stages of the actions it plans."""

    decision: ResponseDecision | None
    actions: tuple[ActionStage, ...] = ()


@dataclass(frozen=True)
class Addressed:
    """An office a recommendation is addressed to: whether it has answered, and what, part by part."""

    submitted: bool
    answers: tuple[Answered, ...] = ()


def recommendation_status(stage: RecommendationStage, offices: Sequence[Addressed]) -> RecommendationStatus:
    """Where a recommendation stands over all the offices it is addressed to; with one of them, for that one.

    Nothing is closed, unless superseded, while an action is open or a claim waits for its verification.
    """
    if stage is RecommendationStage.DRAFT:
        return RecommendationStatus.NOT_ISSUED
    if stage is RecommendationStage.SUPERSEDED:
        return RecommendationStatus.SUPERSEDED
    if not offices or not all(office.submitted for office in offices):
        return RecommendationStatus.AWAITING_RESPONSE
    return _of_answers([answer for office in offices for answer in office.answers])


def _of_answers(answers: Collection[Answered]) -> RecommendationStatus:
    decisions = {answer.decision for answer in answers}
    if not decisions or decisions & {None, ResponseDecision.UNDER_CONSIDERATION}:
        return RecommendationStatus.UNDER_CONSIDERATION
    stages = [stage for answer in answers for stage in answer.actions]
    if not decisions & TAKEN_UP and ENDED.issuperset(stages):
        return RecommendationStatus.NOT_ACCEPTED
    if any(answer.decision in TAKEN_UP and not answer.actions for answer in answers):
        return RecommendationStatus.NO_ACTION
    return _of_actions(set(stages))


def _of_actions(stages: Iterable[ActionStage]) -> RecommendationStatus:
    present = frozenset(stages)
    waiting = present - ENDED
    if present == UNDONE:
        return RecommendationStatus.NOT_STARTED
    if waiting & OPEN_STAGES:
        return RecommendationStatus.IN_PROGRESS
    if waiting:
        return RecommendationStatus.AWAITING_VERIFICATION
    if ActionStage.VERIFIED_COMPLETE in present:
        return RecommendationStatus.IMPLEMENTED
    return RecommendationStatus.CLOSED_WITHOUT_IMPLEMENTATION
