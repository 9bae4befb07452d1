"""The cost of an operation and the sizes of its lists: told before any of it runs."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.execute import execute
from graph_schema.limits.bounds import NOUNS
from graph_schema.prepare import prepare
from rbm.access import PUBLIC, SYSTEM
from rbm.settings import settings
from tests.graph_schema.quiet import LIMITS, limited, refused, under

FIVE_LEVELS = """{ frameworks(first: 20) { edges { node { results(first: 20) { edges { node {
    indicators(first: 20) { edges { node { targets(first: 20) { edges { node {
        indicator { baselines(first: 20) { edges { node { id } } } } } } } } } } } } } } } } }"""


def cost(document: str, **variables: Any) -> int:
    """What the only operation of a document costs."""
    operation = prepare(document, LIMITS).operation(None)
    assert operation is not None
    return operation.points(variables, LIMITS)


@pytest.mark.parametrize(
    ("document", "points"),
    [
        ("{ __typename }", 1),
        ("{ me { label roles } }", 2 + 2),
        ("{ a: me { label } b: me { label label } }", 3 + 4),
        ("{ me { label @skip(if: true) } }", 3),
        ("{ offices { totalCount pageInfo { hasNextPage } } }", 2 + 1 + 2 + 1),
        ("{ offices { edges { cursor node { id code } } } }", 2 + 2 + 25 * (1 + 2 + 2)),
        ("{ offices(first: 4) { edges { node { id } } } }", 2 + 2 + 4 * (2 + 1)),
        ("{ offices(last: 4) { edges { node { id } } } }", 2 + 2 + 4 * (2 + 1)),
        ("{ offices(first: 0) { edges { node { id } } } }", 2 + 2),
        ("{ offices(first: 4, last: null) { edges { cursor } } }", 2 + 2 + 4),
        ("{ offices(first: 4) { edges { cursor } edges { node { id } } } }", 2 + 2 + 2 + 4 * (1 + 3)),
        (
            "{ offices(first: 3) { edges { node { posts(first: 5) { totalCount edges { node { id } } } } } } }",
            2 + 2 + 3 * (2 + 2 + 1 + 2 + 5 * (2 + 1)),
        ),
        ('{ linkCoverage(on: "2026-03-02") { levels { level } } }', 1_000 + 2 + 2 + 10 * 1),
        ('{ hitRates(periodId: "x") { rule red } }', 5_000 + 2 + 10 * 2),
        ('{ designGaps(projectId: "x") { __typename } }', 500 + 2 + 10),
        ("{ figures(level: COUNTRY, first: 1) { totalCount } }", 200 + 2 + 1),
        ("{ offices(first: 3) { edges { node { due { dueOn } } } } }", 2 + 2 + 3 * (2 + 5 + 2 + 10)),
        (
            "{ evaluationPolicies(first: 3) { edges { node { allowedTransitions { to } } } } }",
            2 + 2 + 3 * (2 + 10 + 2 + 10),
        ),
        ("{ actions(first: 3) { edges { node { allowedTransitions { to } } } } }", 2 + 2 + 3 * (2 + 25 + 2 + 10)),
        ('mutation { a: readNotification(noticeId: "x") { problems { code } } }', 500 + 2 + 2 + 10),
        (
            (
                "{ offices(first: 4) { ...F } } fragment F on OfficeConnection { edges { ...G } totalCount }"
                " fragment G on OfficeEdge { node { ... on Office { id } } }"
            ),
            2 + 2 + 4 * (2 + 1) + 1,
        ),
        (
            (
                "{ a: offices(first: 2) { ...F } b: offices(first: 3) { ...F } }"
                " fragment F on OfficeConnection { edges { cursor } }"
            ),
            2 + 2 + 2 + 2 + 2 + 3,
        ),
        ("{ __schema { types { name fields { name } } } }", 25_000),
        ('{ __type(name: "Office") { name } me { label } }', 25_003),
    ],
)
def test_what_a_question_costs(document: str, points: int) -> None:
    assert cost(document) == points


@pytest.mark.parametrize(
    ("definition", "variables", "rows"),
    [
        ("$n: Int", {"n": 4}, 4),
        ("$n: Int", {"n": 4.0}, 4),
        ("$n: Int", {}, 25),
        ("$n: Int = 7", {}, 7),
        ("$n: Int = 7", {"n": 4}, 4),
        ("$n: Int = 100", {"n": 0}, 0),
        ("$n: Int!", {"n": 100}, 100),
    ],
)
def test_a_list_is_as_long_as_its_variable_says(definition: str, variables: dict[str, Any], rows: int) -> None:
    rows_of_rows = "offices(first: $n) { edges { node { posts(last: $n) { edges { cursor } } } } }"
    document = f"query ({definition}) {{ {rows_of_rows} }}"
    assert cost(document, **variables) == 2 + 2 + rows * (2 + 2 + 2 + rows)


def test_ten_of_the_dearest_figure_are_too_many(engine: sa.Engine) -> None:
    rates = " ".join(f'a{n}: hitRates(periodId: "x") {{ rule }}' for n in range(10))
    document = f"{{ {rates} }}"
    assert refused(engine, document) == limited("cost", 50_000, 10 * (5_000 + 2 + 10))


def test_a_question_is_answered_at_the_most_it_may_cost_and_refused_above(engine: sa.Engine) -> None:
    document = "{ offices(first: 4) { edges { node { id } } } }"
    assert "errors" not in execute(engine, SYSTEM, document, terms=under(most_cost=16))
    assert refused(engine, document, terms=under(most_cost=15)) == limited("cost", 15, 16)


def test_the_cost_is_that_of_the_variables_of_each_request(engine: sa.Engine) -> None:
    document = "query ($n: Int) { offices(first: $n) { edges { node { id } } } }"
    terms = under(most_cost=16)
    assert "errors" not in execute(engine, SYSTEM, document, {"n": 4}, terms=terms)
    assert refused(engine, document, {"n": 5}, terms) == limited("cost", 16, 19)
    assert "errors" not in execute(engine, SYSTEM, document, {"n": 4}, terms=terms)


def test_only_the_operation_that_is_meant_is_paid_unless_a_refusal_is_sure(engine: sa.Engine) -> None:
    document = "query A { __typename } query B($n: Int) { offices(first: $n) { edges { cursor } } }"
    answer = execute(engine, SYSTEM, document, operation_name="A", terms=under(most_cost=20))
    assert answer == {"data": {"__typename": "Query"}}


def test_the_size_of_a_page_is_that_of_the_settings() -> None:
    operation = prepare("{ offices { edges { cursor } } }", under(page_size=3).limits).operation(None)
    assert operation is not None
    assert operation.points({}, under(page_size=3).limits) == 2 + 2 + 3


def test_lists_within_lists_multiply(engine: sa.Engine) -> None:
    baselines = 2 + 2 + 20 * (2 + 1)
    targets = 2 + 2 + 20 * (2 + 2 + baselines)
    results = 2 + 2 + 20 * (2 + 2 + 2 + 20 * (2 + targets))
    assert refused(engine, FIVE_LEVELS) == limited("cost", 50_000, 2 + 2 + 20 * (2 + results))
    assert refused(engine, FIVE_LEVELS.replace("20", "100"))["found"] > 10**10


def test_fragments_that_double_are_counted_without_being_unfolded(engine: sa.Engine) -> None:
    chain = " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(23))
    document = f"{{ me {{ ...F0 ...F0 }} }} {chain} fragment F23 on Me {{ label }}"
    assert refused(engine, document) == limited("cost", 50_000, 2 + 2**24)


PAGES = [
    ("first: 101", limited("page", 100, 101, "first")),
    ("last: 101", limited("page", 100, 101, "last")),
    ("first: 100000", limited("page", 100, 100_000, "first")),
    ("first: -1", {"code": "invalid", "field": "first"}),
    ("last: -1", {"code": "invalid", "field": "last"}),
    ("first: null", {"code": "invalid", "field": "first"}),
    ("last: null", {"code": "invalid", "field": "last"}),
    ("first: null, last: null", {"code": "invalid", "field": "first"}),
    ("first: 1, last: 1", {"code": "invalid", "field": "last"}),
    ("first: 0, last: 0", {"code": "invalid", "field": "last"}),
]


@pytest.mark.parametrize(("arguments", "extensions"), PAGES)
@pytest.mark.parametrize(
    "document",
    [
        "{ offices(ARGUMENTS) { totalCount } }",
        "{ offices { edges { node { posts(ARGUMENTS) { totalCount } } } } }",
        (
            "{ me { label } offices(first: 0) { edges { node { ...F } } } }"
            " fragment F on Office { posts(ARGUMENTS) { edges { cursor } } }"
        ),
    ],
)
def test_a_number_of_rows_that_cannot_be_is_refused_wherever_it_stands(
    engine: sa.Engine, document: str, arguments: str, extensions: dict[str, Any]
) -> None:
    assert refused(engine, document.replace("ARGUMENTS", arguments)) == extensions


@pytest.mark.parametrize(
    ("variables", "extensions"),
    [
        ({"f": 101}, limited("page", 100, 101, "first")),
        ({"f": -1}, {"code": "invalid", "field": "first"}),
        ({"f": None}, {"code": "invalid", "field": "first"}),
        ({"f": 1, "l": 1}, {"code": "invalid", "field": "last"}),
    ],
)
def test_variables_that_no_number_of_rows_can_be_are_refused(
    engine: sa.Engine, variables: dict[str, Any], extensions: dict[str, Any]
) -> None:
    document = "query ($f: Int, $l: Int) { offices(first: $f, last: $l) { totalCount } }"
    assert refused(engine, document, variables) == extensions
    assert "errors" not in execute(engine, PUBLIC, document, {"f": 3, "l": None})
    assert "errors" not in execute(engine, PUBLIC, document, {})


@pytest.mark.parametrize("value", ["5", True, [5], {"n": 5}, 2**31, 1.5, "x" * 1_000])
def test_a_variable_that_is_no_number_is_an_error_of_the_variable(engine: sa.Engine, value: object) -> None:
    document = "query ($n: Int) { offices(first: $n) { totalCount } }"
    answer = execute(engine, PUBLIC, document, {"n": value})
    assert "data" not in answer
    assert answer["errors"][0]["message"].startswith("Variable '$n' got invalid value")


def test_most_rows_at_once_are_those_of_the_settings(engine: sa.Engine) -> None:
    terms = under(page_limit=3)
    assert "errors" not in execute(engine, PUBLIC, "{ offices(first: 3) { totalCount } }", terms=terms)
    assert refused(engine, "{ offices(first: 4) { totalCount } }", terms=terms) == limited("page", 3, 4, "first")


def test_the_worked_example_of_the_page_costs_what_the_page_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```graphql\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (points,) = re.findall(r"The operation costs (\d+) points", page)
    assert cost(example) == int(points) == 2 + 1 + 2 + 3 * (2 + 1 + 2 + 2 + 5 * (2 + 1 + 1))


def test_the_page_names_every_limit_with_its_setting_and_default() -> None:
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `\w+` \| `RBM_(\w+)` \| ([\d,]+) \|", page, re.MULTILINE))
    stated = {name.lower(): int(number.replace(",", "")) for name, number in rows.items()}
    known = settings().model_dump()
    assert {name: known[name] for name in stated} == stated
    assert {name for name in vars(LIMITS) if name.startswith("most_")} <= set(stated)
    assert [word for word in NOUNS if f"| `{word}` |" not in page] == []
