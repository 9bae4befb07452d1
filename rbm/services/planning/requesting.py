"""What management asks of a plan it may not write, and what the head of evaluation decides, with reasons."""

from uuid import UUID

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem, PlanRequest
from rbm.rules.inputs import refuse_blank
from rbm.terms.planning import PlanRequestStage, PlanStage, RequestKind
from rbm.work import Work

ENDED = (PlanStage.SUPERSEDED, PlanStage.CLOSED)


def request_plan_change(
    work: Work, plan_id: UUID, office_id: UUID, kind: RequestKind, text: str, item_id: UUID | None = None
) -> PlanRequest:
    """Ask, for an office, to add, drop or change an item of a plan. Nothing in the plan changes by that.

    Invalid when what is to be dropped or changed is no item of the plan; Conflict when the plan has ended.
    """
    plan = work.get(EvaluationPlan, plan_id, "plan_id")
    office = work.get(Office, office_id, "office_id")
    work.require(Permission.COMMENT, office.id)
    asked = refuse_blank(text, "text")
    if plan.stage in ENDED:
        raise Conflict(f"{plan.code} is {plan.stage}", "stage")
    if (item_id is None) is not (kind is RequestKind.ADD):
        raise Invalid("what is to be dropped or changed is named, and what is to be added is not", "item_id")
    item = work.get(PlanItem, item_id, "item_id") if item_id else None
    if item and item.plan_id != plan.id:
        raise Invalid(f"it is no item of {plan.code}", "item_id")
    return work.add(
        PlanRequest(
            plan=plan,
            item=item,
            office=office,
            kind=kind,
            stage=PlanRequestStage.OPEN,
            text=asked,
            requested_at=work.now,
            requested_by_id=work.actor.person_id,
        )
    )


def decide_plan_request(work: Work, request_id: UUID, reason: str, *, granted: bool) -> PlanRequest:
    """Grant or decline what was asked of a plan, with the reason, which is told to everyone within.

    Forbidden to who asked. A plan is changed by who writes it, by none of this.
    """
    request = work.get(PlanRequest, request_id, "request_id")
    work.move(request, PlanRequestStage.GRANTED if granted else PlanRequestStage.DECLINED, reason)
    request.decided_at, request.decided_by_id = work.now, work.actor.person_id
    request.decision_reason = reason.strip()
    work.flush()
    return request
