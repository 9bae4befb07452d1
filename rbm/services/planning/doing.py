"""What became of items of plans: which of them have an evaluation, and which are done by a day."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.model.evaluation import Evaluation
from rbm.model.planning import PlanItem
from rbm.rules.planning import continued
from rbm.terms.evaluation import EvaluationStage
from rbm.work import Work


def done_items(work: Work, items: Collection[PlanItem], on: date) -> set[UUID]:
    """Those of the items whose evaluation, or that of the item they continue, is final by a day."""
    return _with(work, items, Evaluation.final_on <= on)


def begun_items(work: Work, items: Collection[PlanItem]) -> set[UUID]:
    """Those of the items that have an evaluation, or continue one that has, unless it was cancelled."""
    return _with(work, items, Evaluation.stage != EvaluationStage.CANCELLED)


def _with(work: Work, items: Collection[PlanItem], condition: sa.ColumnElement[bool]) -> set[UUID]:
    query = sa.select(Evaluation.item_id).where(Evaluation.item_id.is_not(None), condition)
    found: Iterable[UUID | None] = work.session.scalars(query)
    reached = {key for key in found if key is not None}
    links = {
        row.id: [key for key in (row.earlier_id, row.carried_from_id) if key is not None]
        for row in work.session.execute(sa.select(PlanItem.id, PlanItem.earlier_id, PlanItem.carried_from_id))
    }
    return {item.id for item in items if continued(item.id, links) & reached}
