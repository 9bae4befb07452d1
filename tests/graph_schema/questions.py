"""Questions generated from the schema: every noun by every way to it, every figure, everything that can be listed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from graphql import (
    DocumentNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    execute_sync,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)

from graph_schema.derive.context import Within
from graph_schema.derive.names import camel, plural
from graph_schema.derive.registry import SHAPES, key_name
from graph_schema.schema import schema
from rbm.access import Actor, Everyone
from rbm.db import Row
from rbm.errors import Refusal
from rbm.work import begin
from tests.conftest import NOW

SCHEMA = schema.graphql_schema
TYPES: dict[str, Any] = dict(SCHEMA.type_map)
QUERY = TYPES["Query"]
PAGING = {"first", "after", "last", "before", "filter", "orderBy"}
GIVEN = {"on": '"2026-03-02"', "year": "2026", "edition": "1", "entity": '"framework"', "targetCode": '"sdg:1"'} | {
    "earlier": '"CURRENT"',
    "later": '"DRAFT"',
    "fromYear": "2026",
}
"""What figures are asked with where they need more than ids and words of closed lists."""


class Probe(NamedTuple):
    """A field of Query that asks for one row of a noun, by a variable. A figure that refuses may take all with it."""

    noun: type[Row]
    variable: str
    text: str
    alone: bool = False


@contextmanager
def asking(engine: sa.Engine, actor: Actor) -> Iterator["Asker"]:
    """Questions of one actor, of any size, all in one unit of work."""
    with begin(engine, actor, "question", now=NOW, writes=False) as work:
        yield Asker(Within(engine, work))


@dataclass(frozen=True)
class Asker:
    """Somebody who asks."""

    context: Within

    def answer(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The value of each field of a question, and the refusals it met; an unexpected error is none."""
        result = execute_sync(SCHEMA, _parsed(document), context_value=self.context, variable_values=variables)
        found: dict[str, Any] = {name: [value] for name, value in (result.data or {}).items()}
        for error in result.errors or ():
            assert isinstance(error.original_error, Refusal), error
            found.setdefault(str((error.path or [None])[0]), []).append(error.message)
        return found

    def answers(self, asked: dict[str, Probe], known: dict[str, str], variables: dict[str, str]) -> dict[str, Any]:
        """The answer to every probe, by alias. What a figure is asked for beside its noun is `known`."""
        together = {alias: probe for alias, probe in asked.items() if not probe.alone}
        found = self.answer(document(together), variables)
        assert not together.keys() - found.keys(), found
        for alias, probe in asked.items():
            if probe.alone:
                given = known | {probe.variable: variables[probe.variable]}
                found |= self.answer(document({alias: probe}), given)
        return found


@cache
def _parsed(document: str) -> DocumentNode:
    parsed = parse(document)
    assert not validate(SCHEMA, parsed, max_errors=1)
    return parsed


def name_of(row: type[Row]) -> str:
    """The name of a noun in arguments and variables."""
    return camel(row.__tablename__)


def probes() -> dict[str, Probe]:
    """Every way to ask for one row: by id, code, filter, the filters of its neighbours, and every figure by its id."""
    found = [probe for row in SHAPES for probe in (*_one(row), *_listed(row), *_neighbours(row))]
    return {f"p{number}": probe for number, probe in enumerate((*found, *_figures()))}


def document(asked: dict[str, Probe]) -> str:
    """All probes as one query; its variables are named by noun."""
    names = sorted({name for probe in asked.values() for name in re.findall(r"[$](\w+)", probe.text)})
    kinds = {name: "String" if name.endswith("Code") else "ID" for name in names}
    variables = ", ".join(f"${name}: {kinds[name]}!" for name in names)
    return f"query ({variables}) {{ {' '.join(f'{alias}: {probe.text}' for alias, probe in asked.items())} }}"


def everything() -> Iterator[str]:
    """Questions that together ask for every field of every noun, and of what it leads to."""
    for row in SHAPES:
        listed = camel(plural(row.__tablename__))
        arguments = _arguments(QUERY.fields[listed], {})
        if arguments is not None:
            given = ", ".join([*arguments, "first: 100"])
            yield f"{{ {listed}({given}) {_selection(QUERY.fields[listed].type, 4)} }}"


def orders() -> Iterator[str]:
    """Every list in every order, and counted by a part of every text."""
    for row in SHAPES:
        listed = camel(plural(row.__tablename__))
        arguments = _arguments(QUERY.fields[listed], {})
        if arguments is not None:
            conditions: GraphQLInputObjectType = TYPES[f"{row.__name__}Filter"]
            asked = [f"orderBy: [{word}]" for word in TYPES[f"{row.__name__}Order"].values if "ASC" in word]
            asked += [f'filter: {{{name}: "hidden"}}' for name in conditions.fields if name.endswith("Contains")]
            given = (", ".join([*arguments, one, "first: 100"]) for one in asked)
            lists = (f"a{n}: {listed}({one}) {{ totalCount edges {{ cursor }} }}" for n, one in enumerate(given))
            yield f"{{ {' '.join(lists)} }}"


def figures() -> Iterator[str]:
    """Every field of Query that is no noun, with what it computes, as far as it is asked for without an id."""
    nouns = {one for row in SHAPES for one in (camel(row.__tablename__), camel(plural(row.__tablename__)))}
    for name, field in QUERY.fields.items():
        arguments = _arguments(field, {})
        if name not in nouns and arguments is not None:
            given = f"({', '.join(arguments)})" if arguments else ""
            yield f"{{ {name}{given} {_selection(field.type, 4)} }}"


def _one(row: type[Row]) -> Iterator[Probe]:
    name = name_of(row)
    yield Probe(row, name, f"{name}(id: ${name}) {{ id }}")
    if "code" in QUERY.fields[name].args:
        yield Probe(row, f"{name}Code", f"{name}(code: ${name}Code) {{ id }}")


def _listed(row: type[Row]) -> Iterator[Probe]:
    name, listed = name_of(row), camel(plural(row.__tablename__))
    arguments = _arguments(QUERY.fields[listed], {})
    given = ", ".join([*(arguments or ()), f"filter: {{id: ${name}, idIn: [${name}]}}"])
    yield Probe(row, name, f"{listed}({given}) {{ totalCount edges {{ cursor node {{ id }} }} }}")


def _neighbours(row: type[Row]) -> Iterator[Probe]:
    """Lists of a noun filtered by what the row above it is: a hidden one may not be told from none."""
    listed = camel(plural(row.__tablename__))
    arguments = _arguments(QUERY.fields[listed], {})
    for name, relation in SHAPES[row].relations.items():
        target = relation.mapper.class_
        if not relation.uselist and target in SHAPES and Everyone() != target.SEEN:
            condition = f"filter: {{{camel(name)}: {{id: ${name_of(target)}}}}}"
            given = ", ".join([*(arguments or ()), condition])
            yield Probe(target, name_of(target), f"{listed}({given}) {{ totalCount }}")


def _figures() -> Iterator[Probe]:
    """Every other field of Query that takes the id of a noun."""
    by_argument = {f"{name_of(row)}Id": row for row in SHAPES}
    for name, field in QUERY.fields.items():
        for argument in field.args:
            if argument in by_argument:
                row = by_argument[argument]
                given = _arguments(field, {one: name_of(by_argument[one]) for one in field.args if one in by_argument})
                text = f"{name}({', '.join(given or ())}) {_selection(field.type, 3)}"
                yield Probe(row, name_of(row), text, alone=True)


def _arguments(field: Any, variables: dict[str, str]) -> list[str] | None:
    """The arguments a field has to be given; None where one of them is an id that no variable stands for."""
    given = []
    for name, argument in field.args.items():
        if name in variables and name not in PAGING:
            given.append(f"{name}: ${variables[name]}")
        elif is_required_argument(argument):
            value = _given(name, argument)
            if value is None:
                return None
            given.append(f"{name}: {value}")
    return given


def _given(name: str, argument: GraphQLArgument) -> str | None:
    kind = get_named_type(argument.type)
    return next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else GIVEN.get(name)


def _selection(kind: Any, depth: int) -> str:
    """Every field of a type, and of what it leads to as deep as asked."""
    bare = get_named_type(kind)
    if not isinstance(bare, GraphQLObjectType):
        return ""
    parts = []
    for name, field in bare.fields.items():
        arguments = "(first: 100)" if "first" in field.args else ""
        if is_leaf_type(get_named_type(field.type)):
            parts.append(name)
        elif depth > 1:
            parts.append(f"{name}{arguments} {_selection(field.type, depth - 1)}")
    return f"{{ {' '.join(parts) or '__typename'} }}"


def key_of(row: Any) -> str:
    """The id of a row as it is asked for."""
    return str(getattr(row, key_name(type(row))))
