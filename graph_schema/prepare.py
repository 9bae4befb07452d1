"""Preparing: a document is read, counted and validated, and kept for the next time it comes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, get_operation_ast, specified_rules, validate
from graphql.validation.validate import ValidationAbortedError

from graph_schema.limits.bounds import Limits
from graph_schema.limits.cost import Operation, operations
from graph_schema.limits.shape import read, refuse_numbers, refuse_shape
from graph_schema.schema import RULES, schema
from rbm.errors import Refusal

MOST_TOKENS_KEPT = 100_000
"""Of all documents that are kept; a token and what is read from it take some 600 bytes."""
LEAST_TOKENS = 100
"""What a document counts at least, for what it takes besides its tokens."""
MOST_ERRORS = 10
SENSITIVE = frozenset(name for name, rule in RULES.items() if rule.sensitive)
"""Mutations that stand alone in an operation."""


class Unfit(Exception):
    """A question that is not executed, with what is wrong with it."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Prepared:
    """A document that keeps the limits as far as they can be told without variables, and is valid."""

    document: DocumentNode
    tokens: int
    asks_schema: bool
    costs: dict[OperationDefinitionNode, Operation]

    def operation(self, name: str | None) -> Operation | None:
        """The cost of the operation that is meant; None when there is no such one, or which one is open."""
        definition = get_operation_ast(self.document, name)
        return self.costs[definition] if definition else None


class Shelf:
    """The documents that were used last. Only valid ones are kept, up to so many tokens together.

    What hostile documents can make it hold is bounded by that number, whatever they are; failures leave nothing.
    """

    def __init__(self, most_tokens: int) -> None:
        self.most_tokens = most_tokens
        self.tokens = 0
        self._kept: OrderedDict[tuple[str, Limits], Prepared] = OrderedDict()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        """How many documents are kept."""
        return len(self._kept)

    def find(self, document: str, limits: Limits) -> Prepared | None:
        """A document that was prepared under the same limits."""
        with self._guard:
            found = self._kept.get((document, limits))
            if found is not None:
                self._kept.move_to_end((document, limits))
            return found

    def keep(self, document: str, limits: Limits, prepared: Prepared) -> None:
        """Keep a document, and drop those that were not used for longest when it takes their room."""
        with self._guard:
            if self._kept.setdefault((document, limits), prepared) is prepared:
                self.tokens += _room(prepared)
            while self.tokens > self.most_tokens:
                _, dropped = self._kept.popitem(last=False)
                self.tokens -= _room(dropped)


_shelf = Shelf(MOST_TOKENS_KEPT)


def prepare(document: str, limits: Limits, *, suggest: bool = False, shelf: Shelf = _shelf) -> Prepared:
    """A document ready to be executed. Unfit when it is none, breaks a limit, or is not valid.

    `suggest`: errors say what might have been meant.
    """
    found = shelf.find(document, limits)
    if found is not None:
        return found
    try:
        prepared = _prepare(document, limits, suggest=suggest)
    except Refusal as refusal:
        raise Unfit([GraphQLError(refusal.message, original_error=refusal)]) from None
    except GraphQLError as error:
        raise Unfit([error]) from None
    shelf.keep(document, limits, prepared)
    return prepared


def _prepare(document: str, limits: Limits, *, suggest: bool) -> Prepared:
    """Limits come before validation, so that a hostile document earns one error and little work."""
    parsed, tokens = read(document, limits)
    refuse_numbers(parsed)
    asks_schema = refuse_shape(parsed, limits, SENSITIVE)
    errors = validate(
        schema.graphql_schema, parsed, specified_rules, max_errors=MOST_ERRORS, hide_suggestions=not suggest
    )
    if errors:
        raise Unfit(_different(errors))
    costs = {one.definition: one for one in operations(parsed, schema.graphql_schema)}
    for operation in costs.values():
        if operation.fixed:
            operation.points({}, limits)
    return Prepared(parsed, tokens, asks_schema, costs)


def _different(errors: list[GraphQLError]) -> list[GraphQLError]:
    """One error of each kind, however often it was made, and no word on there being more."""
    made = [error for error in errors if not isinstance(error, ValidationAbortedError)] or errors
    return list({error.message: error for error in reversed(made)}.values())[::-1]


def _room(prepared: Prepared) -> int:
    return max(prepared.tokens, LEAST_TOKENS)
