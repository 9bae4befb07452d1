"""Readings: by which rule each field of the schema is read, derived from what made the field."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, cast
from uuid import UUID

import graphene
from graphql import GraphQLObjectType, get_named_type

from graph_schema.derive.figures import Narrowed
from graph_schema.derive.names import camel
from graph_schema.derive.registry import SHAPES
from graph_schema.schema import schema
from rbm.access import PERMISSIONS, Actor, Grant, Permission, visible
from rbm.db import Row
from rbm.disclosure import RUNNING
from rbm.terms.people import Role

NARROWED = "what is computed from the rows the caller sees"
ANSWER = "whoever made the change"
DECLARED = {
    "Query.me": "the caller",
    "Me": "the caller",
    "PageInfo": "whoever sees the list",
    "Problem": ANSWER,
}
"""Fields and types that were written by hand, with who reads them."""
COLUMNS = {"ApiToken.scopes", "AuditBlock.firstId", "AuditBlock.lastId"}
"""Fields that show a column of their row in another form."""

PERSON, OFFICE, ANOTHER = (UUID(int=number) for number in (1, 2, 3))
DAY = date(2026, 1, 1)
"""Any day: what opens by date is opened to an actor with one."""
SHOWING = frozenset(Permission) - RUNNING
"""To run an office shows nothing more; it only hides from its holder what another role would show."""


class Reading(NamedTuple):
    """A field, the noun by whose rule it is read where there is one, and that rule in words."""

    type: str
    field: str
    noun: type[Row] | None
    rule: str


class Records(NamedTuple):
    """Names of types that services put together: as figures and computed fields, and as answers to a mutation."""

    computed: set[str]
    answered: set[str]


def readings() -> Iterator[Reading]:
    """Every field of every object type but the mutations. LookupError for one that no rule is known of."""
    records = Records(set(_computed()), set(_answered()))
    for name, found in sorted(schema.graphql_schema.type_map.items()):
        if isinstance(found, GraphQLObjectType) and not name.startswith("__") and name != "Mutation":
            for field in sorted(found.fields):
                noun, rule = rule_of(found, field, records)
                yield Reading(name, field, noun, rule)


def seen_by(row: type[Row]) -> str:
    """Who sees rows of a class, in words."""
    told: str = row.SEEN.told(row)  # type: ignore[attr-defined]
    return told


def mark(row: type[Row], role: Role, *, central: bool = True) -> str:
    """What somebody with a role sees of a class: `all`, `part`, `opened`, `open` or `none`.

    `part`: the rows of the role's offices. `opened`: no row for being of an office, but those that the rule opens to
    the role by stage, publication, day or kind. `open`: as everyone does, and one's own. `central`: the role is held in
    a central office.
    """
    predicate = visible(row, _actor(role, central=central).on(DAY))
    if str(predicate) in {"true", "false"}:
        return {"true": "all", "false": "none"}[str(predicate)]
    if predicate.compare(visible(row, _actor(None).on(DAY))):
        return "open"
    here, there = (visible(row, _actor(role, office, central=central)) for office in (OFFICE, ANOTHER))
    return "opened" if here.compare(there) else "part"


def _actor(role: Role | None, office: UUID = OFFICE, *, central: bool = False) -> Actor:
    grants = (Grant(role, office, frozenset({office}), central),) if role and PERMISSIONS[role] else ()
    return Actor("somebody", PERSON, grants, scopes=SHOWING)


def rule_of(owner: GraphQLObjectType, name: str, records: Records) -> tuple[type[Row] | None, str]:
    """The noun by whose rule a field is read, where there is one, and the rule. LookupError when none is known of."""
    declared = DECLARED.get(f"{owner.name}.{name}") or DECLARED.get(owner.name)
    if declared:
        return None, declared
    noun = _nouns().get(get_named_type(owner.fields[name].type).name)
    if noun is None and _mirrored(owner, name):
        noun = _nouns()[owner.name]
    if noun is not None:
        return noun, seen_by(noun)
    if owner.name in records.computed or isinstance(_made(owner)[name], Narrowed):
        return None, NARROWED
    if owner.name.endswith("Payload") or owner.name in records.answered:
        return None, ANSWER
    raise LookupError(f"by which rule is {owner.name}.{name} read?")


def _mirrored(owner: GraphQLObjectType, name: str) -> bool:
    """Whether a field is a column of the row, or part of what lists and stages add to every node."""
    noun = _nouns().get(owner.name)
    if noun is None:
        return False
    columns = {camel(column) for column in SHAPES[noun].columns} | {"allowedTransitions"}
    return name in columns or f"{owner.name}.{name}" in COLUMNS or owner.name != SHAPES[noun].node._meta.name  # noqa: SLF001


def _nouns() -> Mapping[str, type[Row]]:
    """The rows whose nodes, lists and edges the types are."""
    found: dict[str, type[Row]] = {}
    for row, shape in SHAPES.items():
        name = shape.node._meta.name  # noqa: SLF001
        found |= dict.fromkeys((name, f"{name}Connection", f"{name}Edge"), row)
        if hasattr(row, "FLOW"):
            found[f"{row.__name__}Transition"] = row
    return found


def _made(owner: GraphQLObjectType) -> Mapping[str, Any]:
    """The fields of a type as they were made, by their names in the schema."""
    made = cast("type[graphene.ObjectType]", owner.graphene_type)  # type: ignore[attr-defined]
    return {camel(name): field for name, field in made._meta.fields.items()}  # noqa: SLF001


def _computed() -> Iterator[str]:
    """The types that are reached from figures and computed fields."""
    yield from _reached(
        one.fields[name].type for one in _objects() for name, made in _made(one).items() if isinstance(made, Narrowed)
    )


def _answered() -> Iterator[str]:
    """The types that are reached from the payloads of mutations."""
    payloads = (one for one in _objects() if one.name.endswith("Payload"))
    yield from _reached(field.type for one in payloads for field in one.fields.values())


def _objects() -> list[GraphQLObjectType]:
    types = schema.graphql_schema.type_map.values()
    return [one for one in types if isinstance(one, GraphQLObjectType) and not one.name.startswith("__")]


def _reached(starts: Iterable[Any]) -> set[str]:
    """The object types that are reached from types, without going through nodes."""
    waiting, nouns = [get_named_type(start) for start in starts], set(_nouns())
    reached: set[str] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, GraphQLObjectType) and found.name not in reached | nouns:
            reached.add(found.name)
            waiting.extend(get_named_type(field.type) for field in found.fields.values())
    return reached
