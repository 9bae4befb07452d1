"""Repetition: fields that fragments put into the same place of an operation again and again.

Whether they agree is compared pair by pair when a document is validated, so they are counted before that.
"""

from collections.abc import Iterator, Mapping, Sequence

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode

from graph_schema.limits.bounds import Exceeded

Fragments = Mapping[str, FragmentDefinitionNode]


def refuse_repeated(roots: Sequence[SelectionSetNode], fragments: Fragments, most: int) -> None:
    """Nothing when no root repeats more fields than the most, through fragments. Exceeded otherwise.

    What is merged in several places alike is counted once. Only a repeated field merges selections, and counting ends
    at the most, so this takes about as long as the document, however its fragments spread one another.
    """
    known: set[frozenset[int]] = set()
    for root in roots:
        found = 0
        rest: list[list[SelectionSetNode]] = [[root]]
        while rest:
            merged = rest.pop()
            place = frozenset(map(id, merged))
            if place in known:
                continue
            known.add(place)
            repeated, inner = _merge(merged, fragments)
            found += repeated
            if found > most:
                raise Exceeded("repeated_fields", most)
            rest.extend(inner)


def _merge(merged: Sequence[SelectionSetNode], fragments: Fragments) -> tuple[int, list[list[SelectionSetNode]]]:
    """How many fields of one place are repeated, and the selections that are merged below each name."""
    below: dict[str, list[SelectionSetNode]] = {}
    repeated = 0
    for node in _fields(merged, fragments):
        shown = (node.alias or node.name).value
        repeated += shown in below
        inner = below.setdefault(shown, [])
        if node.selection_set is not None:
            inner.append(node.selection_set)
    return repeated, [inner for inner in below.values() if inner]


def _fields(merged: Sequence[SelectionSetNode], fragments: Fragments) -> Iterator[FieldNode]:
    """The fields of one place; a fragment that is spread there twice, or spreads itself, puts them there once."""
    taken = set(map(id, merged))
    rest = list(merged)
    while rest:
        for node in rest.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif not isinstance(node, FragmentSpreadNode):
                rest.append(node.selection_set)  # type: ignore[attr-defined]
            elif (named := fragments.get(node.name.value)) and id(named.selection_set) not in taken:
                taken.add(id(named.selection_set))
                rest.append(named.selection_set)
