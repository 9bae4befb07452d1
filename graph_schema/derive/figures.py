"""Figures: services that return a value or a dataclass, as fields of Query and of nodes."""

from collections.abc import Callable, Sequence
from typing import Any, get_type_hints

import graphene

from graph_schema.derive.answers import answer_type, nullable_type, present
from graph_schema.derive.kinds import element
from graph_schema.derive.names import sentence
from graph_schema.derive.siblings import Item
from graph_schema.derive.signatures import Service, arguments, read, returned
from rbm.work import Work

Guard = Callable[[Work, Sequence[Any]], list[bool]]
"""Says of each row whether the caller may see what a field tells of it."""
USUAL_WEIGHT = 500
"""Points of a figure that reads the rows of one thing: an indicator, a project, a result."""
ROW_WEIGHT = 5
"""Points of a batched field for each row."""


class Narrowed(graphene.Field):
    """A field whose service reads through the session of the caller: it tells of what the caller sees, no more.

    `weight` is what computing it costs, in points, besides what is asked of its answer.
    """

    weight: int


def batched(service: Service, weight: int = ROW_WEIGHT, guard: Guard | None = None) -> Narrowed:
    """A field of a node that a service computes for all siblings at once: `(work, rows) -> list`, in their order.

    Null for the rows of which a guard says that the caller may not see it.
    """
    annotation = _guarded(element(returned(service)), guard)
    name = service.__name__

    def resolve(item: Item, info: graphene.ResolveInfo) -> Any:
        def load() -> dict[int, Any]:
            shown = present(annotation, _made(service, guard, info.context.work, item))
            return {id(row): value for row, value in zip(item.batch.rows, shown, strict=True)}

        return item.batch.once(name, load)[id(item.row)]

    field = Narrowed(lambda: answer_type(annotation), resolver=resolve, description=sentence(service.__doc__))
    field.weight = weight
    return field


def part(
    service: Service, name: str, description: str, weight: int = ROW_WEIGHT, guard: Guard | None = None
) -> Narrowed:
    """A field of a node: one part of the dataclass that a batched service returns for each row.

    The service is called once for all parts that are asked for; a guard is as in `batched`.
    """
    record = element(returned(service))
    annotation = _guarded(get_type_hints(record)[name], guard)

    def resolve(item: Item, info: graphene.ResolveInfo) -> Any:
        def load() -> dict[int, Any]:
            key = (service.__name__, guard is not None)
            made = item.batch.once(key, lambda: _made(service, guard, info.context.work, item))
            shown = present(annotation, [None if one is None else getattr(one, name) for one in made])
            return {id(row): value for row, value in zip(item.batch.rows, shown, strict=True)}

        return item.batch.once((service.__name__, name), load)[id(item.row)]

    field = Narrowed(lambda: answer_type(annotation), resolver=resolve, description=description)
    field.weight = weight
    return field


def _guarded(annotation: Any, guard: Guard | None) -> Any:
    return annotation if guard is None else annotation | None


def _made(service: Service, guard: Guard | None, work: Work, item: Item) -> list[Any]:
    """What a service makes of siblings, None for those that a guard holds back; the guard is asked once."""
    rows = item.batch.rows
    if guard is None:
        return list(service(work, rows))
    allowed = item.batch.once(guard.__name__, lambda: guard(work, rows))
    made = iter(service(work, [row for row, shown in zip(rows, allowed, strict=True) if shown]))
    return [next(made) if shown else None for shown in allowed]


def figure(service: Service, weight: int = USUAL_WEIGHT) -> Narrowed:
    """A field of Query that answers what a figure returns; null beside an error when it is refused.

    `weight` is its points: the usual ones, unless it reads everything the caller sees.
    """
    annotation = returned(service)

    def resolve(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> Any:
        return present(annotation, [service(info.context.work, **read(service, given, spread=True))])[0]

    field = Narrowed(
        lambda: nullable_type(annotation),
        args=arguments(service, spread=True),
        resolver=resolve,
        description=sentence(service.__doc__),
    )
    field.weight = weight
    return field
