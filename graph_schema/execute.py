"""Execution: a document in, plain data out. Expected refusals speak, everything else is masked and logged."""

import traceback
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa
import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLError, execute_sync, parse, specified_rules, validate

from graph_schema.derive.changes import refused
from graph_schema.derive.context import Context
from graph_schema.derive.names import camel
from graph_schema.schema import schema
from rbm.access import Actor

MOST_TOKENS = 10_000
MOST_DOCUMENTS = 512
log = structlog.get_logger("graph_schema")
Answer = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A document that was parsed and validated: itself, or what is wrong with it."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


def execute(
    engine: sa.Engine,
    actor: Actor,
    document: str,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> Answer:
    """Answer an operation of a document: `data`, and `errors` where there are any.

    A query reads in one unit of work. Each field of a mutation is a unit of work of its own, and its answer is
    read after that was committed. Without `data` nothing was executed. An error carries `code` and `field` in its
    extensions when it is a refusal, and a `correlationId` alone when it is none of the caller's business.
    """
    prepared = prepare(document)
    if prepared.document is None:
        return {"errors": [error.formatted for error in prepared.errors]}
    with closing(Context(engine, actor)) as context:
        result = execute_sync(
            schema.graphql_schema,
            prepared.document,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
        )
    return _answer(result)


@lru_cache(MOST_DOCUMENTS)
def prepare(document: str) -> Prepared:
    """Parse and validate a document once."""
    try:
        parsed = parse(document, max_tokens=MOST_TOKENS)
        errors = validate(schema.graphql_schema, parsed, specified_rules)
    except GraphQLError as error:
        return Prepared(None, (error,))
    except RecursionError:
        return Prepared(None, (GraphQLError("Syntax Error: the document is nested too deeply."),))
    return Prepared(None, tuple(errors)) if errors else Prepared(parsed)


def write(answer: Answer) -> bytes:
    """An answer as JSON, decimals as exact numbers."""
    return orjson.dumps(answer, default=lambda value: orjson.Fragment(f"{value:f}"))


def masked(error: BaseException) -> Answer:
    """An unexpected error as the caller may see it; all of it goes to the log under the same id."""
    correlation = uuid4().hex
    log.error("unexpected error", correlation_id=correlation, traceback="".join(traceback.format_exception(error)))
    return {"message": "internal error", "extensions": {"correlationId": correlation}}


def _answer(result: ExecutionResult) -> Answer:
    errors = [_told(error) for error in result.errors or ()]
    if result.data is None and all(error.path is None for error in result.errors or ()):
        return {"errors": errors}
    return {"errors": errors, "data": result.data} if errors else {"data": result.data}


def _told(error: GraphQLError) -> Answer:
    cause = _cause(error)
    if cause is None:
        return dict(error.formatted)
    place = {name: value for name, value in error.formatted.items() if name in {"path", "locations"}}
    refusal = refused(cause)
    if refusal is None:
        return masked(cause) | place
    field = camel(refusal.field) if refusal.field else None
    return {"message": refusal.message, "extensions": {"code": refusal.code, "field": field}} | place


def _cause(error: GraphQLError) -> BaseException | None:
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
