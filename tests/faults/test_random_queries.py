"""Random valid queries (G-21), as several roles: no unexpected error, and statements by the fields of the document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from graphql import REMOVE, ArgumentNode, FieldNode, Visitor, VisitorAction, parse, print_ast, print_schema, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from graph_schema.execute import execute
from graph_schema.schema import schema
from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.terms.people import Role
from rbm.work import begin
from tests import databases
from tests.conftest import NOW
from tests.graph_schema.quiet import LIMITS, under
from tests.make import Make

ONE_DAY, ONE_MOMENT = "2026-03-02", "2026-03-02T09:00:00Z"
SCALARS = {
    "Date": st.just(nodes.String(ONE_DAY)),
    "DateTime": st.just(nodes.String(ONE_MOMENT)),
    "Decimal": st.integers(-5, 5).map(nodes.Int),
    "JSON": st.integers(0, 5).map(nodes.Int),
}
DOCUMENTS = queries(print_schema(schema.graphql_schema), custom_scalars=SCALARS)
LOOSE = under(
    **{name: 10**9 for name in vars(LIMITS) if name.startswith("most_")},
)
STATEMENTS_A_FIELD = 4
"""Rows, their count, what lies past a cursor, and what a field computed from rows looks up besides."""
FROM_THE_START = 10
"""Statements that begin a transaction, and those of a figure that reads several tables."""
ROLES = [Role.REPORTER, Role.VERIFIER, Role.HQ_RESULTS, Role.ADMIN, Role.OVERSIGHT]


class Ground(NamedTuple):
    """A database with a little of everything, who asks, and the statements that run."""

    engine: sa.Engine
    actors: list[Actor]
    statements: list[str]


@pytest.fixture(scope="module")
def ground(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A chain with a value, and people who see parts of it."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    with databases.sqlite(sqlite_template, tmp_path_factory.mktemp("random")) as engine:
        with begin(engine, SYSTEM, "test", now=NOW) as work:
            make = Make(work)
            office = make.office()
            indicators = [make.indicator(make.result(make.framework(office=office, public=True))) for _ in range(3)]
            make.contribution(indicators[0], indicators[1])
            for indicator in indicators:
                make.measurement(indicator, make.year(2025 + indicators.index(indicator)), 1)
            actors = [PUBLIC, SYSTEM, *(make.actor(role, office) for role in ROLES)]
        sa.event.listen(engine, "before_cursor_execute", note)
        yield Ground(engine, actors, statements)


def fields_of_objects(document: str) -> int:
    """How many fields of a document have fields of their own."""
    found: list[FieldNode] = []

    class Count(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            if node.selection_set:
                found.append(node)

    visit(parse(document), Count())
    return len(found)


class Bearable(Visitor):
    """Takes the places of pages out of a document, which at random are hardly ever one."""

    def enter_argument(self, node: ArgumentNode, *_: object) -> VisitorAction:
        return REMOVE if node.name.value in {"first", "last", "after", "before"} else None


def bearable(document: str) -> str:
    return print_ast(visit(parse(document), Bearable()))


@given(document=DOCUMENTS.map(bearable), number=st.integers(min_value=0, max_value=6))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_g_21_random_valid_queries(ground: Ground, document: str, number: int) -> None:
    ground.statements.clear()
    answer: dict[str, Any] = execute(ground.engine, ground.actors[number], document, terms=LOOSE)
    assert "correlationId" not in str(answer.get("errors"))
    assert len(ground.statements) <= FROM_THE_START + STATEMENTS_A_FIELD * fields_of_objects(document)
