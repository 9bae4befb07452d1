"""Once: a change under an idempotency key, whose answer is stored in the transaction of the change."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from graphql import DocumentNode, FieldNode, OperationType, get_operation_ast

from graph_schema.derive.context import Context, Within
from graph_schema.schema import MUTATIONS, SECRETS
from rbm.access import Actor
from rbm.errors import Conflict, Invalid, Refusal
from rbm.services import replay
from rbm.services.replay import Request
from rbm.settings import settings
from rbm.work import Work, perform

HEADER = "Idempotency-Key"
Run = Callable[[Context], dict[str, Any]]
PASSING = {"busy", "timeout"}
"""Codes of refusals that say nothing about the request: it may be sent again with its key."""


class Replied(NamedTuple):
    """An answer as JSON, whether anything was executed for it, and whether it is one that was stored before."""

    body: bytes
    executed: bool = True
    replayed: bool = False


class Unanswered(Exception):
    """The operation was not answered to its end, so that nothing of it is kept."""


def request_of(actor: Actor, key: UUID, document: str, variables: Any, operation_name: str | None) -> Request | None:
    """A request under a key; None for whoever is not signed in, since a key belongs to a person.

    The same request with otherwise limited credentials is another one.
    """
    if actor.person_id is None:
        return None
    scopes = None if actor.scopes is None else sorted(actor.scopes)
    content = {"query": document, "variables": variables, "operationName": operation_name, "scopes": scopes}
    payload = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    return Request(actor.person_id, key, payload)


def mutation_of(document: DocumentNode, operation_name: str | None) -> str | None:
    """The one field of a mutation; None when the operation is a query, changes nothing, or there is none of this name.

    Invalid when it is several, or one that answers with a secret, which is kept nowhere.
    """
    operation = get_operation_ast(document, operation_name)
    if operation is None or operation.operation is not OperationType.MUTATION:
        return None
    fields = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    if len(fields) != 1 or len(operation.selection_set.selections) != 1:
        raise Invalid("one mutation at a time under a key", HEADER)
    if SECRETS.intersection(fields):
        raise Invalid("this answers with a secret, which is not kept: send it without a key", HEADER)
    return fields[0] if fields[0] in MUTATIONS else None


@dataclass
class Once:
    """One try of a request: `run` answers it in a context, `write` makes JSON of the answer.

    The change, its audit entries and its stored answer are one transaction. A refusal is stored in a transaction of
    its own, since that of the change was rolled back; one that passes is not, nor is an unexpected error.
    """

    engine: sa.Engine
    actor: Actor
    request: Request
    run: Run
    write: Callable[[dict[str, Any]], bytes]
    body: bytes = b""
    refusal: Refusal | None = None

    def reply(self, operation: str) -> Replied:
        """The answer. Conflict while the request is being answered, or when its key stands for another one."""
        with _alone(self.request):
            try:
                return perform(self.engine, self.actor, operation, self._answer, seconds=settings().mutation_seconds)
            except Unanswered:
                return Replied(self.body)
            except Refusal as refusal:
                if refusal is not self.refusal:
                    raise
                return self._refused(refusal)

    def _answer(self, work: Work) -> Replied:
        stored = replay.recall(work, self.request)
        if stored is not None:
            return Replied(stored, replayed=True)
        context = Within(self.engine, work)
        answer = self.run(context)
        self.body, self.refusal = self.write(answer), context.refusal
        if self.refusal is not None:
            raise self.refusal
        if unexpected(answer):
            raise Unanswered
        replay.keep(work, self.request, self.body)
        return Replied(self.body)

    def _refused(self, refusal: Refusal) -> Replied:
        if refusal.code in PASSING:
            return Replied(self.body)
        return perform(self.engine, self.actor, "keep_answer", self._keep)

    def _keep(self, work: Work) -> Replied:
        stored = replay.recall(work, self.request)
        if stored is None:
            replay.keep(work, self.request, self.body)
        return Replied(stored or self.body, replayed=stored is not None)


def unexpected(answer: dict[str, Any]) -> bool:
    """Whether an answer holds an error that was masked."""
    return any("correlationId" in error.get("extensions", {}) for error in answer.get("errors", ()))


_running: set[int] = set()
_guard = threading.Lock()


@contextmanager
def _alone(request: Request) -> Iterator[None]:
    """Conflict while another thread of this process answers the request; the database tells processes apart."""
    with _guard:
        if request.lock in _running:
            raise Conflict("a request with this key is being answered", HEADER, "in_progress")
        _running.add(request.lock)
    try:
        yield
    finally:
        with _guard:
            _running.discard(request.lock)
