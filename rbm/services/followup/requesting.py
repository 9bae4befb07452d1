"""Requests: a later due date or a release, asked by those who own an action and decided by others."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.followup import Action, ActionRequest, ActionVerification
from rbm.rules.followup.status import ENDED
from rbm.rules.inputs import refuse_blank
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.updating import held, refuse_ended
from rbm.terms.followup import OPEN_STAGES, ActionRequestKind, ActionStage, ReleaseReason
from rbm.terms.planning import RequestStage
from rbm.work import Work


def request_extension(work: Work, action_id: UUID, due_wanted: date, reason: str) -> ActionRequest:
    """Ask for a later due date of an action that is not claimed yet; nothing changes until somebody else grants it.

    Invalid without a reason, for a day that has passed, is not after the present one or is further off than all rounds
    of follow-up together; Conflict when a request is undecided, when it was extended as often as the deadlines allow,
    and for an action that is claimed or ended.
    """
    action = held(work, action_id)
    work.require(Permission.IMPLEMENT, action)
    said = refuse_blank(reason, "reason")
    _refuse_extension(work, action, due_wanted)
    facts = {"due_before": action.due_on, "due_wanted": due_wanted}
    return _ask(work, action, ActionRequestKind.EXTENSION, said, facts)


def decide_extension(work: Work, request_id: UUID, *, granted: bool, reason: str | None = None) -> ActionRequest:
    """Grant or decline a later due date; the original one is kept for ever.

    Forbidden for who asked, for the owner and for everyone with a part in its office; Invalid without a reason to
    decline, or when the day has passed since; Conflict when it is decided, and to grant one more than the deadlines
    allow or when the action is claimed or ended.
    """
    request = _asked(work, request_id, ActionRequestKind.EXTENSION)
    action = held(work, request.action_id)
    if not granted:
        return _decide(work, request, RequestStage.DECLINED, reason)
    _decide(work, request, RequestStage.GRANTED, reason)
    if request.due_wanted is None:
        raise Conflict("no day was asked for", "request_id")
    _refuse_extension(work, action, request.due_wanted, deciding=True)
    action.due_on = request.due_wanted
    work.flush()
    return request


def request_release(work: Work, action_id: UUID, release_reason: ReleaseReason, reason: str) -> ActionRequest:
    """Ask to be released from an action that no longer applies, with a reason of the list and in words.

    Invalid without words; Conflict when a request is undecided, or the action was verified or ended.
    """
    action = held(work, action_id)
    work.require(Permission.RESPOND, action)
    said = refuse_blank(reason, "reason")
    refuse_ended(action)
    return _ask(work, action, ActionRequestKind.RELEASE, said, {"release_reason": release_reason})


def release_action(work: Work, request_id: UUID, reason: str) -> Action:
    """Release an office from an action as it asked: the action no longer applies, and is not counted as implemented.

    Forbidden for who asked, for the owner and for everyone with a role in its office; Invalid without a reason;
    Conflict when the request is decided, or the action was ended or judged since: then it is asked for anew.
    """
    request = _asked(work, request_id, ActionRequestKind.RELEASE)
    action = held(work, request.action_id)
    _refuse_overtaken(work, request)
    _decide(work, request, RequestStage.GRANTED, refuse_blank(reason, "reason"))
    work.move(action, ActionStage.NO_LONGER_APPLICABLE, reason)
    action.release_reason, action.ended_on = request.release_reason, work.today
    action.verify_by = None
    work.flush()
    return action


def decline_release(work: Work, request_id: UUID, reason: str) -> ActionRequest:
    """Decline to release an office from an action, with the reason; it stays as it is. Refused as in releasing it."""
    return _decide(work, _asked(work, request_id, ActionRequestKind.RELEASE), RequestStage.DECLINED, reason)


def supersede_action(work: Work, action_id: UUID, superseded_by_id: UUID, reason: str) -> Action:
    """Let another action of the same response and recommendation take the place of one, with the reason.

    Forbidden for its owner and for everyone with a role in its office; Invalid for an action of something else, or one
    that has ended without being done; Conflict when the one replaced was verified or ended.
    """
    action, newer = held(work, action_id), work.get(Action, superseded_by_id, "superseded_by_id")
    work.require(Permission.OVERSEE_EVALUATION, about=action)
    refuse_ended(action)
    same = (newer.response_id, newer.recommendation_id) == (action.response_id, action.recommendation_id)
    if newer.id == action.id or not same:
        raise Invalid("another action of the same response and recommendation takes its place", "superseded_by_id")
    if newer.stage in ENDED - {ActionStage.VERIFIED_COMPLETE}:
        raise Invalid(f"that action is {newer.stage.replace('_', ' ')} itself", "superseded_by_id")
    work.move(action, ActionStage.SUPERSEDED, reason)
    action.superseded_by_id, action.ended_on, action.verify_by = newer.id, work.today, None
    work.flush()
    return action


def _ask(
    work: Work, action: Action, kind: ActionRequestKind, reason: str, facts: Mapping[str, object]
) -> ActionRequest:
    undecided = sa.select(ActionRequest.id).where(
        ActionRequest.action_id == action.id, ActionRequest.kind == kind, ActionRequest.stage == RequestStage.OPEN
    )
    if work.session.scalars(undecided.limit(1)).first() is not None:
        raise Conflict("a request of that kind is undecided", "action_id")
    row = ActionRequest(action=action, kind=kind, stage=RequestStage.OPEN, reason=reason, **facts)
    row.requested_at, row.requested_by_id = work.now, work.actor.person_id
    return work.add(row)


def _asked(work: Work, request_id: UUID, kind: ActionRequestKind) -> ActionRequest:
    request = work.get(ActionRequest, request_id, "request_id", hold=True)
    work.require(Permission.OVERSEE_EVALUATION, about=request)
    if request.kind is not kind:
        raise Conflict(f"it asks for {'an' if request.kind[0] in 'aeiou' else 'a'} {request.kind}", "request_id")
    return request


def _refuse_overtaken(work: Work, request: ActionRequest) -> None:
    judged = sa.select(ActionVerification.id).where(
        ActionVerification.action_id == request.action_id, ActionVerification.verified_at > request.requested_at
    )
    if work.session.scalars(judged.limit(1)).first() is not None:
        raise Conflict("the action was judged since: decline the request, and let it be asked anew", "request_id")


def _decide(work: Work, request: ActionRequest, stage: RequestStage, reason: str | None) -> ActionRequest:
    work.move(request, stage, reason)
    request.decided_on, request.decided_by_id = work.today, work.actor.person_id
    request.decision_reason = (reason or "").strip() or None
    work.flush()
    return request


def _refuse_extension(work: Work, action: Action, due_wanted: date, *, deciding: bool = False) -> None:
    """Nothing, when the due date may be put to that day today; a request being granted is counted already."""
    if action.stage not in OPEN_STAGES:
        raise Conflict(f"the action is {action.stage.replace('_', ' ')}", "action_id")
    if due_wanted < work.today:
        raise Invalid(f"{due_wanted} has passed", "due_wanted")
    if due_wanted <= action.due_on:
        raise Invalid(f"it is due on {action.due_on}, and {due_wanted} is not later", "due_wanted")
    deadlines = deadlines_on(work, work.today)
    latest = deadlines.round_opens(work.today, deadlines.rounds)
    if due_wanted > latest:
        raise Invalid(f"follow-up reaches to {latest} from today, and {due_wanted} is later", "due_wanted")
    granted = sa.select(sa.func.count(ActionRequest.id)).where(
        ActionRequest.action_id == action.id,
        ActionRequest.kind == ActionRequestKind.EXTENSION,
        ActionRequest.stage == RequestStage.GRANTED,
    )
    most = deadlines.most_extensions
    if work.session.scalars(granted).one() - deciding >= most:
        raise Conflict(f"it was extended {most} times, as often as the deadlines allow", "action_id")
