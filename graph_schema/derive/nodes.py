"""Nodes: GraphQL types mirrored from mapped classes, fields by name."""

from typing import Any

import graphene
import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty

from graph_schema.derive import kinds
from graph_schema.derive.lists import list_field, wanted
from graph_schema.derive.names import sentence
from graph_schema.derive.pages import Page, each
from graph_schema.derive.registry import SHAPES, Shape, joined_by, key_name, shape
from graph_schema.derive.siblings import Item, portions, together
from graph_schema.derive.stages import moves, transitions
from rbm.db import Row
from rbm.work import Work


def node(row: type[Row], names: str, **computed: graphene.Field) -> type[graphene.ObjectType]:
    """The type of a row: its id, the columns and relations named, and fields computed from it."""
    mapper = sa.inspect(row)
    exposed = [key_name(row), *names.split()]
    columns = {name: mapper.columns[name] for name in exposed if name in mapper.columns}
    relations = {name: mapper.relationships[name] for name in exposed if name not in columns}
    fields = {name: _column_field(name, column) for name, column in columns.items()}
    fields |= {name: _relation_field(name, relation) for name, relation in relations.items()}
    if hasattr(row, "FLOW"):
        fields |= {"allowed_transitions": transitions(row), "transitions": moves(row)}
    described = {"__doc__": sentence(row.__doc__)}
    made: type[graphene.ObjectType] = type(row.__name__, (graphene.ObjectType,), fields | computed | described)
    SHAPES[row] = Shape(row, made, columns, relations)
    return made


def _column_field(name: str, column: sa.Column[Any]) -> graphene.Field:
    kind = kinds.of_column(column)

    def resolve(item: Item, _info: object) -> Any:
        return getattr(item.row, name)

    return graphene.Field(kind if column.nullable else graphene.NonNull(kind), resolver=resolve)


def _relation_field(name: str, relation: RelationshipProperty[Any]) -> graphene.Field:
    return _many(name, relation) if relation.uselist else _one(name, relation)


def _one(name: str, relation: RelationshipProperty[Any]) -> graphene.Field:
    """Null when there is none, or none that the caller sees."""
    target = relation.mapper.class_
    local, _ = joined_by(relation)

    def resolve(item: Item, info: graphene.ResolveInfo) -> Item | None:
        found = item.batch.once(name, lambda: _above(info.context.work, relation, item.batch.rows))
        return found.get(getattr(item.row, local))

    return graphene.Field(lambda: shape(target).node, resolver=resolve)


def _many(name: str, relation: RelationshipProperty[Any]) -> graphene.Field:
    target = relation.mapper.class_
    local, remote = joined_by(relation)

    def resolve(item: Item, info: graphene.ResolveInfo, /, **given: Any) -> Page:
        def load() -> dict[Any, Page]:
            owners = list(dict.fromkeys(getattr(row, local) for row in item.batch.rows))
            return each(info.context.work, wanted(target, sa.select(target), given), remote, owners)

        # One field of the document asks all siblings with the same arguments.
        return item.batch.once((name, id(info.field_nodes[0])), load)[getattr(item.row, local)]

    return list_field(target, resolve, target.__doc__)


def _above(work: Work, relation: RelationshipProperty[Any], rows: Any) -> dict[Any, Item]:
    target = relation.mapper.class_
    local, remote = joined_by(relation)
    column, found = getattr(target, remote), []
    for some in portions(value for row in rows if (value := getattr(row, local)) is not None):
        found.extend(work.session.scalars(sa.select(target).where(column.in_(some))))
    return {getattr(item.row, remote): item for item in together(found)}
