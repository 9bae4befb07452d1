"""What an office reports on its actions: progress, which is never changed afterwards, and what shows it."""

import re
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.followup import Action, ActionEvidence, ActionUpdate
from rbm.model.followup_guards import refuse_unanswered
from rbm.model.responses import FollowUpRound
from rbm.rules.followup.status import ENDED
from rbm.rules.inputs import refuse_address, refuse_blank, refuse_inexact
from rbm.terms.followup import ActionStage
from rbm.terms.responses import RoundStage
from rbm.work import Work

SHA_256 = re.compile(r"[0-9a-f]{64}")
WHOLE = 100


def update_action(
    work: Work, action_id: UUID, text: str, next_steps: str | None = None, percent: Decimal | None = None
) -> ActionUpdate:
    """Report progress on an action; the report is never changed, only followed by another.

    An action that was not started is in progress with it. The round of its response that is open takes the report in.
    Invalid without a text, or for a share that is not between 0 and 100; Conflict when the action is verified or ended.
    """
    action = held(work, action_id)
    work.require(Permission.IMPLEMENT, action)
    refuse_ended(action)
    said = refuse_blank(text, "text")
    refuse_inexact(percent, "percent")
    if percent is not None and not 0 <= percent <= WHOLE:
        raise Invalid("a share is between 0 and 100", "percent")
    if action.stage is ActionStage.NOT_STARTED:
        work.move(action, ActionStage.IN_PROGRESS)
    update = entry(work, action, said)
    update.next_steps, update.percent = (next_steps or "").strip() or None, percent
    return work.add(update)


def pause_action(work: Work, action_id: UUID, reason: str) -> Action:
    """Say that an action in progress is not pursued for now, and why. Invalid without a reason, Conflict elsewhere."""
    return work.move(held(work, action_id), ActionStage.NOT_STARTED, reason)


def add_evidence(work: Work, action_id: UUID, title: str, url: str, content_hash: str | None = None) -> ActionEvidence:
    """Add what shows what was done: an address of http or https, with the SHA-256 of what stands there if it is known.

    Invalid names what is none; Conflict when the action was verified or ended, or its response was never submitted.
    """
    action = held(work, action_id)
    work.require(Permission.IMPLEMENT, action)
    refuse_ended(action)
    refuse_unanswered(work, action)
    if content_hash is not None and not SHA_256.fullmatch(content_hash):
        raise Invalid("a SHA-256 has 64 digits from 0 to f", "content_hash")
    facts = {"title": refuse_blank(title, "title"), "url": refuse_address(url, "url"), "content_hash": content_hash}
    row = ActionEvidence(action=action, added_at=work.now, added_by_id=work.actor.person_id, **facts)
    return work.add(row)


def held(work: Work, action_id: UUID) -> Action:
    """The action as it stands now, held to the end, so that changes of it follow one another. NotFound without one."""
    return work.get(Action, action_id, "action_id", hold=True)


def refuse_ended(action: Action) -> None:
    """Nothing, while something of an action is waited for. Conflict otherwise: a verified one has to be reopened."""
    if action.stage in ENDED:
        raise Conflict(f"the action is {action.stage.replace('_', ' ')}", "action_id")


def entry(work: Work, action: Action, text: str) -> ActionUpdate:
    """A report on an action at its stage by the actor, in the round of its response that is open."""
    opened = sa.select(FollowUpRound.id).where(
        FollowUpRound.response_id == action.response_id, FollowUpRound.stage == RoundStage.OPEN
    )
    facts = {
        "round_id": work.session.scalars(opened.order_by(FollowUpRound.number.desc()).limit(1)).one_or_none(),
        "reported_at": work.now,
        "reported_by_id": work.actor.person_id,
    }
    return ActionUpdate(action=action, stage=action.stage, text=text, **facts)
