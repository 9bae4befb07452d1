"""Roots: every exposed noun, one by id or code and many as a list."""

from typing import Any

import graphene
import sqlalchemy as sa

from graph_schema.derive.lists import connection
from graph_schema.derive.names import plural, sentence
from graph_schema.derive.registry import Shape, key, key_name, read_key, shape
from graph_schema.derive.siblings import Item, together
from rbm.db import Row
from rbm.errors import Invalid


def roots(*rows: type[Row]) -> type:
    """A piece of the root Query: `office` and `offices` for each row class."""
    fields: dict[str, Any] = {}
    for row in rows:
        fields |= {row.__tablename__: one(row), plural(row.__tablename__): connection(row)}
    return type("Roots", (graphene.ObjectType,), fields)


def one(row: type[Row]) -> graphene.Field:
    """A root field: one row by id or, where it has one, by code. Null when there is none the caller sees."""
    by_code = {"code": graphene.Argument(graphene.String)} if _has_code(row) else {}
    arguments = {"id": graphene.Argument(graphene.ID, required=not by_code)} | by_code

    def resolve(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> Item | None:
        named = [(name, value) for name, value in given.items() if value is not None]
        if len(named) != 1:
            raise Invalid(f"name one {row.__tablename__.replace('_', ' ')} by {' or '.join(arguments)}", "id")
        condition = _is(shape(row), *named[0])
        found = info.context.work.session.scalars(sa.select(row).where(condition)).one_or_none()
        return None if found is None else together([found])[0]

    return graphene.Field(lambda: shape(row).node, args=arguments, resolver=resolve, description=sentence(row.__doc__))


def _has_code(row: type[Row]) -> bool:
    column = sa.inspect(row).columns.get("code")
    return column is not None and bool(column.unique)


def _is(shown: Shape, name: str, value: str) -> sa.ColumnElement[bool]:
    if name == "code":
        condition: sa.ColumnElement[bool] = shown.row.code == value  # type: ignore[attr-defined]
        return sa.false() if "\x00" in value else condition
    try:
        return key(shown.row) == read_key(shown.columns[key_name(shown.row)], value, "id")
    except Invalid:
        return sa.false()
