"""Verification: somebody of another unit says whether what was claimed was done, and nobody else closes an action."""

from uuid import UUID

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.followup import Action, ActionVerification
from rbm.rules.inputs import refuse_blank
from rbm.services.followup.claiming import withdrawn
from rbm.services.followup.updating import held
from rbm.terms.followup import ActionStage, Verdict
from rbm.work import Work


def verify_action(work: Work, action_id: UUID, note: str, evidence_seen: str) -> Action:
    """Confirm that a claimed action was done, with a note and what was seen of it; it is closed with that.

    Forbidden for its owner, for who claimed it, for everyone with a role in its office, and for all but oversight where
    that is an evaluation office. Invalid without note or evidence seen; Conflict when it is not claimed.
    """
    action = _judged(work, action_id, ActionStage.REPORTED_COMPLETE)
    said, seen = refuse_blank(note, "note"), refuse_blank(evidence_seen, "evidence_seen")
    work.move(action, ActionStage.VERIFIED_COMPLETE)
    action.ended_on = work.today
    _record(work, action, Verdict.CONFIRMED, said, seen)
    return action


def reject_action_claim(work: Work, action_id: UUID, reason: str) -> Action:
    """Refuse the claim that an action was done, with the reason; it is in progress again, and due as before.

    Refused as in verifying it; Invalid without a reason.
    """
    action = _judged(work, action_id, ActionStage.REPORTED_COMPLETE)
    return _refuse(work, action, Verdict.REJECTED, reason, None)


def reopen_action(work: Work, action_id: UUID, reason: str, evidence_seen: str) -> Action:
    """Open a verified action again, with the reason and the new evidence that it was not done, or not as was claimed.

    Refused as in verifying it; Conflict when it is not verified.
    """
    action = _judged(work, action_id, ActionStage.VERIFIED_COMPLETE)
    seen = refuse_blank(evidence_seen, "evidence_seen")
    return _refuse(work, action, Verdict.REOPENED, reason, seen)


def _judged(work: Work, action_id: UUID, stage: ActionStage) -> Action:
    """The action at the stage that is judged, held, for whoever may judge claims at all."""
    action = held(work, action_id)
    work.require(Permission.CONFIRM_ACTION, about=action)
    if action.stage is not stage:
        current, wanted = (word.replace("_", " ") for word in (action.stage, stage))
        raise Conflict(f"the action is {current}, not {wanted}", "action_id")
    return action


def _refuse(work: Work, action: Action, verdict: Verdict, reason: str, seen: str | None) -> Action:
    said = refuse_blank(reason, "reason")
    work.move(action, ActionStage.IN_PROGRESS, said)
    withdrawn(action)
    _record(work, action, verdict, said, seen)
    return action


def _record(work: Work, action: Action, verdict: Verdict, note: str, seen: str | None) -> None:
    """The verdict, which takes the place of those before it; they stay."""
    row = ActionVerification(action=action, verdict=verdict, note=note, evidence_seen=seen, verified_at=work.now)
    row.verified_by_id = work.actor.person_id
    work.add(row)
