"""Signatures: the parameters of a service after `work`, as GraphQL arguments and back."""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

import graphene

from graph_schema.derive import kinds
from graph_schema.derive.names import sentence
from graph_schema.derive.registry import read_id
from rbm.errors import Invalid

Service = Callable[..., Any]
LONGEST_TEXT = 10_000
LONGEST_NAME = 500
NAMES = frozenset({"code", "email", "issuer", "name", "subject", "title"})
"""What names something, and is read in lists and entries of the audit trail."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a service, or a field of a dataclass it takes."""

    name: str
    annotation: Any
    nullable: bool
    required: bool

    def mounted(self, mount: Callable[..., Any]) -> Any:
        """The argument or input field that stands for it."""
        return mount(kinds.of_annotation(self.annotation, input_type), required=self.required and not self.nullable)


def parameters(service: Service) -> list[Parameter]:
    """What a service takes; a first parameter named `work` is the caller's affair."""
    hints = get_type_hints(service)
    signature = inspect.signature(service).parameters.values()
    return [
        _parameter(one.name, hints[one.name], required=one.default is inspect.Parameter.empty)
        for one in signature
        if one.name != "work"
    ]


def returned(service: Service) -> Any:
    """The annotation of what a service returns."""
    return get_type_hints(service)["return"]


def takes_work(service: Service) -> bool:
    """Whether the service is handed a unit of work."""
    return next(iter(inspect.signature(service).parameters), None) == "work"


def arguments(service: Service, *, spread: bool = False) -> dict[str, graphene.Argument]:
    """The GraphQL arguments of a service. `spread`: the fields of the one dataclass it takes are arguments."""
    question = _question(service) if spread else None
    wanted = _fields(question.annotation) if question else parameters(service)
    return {one.name: one.mounted(graphene.Argument) for one in wanted}


def read(service: Service, given: Mapping[str, Any], *, spread: bool = False) -> dict[str, Any]:
    """The values to call a service with. Invalid names the argument that cannot be read."""
    question = _question(service) if spread else None
    return _read_all(parameters(service), {question.name: given} if question else given)


def _question(service: Service) -> Parameter | None:
    wanted = parameters(service)
    return wanted[0] if len(wanted) == 1 and dataclasses.is_dataclass(wanted[0].annotation) else None


@cache
def input_type(kind: type) -> type[graphene.InputObjectType]:
    """The input of a dataclass; made once."""
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} cannot be an argument")
    fields = {one.name: one.mounted(graphene.InputField) for one in _fields(kind)}
    described = {"__doc__": sentence(kind.__doc__)}
    name = f"{kind.__name__.removesuffix('Input')}Input"
    return type(name, (graphene.InputObjectType,), fields | described)


@cache
def _fields(kind: type) -> list[Parameter]:
    hints = get_type_hints(kind)
    missing = dataclasses.MISSING
    return [
        _parameter(one.name, hints[one.name], required=one.default is missing and one.default_factory is missing)
        for one in dataclasses.fields(kind)  # type: ignore[arg-type]
    ]


def _parameter(name: str, annotation: Any, *, required: bool) -> Parameter:
    bare, nullable = kinds.named(name, annotation)
    return Parameter(name, bare, nullable, required)


def _read_all(wanted: list[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    unsaid = {one.name: None for one in wanted if one.nullable and one.required}
    values = unsaid | dict(dict.items(given))  # type: ignore[call-overload]
    kept = [one for one in wanted if one.name in values and (one.nullable or values[one.name] is not None)]
    return {one.name: _value(one.annotation, values[one.name], one.name) for one in kept}


def _value(annotation: Any, value: Any, name: str) -> Any:
    if value is None:
        return None
    if (inner := kinds.element(annotation)) is not None:
        bare, _ = kinds.optional(inner)
        return _collection(annotation)(_value(bare, one, name) for one in value)
    if dataclasses.is_dataclass(annotation):
        return annotation(**_read_all(_fields(annotation), value))  # type: ignore[operator,arg-type]
    if annotation in (UUID, kinds.SerialId):
        return read_id(value, name, serial=annotation is kinds.SerialId)
    return _clean(value, name)


def _collection(annotation: Any) -> Any:
    origin = annotation.__origin__
    return origin if origin in kinds.MANY else list


def _clean(value: Any, name: str) -> Any:
    """The value itself. Invalid when it is a text that is not kept."""
    if not isinstance(value, str):
        return value
    if "\x00" in value:
        raise Invalid("text cannot hold a NUL", name)
    most = LONGEST_NAME if name in NAMES else LONGEST_TEXT
    if len(value) > most:
        raise Invalid(f"at most {most:,} characters, and there are {len(value):,}", name)
    return value
