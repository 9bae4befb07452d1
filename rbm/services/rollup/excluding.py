"""What figures leave out: how many contributions, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rbm.model.rollup import Figure, FigureExclusion
from rbm.terms.rollup import Reason
from rbm.work import Work


@dataclass(frozen=True)
class ExcludedCount:
    """How many contributions a figure leaves out for one reason."""

    reason: Reason
    count: int


def left_out(work: Work, figures: Sequence[Figure]) -> list[list[ExcludedCount]]:
    """Of each figure, what it leaves out, by reason in the order of the words."""
    keys = {figure.id for figure in figures}
    query = sa.select(FigureExclusion.figure_id, FigureExclusion.reason, FigureExclusion.count)
    found: dict[int, list[ExcludedCount]] = defaultdict(list)
    for key, reason, count in work.session.execute(query.where(FigureExclusion.figure_id.in_(keys))):
        found[key].append(ExcludedCount(reason, count))
    return [sorted(found[figure.id], key=lambda each: each.reason) for figure in figures]
