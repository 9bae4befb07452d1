"""Hostile questions over real HTTP, by the numbers of the cases they answer: refused at once, nothing executed.

Other content types, methods and origins (G-13 to G-15) and faults behind the door (G-16) are tried in `tests/app`, and
suggestions (G-04) for each kind of caller in `tests/graph_schema`.
"""

import json
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
import sqlalchemy as sa
from graphql import get_introspection_query

from rbm.access import SYSTEM
from rbm.services import people
from rbm.settings import Introspection
from rbm.terms.people import Role
from rbm.work import Work, begin
from tests import databases
from tests.app.conftest import post, serving
from tests.make import Make

TYPED = {"content-type": "application/json"}
SPECIAL = {"accept": "application/graphql-response+json"}


class Door(NamedTuple):
    """A running server, what it sends to its database to answer, and headers of an administrator and a reporter."""

    client: httpx.Client
    statements: list[str]
    admin: dict[str, str]
    reporter: dict[str, str]

    def refused(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The errors of a question of the public that must not reach the database."""
        self.statements.clear()
        answer = post(self.client, query, SPECIAL, **variables)
        assert (answer.status_code, list(answer.json())) == (400, ["errors"]), answer.text
        assert self.statements == []
        errors: list[dict[str, Any]] = answer.json()["errors"]
        assert "correlationId" not in str(errors)
        return errors

    def limit(self, query: str, **variables: Any) -> str:
        """The limit that a question of the public breaks: one error names it."""
        (error,) = self.refused(query, **variables)
        assert error["extensions"]["code"] == "limited"
        limit: str = error["extensions"]["limit"]
        return limit


@pytest.fixture(scope="module")
def door(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A server that shows its schema to administrators alone."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        answers = threading.current_thread().name.startswith("AnyIO worker")
        if answers and not statement.startswith("BEGIN"):
            statements.append(statement)

    with databases.sqlite(sqlite_template, tmp_path_factory.mktemp("hostile")) as engine:
        with begin(engine, SYSTEM, "test") as work:
            admin, reporter = signed(work, Role.ADMIN), signed(work, Role.REPORTER)
        sa.event.listen(engine, "before_cursor_execute", note)
        with serving(engine, introspection=Introspection.ADMINS) as client:
            yield Door(client, statements, admin, reporter)


def signed(work: Work, role: Role) -> dict[str, str]:
    """The headers of a person with a role."""
    make = Make(work)
    actor = make.actor(role)
    _, secret = people.issue_token(work, actor.person_id or make.person().id, "test")
    return {"authorization": f"Bearer {secret}"}


def test_g_02_the_name_of_a_type_is_told_where_the_schema_is_not(door: Door) -> None:
    assert post(door.client, "{ __typename }").json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", get_introspection_query()])
def test_g_03_the_schema_is_shown_to_administrators_alone(door: Door, query: str) -> None:
    (error,) = door.refused(query)
    assert "introspection has been disabled" in error["message"]
    assert "data" not in post(door.client, query, door.reporter).json()
    shown = post(door.client, query, door.admin).json()
    assert "errors" not in shown
    assert shown["data"]["__schema"]["types"]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ officess { totalCount } }", {}),
        ("{ offices(frist: 1) { totalCount } }", {}),
        ("query ($o: [OfficeOrder!]) { offices(orderBy: $o) { totalCount } }", {"o": ["CODE_ASCC"]}),
    ],
)
def test_g_04_nothing_is_suggested(door: Door, query: str, variables: dict[str, Any]) -> None:
    assert "Did you mean" not in str(door.refused(query, **variables))
    assert "Did you mean" in post(door.client, query, door.admin, **variables).text


def test_g_05_aliases(door: Door) -> None:
    assert door.limit(f"{{ {' '.join(f'a{n}: __typename' for n in range(101))} }}") == "typename_aliases"
    assert door.limit(f"{{ me {{ {' '.join(f'a{n}: label' for n in range(16))} }} }}") == "aliases"
    assert door.limit(f"{{ {' '.join(f'a{n}: offices {{ totalCount }}' for n in range(16))} }}") == "aliases"


@pytest.mark.parametrize("times", [500, 1_000])
def test_g_06_the_same_field(door: Door, times: int) -> None:
    assert door.limit(f"{{ {'__typename ' * times} }}") == "repeated_fields"
    assert door.limit(f"{{ me {{ {'label ' * times} }} }}") == "repeated_fields"
    assert door.limit(f"{{ offices {{ edges {{ node {{ {'... { id } ' * (times // 3)} }} }} }} }}") == "repeated_fields"


@pytest.mark.parametrize(("directive", "times"), [("@aa", 10), ("@include(if: true)", 20)])
def test_g_07_directives_earn_one_error(door: Door, directive: str, times: int) -> None:
    assert len(door.refused(f"{{ __typename {directive * times} }}")) == 1


def test_g_07_more_directives_are_not_even_looked_at(door: Door) -> None:
    assert door.limit("{ __typename " + "@include(if: true) " * 21 + "}") == "directives"
    assert door.limit("{ __typename " + "@aa " * 900 + "}") == "directives"
    assert door.limit("{ __typename " + "@aa " * 4_900 + "}") == "tokens"
    assert door.limit("{ __typename " + "@include(if: true) " * 5_000 + "}") == "query_bytes"


def test_g_08_a_batch(door: Door) -> None:
    door.statements.clear()
    mutation = {"query": 'mutation { createPerson(email: "a@example.org", name: "A") { problems { code } } }'}
    answer = door.client.post("/graphql", json=[mutation] * 10, headers=door.admin)
    assert (answer.status_code, door.statements) == (400, [])


@pytest.mark.parametrize("levels", [11, 150])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("children { edges { node { ", "} } } "),
        ("children { ... { edges { ... on FrameworkEdge { node { ", "} } } } } "),
    ],
)
def test_g_09_nesting(door: Door, levels: int, opening: str, closing: str) -> None:
    document = "{ frameworks { edges { node {" + opening * (levels - 2) + "code" + closing * (levels - 2) + "} } } }"
    errors = door.refused(document)
    assert len(errors) == 1
    assert levels > 11 or errors[0]["extensions"] == {
        "code": "limited",
        "field": None,
        "limit": "depth",
        "most": 10,
        "found": levels,
    }


def test_g_09_nesting_through_fragments(door: Door) -> None:
    links = " ".join(f"fragment F{n} on Framework {{ parent {{ ...F{n + 1} }} }}" for n in range(12))
    document = f"{{ frameworks {{ edges {{ node {{ ...F0 }} }} }} }} {links} fragment F12 on Framework {{ code }}"
    assert door.limit(document) == "depth"


@pytest.mark.parametrize("document", ["{" * 5_000, "{ me " * 199, "{ a(x: " + "[" * 1_900, "{ me { " + "... { " * 600])
def test_g_09_what_no_parser_should_follow(door: Door, document: str) -> None:
    assert len(door.refused(document)) == 1


def test_g_10_lists_within_lists(door: Door) -> None:
    levels = (
        "{ frameworks(first: N) { edges { node { children(first: N) { edges { node { results(first: N) { edges { node {"
    )
    levels += " indicators(first: N) { edges { node { targets(first: N) { edges { node { id } } } } } }"
    document = levels + "}" * (levels.count("{") - levels.count("}"))
    for rows in (20, 100):
        assert door.limit(document.replace("N", str(rows))) == "cost"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 100000", "limited"),
        ("first: -1", "invalid"),
        ("first: null", "invalid"),
        ("first: 1, last: 1", "invalid"),
    ],
)
def test_g_10_numbers_of_rows_that_cannot_be(door: Door, arguments: str, code: str) -> None:
    (error,) = door.refused(f"{{ offices({arguments}) {{ totalCount }} }}")
    assert error["extensions"]["code"] == code


def test_g_11_fragments_in_circles_unused_and_doubling(door: Door) -> None:
    assert len(door.refused("{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }")) == 1
    assert len(door.refused("{ me { ...A } } fragment A on Me { ...A }")) == 1
    assert len(door.refused("{ __typename } fragment A on Me { label }")) == 1
    doubling = " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(1_000))
    assert door.limit(f"{{ me {{ ...F0 }} }} {doubling}") == "query_bytes"
    fewer = " ".join(f"fragment F{n} on Me{{...F{n + 1} ...F{n + 1}}}" for n in range(150))
    assert door.limit(f"{{me{{...F0}}}} {fewer}") == "fragment_spreads"
    fewest = " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(24))
    assert door.limit(f"{{ me {{ ...F0 }} }} {fewest} fragment F24 on Me {{ label }}") == "cost"


def test_g_12_bodies_that_are_too_long_or_no_json(door: Door) -> None:
    """The other bodies of the case are among those of the server's own tests."""
    door.statements.clear()
    query = json.dumps({"query": "{ __typename }"}).encode()
    statuses = {
        b" " * 2_000_000 + query: 413,
        b"[" * 100_000: 400,
        b'{"query": "{ __typename }", "variables": {"x": ' + b"9" * 5_000 + b"}}": 400,
        b'{"query": "{ __typename }", "variables": {"x": 1e400}}': 200,
    }
    for body, status in statuses.items():
        assert door.client.post("/graphql", content=body, headers=TYPED).status_code == status
    assert door.statements == []


def test_g_12_variables(door: Door) -> None:
    document = "query ($f: OfficeFilter) { offices(filter: $f) { totalCount } }"
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    assert door.limit(document, f={"codeIn": deep}) == "variable_depth"
    assert door.limit(document, f={"codeIn": ["x"] * 10_001}) == "variable_values"


NUMBERS = [
    ("Int", "2147483648", "offices(first: $x) { totalCount }"),
    ("Int", "-2147483649", "offices(first: $x) { totalCount }"),
    ("Decimal", "1e400", "measurements(filter: {value: $x}) { totalCount }"),
    ("Decimal", '"1e9999"', "measurements(filter: {value: $x}) { totalCount }"),
    ("Decimal", '"NaN"', "measurements(filter: {value: $x}) { totalCount }"),
    ("Date", '"2026-02-30"', "frameworks(filter: {periodStart: $x}) { totalCount }"),
    ("Date", '"0000-01-01"', "frameworks(filter: {periodStart: $x}) { totalCount }"),
    ("Date", '"10000-01-01"', "frameworks(filter: {periodStart: $x}) { totalCount }"),
    ("DateTime", '"2026-01-01T00:00:00"', "measurements(filter: {recordedAtFrom: $x}) { totalCount }"),
]


@pytest.mark.parametrize(("kind", "value", "field"), NUMBERS)
def test_g_17_values_at_the_edge(door: Door, kind: str, value: str, field: str) -> None:
    query = f"query ($x: {kind}) {{ {field} }}"
    body = json.dumps({"query": query}).removesuffix("}") + f', "variables": {{"x": {value}}}}}'
    door.statements.clear()
    answer = door.client.post("/graphql", content=body, headers=TYPED | SPECIAL)
    assert (answer.status_code, list(answer.json()), door.statements) == (400, ["errors"], [])
    assert "correlationId" not in answer.text
    literal = f"{{ {field.replace('$x', value)} }}"
    assert "correlationId" not in str(door.refused(literal))


def test_g_17_a_negative_nothing_is_nothing(door: Door) -> None:
    query = "{ measurements(filter: {value: -0.0}) { totalCount } }"
    assert post(door.client, query).json() == {"data": {"measurements": {"totalCount": 0}}}


def test_c_12_too_much_in_a_minute_is_429_and_says_when_to_come_back(engine: sa.Engine) -> None:
    with serving(engine, cost_a_minute=10) as client:
        assert [post(client, "{ me { label } }").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = post(client, "{ me { label } }")
    assert 1 <= int(answer.headers["retry-after"]) <= 120
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "limited", "field": None, "limit": "rate", "most": 10, "found": None}
    assert list(answer.json()) == ["errors"]


def test_a_body_is_as_long_as_the_setting_says(engine: sa.Engine) -> None:
    body = json.dumps({"query": "{ __typename }"}).encode()
    with serving(engine, most_body_bytes=100) as client:
        assert client.post("/graphql", content=body.ljust(100), headers=TYPED).status_code == 200
        assert client.post("/graphql", content=body.ljust(101), headers=TYPED).status_code == 413
        parts = (part for part in [body, b" " * 100])
        assert client.post("/graphql", content=parts, headers=TYPED).status_code == 413
