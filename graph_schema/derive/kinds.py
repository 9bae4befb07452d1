"""Kinds: which GraphQL type stands for a column or for an annotation of a service."""

import dataclasses
import enum
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal as Exact
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import graphene
import sqlalchemy as sa

from graph_schema.derive.names import sentence
from graph_schema.derive.scalars import JSON, Date, DateTime, Decimal
from rbm.db import Fixed, Identifier, Moment, Row


class SerialId(int):
    """The id of a row with an integer key, as an annotation."""


PLAIN: dict[Any, Any] = {
    UUID: graphene.ID,
    SerialId: graphene.ID,
    str: graphene.String,
    int: graphene.Int,
    float: graphene.Float,
    bool: graphene.Boolean,
    Exact: Decimal,
    date: Date,
    datetime: DateTime,
    dict: JSON,
    Mapping: JSON,
    object: JSON,
    Any: JSON,
}
COLUMNS: tuple[tuple[type[Any], Any], ...] = (
    (Identifier, graphene.ID),
    (Fixed, Decimal),
    (Moment, DateTime),
    (sa.Date, Date),
    (sa.JSON, JSON),
    (sa.Boolean, graphene.Boolean),
    (sa.Integer, graphene.Int),
    (sa.Text, graphene.String),
)
MANY = (list, tuple, set, frozenset)


@cache
def enumeration(words: type[enum.Enum]) -> type[graphene.Enum]:
    """The GraphQL enum of a closed list of words; made once."""
    made: type[graphene.Enum] = graphene.Enum.from_enum(words, description=sentence(words.__doc__))
    return made


def of_column(column: sa.Column[Any]) -> Any:
    """The GraphQL type of a column; every key is an ID."""
    if isinstance(column.type, sa.Enum) and column.type.enum_class:
        return enumeration(column.type.enum_class)
    if column.primary_key or column.foreign_keys:
        return graphene.ID
    return next(made for kind, made in COLUMNS if isinstance(column.type, kind))


def named(name: str, annotation: Any) -> tuple[Any, bool]:
    """The annotation of a parameter or field without its None, and whether None was in it; `…_id` is always an id."""
    bare, nullable = optional(annotation)
    return SerialId if bare is int and name.endswith("_id") else bare, nullable


def optional(annotation: Any) -> tuple[Any, bool]:
    """An annotation without its None, and whether None was in it."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    parts = [part for part in get_args(annotation) if part is not NoneType]
    if len(parts) != 1:
        raise TypeError(f"no GraphQL type stands for {annotation}")
    return parts[0], len(parts) < len(get_args(annotation))


def element(annotation: Any) -> Any | None:
    """What a list annotation holds, or None when it is no list. A tuple counts when it is `tuple[X, ...]`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple and arguments[1:] != (...,):
        return None
    return arguments[0] if isinstance(origin, type) and issubclass(origin, MANY) else _abstract(origin, arguments)


def _abstract(origin: Any, arguments: tuple[Any, ...]) -> Any | None:
    name = getattr(origin, "__name__", "")
    return arguments[0] if name in {"Sequence", "Iterable", "Collection", "Set"} and arguments else None


def of_annotation(annotation: Any, composed: Callable[[type], Any]) -> Any:
    """The GraphQL type of an annotation without None; `composed` makes the one of a dataclass or row."""
    if (inner := element(annotation)) is not None:
        bare, nullable = optional(inner)
        made = of_annotation(bare, composed)
        return graphene.List(made if nullable else graphene.NonNull(made))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return enumeration(annotation)
    if dataclasses.is_dataclass(annotation) or (isinstance(annotation, type) and issubclass(annotation, Row)):
        return composed(annotation)
    known = get_origin(annotation) or annotation
    if known not in PLAIN:
        raise TypeError(f"no GraphQL type stands for {annotation}")
    return PLAIN[known]
