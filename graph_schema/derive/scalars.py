"""Scalars: exact decimals, strict dates, moments with a zone, and JSON as it is."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as Exact
from typing import Any, TypeVar

import graphene
from graphql import GraphQLError, ValueNode
from graphql.utilities import value_from_ast_untyped

T = TypeVar("T")
NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST_EXPONENT = 18
FINEST = Exact("0.000001")


def exact(value: object) -> Exact:
    """The decimal a JSON number or text stands for. ValueError when it stands for none or has more than 19 digits."""
    text = str(value)
    if isinstance(value, bool) or not NUMBER.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a decimal number")
    number = Exact(text)
    if number.adjusted() > LARGEST_EXPONENT:
        raise ValueError(f"{text[:40]!r} is out of range")
    return number


def _day(value: object) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("a date is written YYYY-MM-DD")
    return date.fromisoformat(value)


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise TypeError("a moment is written as ISO 8601 text")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    moment.astimezone(UTC)  # OverflowError beyond the calendar
    return moment


def _read(read: Callable[[object], T], value: object) -> T:
    try:
        return read(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise GraphQLError(str(error)) from None


class Decimal(graphene.Scalar):
    """An exact decimal number of at most six decimals, written as a JSON number; a number or text is read."""

    @staticmethod
    def serialize(value: Any) -> int | float | Exact:
        """An integer or a float where these are exact, else the decimal itself, for the writer of JSON.

        What is finer than six decimals is a ratio and is rounded half to even.
        """
        if not isinstance(value, Exact):
            return value
        rounded = value.quantize(FINEST) if value.as_tuple().exponent < FINEST.as_tuple().exponent else value
        if rounded == rounded.to_integral_value():
            return int(rounded)
        number = float(rounded)
        return number if Exact(repr(number)) == rounded else rounded

    @staticmethod
    def parse_value(value: object) -> Exact:
        return _read(exact, value)

    @staticmethod
    def parse_literal(node: ValueNode, _variables: object = None) -> Exact:
        return _read(exact, getattr(node, "value", None))


class Date(graphene.Scalar):
    """A day of the calendar, YYYY-MM-DD."""

    @staticmethod
    def serialize(value: date) -> str:
        return value.isoformat()

    @staticmethod
    def parse_value(value: object) -> date:
        return _read(_day, value)

    @staticmethod
    def parse_literal(node: ValueNode, _variables: object = None) -> date:
        return _read(_day, getattr(node, "value", None))


class DateTime(graphene.Scalar):
    """A moment with its time zone, ISO 8601."""

    @staticmethod
    def serialize(value: datetime) -> str:
        return value.isoformat()

    @staticmethod
    def parse_value(value: object) -> datetime:
        return _read(_moment, value)

    @staticmethod
    def parse_literal(node: ValueNode, _variables: object = None) -> datetime:
        return _read(_moment, getattr(node, "value", None))


class JSON(graphene.Scalar):
    """Any JSON value, as it is kept."""

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        return value_from_ast_untyped(node, variables)
