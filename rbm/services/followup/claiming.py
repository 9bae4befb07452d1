"""Claims: the office says that an action is complete, with evidence, and the clock of its verification begins."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm import clock
from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.findings import Recommendation
from rbm.model.followup import Action, ActionEvidence, ActionVerification
from rbm.rules.followup.scope import owed
from rbm.rules.inputs import refuse_blank
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.scopes import scopes_on
from rbm.services.followup.updating import entry, held
from rbm.settings import settings
from rbm.stages import Transition, step_to
from rbm.terms.followup import ActionStage, Verdict
from rbm.work import Work


def claim_action_complete(work: Work, action_id: UUID, completed_on: date, text: str) -> Action:
    """Say that an action in progress was completed on a day, and what was done; evidence has to be added before.

    How far it is verified follows from the priority of its recommendation and the edition of today; who verifies owes
    it by a day from then on. A claim is not verified by saying so: only somebody of another unit closes the action.

    Invalid without a text or evidence newer than the last refusal, for a day to come, and for one before the action was
    planned or came to its stage; Conflict when it is not in progress or its response was not submitted yet.
    """
    action = held(work, action_id)
    work.require(Permission.IMPLEMENT, action)
    step_to(action, ActionStage.REPORTED_COMPLETE)
    said = refuse_blank(text, "text")
    _refuse_day(work, action, completed_on)
    priority = work.get(Recommendation, action.recommendation_id).priority
    _refuse_stale_evidence(work, action)
    work.move(action, ActionStage.REPORTED_COMPLETE)
    action.completed_on, action.claimed_on, action.claimed_by_id = completed_on, work.today, work.actor.person_id
    action.verification_scope = scopes_on(work, work.today)[priority]
    days = timedelta(days=deadlines_on(work, work.today).verification_days)
    action.verify_by = work.today + days if owed(action.verification_scope, action.id) else None
    work.add(entry(work, action, said))
    return action


def withdrawn(action: Action) -> None:
    """Take a claim off an action, since it was refused or the action is open again."""
    action.completed_on = action.claimed_on = action.claimed_by_id = action.verify_by = action.ended_on = None


def _refuse_day(work: Work, action: Action, completed_on: date) -> None:
    if completed_on > work.today:
        raise Invalid(f"{completed_on} is still to come", "completed_on")
    earliest = max(action.planned_on, _moved_on(work, action) or action.planned_on)
    if completed_on < earliest:
        raise Invalid(f"{completed_on} is before {earliest}, when it came to where it is", "completed_on")


def _moved_on(work: Work, action: Action) -> date | None:
    """The day of its last move."""
    moves = sa.select(Transition.at).where(Transition.entity == action.__tablename__, Transition.entity_id == action.id)
    last = work.session.scalars(moves.order_by(Transition.id.desc()).limit(1)).one_or_none()
    return None if last is None else clock.business_date(last, settings().time_zone)


def _refuse_stale_evidence(work: Work, action: Action) -> None:
    refused = sa.select(ActionVerification.verified_at).where(
        ActionVerification.action_id == action.id, ActionVerification.verdict != Verdict.CONFIRMED
    )
    last = work.session.scalars(refused.order_by(ActionVerification.verified_at.desc()).limit(1)).one_or_none()
    if last is None:
        return
    newer = sa.select(ActionEvidence.id).where(ActionEvidence.action_id == action.id, ActionEvidence.added_at > last)
    if work.session.scalars(newer.limit(1)).first() is None:
        raise Invalid("new evidence is needed, since the last claim was refused", "evidence")
