"""Figures: services that return a value or a dataclass, as fields of Query."""

from typing import Any

import graphene

from graph_schema.derive.answers import nullable_type, present
from graph_schema.derive.names import sentence
from graph_schema.derive.signatures import Service, arguments, read, returned


def figure(service: Service) -> graphene.Field:
    """A field of Query that answers what a figure returns; null beside an error when it is refused."""
    annotation = returned(service)

    def resolve(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> Any:
        return present(annotation, [service(info.context.work, **read(service, given, spread=True))])[0]

    return graphene.Field(
        lambda: nullable_type(annotation),
        args=arguments(service, spread=True),
        resolver=resolve,
        description=sentence(service.__doc__),
    )
