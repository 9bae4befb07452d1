"""What goes on: an approved plan as its next edition, and items that were not done in the next plan."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.rules.inputs import refuse_blank
from rbm.services.planning.doing import done_items, related_items
from rbm.services.planning.items import draft_plan, next_number
from rbm.terms.planning import PlanStage
from rbm.work import Work

MOST_ITEMS = 200
COPIED = (
    *("title", "type", "level", "timing", "conducted_by", "scope", "priority", "funding_source", "joint"),
    *("planned_start", "planned_end", "original_end", "cost", "core_cost", "currency"),
    *("office_id", "project_id", "theme_id", "place_id"),
)


def revise_plan(work: Work, plan_id: UUID) -> EvaluationPlan:
    """Draft the next edition of an approved plan, with all of its items; the approved one stays as it is.

    Its approval supersedes the edition before. Conflict when the next edition is being drafted already.
    """
    plan = work.get(EvaluationPlan, plan_id, "plan_id", hold=True)
    work.require(Permission.PLAN_EVALUATION, about=plan)
    if plan.stage is not PlanStage.APPROVED:
        raise Conflict(f"{plan.code} is {plan.stage}, not approved", "stage")
    later = sa.select(EvaluationPlan.id).where(EvaluationPlan.code == plan.code, EvaluationPlan.edition > plan.edition)
    if work.session.scalars(later).first():
        raise Conflict(f"a later edition of {plan.code} is being prepared", "plan_id")
    names = ("code", "title", "kind", "office_id", "period_start", "period_end", "budget_line_id", "previous_id")
    facts = {name: getattr(plan, name) for name in names}
    edition = work.add(EvaluationPlan(**facts, edition=plan.edition + 1, stage=PlanStage.DRAFT))
    for item in _items(work, PlanItem.plan_id == plan.id):
        carried = {"carried_from_id": item.carried_from_id, "carried_reason": item.carried_reason}
        work.session.add(PlanItem(plan=edition, earlier=item, number=item.number, **_copied(item), **carried))
    work.flush()
    return edition


def carry_over(work: Work, item_ids: list[UUID], plan_id: UUID, reason: str) -> list[PlanItem]:
    """Carry items that were not done from an earlier approved plan over to a draft plan, with the reason.

    Invalid names what is wrong with an item; Conflict when it was done or carried over already. Nothing or all of them.
    """
    plan = draft_plan(work, plan_id)
    why = refuse_blank(reason, "reason")
    items = _wanted(work, item_ids)
    _refuse_carried(work, items)
    earlier = {key: work.get(EvaluationPlan, key, "item_ids") for key in {item.plan_id for item in items}}
    for one in earlier.values():
        _refuse_plan(one, plan)
    first = next_number(work, plan)
    return [_carried(work, plan, item, first + place, why) for place, item in enumerate(items)]


def _wanted(work: Work, item_ids: list[UUID]) -> list[PlanItem]:
    if not 1 <= len(item_ids) <= MOST_ITEMS:
        raise Invalid(f"between 1 and {MOST_ITEMS} items are carried over at once", "item_ids")
    if len(set(item_ids)) < len(item_ids):
        raise Invalid("an item is named twice", "item_ids")
    return [work.get(PlanItem, key, "item_ids") for key in item_ids]


def _refuse_carried(work: Work, items: Collection[PlanItem]) -> None:
    """Nothing, when none of the items was done, or carried over before, be it in another edition of its plan."""
    keys = related_items(work, [item.id for item in items], carried=False)
    if work.session.scalars(sa.select(PlanItem.id).where(PlanItem.carried_from_id.in_(keys))).first():
        raise Conflict("an item was carried over already", "item_ids")
    done = done_items(work, items, work.today)
    for item in items:
        if item.id in done:
            raise Conflict(f"{item.title} was done", "item_ids")


def _refuse_plan(earlier: EvaluationPlan, plan: EvaluationPlan) -> None:
    if earlier.code == plan.code or earlier.period_start >= plan.period_start:
        raise Invalid(f"{earlier.code} is no plan before {plan.code}", "item_ids")
    if earlier.approved_on is None:
        raise Conflict(f"{earlier.code} was never approved", "item_ids")
    if earlier.stage is PlanStage.SUPERSEDED:
        raise Conflict(f"a later edition of {earlier.code} stands in its place", "item_ids")


def _carried(work: Work, plan: EvaluationPlan, item: PlanItem, number: int, reason: str) -> PlanItem:
    """The item in the next plan, within its period; the end it was first approved with stays."""
    facts = _copied(item)
    facts["planned_start"] = max(item.planned_start, plan.period_start)
    if item.planned_end < plan.period_start:
        facts["planned_end"] = plan.period_end
    return work.add(PlanItem(plan=plan, number=number, carried_from=item, carried_reason=reason, **facts))


def _copied(item: PlanItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in COPIED}


def _items(work: Work, condition: sa.ColumnElement[bool]) -> Iterable[PlanItem]:
    return work.session.scalars(sa.select(PlanItem).where(condition).order_by(PlanItem.number)).all()
