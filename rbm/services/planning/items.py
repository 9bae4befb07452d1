"""Items of a plan: the evaluations it foresees, written by the evaluation unit while the plan is a draft."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office, Place
from rbm.model.planning import EvaluationPlan, PlanItem, PlanRequest
from rbm.model.projects import Project, Theme
from rbm.model.proposals import Proposal
from rbm.rules.inputs import refuse_blank
from rbm.rules.planning import refuse_amount, refuse_currency
from rbm.rules.spans import covers, refuse_reversed
from rbm.terms.evaluation import ConductedBy, EvaluationLevel, EvaluationScope, EvaluationType, Timing
from rbm.terms.planning import FundingSource, PlanPriority, PlanStage
from rbm.work import Work

ABOUT: dict[str, type[Office | Project | Theme | Place]] = {
    "office_id": Office,
    "project_id": Project,
    "theme_id": Theme,
    "place_id": Place,
}
"""What an item may be about, by the field that names it."""
BESIDE = {"an evaluation": Evaluation.item_id, "a request": PlanRequest.item_id, "a proposal": Proposal.item_id}


@dataclass(frozen=True)
class PlanItemFacts:
    """An evaluation that a plan foresees. Without `core_cost` core funds pay all of what they are named to pay."""

    title: str
    type: EvaluationType
    level: EvaluationLevel
    timing: Timing
    conducted_by: ConductedBy
    scope: EvaluationScope
    priority: PlanPriority
    funding_source: FundingSource
    planned_start: date
    planned_end: date
    cost: Decimal
    currency: str
    core_cost: Decimal | None = None
    number: int | None = None
    joint: bool = False
    office_id: UUID | None = None
    project_id: UUID | None = None
    theme_id: UUID | None = None
    place_id: UUID | None = None


@dataclass(frozen=True)
class PlanItemRevision:
    """What is to read otherwise in an item of a draft plan; what is left out stays."""

    title: str | None = None
    type: EvaluationType | None = None
    level: EvaluationLevel | None = None
    timing: Timing | None = None
    conducted_by: ConductedBy | None = None
    scope: EvaluationScope | None = None
    priority: PlanPriority | None = None
    funding_source: FundingSource | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    cost: Decimal | None = None
    currency: str | None = None
    core_cost: Decimal | None = None
    joint: bool | None = None


def add_plan_item(work: Work, plan_id: UUID, item: PlanItemFacts) -> PlanItem:
    """Add an evaluation to a draft plan. Invalid names the field; Conflict on a number that is taken."""
    plan = draft_plan(work, plan_id)
    number = _number(work, plan, item.number)
    core = item.core_cost
    if core is None:
        core = item.cost if item.funding_source is FundingSource.CORE else Decimal(0)
    facts = vars(item) | {"title": refuse_blank(item.title, "title"), "core_cost": core, "number": number}
    _refuse_unfit(plan, facts)
    rows = {name.removesuffix("_id"): _about(work, name, facts.pop(name)) for name in ABOUT}
    return work.add(PlanItem(plan=plan, original_end=item.planned_end, **facts, **rows))


def revise_plan_item(work: Work, item_id: UUID, revision: PlanItemRevision) -> PlanItem:
    """Change an item of a draft plan; the end it was first approved with stays. Conflict once the plan is no draft."""
    item = work.get(PlanItem, item_id, "item_id")
    plan = draft_plan(work, item.plan_id)
    wanted = {name: value for name, value in vars(revision).items() if value is not None}
    if revision.title is not None:
        wanted["title"] = refuse_blank(revision.title, "title")
    names = ("planned_start", "planned_end", "cost", "core_cost", "currency", "funding_source")
    _refuse_unfit(plan, {name: wanted.get(name, getattr(item, name)) for name in names})
    for name, value in wanted.items():
        setattr(item, name, value)
    if item.earlier_id is None and item.carried_from_id is None:
        item.original_end = item.planned_end
    work.flush()
    return item


def remove_plan_item(work: Work, item_id: UUID) -> PlanItem:
    """Take an item out of a draft plan. Conflict once the plan is no draft, or when something is linked to the item."""
    item = work.get(PlanItem, item_id, "item_id")
    draft_plan(work, item.plan_id)
    for what, column in BESIDE.items():
        if work.session.scalars(sa.select(column).where(column == item.id)).first():
            raise Conflict(f"there is {what} linked to it", "item_id")
    work.remove(item)
    return item


def draft_plan(work: Work, plan_id: UUID) -> EvaluationPlan:
    """The plan, with the permission to write its items asked for. Conflict when it is no draft."""
    plan = work.get(EvaluationPlan, plan_id, "plan_id", hold=True)
    work.require(Permission.PLAN_EVALUATION, about=plan)
    if plan.stage is not PlanStage.DRAFT:
        raise Conflict(f"{plan.code} is {plan.stage}, and only a draft is written", "stage")
    return plan


def next_number(work: Work, plan: EvaluationPlan) -> int:
    """The number after the highest of a plan."""
    highest = work.session.scalar(sa.select(sa.func.max(PlanItem.number)).where(PlanItem.plan_id == plan.id))
    return (highest or 0) + 1


def _number(work: Work, plan: EvaluationPlan, wanted: int | None) -> int:
    if wanted is None:
        return next_number(work, plan)
    if wanted < 1:
        raise Invalid("numbers begin with 1", "number")
    taken = sa.select(PlanItem.id).where(PlanItem.plan_id == plan.id, PlanItem.number == wanted)
    if work.session.scalars(taken).first():
        raise Conflict(f"{plan.code} has an item {wanted} already", "number")
    return wanted


def _about(work: Work, name: str, key: UUID | None) -> Any:
    return None if key is None else work.get(ABOUT[name], key, name)


def _refuse_unfit(plan: EvaluationPlan, facts: dict[str, Any]) -> None:
    refuse_reversed((facts["planned_start"], facts["planned_end"]), "planned_end")
    if not covers((plan.period_start, plan.period_end), facts["planned_start"]):
        raise Invalid(f"it would start outside the period of {plan.code}", "planned_start")
    refuse_amount(facts["cost"], "cost")
    refuse_amount(facts["core_cost"], "core_cost")
    refuse_currency(facts["currency"])
    if facts["core_cost"] > facts["cost"]:
        raise Invalid("core funds pay a part of the cost", "core_cost")
    if facts["funding_source"] is FundingSource.CORE and facts["core_cost"] != facts["cost"]:
        raise Invalid("what core funds pay alone costs nothing else", "core_cost")
