"""Filters: the typed input of a list, derived from the exposed columns and to-one relations of a row."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import graphene
import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty

from graph_schema.derive import kinds
from graph_schema.derive.registry import Shape, attribute, joined_by, key, read_key, shape
from graph_schema.derive.scalars import JSON, Date, DateTime, Decimal
from rbm.access import Everyone
from rbm.db import Row
from rbm.errors import Invalid, Limited

DEEPEST = 4
LONGEST = 1_000
LONGEST_TEXT = 1_000
SPANS = (Date, DateTime, Decimal, graphene.Int)
Test = Callable[[Any], sa.ColumnElement[bool]]


@cache
def filter_type(row: type[Row]) -> type[graphene.InputObjectType]:
    """The `<Row>Filter` input; what is given must all hold."""
    fields: dict[str, Any] = {}
    for name, column in _filtered(shape(row)).items():
        fields |= _fields(name, kinds.of_column(column))
    for name, relation in _upward(shape(row)).items():
        fields[name] = graphene.InputField(_lazily(relation.mapper.class_))
    description = f"Which {row.__name__} rows are wanted: all that is given must hold."
    return type(f"{row.__name__}Filter", (graphene.InputObjectType,), fields | {"__doc__": description})


def conditions(row: type[Row], given: Mapping[str, Any] | None, depth: int = 1) -> list[sa.ColumnElement[bool]]:
    """The conditions a filter states. Limited when it goes through too many relations or lists too many words."""
    if depth > DEEPEST:
        raise Limited(f"a filter goes through at most {DEEPEST} rows", "filter")
    upward = _upward(shape(row))
    made = []
    for name, value in dict.items(given or {}):  # type: ignore[arg-type]
        if name in upward:
            made.append(_through(upward[name], value, depth))
        elif (test := _tests(row)[name]) is not None:
            made.extend(_tested(name, test, value))
    return made


def _lazily(target: type[Row]) -> Callable[[], type[graphene.InputObjectType]]:
    return lambda: filter_type(target)


def _filtered(shown: Shape) -> dict[str, sa.Column[Any]]:
    columns = {name: column for name, column in shown.columns.items() if kinds.of_column(column) is not JSON}
    for relation in _upward(shown).values():
        local, _ = joined_by(relation)
        columns.setdefault(local, sa.inspect(shown.row).columns[local])
    return columns


def _upward(shown: Shape) -> dict[str, RelationshipProperty[Any]]:
    return {name: relation for name, relation in shown.relations.items() if not relation.uselist}


def _fields(name: str, kind: Any) -> dict[str, Any]:
    fields = {name: graphene.InputField(kind), f"{name}_in": graphene.InputField(graphene.List(graphene.NonNull(kind)))}
    if kind is graphene.String:
        fields[f"{name}_contains"] = graphene.InputField(kind, description="A part of it, in either case.")
    if kind in SPANS:
        fields[f"{name}_from"] = graphene.InputField(kind, description="At least this.")
        fields[f"{name}_to"] = graphene.InputField(kind, description="At most this.")
    return fields


@cache
def _tests(row: type[Row]) -> dict[str, Test]:
    tests: dict[str, Test] = {}
    for name, column in _filtered(shape(row)).items():
        tests |= _column_tests(name, getattr(row, attribute(row, column)), column)
    for relation in _upward(shape(row)).values():
        if not isinstance(relation.mapper.class_.SEEN, Everyone):
            tests |= _key_tests(relation)
    return tests


def _key_tests(relation: RelationshipProperty[Any]) -> dict[str, Test]:
    """Tests of the key of another row, which does not exist for whoever does not see it."""
    name, _ = joined_by(relation)
    mapped, other, column = getattr(relation.parent.class_, name), *_other(relation)

    def among(given: list[Any]) -> sa.ColumnElement[bool]:
        keys = [read_key(column, one, name) for one in _bounded(given, name)]
        found: sa.ColumnElement[bool] = mapped.in_(sa.select(other).where(other.in_(keys)))
        return found

    return {name: lambda given: _none(relation) if given is None else among([given]), f"{name}_in": among}


def _other(relation: RelationshipProperty[Any]) -> tuple[Any, sa.Column[Any]]:
    _, remote = joined_by(relation)
    target = relation.mapper.class_
    return getattr(target, remote), sa.inspect(target).columns[remote]


def _none(relation: RelationshipProperty[Any]) -> sa.ColumnElement[bool]:
    """There is no other row, or none that the caller sees."""
    local, _ = joined_by(relation)
    mapped, (other, _) = getattr(relation.parent.class_, local), _other(relation)
    return sa.or_(mapped.is_(None), mapped.not_in(sa.select(other)))


def _column_tests(name: str, mapped: Any, column: sa.Column[Any]) -> dict[str, Test]:
    def value(given: Any) -> Any:
        if kinds.of_column(column) is graphene.ID:
            return read_key(column, given, name)
        if isinstance(given, str) and "\x00" in given:
            raise Invalid("text cannot hold a NUL", name)
        if isinstance(given, str) and len(given) > LONGEST_TEXT:
            raise Invalid(f"text in a filter has at most {LONGEST_TEXT:,} characters", name)
        return given

    return {
        name: lambda given: mapped.is_(None) if given is None else mapped == value(given),
        f"{name}_in": lambda given: mapped.in_([value(one) for one in _bounded(given, name)]),
        f"{name}_contains": lambda given: mapped.icontains(value(given), autoescape=True),
        f"{name}_from": lambda given: mapped >= given,
        f"{name}_to": lambda given: mapped <= given,
    }


def _bounded(given: list[Any], name: str) -> list[Any]:
    if len(given) > LONGEST:
        raise Limited(f"a list in a filter holds at most {LONGEST} words", name)
    return given


def _tested(name: str, test: Test, value: Any) -> list[sa.ColumnElement[bool]]:
    absent = value is None and name.endswith(("_in", "_contains", "_from", "_to"))
    return [] if absent else [test(value)]


def _through(relation: RelationshipProperty[Any], given: Any, depth: int) -> sa.ColumnElement[bool]:
    local, _ = joined_by(relation)
    mapped = getattr(relation.parent.class_, local)
    if given is None:
        return _none(relation)
    target = relation.mapper.class_
    inner: sa.ColumnElement[bool] = mapped.in_(sa.select(key(target)).where(*conditions(target, given, depth + 1)))
    return inner
