"""What is known of an operation while it is answered: the doors put it into log lines and metrics."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from graphql import DocumentNode, get_operation_ast

UNAVAILABLE, INTERNAL, DOCUMENT = "unavailable", "internal", "document"
"""Codes of what is no refusal of a service: no database, an error of ours, a document that does not fit the schema."""
LONGEST_NAME = 100


@dataclass
class Facts:
    """One request. `kind` is query, mutation or subscription; it, operation and cost are None where none was read.

    `refusals` are the codes of what was refused or went wrong.
    """

    kind: str | None = None
    operation: str | None = None
    cost: int | None = None
    person_id: UUID | None = None
    refusals: list[str] = field(default_factory=list)
    statements: int = 0
    sql_seconds: float = 0.0
    sent_at: float | None = None

    def read(self, document: DocumentNode, operation_name: str | None) -> None:
        """Know which operation of a document is asked for."""
        operation = get_operation_ast(document, operation_name)
        if operation is not None:
            self.kind = operation.operation.value
            self.operation = operation.name.value[:LONGEST_NAME] if operation.name else None


_current: ContextVar[Facts | None] = ContextVar("facts", default=None)


def begin() -> Facts:
    """Facts of a new request, known to everything that runs for it, worker threads too."""
    made = Facts()
    _current.set(made)
    return made


def current() -> Facts:
    """The facts of the request that is being answered; outside of one, facts that nobody reads."""
    return _current.get() or Facts()
