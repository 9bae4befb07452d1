"""Whether figures still stand as they were computed: a mark on what they are made of says that they do not."""

from collections.abc import Sequence

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.indicators import ContributionLink, FormulaTerm
from rbm.model.rollup import DirtyMark, Figure
from rbm.work import Work


def stale(work: Work, figures: Sequence[Figure]) -> list[bool]:
    """Of each figure, whether a dirty mark stands on its indicator or on anything it is made of.

    The ways lead upward from the marks, so that asking costs next to nothing while there are none.
    """
    links, terms = table_of(ContributionLink).c, table_of(FormulaTerm).c
    steps = sa.union_all(
        sa.select(links.child_id.label("lower"), links.parent_id.label("upper")),
        sa.select(terms.source_id, terms.indicator_id),
    ).subquery("step")
    marked = sa.select(table_of(DirtyMark).c.indicator_id.label("node")).cte("marked", recursive=True)
    marked = marked.union(sa.select(steps.c.upper).join(marked, steps.c.lower == marked.c.node))
    wanted = {figure.indicator_id for figure in figures}
    query = sa.select(marked.c.node).where(marked.c.node.in_(wanted))
    touched = {row.node for row in bulk.select(work.session, query)}
    return [figure.indicator_id in touched for figure in figures]
