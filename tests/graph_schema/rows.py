"""One row of each exposed noun, made from its columns: of the office, a draft, released to nobody."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from graph_schema.derive.registry import attribute
from rbm.db import Fixed, Identifier, Moment, Row, table_of
from rbm.model.notices import Notice
from rbm.model.people import Membership, Office, OfficePlacement, Person
from rbm.model.strategy import Framework
from rbm.stages import Transition
from tests.conftest import NOW
from tests.make import Make

Rows = dict[type[Row], Any]
PRESENT = {Office: "office", Person: "person", Membership: "membership", Notice: "notice"}
"""Nouns the world holds already."""


def one_of_each(make: Make, keys: dict[str, Any], wanted: Collection[type[Row]], known: Rows) -> Rows:
    """A row of every class wanted; what it refers to is of the office as well. Its texts begin with `hidden`.

    `known` are rows that are there already.
    """
    rows: Rows = {cls: make.work.get(cls, keys[name]) for cls, name in PRESENT.items()} | known
    placed = sa.select(OfficePlacement).where(OfficePlacement.office_id == keys["office"])
    rows[OfficePlacement] = make.work.session.scalars(placed).one()
    for cls in wanted:
        _one(make, rows, cls)
    return {cls: rows[cls] for cls in wanted}


def marker(cls: type[Row]) -> str:
    """What the texts of the row of a class begin with, and no other text does."""
    return f"hidden {table_of(cls).name} text"


def _one(make: Make, rows: Rows, cls: type[Row]) -> Any:
    if cls not in rows:
        facts = {
            attribute(cls, column): _value(make, rows, cls, column) for column in table_of(cls).c if _wanted(column)
        }
        if cls is Transition:
            facts |= {"entity": "framework", "entity_id": _one(make, rows, Framework).id}
        rows[cls] = make.work.add(cls(**facts))
    return rows[cls]


def _is_text(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Text) and not isinstance(column.type, sa.Enum) and not column.foreign_keys


def _wanted(column: sa.Column[Any]) -> bool:
    if column.primary_key or column.name in {"version", "released_on", "approved_on"}:
        return False
    return not column.nullable or (_is_text(column) and not column.unique)


def _value(make: Make, rows: Rows, cls: type[Row], column: sa.Column[Any]) -> Any:
    for key in column.foreign_keys:
        return _one(make, rows, _class_of(key.column.table)).id
    if isinstance(column.type, sa.Enum):
        return next(iter(column.type.enum_class or column.type.enums))
    if isinstance(column.type, sa.Text):
        return f"{marker(cls)} {column.name}"
    return next(value for kind, value in VALUES if isinstance(column.type, kind))


def _class_of(table: Any) -> type[Row]:
    found: type[Row] = next(mapper.class_ for mapper in Row.registry.mappers if mapper.local_table is table)
    return found


VALUES: tuple[tuple[type[Any], Any], ...] = (
    (Identifier, None),
    (Fixed, Decimal(1)),
    (Moment, datetime(NOW.year, NOW.month, NOW.day, tzinfo=NOW.tzinfo)),
    (sa.Date, date(2026, 1, 1)),
    (sa.JSON, {}),
    (sa.Boolean, False),
    (sa.Integer, 1),
)
