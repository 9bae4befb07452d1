"""The evaluation policy, what it wants covered, plans with their items, and what is asked of a plan."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Everyone, Permission, Seen
from rbm.db import Code, Edited, Key, Money, Row, table
from rbm.disclosure import Internal
from rbm.model.governance import EvaluationBudgetLine, GoverningDecision
from rbm.model.people import Office, Person, Place
from rbm.model.planning_guards import (
    refuse_empty_plan,
    refuse_incomplete_policy,
    refuse_needless_endorsement,
    refuse_other_approver,
    refuse_unfunded_plan,
)
from rbm.model.projects import Project, Theme
from rbm.stages import Flow, Step
from rbm.terms.evaluation import ConductedBy, EvaluationLevel, EvaluationScope, EvaluationType, Timing
from rbm.terms.people import OfficeKind
from rbm.terms.planning import (
    CoverageKind,
    FundingSource,
    PlanKind,
    PlanPriority,
    PlanRequestStage,
    PlanStage,
    PolicyStage,
    RequestKind,
)

if TYPE_CHECKING:
    from rbm.model.evaluation import Evaluation

_SUBMIT = Step(Permission.PLAN_EVALUATION, refuse_empty_plan, central=True)
_DIRECT = Step(Permission.DIRECT_EVALUATION, central=True)
_RETURN = Step(Permission.DIRECT_EVALUATION, reason_needed=True, central=True)
_ADOPT = Step(Permission.GOVERN, refuse_unfunded_plan, central=True)
_ACTIVATE = Step(Permission.DIRECT_EVALUATION, refuse_incomplete_policy, central=True)


class EvaluationPolicy(Edited, Row):
    """Rules on coverage, quality and use, for decentralised evaluations too; one is active."""

    __tablename__ = "evaluation_policy"
    SEEN: ClassVar[Seen] = Everyone()
    FLOW: ClassVar[Flow] = {
        PolicyStage.DRAFT: {PolicyStage.ACTIVE: _ACTIVATE},
        PolicyStage.ACTIVE: {PolicyStage.SUPERSEDED: _DIRECT},
        PolicyStage.SUPERSEDED: {},
    }

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[str]
    stage: Mapped[PolicyStage]
    coverage: Mapped[str | None]
    quality: Mapped[str | None]
    use: Mapped[str | None]
    active_from: Mapped[date | None]

    coverage_rules: Mapped[list["CoverageRule"]] = relationship(back_populates="policy", lazy="raise")


class CoverageRule(Row):
    """What a policy wants evaluated: projects of a fund or a size, offices once in so many years, the organisation."""

    __tablename__ = "coverage_rule"
    SEEN: ClassVar[Seen] = Everyone()

    id: Mapped[Key]
    policy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation_policy.id"), index=True)
    kind: Mapped[CoverageKind]
    label: Mapped[str]
    theme_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    office_kind: Mapped[OfficeKind | None]
    at_least: Mapped[Money | None]
    currency: Mapped[str | None]
    years: Mapped[int | None]

    policy: Mapped[EvaluationPolicy] = relationship(back_populates="coverage_rules", lazy="raise")
    theme: Mapped[Theme | None] = relationship(lazy="raise")


class EvaluationPlan(Edited, Row):
    """A plan of evaluations of the organisation or a region, one edition of it. An approved one is never changed."""

    __tablename__ = "evaluation_plan"
    SEEN: ClassVar[Seen] = Internal(opened="approved_on")
    FLOW: ClassVar[Flow] = {
        PlanStage.DRAFT: {PlanStage.SUBMITTED: _SUBMIT},
        PlanStage.SUBMITTED: {
            PlanStage.APPROVED: Step(Permission.DIRECT_EVALUATION, refuse_other_approver, central=True),
            PlanStage.ENDORSED: Step(Permission.DIRECT_EVALUATION, refuse_needless_endorsement, central=True),
            PlanStage.DRAFT: _RETURN,
        },
        PlanStage.ENDORSED: {
            PlanStage.APPROVED: _ADOPT,
            PlanStage.DRAFT: Step(Permission.GOVERN, reason_needed=True, central=True),
        },
        PlanStage.APPROVED: {PlanStage.SUPERSEDED: _DIRECT, PlanStage.CLOSED: _DIRECT},
        PlanStage.SUPERSEDED: {},
        PlanStage.CLOSED: {},
    }

    id: Mapped[Key]
    code: Mapped[str]
    edition: Mapped[int]
    title: Mapped[str]
    kind: Mapped[PlanKind]
    stage: Mapped[PlanStage]
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    period_start: Mapped[date]
    period_end: Mapped[date]
    budget_line_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("evaluation_budget_line.id"), index=True)
    previous_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("evaluation_plan.id"), index=True)
    decision_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("governing_decision.id"), index=True)
    submitted_on: Mapped[date | None]
    approved_on: Mapped[date | None]

    office: Mapped[Office] = relationship(lazy="raise")
    budget_line: Mapped[EvaluationBudgetLine | None] = relationship(lazy="raise")
    previous: Mapped["EvaluationPlan | None"] = relationship(remote_side="EvaluationPlan.id", lazy="raise")
    decision: Mapped[GoverningDecision | None] = relationship(lazy="raise")
    items: Mapped[list["PlanItem"]] = relationship(back_populates="plan", lazy="raise")
    requests: Mapped[list["PlanRequest"]] = relationship(back_populates="plan", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("code", "edition"))


class PlanItem(Edited, Row):
    """An evaluation that a plan foresees. `original_end` is the planned end it was first approved with, kept for ever.

    `earlier` is the same item in the edition before, `carried_from` the item of the plan before that was not done.
    """

    __tablename__ = "plan_item"
    SEEN: ClassVar[Seen] = Internal("plan", opened="approved_on", at="plan")

    id: Mapped[Key]
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation_plan.id"), index=True)
    number: Mapped[int]
    title: Mapped[str]
    type: Mapped[EvaluationType]
    level: Mapped[EvaluationLevel]
    timing: Mapped[Timing]
    conducted_by: Mapped[ConductedBy]
    scope: Mapped[EvaluationScope]
    priority: Mapped[PlanPriority]
    funding_source: Mapped[FundingSource]
    joint: Mapped[bool]
    planned_start: Mapped[date]
    planned_end: Mapped[date]
    original_end: Mapped[date]
    cost: Mapped[Money]
    core_cost: Mapped[Money]
    currency: Mapped[str]
    office_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("office.id"), index=True)
    project_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    theme_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("place.id"), index=True)
    earlier_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_item.id"), index=True)
    carried_from_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_item.id"), index=True)
    carried_reason: Mapped[str | None]

    plan: Mapped[EvaluationPlan] = relationship(back_populates="items", lazy="raise")
    office: Mapped[Office | None] = relationship(lazy="raise")
    project: Mapped[Project | None] = relationship(lazy="raise")
    theme: Mapped[Theme | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    earlier: Mapped["PlanItem | None"] = relationship(
        remote_side="PlanItem.id", foreign_keys=[earlier_id], lazy="raise"
    )
    carried_from: Mapped["PlanItem | None"] = relationship(
        remote_side="PlanItem.id", foreign_keys=[carried_from_id], lazy="raise"
    )
    evaluations: Mapped[list["Evaluation"]] = relationship(back_populates="item", lazy="raise")

    __table_args__ = table(sa.UniqueConstraint("plan_id", "number"))


class PlanRequest(Edited, Row):
    """What management asks of a plan: to add, drop or change an item. The head of evaluation decides, with reasons."""

    __tablename__ = "plan_request"
    SEEN: ClassVar[Seen] = Internal("office")
    FLOW: ClassVar[Flow] = {
        PlanRequestStage.OPEN: {
            PlanRequestStage.GRANTED: Step(
                Permission.DIRECT_EVALUATION, reason_needed=True, central=True, apart_from=("requested_by_id",)
            ),
            PlanRequestStage.DECLINED: Step(
                Permission.DIRECT_EVALUATION, reason_needed=True, central=True, apart_from=("requested_by_id",)
            ),
        },
        PlanRequestStage.GRANTED: {},
        PlanRequestStage.DECLINED: {},
    }

    id: Mapped[Key]
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation_plan.id"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_item.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(sa.ForeignKey("office.id"), index=True)
    kind: Mapped[RequestKind]
    stage: Mapped[PlanRequestStage]
    text: Mapped[str]
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decision_reason: Mapped[str | None]

    plan: Mapped[EvaluationPlan] = relationship(back_populates="requests", lazy="raise")
    item: Mapped[PlanItem | None] = relationship(lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    requested_by: Mapped[Person | None] = relationship(foreign_keys=[requested_by_id], lazy="raise")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")
