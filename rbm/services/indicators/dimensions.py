"""Dimensions, their categories and the crossings of categories that values are stated for."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.indicators import Category, Dimension, Disaggregation, DisaggregationPart, Indicator, IndicatorDimension
from rbm.model.people import Office
from rbm.rules.inputs import refuse_blank
from rbm.services import marks
from rbm.services.people import HEADQUARTERS
from rbm.work import Work


def define_dimension(work: Work, code: str, label: str, *, additive: bool) -> Dimension:
    """Make an axis of disaggregation for everyone; `additive` when its parts add up to the total."""
    work.require(Permission.DEFINE, _headquarters(work))
    return work.add(Dimension(code=refuse_blank(code, "code"), label=refuse_blank(label, "label"), additive=additive))


def revise_dimension(work: Work, dimension_id: UUID, label: str, *, additive: bool) -> Dimension:
    """Rename a dimension, or change whether its parts add up: all figures with values along it are made again."""
    work.require(Permission.DEFINE, _headquarters(work))
    dimension = work.get(Dimension, dimension_id, "dimension_id", hold=True)
    dimension.label, dimension.additive = refuse_blank(label, "label"), additive
    work.flush()
    marks.mark_dimension(work, dimension.id, "revise_dimension")
    return dimension


def define_category(work: Work, dimension_id: UUID, code: str, label: str) -> Category:
    """Make a part of a dimension. Invalid when the code holds the sign `|`; Conflict when it is taken."""
    work.require(Permission.DEFINE, _headquarters(work))
    dimension = work.get(Dimension, dimension_id, "dimension_id")
    stated = refuse_blank(code, "code")
    if "|" in stated:
        raise Invalid("the sign | joins the codes of crossed categories", "code")
    return work.add(Category(code=stated, label=refuse_blank(label, "label"), dimension=dimension))


def split_indicator(work: Work, indicator_id: UUID, dimension_id: UUID) -> IndicatorDimension:
    """Say that an indicator is to be split along a dimension. Conflict when it is already."""
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    work.require(Permission.DEFINE, indicator)
    dimension = work.get(Dimension, dimension_id, "dimension_id")
    if dimension.id in dimensions_of(work, indicator):
        raise Conflict(f"{indicator.code} is split by {dimension.code} already", "dimension_id")
    return work.add(IndicatorDimension(indicator=indicator, dimension=dimension))


def dimensions_of(work: Work, indicator: Indicator) -> set[UUID]:
    """The dimensions along which an indicator is to be split."""
    query = sa.select(IndicatorDimension.dimension_id).where(IndicatorDimension.indicator_id == indicator.id)
    return set(work.session.scalars(query))


def disaggregation_of(work: Work, category_ids: Collection[UUID]) -> Disaggregation:
    """The crossing of these categories, made when nobody used it before. The caller has asked for its permission.

    Its code joins the category codes, sorted, by `|`. Invalid without categories or with two of one dimension.
    """
    categories = sorted((work.get(Category, key, "category_ids") for key in category_ids), key=lambda row: row.code)
    if not categories:
        raise Invalid("a crossing has at least one category", "category_ids")
    if len({row.dimension_id for row in categories}) < len(categories):
        raise Invalid("a crossing has one category of each dimension at most", "category_ids")
    code = "|".join(row.code for row in categories)
    found = work.session.scalars(sa.select(Disaggregation).where(Disaggregation.code == code)).one_or_none()
    if found:
        return found
    crossing = work.add(Disaggregation(code=code, label=", ".join(row.label for row in categories)))
    for category in categories:
        work.add(DisaggregationPart(disaggregation=crossing, category=category))
    return crossing


def find_dimensions() -> sa.Select[Dimension]:
    """Every dimension."""
    return sa.select(Dimension)


def _headquarters(work: Work) -> UUID:
    """What everyone uses is defined at headquarters."""
    return work.find(Office, HEADQUARTERS, "office").id
