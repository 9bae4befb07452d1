"""What became of items of plans: which of them have an evaluation, and which are done by a day."""

from collections import defaultdict
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


def related_items(work: Work, keys: Collection[UUID], *, carried: bool) -> set[UUID]:
    """The items and what they are in the other editions of their plan; `carried`: in earlier and later plans too."""
    links = _links(work, carried=carried)
    both: dict[UUID, list[UUID]] = defaultdict(list)
    for key, before in links.items():
        both[key] += before
        for one in before:
            both[one].append(key)
    return set[UUID]().union(*(continued(key, both) for key in keys))


def _with(work: Work, items: Collection[PlanItem], condition: sa.ColumnElement[bool]) -> set[UUID]:
    query = sa.select(Evaluation.item_id).where(Evaluation.item_id.is_not(None), condition)
    found: Iterable[UUID | None] = work.session.scalars(query)
    reached = {key for key in found if key is not None}
    links = _links(work, carried=True)
    return {item.id for item in items if continued(item.id, links) & reached}


def _links(work: Work, *, carried: bool) -> dict[UUID, list[UUID]]:
    """What each item continues: the same one in the edition before, and with `carried` in the plan before."""
    query = sa.select(PlanItem.id, PlanItem.earlier_id, PlanItem.carried_from_id)
    return {
        key: [one for one in (earlier, before if carried else None) if one is not None]
        for key, earlier, before in work.session.execute(query)
    }
