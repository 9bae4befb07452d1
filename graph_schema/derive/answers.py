"""Answers: what services return, as GraphQL types, and values as resolvers see them."""

import dataclasses
import inspect
from collections.abc import Sequence
from functools import cache
from typing import Any, get_type_hints

import graphene

from graph_schema.derive import kinds
from graph_schema.derive.names import sentence
from graph_schema.derive.registry import shape
from graph_schema.derive.siblings import Item, together
from rbm.db import Row


def answer_type(annotation: Any) -> Any:
    """The GraphQL type of what a field holds, NonNull unless it may be None."""
    _, nullable = kinds.optional(annotation)
    return nullable_type(annotation) if nullable else graphene.NonNull(nullable_type(annotation))


def nullable_type(annotation: Any) -> Any:
    """The GraphQL type of what a service returns; null when it is refused."""
    bare, _ = kinds.optional(annotation)
    return kinds.of_annotation(bare, composed_type)


def composed_type(kind: type) -> type[graphene.ObjectType]:
    """The node of a row class, or the type derived from a dataclass."""
    return shape(kind).node if issubclass(kind, Row) else _record_type(kind)


def is_composed(kind: Any) -> bool:
    """Whether a value of this annotation has fields of its own."""
    return dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Row))


def present(annotation: Any, values: Sequence[Any]) -> list[Any]:
    """Values of one annotation as resolvers see them; rows and records among all of them become siblings."""
    bare, _ = kinds.optional(annotation)
    inner = kinds.element(bare)
    if inner is not None and is_composed(kinds.optional(inner)[0]):
        items = iter(together([one for value in values for one in value or ()]))
        return [None if value is None else [next(items) for _ in value] for value in values]
    if is_composed(bare):
        items = iter(together([value for value in values if value is not None]))
        return [None if value is None else next(items) for value in values]
    return [sorted(value) if isinstance(value, (set, frozenset)) else value for value in values]


_NAMED: dict[str, type] = {}
"""Records by the names of their types: a name belongs to one of them."""


@cache
def _record_type(kind: type) -> type[graphene.ObjectType]:
    hints = get_type_hints(kind)
    fields = {one.name: _record_field(one.name, hints[one.name]) for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name, member in inspect.getmembers(kind, lambda member: isinstance(member, property)):
        fields[name] = _record_field(name, get_type_hints(member.fget)["return"], member.__doc__)
    if _NAMED.setdefault(kind.__name__, kind) is not kind:
        raise RuntimeError(
            f"two records have the name {kind.__name__}: {kind.__module__}, {_NAMED[kind.__name__].__module__}"
        )
    return type(kind.__name__, (graphene.ObjectType,), fields | {"__doc__": sentence(kind.__doc__)})


def _record_field(name: str, annotation: Any, description: str | None = None) -> graphene.Field:
    def resolve(item: Item, _info: object) -> Any:
        def load() -> dict[int, Any]:
            shown = present(annotation, [getattr(row, name) for row in item.batch.rows])
            return {id(row): value for row, value in zip(item.batch.rows, shown, strict=True)}

        return item.batch.once(name, load)[id(item.row)]

    bare, nullable = kinds.named(name, annotation)
    shown = bare | None if nullable else bare
    return graphene.Field(lambda: answer_type(shown), resolver=resolve, description=description)
