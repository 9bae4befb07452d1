"""The followup room of the small world: rows on which its mutations act, and the arguments with which they do."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.model.followup import Action, ActionRequest
from rbm.model.people import Office
from rbm.services.deadlines import DeadlineRevision
from rbm.services.followup import FigureRevision, ScopeRevision
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.followup import ActionRequestKind, ActionStage, ReleaseReason, VerificationScope
from rbm.terms.planning import RequestStage
from rbm.terms.responses import ResponseStage
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

Keys = dict[str, UUID]
TODAY, LATER = date(2026, 3, 2), date(2027, 6, 30)


def rows(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """Rows of this room by name; `known` are those of the rooms before (office, evaluation, project, person …)."""
    return _actions(make)


def _actions(make: Make) -> dict[str, Any]:
    """Actions of the office at each stage from which they are moved, each with evidence and requests of somebody."""
    evaluating = Evaluating(make)
    office, unit = (make.work.find(Office, code) for code in ("OFFICE", "EVALUATION"))
    evaluation = evaluating.evaluation(EvaluationStage.PUBLISHED, office=unit)
    recommendation = evaluating.recommendation(evaluation, office)
    answered = {"stage": ResponseStage.PUBLISHED, "submitted_on": FINAL, "published_on": FINAL}
    response = evaluating.response(evaluation, office, **answered)
    evaluating.decision(response, recommendation)
    stages = {
        "action": ActionStage.NOT_STARTED,
        "begun_action": ActionStage.IN_PROGRESS,
        "claimed_action": ActionStage.REPORTED_COMPLETE,
        "verified_action": ActionStage.VERIFIED_COMPLETE,
        "newer_action": ActionStage.NOT_STARTED,
    }
    made: dict[str, Any] = {
        name: evaluating.action(response, recommendation, stage=stage) for name, stage in stages.items()
    }
    for action in made.values():
        evaluating.evidence(action)
    extended, released = evaluating.action(response, recommendation), evaluating.action(response, recommendation)
    return made | {
        "extension": _request(make, extended, ActionRequestKind.EXTENSION, due_wanted=LATER),
        "release": _request(make, released, ActionRequestKind.RELEASE, release_reason=ReleaseReason.NOT_FEASIBLE),
    }


def _request(make: Make, action: Action, kind: ActionRequestKind, **facts: Any) -> ActionRequest:
    shared = {"stage": RequestStage.OPEN, "reason": "no staff", "requested_at": make.work.now}
    return make.work.add(ActionRequest(action=action, kind=kind, requested_by=make.person(), **shared, **facts))


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "addEvidence": lambda key: (key["begun_action"], "The register", "https://example.org/register"),
    "claimActionComplete": lambda key: (key["begun_action"], TODAY, "the register is kept"),
    "declineRelease": lambda key: (key["release"], "it is feasible"),
    "decideExtension": lambda key: (key["extension"],),
    "lockStatusReport": lambda _: (2024,),
    "pauseAction": lambda key: (key["begun_action"], "no staff"),
    "rejectActionClaim": lambda key: (key["claimed_action"], "the register is empty"),
    "releaseAction": lambda key: (key["release"], "agreed"),
    "reopenAction": lambda key: (key["verified_action"], "it was taken down", "a visit"),
    "requestExtension": lambda key: (key["action"], LATER, "no staff"),
    "requestRelease": lambda key: (key["action"], ReleaseReason.NOT_FEASIBLE, "no staff"),
    "reviseDeadlines": lambda _: (DeadlineRevision(TODAY, comment_days=21),),
    "reviseKeyFigures": lambda _: (FigureRevision(TODAY, green=Decimal(85)),),
    "reviseVerificationScope": lambda _: (ScopeRevision(TODAY, low=VerificationScope.SAMPLE),),
    "supersedeAction": lambda key: (key["action"], key["newer_action"], "one for both"),
    "updateAction": lambda key: (key["action"], "a clerk was found", "train the clerk", Decimal(10)),
    "verifyAction": lambda key: (key["claimed_action"], "as claimed", "the register"),
}
KEYWORDS: dict[str, dict[str, Any]] = {"decideExtension": {"granted": True}}
