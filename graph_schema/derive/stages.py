"""Stages: where a staged row can go next, and why it cannot."""

from enum import StrEnum
from typing import Any

import graphene

from graph_schema.derive.kinds import enumeration
from graph_schema.derive.siblings import Item
from rbm.db import Row


def transitions(row: type[Row]) -> graphene.Field:
    """The field `allowedTransitions` of a staged row, derived from its FLOW."""
    stages: type[StrEnum] = type(next(iter(row.FLOW)))  # type: ignore[attr-defined]
    fields = {
        "to": graphene.Field(graphene.NonNull(enumeration(stages)), resolver=lambda move, _info: move[0]),
        "reason_if_denied": graphene.Field(graphene.String, resolver=lambda move, _info: move[1]),
    }
    description = f"A stage a {row.__name__} could move to, and why the caller may not move it there."
    made = type(f"{row.__name__}Transition", (graphene.ObjectType,), fields | {"__doc__": description})

    def resolve(item: Item, info: graphene.ResolveInfo) -> list[tuple[Any, str | None]]:
        return info.context.work.allowed(item.row)

    return graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(made))), resolver=resolve)
