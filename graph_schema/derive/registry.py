"""Shapes: what each exposed row class shows. Rooms refer to one another by class, whichever is read first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import graphene
import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty

from rbm.db import LIMIT, Row
from rbm.errors import Invalid


@dataclass(frozen=True)
class Shape:
    """A row class, its node type, and the columns and relations exposed by name."""

    row: type[Row]
    node: type[graphene.ObjectType]
    columns: Mapping[str, sa.Column[Any]]
    relations: Mapping[str, RelationshipProperty[Any]]


SHAPES: dict[type[Row], Shape] = {}


def shape(row: type[Row]) -> Shape:
    """The shape of a row class. LookupError when no room exposes it."""
    if row not in SHAPES:
        raise LookupError(f"no room of graph_schema exposes {row.__name__}")
    return SHAPES[row]


def key_name(row: type[Row]) -> str:
    """The attribute that holds the primary key."""
    return attribute(row, sa.inspect(row).primary_key[0])


def key(row: type[Row]) -> Any:
    """The mapped attribute of the primary key."""
    return getattr(row, key_name(row))


def attribute(row: type[Row], column: sa.ColumnElement[Any]) -> str:
    """The attribute that holds a column."""
    return sa.inspect(row).get_property_by_column(column).key  # type: ignore[arg-type]


def joined_by(relation: RelationshipProperty[Any]) -> tuple[str, str]:
    """The attributes a relation joins: on its own class, and on the other one."""
    (local, remote) = relation.local_remote_pairs[0]
    return attribute(relation.parent.class_, local), attribute(relation.mapper.class_, remote)


def read_key(column: sa.Column[Any], value: object, field: str) -> UUID | int:
    """The key of a column an ID stands for. Invalid when it can be none."""
    return read_id(value, field, serial=isinstance(column.type, sa.Integer))


def read_id(value: object, field: str, *, serial: bool) -> UUID | int:
    """The key an ID stands for: a UUID, or an integer where keys are `serial`. Invalid when it can be none."""
    text = str(value)
    try:
        return _serial(text) if serial else _uuid(text)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is not an id", field) from None


def _uuid(text: str) -> UUID:
    """One form of a key alone: what else UUID would read as the same key is none."""
    key = UUID(text)
    if str(key) != text.lower():
        raise ValueError(text)
    return key


def _serial(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LIMIT)) and int(text) <= LIMIT):
        raise ValueError(text)
    return int(text)
