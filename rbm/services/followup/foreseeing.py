"""Reads what approved plans foresaw, and which evaluations were begun from it, out of the database into columns."""

import numpy as np

from rbm.model.planning import EvaluationPlan
from rbm.rules.arrays import Bools, Days, Ints
from rbm.rules.followup.columns import Begun, Items
from rbm.rules.followup.history import code
from rbm.services.followup import asking
from rbm.services.followup.linking import Found, Links, moved, ordinals, read
from rbm.services.rollup.sheets import positions
from rbm.terms.planning import PlanStage
from rbm.work import Work


def plans(work: Work, evaluations: Found, moves: Found, links: Links) -> tuple[Items, Begun]:
    """Items of plans that were ever approved, and the evaluations of them."""
    found = read(work, asking.items())
    chain = _chains(found)
    approved_on = ordinals(found["approved_on"])
    rows = Items(
        chain=chain,
        office=links("office", found),
        level=found["level"].astype(np.int8),
        joint=found["joint"],
        original_end=ordinals(found["original_end"]),
        approved_on=approved_on,
        ended_on=_ended(found, moves, approved_on),
    )
    item = positions(found["id"], evaluations["item_id"])
    begun = np.flatnonzero(item >= 0)
    return rows, Begun(begun, chain[item[begun]])


def _chains(found: Found) -> Ints:
    """The position of the first item of which each is a copy, or which was carried over to it."""
    own = np.arange(len(found["id"]), dtype=np.int64)
    earlier, carried = (positions(found["id"], found[name]) for name in ("earlier_id", "carried_from_id"))
    first = np.where(earlier >= 0, earlier, np.where(carried >= 0, carried, own))
    while not np.array_equal(first, first[first]):
        first = first[first]
    return first


def _ended(found: Found, moves: Found, approved_on: Days) -> Days:
    """The day on which the edition of each item came to its end, 0 for none."""
    keys, plan = np.unique(found["plan_id"], return_inverse=True)
    moved_on = moved(moves, keys, asking.ENTITIES.index(EvaluationPlan))[plan]
    closed: Bools = found["stage"] == code(PlanStage.CLOSED)
    closed_on = np.where(closed & (moved_on == 0), approved_on, moved_on)
    later = ordinals(found["ended_on"])
    return np.where(later > 0, later, closed_on).astype(np.int32)
