"""Who is told of the schema: introspection, and the suggestions that errors make."""

import re

from graphql import DocumentNode, GraphQLError, GraphQLSchema, NoSchemaIntrospectionCustomRule, validate

from graph_schema.limits.bounds import Limits
from rbm.access import ANYWHERE, Actor, Permission
from rbm.settings import Introspection

SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)


def administers(actor: Actor) -> bool:
    """Whether the actor manages persons anywhere."""
    return actor.may(Permission.MANAGE_PEOPLE, ANYWHERE)


def may_ask_schema(actor: Actor, limits: Limits) -> bool:
    """Whether the actor may ask for the schema."""
    if limits.introspection is Introspection.ADMINS:
        return administers(actor)
    return limits.introspection is Introspection.ALL


def schema_errors(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """The error of a document that asks for the schema; `__typename` is no such question."""
    return validate(schema, document, [NoSchemaIntrospectionCustomRule], max_errors=1)[:1]


def without_suggestion(message: str) -> str:
    """What is wrong, without what there is."""
    return SUGGESTION.sub("", message)
