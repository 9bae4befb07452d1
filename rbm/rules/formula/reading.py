"""Reads a formula into a tree of operations. The grammar is all there is: nothing of a formula is ever executed."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from rbm.errors import Invalid

LONGEST, DEEPEST, FURTHEST = 1_000, 32, 120
"""Characters of a formula, operations within one another, and periods that `previous` goes back."""

GRAMMAR = r"""
    ?start: sum
    ?sum: product
        | sum "+" product -> add
        | sum "-" product -> subtract
    ?product: unary
        | product "*" unary -> multiply
        | product DIVIDED unary -> divide
    ?unary: atom
        | "-" unary -> negate
    ?atom: NUMBER -> number
        | NAME -> name
        | NAME "(" [sum ("," sum)*] ")" -> call
        | "(" sum ")"
    DIVIDED: "/"
    NUMBER: /[0-9]+(\.[0-9]+)?/
    NAME: /[A-Za-z][A-Za-z0-9_]*/
    %ignore /[ \t\r\n]+/
"""
FUNCTIONS: dict[str, tuple[int, int]] = {
    "max": (2, 20),
    "min": (2, 20),
    "or_zero": (1, 1),
    "period_index": (0, 0),
    "periods_in_year": (0, 0),
    "previous": (1, 2),
    "ratio": (2, 2),
    "share": (2, 2),
    "ytd": (1, 1),
}
"""The functions and how many arguments they take, at least and at most."""

EXACT: dict[str, Callable[..., Fraction]] = {
    "add": lambda first, second: first + second,
    "subtract": lambda first, second: first - second,
    "multiply": lambda first, second: first * second,
    "negate": lambda only: -only,
    "divide": lambda first, second: first / second,
    "ratio": lambda first, second: first / second,
    "share": lambda first, second: 100 * first / second,
    "min": min,
    "max": max,
    "or_zero": lambda only: only,
}
"""What each operation makes of numbers, where the second one of a quotient is not 0."""

QUOTIENTS = frozenset({"divide", "ratio", "share"})
OVER_PERIODS = frozenset({"ytd", "previous"})


@dataclass(frozen=True, slots=True)
class Node:
    """An operation (`word`) over its parts; `number` is its value where no figure enters, `back` how far it goes."""

    word: str
    parts: tuple["Node", ...] = ()
    number: Fraction | None = None
    name: str = ""
    at: int = 1
    depth: int = 1
    back: int = 0

    def names(self) -> dict[str, int]:
        """The names it holds, in their order, and the character at which each stands first."""
        found = {self.name: self.at} if self.word == "name" else {}
        for part in self.parts:
            found |= {name: at for name, at in part.names().items() if name not in found}
        return found


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Makes nodes while the parser reads, so that nothing recurses over what is too deep."""

    def number(self, token: Token) -> Node:
        return Node("number", number=Fraction(str(token)), at=_at(token))

    def name(self, token: Token) -> Node:
        return Node("name", name=str(token), at=_at(token))

    def add(self, first: Node, second: Node) -> Node:
        return _operation("add", (first, second), first.at)

    def subtract(self, first: Node, second: Node) -> Node:
        return _operation("subtract", (first, second), first.at)

    def multiply(self, first: Node, second: Node) -> Node:
        return _operation("multiply", (first, second), first.at)

    def divide(self, first: Node, sign: Token, second: Node) -> Node:
        return _operation("divide", (first, second), _at(sign))

    def negate(self, only: Node) -> Node:
        return _operation("negate", (only,), only.at)

    def call(self, token: Token, *given: Node | None) -> Node:
        return _call(str(token), tuple(part for part in given if part is not None), _at(token))


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


@lru_cache(maxsize=10_000)
def parse(text: str) -> Node:
    """The tree of a formula. Invalid naming the place where it cannot be read, or where it would divide by 0."""
    if len(text) > LONGEST:
        raise Invalid(f"a formula has at most {LONGEST:,} characters, and there are {len(text):,}", "formula")
    try:
        tree = cast("Node", _PARSER.parse(text))
    except UnexpectedInput as error:
        raise _unread(text, error) from error
    if not tree.names():
        raise Invalid("a formula names at least one indicator", "formula")
    return tree


def refuse_terms(tree: Node, terms: Collection[str]) -> None:
    """Nothing, when the formula names each term, and nothing else. Invalid otherwise: names are told from functions."""
    for term in terms:
        if term in FUNCTIONS or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", term):
            raise Invalid(f"'{term}' cannot be the name of a term: letters, digits and _, no function", "terms")
    named = tree.names()
    for name, at in named.items():
        if name not in terms:
            raise Invalid(f"'{name}' at character {at} is no term of the formula", "formula", "unknown_name")
    unused = sorted(set(terms) - set(named))
    if unused:
        raise Invalid(f"the formula does not use {', '.join(unused)}", "terms", "unused_term")


def _call(word: str, parts: tuple[Node, ...], at: int) -> Node:
    if word not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        raise Invalid(f"'{word}' at character {at} is no function; there are {known}", "formula", "unknown_function")
    least, most = FUNCTIONS[word]
    if not least <= len(parts) <= most:
        wanted = str(most) if least == most else f"{least} to {most}"
        raise Invalid(f"{word} at character {at} takes {wanted} arguments, not {len(parts)}", "formula")
    return _operation(word, parts, at)


def _operation(word: str, parts: tuple[Node, ...], at: int) -> Node:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST:
        raise Invalid(f"more than {DEEPEST} operations within one another at character {at}", "formula")
    back = 0
    if word == "previous":
        back, parts = _back(parts, at), parts[:1]
    if word in OVER_PERIODS and not parts[0].names():
        raise Invalid(f"{word} at character {at} is of something that has a figure", "formula")
    if word in QUOTIENTS and parts[1].number == 0:
        raise Invalid(f"division by 0 at character {at}", "formula", "division_by_zero")
    numbers = [part.number for part in parts if part.number is not None]
    number = EXACT[word](*numbers) if word in EXACT and len(numbers) == len(parts) else None
    return Node(word, parts, number, at=at, depth=depth, back=back)


def _back(parts: tuple[Node, ...], at: int) -> int:
    """How many periods `previous` goes back."""
    number = parts[1].number if len(parts) > 1 else Fraction(1)
    if number is None or number.denominator != 1 or not 1 <= number <= FURTHEST:
        raise Invalid(f"previous at character {at} goes back a number of periods, 1 to {FURTHEST}", "formula")
    return int(number)


def _unread(text: str, error: UnexpectedInput) -> Invalid:
    token = getattr(error, "token", None)
    if not text.strip() or (token is not None and token.type == "$END"):
        return Invalid("the formula ends where something is missing", "formula", "syntax")
    at = (error.pos_in_stream or 0) + 1
    return Invalid(f"'{text[at - 1]}' cannot be read at character {at}", "formula", "syntax")


def _at(token: Token) -> int:
    return (token.start_pos or 0) + 1
