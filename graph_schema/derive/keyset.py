"""Keyset paging: an order, the cursor of a place in it, and what lies beyond that place."""

import base64
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from graph_schema.derive.scalars import exact
from rbm.db import LIMIT, Fixed, Identifier, Moment
from rbm.errors import Invalid


@dataclass(frozen=True)
class Key:
    """One key of an order. `attribute` is where a row holds it; None when a statement selects it beside the row.

    What is missing stands last, in both directions.
    """

    name: str
    expression: Any
    nullable: bool = False
    descending: bool = False
    attribute: str | None = None

    def order(self, *, forward: bool) -> list[sa.ColumnElement[Any]]:
        """The clauses of ORDER BY."""
        rising = forward is not self.descending
        clause = self.expression.asc() if rising else self.expression.desc()
        if not self.nullable:
            return [clause]
        missing = self.expression.is_(None)
        return [missing.asc() if forward else missing.desc(), clause]

    def same(self, value: Any) -> sa.ColumnElement[bool]:
        """Rows that stand equal by this key."""
        condition: sa.ColumnElement[bool] = self.expression.is_(None)
        return condition if value is None else self.expression == self._bound(value)

    def past(self, value: Any, *, forward: bool) -> sa.ColumnElement[bool]:
        """Rows that stand beyond a value by this key."""
        if value is None:
            return sa.false() if forward else self.expression.is_not(None)
        rising = forward is not self.descending
        bound = self._bound(value)
        condition: sa.ColumnElement[bool] = self.expression > bound if rising else self.expression < bound
        return sa.or_(condition, self.expression.is_(None)) if self.nullable and forward else condition

    def _bound(self, value: Any) -> sa.ColumnElement[Any]:
        return sa.literal(value, self.expression.type)


def beyond(keys: Sequence[Key], values: Sequence[Any], *, forward: bool) -> sa.ColumnElement[bool]:
    """The condition of the rows that stand after (or before) the place a cursor names."""
    equal: list[sa.ColumnElement[bool]] = []
    steps: list[sa.ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        steps.append(sa.and_(*equal, key.past(value, forward=forward)))
        equal.append(key.same(value))
    return sa.or_(*steps)


def at(keys: Sequence[Key], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The condition of the row that stands at the place a cursor names."""
    return sa.and_(*(key.same(value) for key, value in zip(keys, values, strict=True)))


def write_cursor(keys: Sequence[Key], values: Sequence[Any]) -> str:
    """An opaque word for a place in an order."""
    content = [[key.name for key in keys], [_plain(value) for value in values]]
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def read_cursor(keys: Sequence[Key], cursor: str, field: str) -> list[Any]:
    """The place a cursor names. Invalid when it is none, or belongs to another order."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        names, values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if names == [key.name for key in keys]:
            return [_value(key, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, LookupError, OverflowError):
        raise Invalid("this is no cursor", field) from None
    raise Invalid("this cursor belongs to another order", field)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _value(key: Key, value: Any) -> Any:
    kind = key.expression.type
    if value is None and key.nullable:
        return None
    if isinstance(kind, sa.Enum) and kind.enum_class:
        return kind.enum_class(value)
    for known, read in _READERS:
        if isinstance(kind, known):
            return read(value)
    raise TypeError(kind)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LIMIT:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


_READERS: tuple[tuple[type[Any], Any], ...] = (
    (Identifier, lambda value: UUID(_text(value))),
    (Fixed, exact),
    (Moment, lambda value: datetime.fromisoformat(_text(value)).astimezone(UTC)),
    (sa.Date, lambda value: date.fromisoformat(_text(value))),
    (sa.Boolean, lambda value: bool(_number(int(value)))),
    (sa.Integer, _number),
    (sa.Text, _text),
    (sa.String, _text),
)
