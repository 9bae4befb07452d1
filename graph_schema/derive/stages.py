"""Stages: how a staged row came where it is, where it can go next, and why it cannot."""

from enum import StrEnum
from typing import Any

import graphene
import sqlalchemy as sa

from graph_schema.derive.figures import ROW_WEIGHT
from graph_schema.derive.kinds import enumeration
from graph_schema.derive.lists import list_field, wanted
from graph_schema.derive.pages import Page, each
from graph_schema.derive.registry import key_name
from graph_schema.derive.siblings import Item
from rbm.db import Row
from rbm.stages import Transition


class Weighed(graphene.Field):
    """A field that costs `weight` points for each row, besides what is asked of its answer."""

    weight: int


def moves(row: type[Row]) -> graphene.Field:
    """The field `transitions` of a staged row: the moves it made, oldest first unless another order is asked for."""

    def resolve(item: Item, info: graphene.ResolveInfo, /, **given: Any) -> Page:
        def load() -> dict[Any, Page]:
            made = sa.select(Transition).where(Transition.entity == row.__tablename__)
            owners = [getattr(one, key_name(row)) for one in item.batch.rows]
            return each(info.context.work, wanted(Transition, made, given), "entity_id", list(dict.fromkeys(owners)))

        return item.batch.once(("transitions", id(info.field_nodes[0])), load)[getattr(item.row, key_name(row))]

    return list_field(Transition, resolve, f"The moves a {row.__name__} made from stage to stage.")


def transitions(row: type[Row]) -> graphene.Field:
    """The field `allowedTransitions` of a staged row, derived from its FLOW.

    It weighs as much as the office of the row and the guards of the steps, which ask the database for each row.
    """
    stages: type[StrEnum] = type(next(iter(row.FLOW)))  # type: ignore[attr-defined]
    fields = {
        "to": graphene.Field(graphene.NonNull(enumeration(stages)), resolver=lambda move, _info: move[0]),
        "reason_if_denied": graphene.Field(graphene.String, resolver=lambda move, _info: move[1]),
    }
    description = f"A stage a {row.__name__} could move to, and why the caller may not move it there."
    made = type(f"{row.__name__}Transition", (graphene.ObjectType,), fields | {"__doc__": description})

    def resolve(item: Item, info: graphene.ResolveInfo) -> list[tuple[Any, str | None]]:
        return info.context.work.allowed(item.row)

    field = Weighed(graphene.NonNull(graphene.List(graphene.NonNull(made))), resolver=resolve)
    guarded = (sum(step.guard is not None for step in steps.values()) for steps in row.FLOW.values())
    field.weight = ROW_WEIGHT * (1 + max(guarded))
    return field
