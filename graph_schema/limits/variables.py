"""Variables: how deep they nest and how many values they hold."""

from collections.abc import Mapping
from typing import Any

from graph_schema.limits.bounds import Exceeded, Limits, refuse_more


def refuse_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Nothing when variables are bearable. Exceeded when they nest too deeply or hold too many values.

    A variable itself is the first level. An empty list or object is one value.
    """
    level: list[Any] = list(variables.values())
    depth = values = 0
    while level:
        depth += 1
        inner = [_inside(value) for value in level]
        values += sum(1 for one in inner if not one)
        level = [value for one in inner for value in one]
        if depth > limits.most_variable_depth:
            raise Exceeded("variable_depth", limits.most_variable_depth)
        refuse_more("variable_values", limits.most_variable_values, values)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
