"""The schema: the rooms together, and every mutation with its service."""

import graphene
from graphql import lexicographic_sort_schema, print_schema

from graph_schema import (
    audit,
    evaluation,
    findings,
    followup,
    iati,
    indicators,
    jobs,
    moves,
    notices,
    people,
    performance,
    planning,
    portfolio,
    projects,
    quality,
    reporting,
    responses,
    rollup,
    series,
    strategy,
)
from graph_schema.derive.names import camel
from graph_schema.derive.rules import Rule
from graph_schema.derive.signatures import Service


class Query(
    people.Query,
    strategy.Query,
    indicators.Query,
    projects.Query,
    reporting.Query,
    quality.Query,
    rollup.Query,
    series.Query,
    performance.Query,
    planning.Query,
    findings.Query,
    evaluation.Query,
    responses.Query,
    followup.Query,
    portfolio.Query,
    iati.Query,
    notices.Query,
    moves.Query,
    jobs.Query,
    audit.Query,
    graphene.ObjectType,
):
    """What one may ask. What the caller may not see does not exist for the caller."""


class Mutation(
    people.Mutation,
    strategy.Mutation,
    indicators.Mutation,
    projects.Mutation,
    reporting.Mutation,
    quality.Mutation,
    rollup.Mutation,
    series.Mutation,
    performance.Mutation,
    planning.Mutation,
    findings.Mutation,
    evaluation.Mutation,
    responses.Mutation,
    followup.Mutation,
    notices.Mutation,
    graphene.ObjectType,
):
    """What one may do. Each field is one transaction; what is refused comes back as problems."""


schema = graphene.Schema(query=Query, mutation=Mutation)
MUTATIONS: dict[str, Service] = {camel(name): field.service for name, field in Mutation._meta.fields.items()}  # noqa: SLF001
RULES: dict[str, Rule] = {camel(name): field.rule for name, field in Mutation._meta.fields.items()}  # noqa: SLF001
SECRETS = {camel(name) for name, field in Mutation._meta.fields.items() if field.secret}  # noqa: SLF001


def printed() -> str:
    """The schema in the schema definition language, sorted, as it is committed in `schema.graphql`."""
    return print_schema(lexicographic_sort_schema(schema.graphql_schema)) + "\n"
