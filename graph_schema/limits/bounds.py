"""Bounds: the numbers a question is held against, and the refusal that names one of them."""

from dataclasses import dataclass, fields

from rbm.errors import Limited
from rbm.settings import Introspection, Settings

NOUNS = {
    "query_bytes": "bytes of a document",
    "tokens": "tokens of a document",
    "depth": "fields within one another",
    "aliases": "aliases",
    "typename_aliases": "aliases of __typename",
    "root_fields": "fields of an operation",
    "sensitive_fields": "fields of an operation that decides about people",
    "repeated_fields": "fields that were asked in the same place already",
    "directives": "directives",
    "fragment_spreads": "spreads of fragments",
    "cost": "points of cost",
    "variable_depth": "levels of variables",
    "variable_values": "values of variables",
    "answer_bytes": "bytes of an answer",
    "page": "rows of a list at once",
    "rate": "points of cost a minute",
}


@dataclass(frozen=True)
class Limits:
    """The limits of one door; the names are those of the settings."""

    page_size: int
    page_limit: int
    introspection: Introspection
    most_query_bytes: int
    most_tokens: int
    most_depth: int
    most_aliases: int
    most_typename_aliases: int
    most_root_fields: int
    most_repeated_fields: int
    most_directives: int
    most_fragment_spreads: int
    most_cost: int
    most_variable_depth: int
    most_variable_values: int
    most_answer_bytes: int
    query_seconds: float
    mutation_seconds: float

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that settings state."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})


class Exceeded(Limited):
    """More than a limit allows: which limit, the most it allows, and how much there was where that is known."""

    def __init__(self, limit: str, most: int, found: int | None = None, field: str | None = None) -> None:
        there = "there are more" if found is None else f"there are {found:,}"
        super().__init__(f"at most {most:,} {NOUNS[limit]}, and {there}", field)
        self.limit = limit
        self.most = most
        self.found = found


def refuse_more(limit: str, most: int, found: int) -> None:
    """Nothing when it is no more than the most. Exceeded otherwise."""
    if found > most:
        raise Exceeded(limit, most, found)
