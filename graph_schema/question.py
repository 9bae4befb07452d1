"""A question: what somebody asks the GraphQL door."""

from typing import Any, NamedTuple


class Question(NamedTuple):
    """A document, the variables it is filled with, and which of its operations is meant."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
