"""What plans foresaw as of a day: each evaluation once, however often it was copied, carried over or begun."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Days, Ints
from rbm.rules.followup.history import code, happened
from rbm.rules.followup.view import View
from rbm.terms.evaluation import SourceKind


@dataclass(frozen=True, eq=False)
class Foreseen:
    """Evaluations that approved plans foresaw by a day, with the office that commissions or would commission each.

    `chosen` marks those of the scope, `standing` those that no later edition left out and no closed plan gave up,
    `begun` and `done` those with an evaluation, and with a final one.
    """

    office: Ints
    joint: Bools
    original_end: Days
    chosen: Bools
    standing: Bools
    begun: Bools
    done: Bools


def foreseen(view: View) -> Foreseen:
    """What plans foresaw, as the edition approved last by the day has it. One begun twice counts once."""
    items, rows, begun = view.histories.items, view.histories.evaluations, view.histories.begun
    count = int(max(items.chain.max(initial=-1), begun.chain.max(initial=-1))) + 1
    last = np.full(count, -1, dtype=np.int64)
    approved = np.flatnonzero(happened(items.approved_on, view.day))
    last[items.chain[approved]] = approved
    there = last >= 0
    at = last[there]
    known = happened(rows.planned_on, view.day)[begun.evaluation]
    evaluation, chain = begun.evaluation[known], begun.chain[known]

    def some(marks: Bools) -> Bools:
        found: Bools = np.bincount(chain[marks[evaluation]], minlength=count)[there] > 0
        return found

    office = np.full(count, -1, dtype=np.int64)
    office[there] = items.office[at]
    office[chain] = rows.office[evaluation]
    chosen = view.scope.offices[office[there]] & (SourceKind.EVALUATION in view.scope.sources)
    if view.scope.level is not None:
        chosen &= items.level[at] == code(view.scope.level)
    return Foreseen(
        office=office[there],
        joint=items.joint[at] | some(rows.joint),
        original_end=items.original_end[at],
        chosen=chosen,
        standing=~happened(items.ended_on[at], view.day),
        begun=some(np.ones(len(rows.office), dtype=np.bool_)),
        done=some(happened(rows.final_on, view.day)),
    )


def without_item(view: View) -> Bools:
    """Evaluations in the scope that no item of a plan stands for."""
    found = view.evaluations.copy()
    found[view.histories.begun.evaluation] = False
    return found
