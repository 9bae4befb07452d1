"""What the governing body decides of the evaluation function: its decisions and the budget line; reviews by peers."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Permission, Seen
from rbm.db import Code, Edited, Key, Money, Row, table
from rbm.model.people import Person
from rbm.stages import Flow, Step
from rbm.terms.people import Role
from rbm.terms.planning import BudgetStage, DecisionKind

_GOVERN = Step(Permission.GOVERN, central=True)


class GoverningDecision(Row):
    """A decision of the governing body about the evaluation function, under its reference.

    An admission names the role to which the person is admitted.
    """

    __tablename__ = "governing_decision"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    reference: Mapped[Code]
    kind: Mapped[DecisionKind]
    text: Mapped[str]
    decided_on: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[Role | None]
    recorded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id], lazy="raise")
    recorded_by: Mapped[Person | None] = relationship(foreign_keys=[recorded_by_id], lazy="raise")


class EvaluationBudgetLine(Edited, Row):
    """The budget of evaluation for a year, approved by the governing body; a change is another edition."""

    __tablename__ = "evaluation_budget_line"
    SEEN: ClassVar[Seen] = Everyone()
    FLOW: ClassVar[Flow] = {
        BudgetStage.PROPOSED: {BudgetStage.APPROVED: _GOVERN},
        BudgetStage.APPROVED: {BudgetStage.SUPERSEDED: _GOVERN},
        BudgetStage.SUPERSEDED: {},
    }

    id: Mapped[Key]
    code: Mapped[str]
    edition: Mapped[int]
    year: Mapped[int]
    stage: Mapped[BudgetStage]
    amount: Mapped[Money]
    core_amount: Mapped[Money]
    currency: Mapped[str]
    decision_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("governing_decision.id"), index=True)

    decision: Mapped[GoverningDecision | None] = relationship(lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("code", "edition"))


class PeerReview(Row):
    """A review of the evaluation function by others."""

    __tablename__ = "peer_review"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    title: Mapped[str]
    reviewers: Mapped[str]
    completed_on: Mapped[date]
    url: Mapped[str | None]
