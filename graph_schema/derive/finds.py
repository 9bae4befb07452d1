"""Finds: services that return a Select, as root lists in the order they state."""

from dataclasses import replace
from typing import Any

import graphene
import sqlalchemy as sa

from graph_schema.derive.lists import list_field, wanted
from graph_schema.derive.orders import stated
from graph_schema.derive.pages import Page, whole
from graph_schema.derive.siblings import Item
from graph_schema.derive.signatures import Service, arguments, read, takes_work
from rbm.db import Row


def find(row: type[Row], service: Service, weight: int = 0) -> graphene.Field:
    """A root list of the rows a find selects, with its parameters beside the arguments of every list.

    `weight` is its points where selecting costs more than reading rows of a table.
    """
    own = arguments(service, spread=True)

    def resolve(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> Page:
        work = info.context.work
        values = read(service, {name: value for name, value in given.items() if name in own}, spread=True)
        statement = service(work, **values) if takes_work(service) else service(**values)
        return whole(work, _in_order(row, statement, given))

    field = list_field(row, resolve, service.__doc__, **own)
    field.weight = weight
    return field


def found_of(row: type[Row], service: Service, weight: int = 0) -> graphene.Field:
    """A list of a node: the rows that a find `(work, owner)` selects, in the order it states."""

    def resolve(item: Item, info: graphene.ResolveInfo, /, **given: Any) -> Page:
        work = info.context.work
        return whole(work, _in_order(row, service(work, item.row), given))

    field = list_field(row, resolve, service.__doc__)
    field.weight = weight
    return field


def _in_order(row: type[Row], statement: sa.Select[Any], given: dict[str, Any]) -> Any:
    asked = wanted(row, statement.order_by(None), given)
    return asked if given.get("order_by") else replace(asked, keys=stated(row, statement))
