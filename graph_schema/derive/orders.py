"""Orders: by which exposed columns a list can be put in order."""

import enum
from collections.abc import Iterable
from functools import cache
from typing import Any

import graphene
import sqlalchemy as sa

from graph_schema.derive import kinds
from graph_schema.derive.keyset import Key
from graph_schema.derive.registry import attribute, key, key_name, shape
from graph_schema.derive.scalars import JSON
from rbm.db import Row


@cache
def order_type(row: type[Row]) -> type[graphene.Enum]:
    """The `<Row>Order` words: each exposed column, rising and falling."""
    words = enum.Enum(f"{row.__name__}Order", {name: name for name in _keys(row)})  # type: ignore[misc]
    return graphene.Enum.from_enum(
        words, description=f"How {row.__name__} rows are put in order; what is missing comes last."
    )


def ordered(row: type[Row], words: Iterable[Any] | None) -> tuple[Key, ...]:
    """The keys of an order; the id decides between equals."""
    known = _keys(row)
    chosen: dict[str | None, Key] = {}
    for word in words or ():
        chosen.setdefault(known[word.value].attribute, known[word.value])
    chosen.setdefault(key_name(row), last_key(row))
    return tuple(chosen.values())


def last_key(row: type[Row]) -> Key:
    """The id, which decides between equals."""
    return Key("ID_ASC", key(row), attribute=key_name(row))


def stated(row: type[Row], statement: sa.Select[Any]) -> tuple[Key, ...]:
    """The order a find states, as keys: its columns may belong to rows it joins."""
    keys = tuple(_stated(number, clause) for number, clause in enumerate(statement._order_by_clauses))  # noqa: SLF001
    return (*keys, last_key(row))


def _stated(number: int, clause: Any) -> Key:
    descending = getattr(clause, "modifier", None) is sa.sql.operators.desc_op
    expression = clause.element if isinstance(clause, sa.UnaryExpression) else clause
    return Key(f"{number}", expression, nullable=True, descending=descending)


@cache
def _keys(row: type[Row]) -> dict[str, Key]:
    made = {}
    for name, column in shape(row).columns.items():
        if kinds.of_column(column) is not JSON:
            held = attribute(row, column)
            mapped, nullable = getattr(row, held), bool(column.nullable)
            made[f"{name}_ASC".upper()] = Key(f"{name}_ASC".upper(), mapped, nullable, attribute=held)
            made[f"{name}_DESC".upper()] = Key(
                f"{name}_DESC".upper(), mapped, nullable, descending=True, attribute=held
            )
    return made
