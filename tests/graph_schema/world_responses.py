"""The responses room of the small world: rows on which its mutations act, and the arguments with which they do."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from rbm.model.followup import Action, ActionUpdate
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services.responses import ActionPlan, ActionRevision, RecommendationDecision
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.followup import ActionStage
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseStage, RoundStage
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

Keys = dict[str, UUID]
LATER = date(2026, 12, 31)
ROUNDS = (RoundStage.SCHEDULED, RoundStage.OPEN, RoundStage.SUBMITTED, RoundStage.REVIEWED)


def rows(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """Responses of the office at each stage, one of them incomplete, and rounds of the published one at each stage."""
    evaluating, office = Evaluating(make), known["office"]
    found = {"response_owed": _answered(evaluating, office, ResponseStage.DUE)[0]}
    stages = (ResponseStage.DRAFT, ResponseStage.SUBMITTED, ResponseStage.ENDORSED, ResponseStage.PUBLISHED)
    for stage in stages:
        response, action = _answered(evaluating, office, stage)
        found |= {f"response_{stage}": response, f"action_of_{stage}": action}
    _publish(make, found["response_published"], found["action_of_published"])
    lacking, _ = _answered(evaluating, office, ResponseStage.SUBMITTED)
    evaluating.recommendation(lacking.evaluation, office)
    found["response_lacking"] = lacking
    owed = evaluating.recommendation(found["response_owed"].evaluation, office)
    return found | {
        "recommendation_owed": owed,
        "recommendation_draft": found["action_of_draft"].recommendation,
        **{f"round_{stage}": _round(make, found, number, stage) for number, stage in enumerate(ROUNDS, 1)},
    }


def _answered(evaluating: Evaluating, office: Any, stage: ResponseStage) -> tuple[ManagementResponse, Action]:
    evaluation = evaluating.evaluation(EvaluationStage.PUBLISHED)
    response = evaluating.response(evaluation, office, stage=stage)
    recommendation = evaluating.recommendation(evaluation, office)
    evaluating.decision(response, recommendation)
    return response, evaluating.action(response, recommendation)


def _publish(make: Make, response: ManagementResponse, action: Action) -> None:
    response.published_on = FINAL
    told = {"stage": ActionStage.IN_PROGRESS, "text": "begun", "reported_at": make.work.now}
    make.work.add(ActionUpdate(action=action, **told))


def _round(make: Make, found: dict[str, Any], number: int, stage: RoundStage) -> FollowUpRound:
    days = {"opens_on": date(2026, 3, 1), "closes_on": date(2026, 3, 31)}
    return make.work.add(FollowUpRound(response=found["response_published"], number=number, stage=stage, **days))


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "closeFollowUpRound": lambda key: (key["round_reviewed"],),
    "endorseResponse": lambda key: (key["response_submitted"],),
    "openFollowUpRound": lambda key: (key["round_scheduled"],),
    "planAction": lambda key: (ActionPlan(key["recommendation_draft"], "Write a guide", key["person"], LATER),),
    "publishResponse": lambda key: (key["response_endorsed"],),
    "removePlannedAction": lambda key: (key["action_of_draft"],),
    "respondToRecommendation": lambda key: (
        RecommendationDecision(key["recommendation_owed"], ResponseDecision.ACCEPTED),
    ),
    "returnResponse": lambda key: (
        key["response_lacking"],
        [Incompleteness.ACTION_NOT_ACTIONABLE],
        "nobody can tell when action 1 is done",
    ),
    "reviewFollowUpRound": lambda key: (key["round_submitted"],),
    "revisePlannedAction": lambda key: (key["action_of_draft"], ActionRevision(owner_id=key["person"])),
    "reviseResponse": lambda key: (key["response_published"], "the budget changed"),
    "submitFollowUpRound": lambda key: (key["round_open"],),
    "submitResponse": lambda key: (key["response_draft"],),
    "writeOverallResponse": lambda key: (key["response_owed"], "We welcome the evaluation."),
}
KEYWORDS: dict[str, dict[str, Any]] = {}
