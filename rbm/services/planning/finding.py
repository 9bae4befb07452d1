"""Finds what is planned: the items of all plans that count, in one view."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.rules.inputs import refuse_year
from rbm.services.planning.figures import IN_FORCE
from rbm.terms.evaluation import ConductedBy, EvaluationLevel, EvaluationType, Timing
from rbm.terms.planning import FundingSource, PlanKind, PlanPriority


@dataclass(frozen=True)
class PlanItemQuestion:
    """Which items are asked for; `year` is that of the planned end, `office` the code of the plan's office."""

    plan_kind: PlanKind | None = None
    year: int | None = None
    office: str | None = None
    type: EvaluationType | None = None
    level: EvaluationLevel | None = None
    timing: Timing | None = None
    conducted_by: ConductedBy | None = None
    priority: PlanPriority | None = None
    funding_source: FundingSource | None = None
    carried_over: bool | None = None


def find_plan_items(question: PlanItemQuestion | None = None) -> sa.Select[PlanItem]:
    """The items of all approved plans, regional and of the organisation, by planned end, plan and number.

    Invalid when the year is none.
    """
    asked = question or PlanItemQuestion()
    refuse_year(asked.year)
    office = aliased(Office)
    query = sa.select(PlanItem).join(PlanItem.plan).join(office, EvaluationPlan.office)
    query = query.where(EvaluationPlan.stage.in_(IN_FORCE))
    if asked.plan_kind:
        query = query.where(EvaluationPlan.kind == asked.plan_kind)
    if asked.year is not None:
        query = query.where(PlanItem.planned_end.between(date(asked.year, 1, 1), date(asked.year, 12, 31)))
    if asked.office is not None:
        query = query.where(office.code == asked.office)
    if asked.carried_over is not None:
        carried = PlanItem.carried_from_id.is_not(None)
        query = query.where(carried if asked.carried_over else ~carried)
    for name in ("type", "level", "timing", "conducted_by", "priority", "funding_source"):
        if (wanted := getattr(asked, name)) is not None:
            query = query.where(getattr(PlanItem, name) == wanted)
    return query.order_by(PlanItem.planned_end, EvaluationPlan.code, PlanItem.number, PlanItem.id)
