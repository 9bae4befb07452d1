"""Shape: what can be counted in a document by reading it alone, before it is known whether it is valid.

Documents are walked without recursion, so that no nesting can exhaust the stack, and each fragment once, so that
fragments that spread one another cost no more than they are long.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    Token,
    TokenKind,
    parse,
)

from graph_schema.limits.bounds import Exceeded, Limits, refuse_more
from graph_schema.limits.repeated import refuse_repeated
from rbm.errors import Invalid

CARRIERS = frozenset({"edges", "node"})
"""Fields that only carry the rows of a list."""
OF_THE_SCHEMA = frozenset({"__schema", "__type"})
NUMBERS = frozenset({TokenKind.INT, TokenKind.FLOAT})
LONGEST_NUMBER = 100
"""Characters; a decimal has at most 19 digits before its point and as many as it likes behind, up to 40."""
ABORTED = "Parsing aborted."
"""How the parser ends its word on too many tokens."""


class Spot(NamedTuple):
    """A selection on the walk: what encloses it, how deep, and the place in the answer it is merged into.

    `top`: its fields are those of the operation or fragment itself. `deep`: depth is counted.
    """

    selections: SelectionSetNode
    depth: int = 0
    place: int = 0
    top: bool = True
    deep: bool = True


@dataclass
class Part:
    """What an operation or a fragment holds itself; spreads come with the depth they stand at."""

    depth: int = 0
    aliases: int = 0
    typename_aliases: int = 0
    repeated: int = 0
    asks_schema: bool = False
    spread: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)
    top: Counter[str] = field(default_factory=Counter)
    top_spreads: list[str] = field(default_factory=list)
    places: dict[tuple[int, str], int] = field(default_factory=dict)

    def add_field(self, node: FieldNode, spot: Spot) -> Spot | None:
        """Count a field; where its own selection is to be walked."""
        name, shown = node.name.value, (node.alias or node.name).value
        self._count(name, node, spot)
        seen = (spot.place, shown) in self.places
        self.repeated += seen
        place = self.places.setdefault((spot.place, shown), len(self.places) + 1)
        depth = spot.depth + (name not in CARRIERS)
        if spot.deep:
            self.depth = max(self.depth, depth)
        if node.selection_set is None:
            return None
        return Spot(node.selection_set, depth, place, top=False, deep=spot.deep and name not in OF_THE_SCHEMA)

    def add_spread(self, name: str, spot: Spot) -> None:
        """Count the spread of a fragment."""
        self.spread += 1
        if spot.deep:
            self.spreads.append((name, spot.depth))
        if spot.top:
            self.top_spreads.append(name)

    def _count(self, name: str, node: FieldNode, spot: Spot) -> None:
        if node.alias and name == "__typename":
            self.typename_aliases += 1
        elif node.alias:
            self.aliases += 1
        self.asks_schema = self.asks_schema or name in OF_THE_SCHEMA
        if spot.top:
            self.top[name] += 1


def read(document: str, limits: Limits) -> tuple[DocumentNode, int]:
    """A document and the number of its tokens, comments among them.

    Exceeded when it is too long; GraphQLSyntaxError when it is no document, or one that is nested beyond reason.
    """
    refuse_more("query_bytes", limits.most_query_bytes, len(document.encode(errors="surrogatepass")))
    try:
        parsed = parse(document, max_tokens=limits.most_tokens)
    except GraphQLSyntaxError as error:
        if error.message.endswith(ABORTED):
            raise Exceeded("tokens", limits.most_tokens) from None
        raise
    return parsed, sum(1 for _ in _tokens(parsed))


def refuse_numbers(document: DocumentNode) -> None:
    """Nothing when each number is one that something could mean. Invalid otherwise: reading takes its square."""
    for token in _tokens(document):
        if token.kind in NUMBERS and len(token.value or "") > LONGEST_NUMBER:
            raise Invalid(f"a number is written with at most {LONGEST_NUMBER} characters")


def refuse_shape(document: DocumentNode, limits: Limits, sensitive: AbstractSet[str]) -> bool:
    """Whether the document asks for the schema. Exceeded when there is more of anything in it than is allowed.

    `sensitive` are the mutations that stand alone in an operation. Aliases, directives, spreads and repeated fields
    are counted in the whole document as it is written; depth, fields of an operation and, once more, repeated fields
    through fragments.
    """
    parts = {definition: _part(definition.selection_set) for definition in _selecting(document)}
    _refuse_counts(document, parts.values(), limits)
    fragments = {node.name.value: part for node, part in parts.items() if isinstance(node, FragmentDefinitionNode)}
    _refuse_merged(parts, limits)
    depths: dict[str, int] = {}
    tops: dict[str, Counter[str]] = {}
    for definition, part in parts.items():
        if isinstance(definition, OperationDefinitionNode):
            refuse_more("depth", limits.most_depth, _depth(part, fragments, depths))
            mutates = definition.operation is OperationType.MUTATION
            _refuse_fields(_top(part, fragments, tops), limits, sensitive if mutates else frozenset())
    return any(part.asks_schema for part in parts.values())


def _tokens(document: DocumentNode) -> Iterator[Token]:
    """The tokens a document was read from."""
    token = document.loc.start_token.next if document.loc else None
    while token is not None and token.kind is not TokenKind.EOF:
        yield token
        token = token.next


def _selecting(document: DocumentNode) -> Iterator[OperationDefinitionNode | FragmentDefinitionNode]:
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            yield definition


def _part(selections: SelectionSetNode) -> Part:
    part, rest = Part(), [Spot(selections)]
    while rest:
        spot = rest.pop()
        inner = (_enter(part, selection, spot) for selection in spot.selections.selections)
        rest.extend(one for one in inner if one is not None)
    return part


def _enter(part: Part, selection: SelectionNode, spot: Spot) -> Spot | None:
    if isinstance(selection, FieldNode):
        return part.add_field(selection, spot)
    if isinstance(selection, FragmentSpreadNode):
        part.add_spread(selection.name.value, spot)
        return None
    return spot._replace(selections=selection.selection_set)  # type: ignore[attr-defined]


def _refuse_counts(document: DocumentNode, parts: Iterable[Part], limits: Limits) -> None:
    parts = list(parts)
    refuse_more("aliases", limits.most_aliases, sum(part.aliases for part in parts))
    refuse_more("typename_aliases", limits.most_typename_aliases, sum(part.typename_aliases for part in parts))
    directives = sum(1 for token in _tokens(document) if token.kind is TokenKind.AT)
    refuse_more("directives", limits.most_directives, directives)
    refuse_more("fragment_spreads", limits.most_fragment_spreads, sum(part.spread for part in parts))
    refuse_more("repeated_fields", limits.most_repeated_fields, sum(part.repeated for part in parts))


def _refuse_merged(definitions: Iterable[OperationDefinitionNode | FragmentDefinitionNode], limits: Limits) -> None:
    """Operations come first, since what they merge is merged in no fragment alone."""
    roots = sorted(definitions, key=lambda one: isinstance(one, FragmentDefinitionNode))
    fragments = {one.name.value: one for one in roots if isinstance(one, FragmentDefinitionNode)}
    refuse_repeated([one.selection_set for one in roots], fragments, limits.most_repeated_fields)


def _depth(part: Part, fragments: Mapping[str, Part], known: dict[str, int]) -> int:
    """How deep a part reaches; a fragment within itself adds nothing and is found by validation."""
    deepest = part.depth
    for name, at in part.spreads:
        if name in fragments and name not in known:
            known[name] = 0
            known[name] = _depth(fragments[name], fragments, known)
        deepest = max(deepest, at + known.get(name, 0))
    return deepest


def _top(part: Part, fragments: Mapping[str, Part], known: dict[str, Counter[str]]) -> Counter[str]:
    """How often each field stands in an operation itself."""
    found = part.top.copy()
    for name in part.top_spreads:
        if name in fragments and name not in known:
            known[name] = Counter()
            known[name] = _top(fragments[name], fragments, known)
        found.update(known.get(name, {}))
    return found


def _refuse_fields(top: Counter[str], limits: Limits, sensitive: AbstractSet[str]) -> None:
    refuse_more("root_fields", limits.most_root_fields, top.total())
    if sensitive & set(top):
        refuse_more("sensitive_fields", 1, top.total())
