"""Management responses: one clock for each office addressed, what it decided in each edition, and follow-up rounds."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Permission, Seen
from rbm.db import Edited, Key, Row, table
from rbm.disclosure import Answer
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation, RecommendationPart
from rbm.model.people import Office, Person
from rbm.model.responses_guards import (
    refuse_answered,
    refuse_before_report,
    refuse_incomplete,
    refuse_outside,
    refuse_own_decision,
    refuse_unreported,
)
from rbm.stages import Flow, Step
from rbm.terms.evaluation import TextLanguage
from rbm.terms.responses import ResponseDecision, ResponseStage, RoundStage

if TYPE_CHECKING:
    from rbm.model.followup import Action

_RESPOND = Step(Permission.RESPOND)
_SUBMIT = Step(Permission.SUBMIT_RESPONSE, refuse_incomplete)
_OVERSEE = Step(Permission.OVERSEE_EVALUATION, central=True)


class ManagementResponse(Edited, Row):
    """What an office owes in answer to an evaluation: due from the day its recommendations were transmitted.

    `due_on` was computed once, by the edition `rule_edition` of the rule of deadlines. `submitted_on` is the first
    submission, kept for ever; `edition` the one that is being written or stands.
    """

    __tablename__ = "management_response"
    SEEN: ClassVar[Seen] = Answer()
    FLOW: ClassVar[Flow] = {
        ResponseStage.DUE: {ResponseStage.DRAFT: _RESPOND},
        ResponseStage.DRAFT: {ResponseStage.SUBMITTED: _SUBMIT},
        ResponseStage.RETURNED: {ResponseStage.SUBMITTED: _SUBMIT},
        ResponseStage.SUBMITTED: {
            ResponseStage.RETURNED: Step(Permission.OVERSEE_EVALUATION, reason_needed=True, central=True),
            ResponseStage.ENDORSED: Step(
                Permission.ENDORSE, refuse_own_decision, apart_from=("drafted_by_id", "submitted_by_id")
            ),
        },
        ResponseStage.ENDORSED: {
            ResponseStage.PUBLISHED: Step(Permission.OVERSEE_EVALUATION, refuse_before_report, central=True),
            ResponseStage.RETURNED: Step(
                Permission.OVERSEE_EVALUATION, refuse_answered, reason_needed=True, central=True
            ),
        },
        ResponseStage.PUBLISHED: {
            ResponseStage.DRAFT: Step(Permission.SUBMIT_RESPONSE, reason_needed=True),
        },
    }

    id: Mapped[Key]
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    stage: Mapped[ResponseStage]
    edition: Mapped[int]
    transmitted_on: Mapped[date]
    due_on: Mapped[date]
    rule_edition: Mapped[int]
    drafted_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    submitted_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    submitted_on: Mapped[date | None]
    endorsed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    endorsed_on: Mapped[date | None]
    published_on: Mapped[date | None]

    evaluation: Mapped[Evaluation] = relationship(back_populates="responses", lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    drafted_by: Mapped[Person | None] = relationship(foreign_keys=[drafted_by_id], lazy="raise")
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id], lazy="raise")
    endorsed_by: Mapped[Person | None] = relationship(foreign_keys=[endorsed_by_id], lazy="raise")
    editions: Mapped[list["ResponseEdition"]] = relationship(back_populates="response", lazy="raise")
    decisions: Mapped[list["RecommendationResponse"]] = relationship(back_populates="response", lazy="raise")
    actions: Mapped[list["Action"]] = relationship(back_populates="response", lazy="raise")
    rounds: Mapped[list["FollowUpRound"]] = relationship(back_populates="response", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("evaluation_id", "office_id"))


class ResponseEdition(Edited, Row):
    """The overall response of an edition, and why there is another one; earlier editions stay as they were."""

    __tablename__ = "response_edition"
    SEEN: ClassVar[Seen] = Answer("response", "response", edition="edition")

    id: Mapped[Key]
    response_id: Mapped[UUID] = mapped_column(sa.ForeignKey("management_response.id"), index=True)
    edition: Mapped[int]
    language: Mapped[TextLanguage]
    overall: Mapped[str]
    reason: Mapped[str | None]
    written_at: Mapped[datetime]

    response: Mapped[ManagementResponse] = relationship(back_populates="editions", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("response_id", "edition"))


class RecommendationResponse(Edited, Row):
    """What an office decides of a recommendation or of one part of it, in an edition of its response."""

    __tablename__ = "recommendation_response"
    SEEN: ClassVar[Seen] = Answer("response", "response", edition="edition")

    id: Mapped[Key]
    response_id: Mapped[UUID] = mapped_column(sa.ForeignKey("management_response.id"), index=True)
    recommendation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommendation.id"), index=True)
    part_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommendation_part.id"), index=True)
    edition: Mapped[int]
    decision: Mapped[ResponseDecision]
    reasons: Mapped[list[str] | None]
    explanation: Mapped[str | None]
    alternative: Mapped[str | None]
    language: Mapped[TextLanguage]
    decided_on: Mapped[date]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    response: Mapped[ManagementResponse] = relationship(back_populates="decisions", lazy="raise")
    recommendation: Mapped[Recommendation] = relationship(lazy="raise")
    part: Mapped[RecommendationPart | None] = relationship(lazy="raise")
    decided_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("response_id", "recommendation_id", "part_id", "edition"))


class FollowUpRound(Edited, Row):
    """A round of reporting on the actions of a response, opened on a day counted from the anchor; missed at its end."""

    __tablename__ = "follow_up_round"
    SEEN: ClassVar[Seen] = Answer("response", "response")
    FLOW: ClassVar[Flow] = {
        RoundStage.SCHEDULED: {
            RoundStage.OPEN: Step(Permission.OVERSEE_EVALUATION, refuse_outside, central=True),
            RoundStage.MISSED: Step(Permission.OPERATE),
        },
        RoundStage.OPEN: {
            RoundStage.SUBMITTED: Step(Permission.SUBMIT_RESPONSE, refuse_unreported),
            RoundStage.MISSED: Step(Permission.OPERATE),
        },
        RoundStage.SUBMITTED: {RoundStage.REVIEWED: _OVERSEE},
        RoundStage.REVIEWED: {RoundStage.CLOSED: _OVERSEE},
        RoundStage.CLOSED: {},
        RoundStage.MISSED: {},
    }

    id: Mapped[Key]
    response_id: Mapped[UUID] = mapped_column(sa.ForeignKey("management_response.id"), index=True)
    number: Mapped[int]
    stage: Mapped[RoundStage]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    submitted_on: Mapped[date | None]
    note: Mapped[str | None]

    response: Mapped[ManagementResponse] = relationship(back_populates="rounds", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("response_id", "number"))
