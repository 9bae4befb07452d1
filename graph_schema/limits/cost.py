"""Cost: what an operation may ask for at most, in points, from the document and the numbers in its variables.

A field of values costs 1, a field of objects 2 and what is asked of each object. A connection asks what is below its
`edges` of as many rows as `first` or `last` say; any other list of objects of an assumed number. A field that is
computed, and a mutation, costs its declared weight besides, for each row it is asked of. Everything that is written
counts, whether `@skip` or `@include` would leave it out, and again when it is written again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from graph_schema.derive.names import camel
from graph_schema.limits.bounds import Limits, refuse_more
from graph_schema.limits.pages import Size, Values, page_values
from graph_schema.limits.shape import OF_THE_SCHEMA
from rbm.errors import Refusal

OF_VALUES, OF_OBJECTS = 1, 2
ASSUMED_ROWS = 10
"""Objects of a list that takes no `first`."""
OF_SCHEMA = 25_000
"""`__schema` and `__type`, whatever is asked of them: the whole schema is a long answer."""


@dataclass(eq=False)
class Cost:
    """Points that are certain, and lists whose length only the variables tell, each with how often it is asked for."""

    points: int = 0
    lists: Counter["Sized"] = field(default_factory=Counter)

    def add(self, other: "Cost", times: int = 1) -> None:
        """Take in another cost, so many times."""
        self.points += times * other.points
        for sized, often in other.lists.items():
            self.lists[sized] += times * often

    def total(self, length: Callable[["Sized"], int]) -> int:
        """All points; `length` says how many rows a list has."""
        known: dict[Sized, int] = {}

        def of(sized: Sized) -> int:
            if sized not in known:
                known[sized] = length(sized) * whole(sized.row)
            return known[sized]

        def whole(cost: Cost) -> int:
            return cost.points + sum(often * of(sized) for sized, often in cost.lists.items())

        return whole(self)


@dataclass(frozen=True, eq=False)
class Sized:
    """A list of a connection: the field that states its size, and what a row costs."""

    node: FieldNode
    size: Size
    row: Cost


@dataclass(frozen=True, eq=False)
class Selected:
    """What a selection costs once, and what it costs for each row of the connection it belongs to."""

    once: Cost = field(default_factory=Cost)
    row: Cost = field(default_factory=Cost)

    def add(self, other: "Selected") -> None:
        """Take in what another selection of the same object costs."""
        self.once.add(other.once)
        self.row.add(other.row)


@dataclass(frozen=True)
class Operation:
    """The cost of one operation."""

    definition: OperationDefinitionNode
    cost: Cost

    @property
    def fixed(self) -> bool:
        """Whether it is the same whatever the variables."""
        return _fixed(self.cost)

    def points(self, variables: Mapping[str, Any], limits: Limits) -> int:
        """The cost with these variables. GraphQLError of a refusal when it, or a number of rows, is not allowed."""
        values = page_values(self.definition, variables)
        points = self.cost.total(lambda sized: _rows(sized, values, limits))
        refuse_more("cost", limits.most_cost, points)
        return points


def operations(document: DocumentNode, schema: GraphQLSchema) -> list[Operation]:
    """The operations of a valid document."""
    definitions = document.definitions
    fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
    reader = _Reader(schema, fragments)
    found = (one for one in definitions if isinstance(one, OperationDefinitionNode))
    return [Operation(one, reader.read(schema.get_root_type(one.operation), one.selection_set).once) for one in found]


@dataclass
class _Reader:
    """Walks a valid document, each fragment once."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Selected] = field(default_factory=dict)

    def read(self, owner: Any, selections: SelectionSetNode) -> Selected:
        """What a selection of an object of a type costs; nothing when there is no such type, as for subscriptions."""
        selected = Selected()
        if owner is None:
            return selected
        for selection in selections.selections:
            selected.add(self._one(owner, selection))
        return selected

    def _one(self, owner: Any, selection: SelectionNode) -> Selected:
        if isinstance(selection, FieldNode):
            return self._field(owner, selection)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        condition = selection.type_condition if isinstance(selection, InlineFragmentNode) else None
        inner = self.schema.get_type(condition.name.value) if condition else owner
        return self.read(inner, selection.selection_set)  # type: ignore[attr-defined]

    def _fragment(self, name: str) -> Selected:
        if name not in self.known:
            fragment = self.fragments[name]
            self.known[name] = self.read(
                self.schema.get_type(fragment.type_condition.name.value), fragment.selection_set
            )
        return self.known[name]

    def _field(self, owner: Any, node: FieldNode) -> Selected:
        if node.name.value in OF_THE_SCHEMA:
            return Selected(Cost(OF_SCHEMA))
        weight = _weights(owner).get(node.name.value, 0)
        if node.selection_set is None:
            return Selected(Cost(OF_VALUES + weight))
        shown = owner.fields[node.name.value].type
        named = get_named_type(shown)
        inner, cost = self.read(named, node.selection_set), Cost(OF_OBJECTS + weight)
        if _is_connection(owner) and node.name.value == "edges":
            return Selected(cost, inner.once)
        cost.add(inner.once, ASSUMED_ROWS if is_list_type(get_nullable_type(shown)) else 1)
        if _is_connection(named):
            cost.lists[Sized(node, Size.of(node), inner.row)] += 1
        return Selected(cost)


@cache
def _weights(owner: Any) -> dict[str, int]:
    """The fields of a type that state a weight, by the names they have in documents."""
    made = owner.graphene_type._meta.fields if hasattr(owner, "graphene_type") else {}  # noqa: SLF001
    return {camel(name): one.weight for name, one in made.items() if hasattr(one, "weight")}


def _is_connection(kind: Any) -> bool:
    return {"edges", "pageInfo"} <= set(getattr(kind, "fields", ()))


def _fixed(cost: Cost) -> bool:
    return all(sized.size.fixed and _fixed(sized.row) for sized in cost.lists)


def _rows(sized: Sized, values: Values, limits: Limits) -> int:
    try:
        return sized.size.rows(values, limits)
    except Refusal as refusal:
        raise GraphQLError(refusal.message, sized.node, original_error=refusal) from None
