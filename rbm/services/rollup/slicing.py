"""Slices of figures: the total, one category of a dimension, or one crossing of several."""

from uuid import UUID

import sqlalchemy as sa

from rbm.errors import NotFound
from rbm.model.indicators import Category, Dimension, DisaggregationPart
from rbm.model.rollup import Figure
from rbm.work import Work


def sliced(work: Work, query: sa.Select[Figure], by: str | None) -> sa.Select[Figure]:
    """The figures of a query that are totals or, with dimensions named, those sliced along exactly these.

    `by` holds codes or labels with commas between them. NotFound when no dimension has one of them.
    """
    query = query.outerjoin(Figure.category).outerjoin(Figure.disaggregation)
    if by is None:
        return query.where(Figure.whole())
    dimensions = dict.fromkeys(_dimension(work, each.strip()) for each in by.split(","))
    if len(dimensions) == 1:
        return query.where(Category.dimension_id.in_(dimensions))
    return query.where(Figure.disaggregation_id.in_(_crossings(list(dimensions))))


def _dimension(work: Work, wanted: str) -> UUID:
    lower = wanted.lower()
    named = sa.or_(sa.func.lower(Dimension.code) == lower, sa.func.lower(Dimension.label) == lower)
    found = work.session.scalars(sa.select(Dimension.id).where(named).order_by(Dimension.code)).first()
    if found is None:
        known = ", ".join(sorted(work.session.scalars(sa.select(Dimension.code)))) or "none"
        raise NotFound(f"no dimension has the code {wanted}; there are: {known}", "by")
    return found


def _crossings(dimensions: list[UUID]) -> sa.Select[UUID]:
    """The crossings of one category of each of these dimensions and of no other."""
    among = sa.func.sum(sa.case((Category.dimension_id.in_(dimensions), 1), else_=0))
    return (
        sa.select(DisaggregationPart.disaggregation_id)
        .join(DisaggregationPart.category)
        .group_by(DisaggregationPart.disaggregation_id)
        .having(sa.func.count() == len(dimensions), among == len(dimensions))
    )
