"""Lists: Relay connections, the same for roots and for relations."""

from functools import cache
from typing import Any

import graphene
import sqlalchemy as sa
from graphene.relay import PageInfo

from graph_schema.derive.filters import conditions, filter_type
from graph_schema.derive.names import sentence
from graph_schema.derive.orders import order_type, ordered
from graph_schema.derive.pages import Page, Wanted, part_of, whole
from graph_schema.derive.registry import shape
from rbm.db import Row

PAGING = ("first", "last", "after", "before")


def connection(row: type[Row]) -> graphene.Field:
    """A root list of rows."""

    def resolve(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> Page:
        return whole(info.context.work, wanted(row, sa.select(row), given))

    return list_field(row, resolve, row.__doc__)


def list_field(row: type[Row], resolve: Any, description: str | None, **arguments: graphene.Argument) -> graphene.Field:
    """A field that answers with a page; it may take further arguments than the usual ones."""
    return graphene.Field(
        lambda: graphene.NonNull(connection_type(row)),
        args=arguments | paging_arguments(row),
        resolver=resolve,
        description=sentence(description),
    )


def paging_arguments(row: type[Row]) -> dict[str, graphene.Argument]:
    """The arguments every list takes."""
    return {
        "first": graphene.Argument(graphene.Int, description="So many from the start."),
        "after": graphene.Argument(graphene.String, description="Only what follows this cursor."),
        "last": graphene.Argument(graphene.Int, description="So many from the end."),
        "before": graphene.Argument(graphene.String, description="Only what precedes this cursor."),
        "filter": graphene.Argument(lambda: filter_type(row)),
        "order_by": graphene.Argument(lambda: graphene.List(graphene.NonNull(order_type(row)))),
    }


def wanted(row: type[Row], statement: sa.Select[Any], given: dict[str, Any]) -> Wanted:
    """What the arguments of a list ask for, on top of what the statement states."""
    part = part_of(**{name: given.get(name) for name in PAGING})
    narrowed = statement.where(*conditions(row, given.get("filter")))
    return Wanted(row, narrowed, ordered(row, given.get("order_by")), part)


@cache
def connection_type(row: type[Row]) -> type[graphene.ObjectType]:
    """The `<Row>Connection` with its edges."""
    name = row.__name__
    edge = _made(
        f"{name}Edge",
        f"A {name} in a list, with its place.",
        cursor=graphene.Field(graphene.NonNull(graphene.String), resolver=lambda edge, _info: edge.cursor),
        node=graphene.Field(lambda: graphene.NonNull(shape(row).node), resolver=lambda edge, _info: edge.node),
    )
    edges = graphene.NonNull(graphene.List(graphene.NonNull(edge)))
    return _made(
        f"{name}Connection",
        f"A part of a list of {name} rows.",
        edges=graphene.Field(edges, resolver=lambda page, _info: page.edges),
        page_info=graphene.Field(graphene.NonNull(PageInfo), resolver=lambda page, _info: _page_info(page)),
        total_count=graphene.Field(
            graphene.NonNull(graphene.Int),
            description="How many there are in all parts.",
            resolver=lambda page, _info: page.count(),
        ),
    )


def _made(name: str, description: str, **fields: graphene.Field) -> type[graphene.ObjectType]:
    return type(name, (graphene.ObjectType,), fields | {"__doc__": description})


def _page_info(page: Page) -> dict[str, Any]:
    edges = page.edges
    return {
        "has_next_page": page.more_after,
        "has_previous_page": page.more_before,
        "start_cursor": edges[0].cursor if edges else None,
        "end_cursor": edges[-1].cursor if edges else None,
    }
