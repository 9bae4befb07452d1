"""Actions and what becomes of them: updates, evidence, verifications, requests; and the locked status report."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Permission, Seen
from rbm.db import Edited, Key, Measured, Row, table
from rbm.disclosure import Answer
from rbm.model.findings import Recommendation, RecommendationPart
from rbm.model.followup_guards import (
    refuse_claim,
    refuse_own_request,
    refuse_own_unit,
    refuse_unanswered,
    refuse_verifier,
)
from rbm.model.people import Office, Person
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.stages import Flow, Step
from rbm.terms.followup import (
    ActionRequestKind,
    ActionStage,
    ReleaseReason,
    Verdict,
    VerificationScope,
)
from rbm.terms.planning import RequestStage

_START = Step(Permission.IMPLEMENT, refuse_unanswered)
_PAUSE = Step(Permission.IMPLEMENT, reason_needed=True)
_CLAIM = Step(Permission.IMPLEMENT, refuse_claim)
_RELEASE = Step(Permission.OVERSEE_EVALUATION, refuse_own_unit, ("owner_id",), reason_needed=True, central=True)
_CONFIRM = Step(Permission.CONFIRM_ACTION, refuse_verifier, ("owner_id", "claimed_by_id"), central=True)
_REFUSE = Step(
    Permission.CONFIRM_ACTION, refuse_verifier, ("owner_id", "claimed_by_id"), reason_needed=True, central=True
)
_ENDS: dict[StrEnum, Step] = {ActionStage.NO_LONGER_APPLICABLE: _RELEASE, ActionStage.SUPERSEDED: _RELEASE}


class Action(Edited, Row):
    """What an office does about a recommendation it took up: a text, an owner, a due date.

    `edition` is the edition of the response that brought it: others see it once that one is published.
    `original_due_on` never changes; `due_on` is the last one granted. `completed_on` is the day on which it was
    done, by the claim that stands; `claimed_on` the day of that claim, `verify_by` the one by which its verification is
    owed, null where nobody owes one.
    """

    __tablename__ = "action"
    SEEN: ClassVar[Seen] = Answer("", "response", edition="edition")
    FLOW: ClassVar[Flow] = {
        ActionStage.NOT_STARTED: {ActionStage.IN_PROGRESS: _START, **_ENDS},
        ActionStage.IN_PROGRESS: {
            ActionStage.REPORTED_COMPLETE: _CLAIM,
            ActionStage.NOT_STARTED: _PAUSE,
            **_ENDS,
        },
        ActionStage.REPORTED_COMPLETE: {
            ActionStage.VERIFIED_COMPLETE: _CONFIRM,
            ActionStage.IN_PROGRESS: _REFUSE,
            **_ENDS,
        },
        ActionStage.VERIFIED_COMPLETE: {ActionStage.IN_PROGRESS: _REFUSE},
        ActionStage.NO_LONGER_APPLICABLE: {},
        ActionStage.SUPERSEDED: {},
    }

    id: Mapped[Key]
    response_id: Mapped[UUID] = mapped_column(sa.ForeignKey("management_response.id"), index=True)
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    part_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommendation_part.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    number: Mapped[int]
    edition: Mapped[int]
    text: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    stage: Mapped[ActionStage]
    planned_on: Mapped[date]
    original_due_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    milestone: Mapped[str | None]
    milestone_on: Mapped[date | None]
    depends_on_funding: Mapped[bool]
    verification_scope: Mapped[VerificationScope]
    completed_on: Mapped[date | None]
    claimed_on: Mapped[date | None]
    claimed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    verify_by: Mapped[date | None]
    ended_on: Mapped[date | None]
    release_reason: Mapped[ReleaseReason | None]
    superseded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("action.id"), index=True)

    response: Mapped[ManagementResponse] = relationship(back_populates="actions", lazy="raise")
    recommendation: Mapped[Recommendation] = relationship(lazy="raise")
    part: Mapped[RecommendationPart | None] = relationship(lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], lazy="raise")
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=[claimed_by_id], lazy="raise")
    superseded_by: Mapped["Action | None"] = relationship(remote_side="Action.id", lazy="raise")
    updates: Mapped[list["ActionUpdate"]] = relationship(back_populates="action", lazy="raise")
    evidence: Mapped[list["ActionEvidence"]] = relationship(back_populates="action", lazy="raise")
    verifications: Mapped[list["ActionVerification"]] = relationship(back_populates="action", lazy="raise")
    requests: Mapped[list["ActionRequest"]] = relationship(back_populates="action", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("response_id", "recommendation_id", "number"))


class ActionUpdate(Row):
    """What was reported on an action, in a round or between; never changed, only followed by another."""

    __tablename__ = "action_update"
    SEEN: ClassVar[Seen] = Answer("action", "action.response", edition="edition")

    id: Mapped[Key]
    action_id: Mapped[UUID] = mapped_column(sa.ForeignKey("action.id"), index=True)
    round_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("follow_up_round.id"), index=True)
    stage: Mapped[ActionStage]
    text: Mapped[str]
    next_steps: Mapped[str | None]
    percent: Mapped[Measured | None]
    reported_at: Mapped[datetime]
    reported_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    action: Mapped[Action] = relationship(back_populates="updates", lazy="raise")
    round: Mapped[FollowUpRound | None] = relationship(lazy="raise")
    reported_by: Mapped[Person | None] = relationship(lazy="raise")


class ActionEvidence(Row):
    """What shows that an action was done: a document or link, added before it is claimed."""

    __tablename__ = "action_evidence"
    SEEN: ClassVar[Seen] = Answer("action", "action.response", edition="edition")

    id: Mapped[Key]
    action_id: Mapped[UUID] = mapped_column(sa.ForeignKey("action.id"), index=True)
    title: Mapped[str]
    url: Mapped[str]
    content_hash: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    action: Mapped[Action] = relationship(back_populates="evidence", lazy="raise")
    added_by: Mapped[Person | None] = relationship(lazy="raise")


class ActionVerification(Row):
    """What a verifier found of a claim; a later verdict takes its place, and both stay."""

    __tablename__ = "action_verification"
    SEEN: ClassVar[Seen] = Answer("action", "action.response", edition="edition")

    id: Mapped[Key]
    action_id: Mapped[UUID] = mapped_column(sa.ForeignKey("action.id"), index=True)
    verdict: Mapped[Verdict]
    note: Mapped[str]
    evidence_seen: Mapped[str | None]
    verified_at: Mapped[datetime]
    verified_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    action: Mapped[Action] = relationship(back_populates="verifications", lazy="raise")
    verified_by: Mapped[Person | None] = relationship(lazy="raise")


class ActionRequest(Edited, Row):
    """What an office asks of others for an action: a later due date, or to be released from it."""

    __tablename__ = "action_request"
    SEEN: ClassVar[Seen] = Answer("action", "action.response", edition="edition")
    FLOW: ClassVar[Flow] = {
        RequestStage.OPEN: {
            RequestStage.GRANTED: Step(
                Permission.OVERSEE_EVALUATION, refuse_own_request, apart_from=("requested_by_id",), central=True
            ),
            RequestStage.DECLINED: Step(
                Permission.OVERSEE_EVALUATION,
                refuse_own_request,
                ("requested_by_id",),
                reason_needed=True,
                central=True,
            ),
        },
        RequestStage.GRANTED: {},
        RequestStage.DECLINED: {},
    }

    id: Mapped[Key]
    action_id: Mapped[UUID] = mapped_column(sa.ForeignKey("action.id"), index=True)
    kind: Mapped[ActionRequestKind]
    stage: Mapped[RequestStage]
    reason: Mapped[str]
    due_before: Mapped[date | None]
    due_wanted: Mapped[date | None]
    release_reason: Mapped[ReleaseReason | None]
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decision_reason: Mapped[str | None]

    action: Mapped[Action] = relationship(back_populates="requests", lazy="raise")
    requested_by: Mapped[Person | None] = relationship(foreign_keys=[requested_by_id], lazy="raise")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")


class StatusReport(Row):
    """The yearly public report on the status of recommendations, as it was locked; `content_hash` is its SHA-256.

    `contents` are the figures and the rows behind them on the cut-off day, without anything that was withheld.
    """

    __tablename__ = "status_report"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    year: Mapped[int] = mapped_column(unique=True)
    cut_off: Mapped[date]
    addressed_to: Mapped[str]
    contents: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    locked_at: Mapped[datetime]
    locked_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    locked_by: Mapped[Person | None] = relationship(lazy="raise")
