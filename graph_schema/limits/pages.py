"""Pages: how many rows a list is asked for, as its arguments say and as variables fill them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInt,
    IntValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
)

from graph_schema.limits.bounds import Exceeded, Limits
from rbm.errors import Invalid

Values = Mapping[str, int | None]


@dataclass(frozen=True)
class Size:
    """The arguments `first` and `last` of a list: a number, null, the name of a variable, or not there."""

    stated: tuple[tuple[str, int | str | None], ...]

    @classmethod
    def of(cls, node: FieldNode) -> "Size":
        """What a field of a valid document states."""
        paging = (argument for argument in node.arguments if argument.name.value in {"first", "last"})
        return cls(tuple((argument.name.value, _stated(argument)) for argument in paging))

    @property
    def fixed(self) -> bool:
        """Whether it is the same whatever the variables."""
        return not any(isinstance(value, str) for _, value in self.stated)

    def rows(self, values: Values, limits: Limits) -> int:
        """The rows asked for, at most. Invalid when the arguments contradict, Exceeded when they are too many."""
        given = {name: value for name, value in self._filled(values) if not isinstance(value, str)}
        numbers = {name: value for name, value in given.items() if value is not None}
        if len(numbers) > 1:
            raise Invalid("either first or last", "last")
        for name, value in numbers.items():
            return _within(name, value, limits)
        for name in given:
            raise Invalid(f"{name} is a number of rows, not null", name)
        return limits.page_size

    def _filled(self, values: Values) -> list[tuple[str, int | str | None]]:
        return [(name, values.get(value, value) if isinstance(value, str) else value) for name, value in self.stated]


def page_values(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Values:
    """The variables of an operation that may be a number of rows. What is none is left to those who read variables."""
    found: dict[str, int | None] = {}
    for definition in operation.variable_definitions:
        name = definition.variable.name.value
        if name in variables:
            _keep(found, name, variables[name])
        elif definition.default_value is not None:
            found[name] = _literal(definition.default_value)
    return found


def _within(name: str, rows: int, limits: Limits) -> int:
    if rows < 0:
        raise Invalid(f"{name} is at least 0", name)
    if rows > limits.page_limit:
        raise Exceeded("page", limits.page_limit, rows, name)
    return rows


def _stated(argument: ArgumentNode) -> int | str | None:
    return argument.value.name.value if isinstance(argument.value, VariableNode) else _literal(argument.value)


def _literal(node: ValueNode) -> int | None:
    return int(node.value) if isinstance(node, IntValueNode) else None


def _keep(found: dict[str, int | None], name: str, value: Any) -> None:
    try:
        found[name] = None if value is None else GraphQLInt.parse_value(value)
    except GraphQLError:
        return
