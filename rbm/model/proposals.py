"""Calls for proposals of what to evaluate, and what offices propose."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Permission, Seen
from rbm.db import Code, Edited, Key, Row
from rbm.disclosure import Internal
from rbm.model.people import Office
from rbm.model.planning import PlanItem
from rbm.stages import Flow, Step
from rbm.terms.planning import ProposalStage


class ProposalCall(Row):
    """A call for proposals of what to evaluate, with the criteria by which they are scored."""

    __tablename__ = "proposal_call"
    SEEN: ClassVar[Seen] = Internal(path=None)

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    criteria: Mapped[list[str]]
    opens_on: Mapped[date]
    closes_on: Mapped[date]

    proposals: Mapped[list["Proposal"]] = relationship(back_populates="call", lazy="raise")


class Proposal(Edited, Row):
    """Something an office proposes to evaluate; scored by criterion, selected into a plan or declined with a reason."""

    __tablename__ = "proposal"
    SEEN: ClassVar[Seen] = Internal("office")
    FLOW: ClassVar[Flow] = {
        ProposalStage.SUBMITTED: {
            ProposalStage.SELECTED: Step(Permission.DIRECT_EVALUATION, reason_needed=True, central=True),
            ProposalStage.DECLINED: Step(Permission.DIRECT_EVALUATION, reason_needed=True, central=True),
        },
        ProposalStage.SELECTED: {},
        ProposalStage.DECLINED: {},
    }

    id: Mapped[Key]
    call_id: Mapped[UUID] = mapped_column(sa.ForeignKey("proposal_call.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    title: Mapped[str]
    rationale: Mapped[str]
    stage: Mapped[ProposalStage]
    scores: Mapped[dict[str, Any] | None]
    decision_reason: Mapped[str | None]
    item_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_item.id"), index=True)

    call: Mapped[ProposalCall] = relationship(back_populates="proposals", lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    item: Mapped[PlanItem | None] = relationship(lazy="raise")
