"""Execution: a document in, plain data out. Expected refusals speak, everything else is masked and logged."""

import traceback
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import orjson
import sqlalchemy as sa
import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLError, execute_sync

from graph_schema import facts
from graph_schema.derive.context import Context
from graph_schema.derive.names import camel
from graph_schema.derive.refusals import refused
from graph_schema.limits.bounds import Exceeded, Limits
from graph_schema.limits.disclosure import administers, may_ask_schema, schema_errors, without_suggestion
from graph_schema.limits.terms import Terms
from graph_schema.limits.variables import refuse_variables
from graph_schema.once import Once, Replied, mutation_of, request_of
from graph_schema.prepare import MOST_ERRORS, Prepared, Unfit, prepare
from graph_schema.question import Question
from graph_schema.schema import MUTATIONS, schema
from rbm import db
from rbm.access import Actor
from rbm.errors import Refusal

MOST_ERRORS_TOLD = 100
log = structlog.get_logger("graph_schema")
Answer = dict[str, Any]


def execute(
    engine: sa.Engine,
    actor: Actor,
    document: str,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
    terms: Terms | None = None,
) -> Answer:
    """Answer an operation of a document: `data`, and `errors` where there are any. TooOften, with terms that count.

    A query reads in one unit of work. Each field of a mutation is a unit of work of its own, and its answer is
    read after that was committed. Without `data` nothing was executed. An error carries `code` and `field` in its
    extensions when it is a refusal, and a `correlationId` alone when it is none of the caller's business.
    """
    question, agreed = Question(document, variables, operation_name), terms or Terms.usual()
    try:
        admitted = admit(actor, question, agreed)
    except Unfit as unfit:
        return _refused(unfit, actor)
    with closing(Context(engine, actor, agreed.limits)) as context:
        return run(context, admitted, question)


def reply(
    engine: sa.Engine, actor: Actor, question: Question, key: UUID | None = None, terms: Terms | None = None
) -> Replied:
    """The answer as JSON. A mutation of a person under a key is done once, and answered again when it is sent again.

    Conflict `in_progress` and `key_reused`; Invalid when the operation is more than one mutation; TooOften.
    """
    agreed = terms or Terms.usual()

    def bounded(answer: Answer) -> bytes:
        return write(answer, agreed.limits)

    try:
        document = admit(actor, question, agreed)
    except Unfit as unfit:
        return Replied(write(_refused(unfit, actor)), executed=False)
    field = mutation_of(document, question.operation_name) if key else None
    request = request_of(actor, key, *question) if key and field else None
    if field is None or request is None:
        with closing(Context(engine, actor, agreed.limits)) as context:
            answer = run(context, document, question)
        return Replied(bounded(answer), executed="data" in answer)
    once = Once(engine, actor, request, lambda within: run(within, document, question), bounded)
    return once.reply(MUTATIONS[field].__name__)


def admit(actor: Actor, question: Question, terms: Terms) -> DocumentNode:
    """The document of a question that may be executed. Unfit when it may not, TooOften when not now.

    The caller pays the cost of the operation; what is unfit costs something too, since it had to be read.
    """
    terms.refuse_spent(actor)
    try:
        prepared = prepare(question.query, terms.limits, suggest=administers(actor))
        facts.current().read(prepared.document, question.operation_name)
        cost = _cost(prepared, actor, question, terms.limits)
    except Exception:
        terms.spend(actor)
        raise
    facts.current().cost = cost
    terms.spend(actor, cost)
    return prepared.document


def run(context: Context, document: DocumentNode, question: Question) -> Answer:
    """Answer an operation of a document that was admitted, in a context."""
    suggest = administers(context.actor)
    result = execute_sync(
        schema.graphql_schema,
        document,
        context_value=context,
        variable_values=question.variables,
        operation_name=question.operation_name,
        max_coercion_errors=MOST_ERRORS,
        hide_suggestions=not suggest,
    )
    return _answer(result, suggest=suggest)


def _cost(prepared: Prepared, actor: Actor, question: Question, limits: Limits) -> int:
    """The cost of the operation that is meant, 1 when there is none. Unfit for what this caller may not ask so."""
    if prepared.asks_schema and not may_ask_schema(actor, limits):
        raise Unfit(schema_errors(schema.graphql_schema, prepared.document))
    operation, variables = prepared.operation(question.operation_name), question.variables or {}
    try:
        refuse_variables(variables, limits)
        return operation.points(variables, limits) if operation else 1
    except Refusal as refusal:
        raise Unfit([GraphQLError(refusal.message, original_error=refusal)]) from None
    except GraphQLError as error:
        raise Unfit([error]) from None


def _refused(unfit: Unfit, actor: Actor) -> Answer:
    return {"errors": [_told(error, suggest=administers(actor)) for error in unfit.errors]}


def write(answer: Answer, limits: Limits | None = None) -> bytes:
    """An answer as JSON, decimals as exact numbers. With limits, one that is too long is told to be so instead.

    What a mutation did stays done; its answer can be asked for in parts.
    """
    body = orjson.dumps(answer, default=lambda value: orjson.Fragment(f"{value:f}"))
    if limits is None or len(body) <= limits.most_answer_bytes:
        return body
    refusal = Exceeded("answer_bytes", limits.most_answer_bytes, len(body))
    return write({"errors": [_told(GraphQLError(refusal.message, original_error=refusal))], "data": None})


def masked(error: BaseException) -> Answer:
    """An unexpected error as the caller may see it; all of it goes to the log under the same id."""
    correlation = structlog.contextvars.get_contextvars().get("correlation_id") or uuid4().hex
    log.error("unexpected error", correlation_id=correlation, traceback="".join(traceback.format_exception(error)))
    if db.away(error):
        facts.current().refusals.append(facts.UNAVAILABLE)
        extensions = {"code": facts.UNAVAILABLE, "correlationId": correlation}
        return {"message": "this cannot be answered now; try again later", "extensions": extensions}
    facts.current().refusals.append(facts.INTERNAL)
    return {"message": "internal error", "extensions": {"correlationId": correlation}}


def _answer(result: ExecutionResult, *, suggest: bool) -> Answer:
    errors = [_told(error, suggest=suggest) for error in (result.errors or ())[:MOST_ERRORS_TOLD]]
    if result.data is None and all(error.path is None for error in result.errors or ()):
        return {"errors": errors}
    return {"errors": errors, "data": result.data} if errors else {"data": result.data}


def _told(error: GraphQLError, *, suggest: bool = False) -> Answer:
    cause = _cause(error)
    if cause is None:
        facts.current().refusals.append(facts.DOCUMENT)
        message = error.message if suggest else without_suggestion(error.message)
        return dict(error.formatted) | {"message": message}
    place = {name: value for name, value in error.formatted.items() if name in {"path", "locations"}}
    refusal = refused(cause)
    if refusal is None:
        return masked(cause) | place
    facts.current().refusals.append(refusal.code)
    return told(refusal) | place


def told(refusal: Refusal) -> Answer:
    """A refusal as an error of an answer; one of a limit says which, the most it allows, and what was found."""
    field = camel(refusal.field) if refusal.field else None
    extensions: dict[str, Any] = {"code": refusal.code, "field": field}
    if isinstance(refusal, Exceeded):
        extensions |= {"limit": refusal.limit, "most": refusal.most, "found": refusal.found}
    return {"message": refusal.message, "extensions": extensions}


def _cause(error: GraphQLError) -> BaseException | None:
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
