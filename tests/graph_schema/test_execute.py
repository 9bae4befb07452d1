"""Execution: documents that are none, errors that say nothing, one state for all reads of a query."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from graph_schema.execute import execute, write
from graph_schema.limits import Limits
from graph_schema.prepare import Shelf, Unfit, prepare
from rbm.access import SYSTEM
from rbm.settings import settings
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "{ nothing }",
        "{ offices }",
        "fragment F on Office { id }",
        "query ($x: Int!) { offices(first: $x) { totalCount } }",
        "{ a: __typename } { b: __typename }",
        "query A { __typename } query B { __typename }",
        "{ ...F } fragment F on Query { ...F }",
        "subscription { offices { totalCount } }",
        "{ offices" + "{edges{node{place{id" * 60,
        "{ " + "__typename " * settings().most_tokens + "}",
        "{" * 5_000,
        "query ($d: Date) { frameworks(on: $d) { totalCount } } " * 2,
    ],
)
def test_what_is_no_operation_executes_nothing(ask: Ask, selects: Selects, document: str) -> None:
    with selects() as found:
        answer = ask(document)
    assert "data" not in answer
    assert answer["errors"]
    assert "correlationId" not in str(answer)
    assert found == []


def test_an_operation_is_picked_by_name(engine: sa.Engine) -> None:
    document = "query A { a: __typename } query B { b: __typename }"
    assert execute(engine, SYSTEM, document, operation_name="B") == {"data": {"b": "Query"}}
    assert "data" not in execute(engine, SYSTEM, document, operation_name="C")


def test_a_document_is_prepared_once() -> None:
    limits = Limits.of(settings())
    assert prepare("{ __typename }", limits) is prepare("{ __typename }", limits)


def test_a_document_is_prepared_anew_under_other_limits() -> None:
    limits = Limits.of(settings())
    prepare("{ a: __typename }", limits)
    with pytest.raises(Unfit):
        prepare("{ a: __typename }", replace(limits, most_typename_aliases=0))


def test_what_is_kept_of_documents_is_bounded_by_their_tokens() -> None:
    shelf, limits = Shelf(1_000), Limits.of(settings())
    first = prepare("{ __typename }", limits, shelf=shelf)
    for number in range(50):
        prepare(f"{{ __typename }} # {number}", limits, shelf=shelf)
    assert (len(shelf), shelf.tokens) == (10, 1_000)
    assert shelf.find("{ __typename }", limits) is None
    assert prepare("{ __typename }", limits, shelf=shelf) is not first
    with pytest.raises(Unfit):
        prepare("{ nothing }", limits, shelf=shelf)
    assert shelf.find("{ nothing }", limits) is None


def test_asking_for_no_row_opens_no_transaction(ask: Ask, engine: sa.Engine) -> None:
    opened: list[object] = []
    sa.event.listen(engine, "begin", opened.append)
    ask("{ __typename __schema { queryType { name } } }")
    assert opened == []


def test_an_unexpected_error_is_masked_and_logged_under_its_id(engine: sa.Engine, ask: Ask) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP TABLE import_finding"))
    with capture_logs() as logged:
        answer = ask("{ me { label } importFindings { edges { node { id } } } }")
    (error,) = answer["errors"]
    assert error["message"] == "internal error"
    assert error["path"] == ["importFindings", "edges"]
    assert list(error["extensions"]) == ["correlationId"]
    body = write(answer).decode().lower()
    assert not [word for word in ("select", "import_finding", "sqlite", "psycopg", "traceback", ".py") if word in body]
    (entry,) = logged
    assert entry["correlation_id"] == error["extensions"]["correlationId"]
    assert "import_finding" in entry["traceback"]


def test_a_query_reads_in_one_transaction(start: Begin, ask: Ask, engine: sa.Engine) -> None:
    with start() as work:
        Make(work).indicator()
    opened: list[object] = []
    sa.event.listen(engine, "begin", opened.append)
    ask("{ indicators { edges { node { result { code } } } } results { totalCount } }")
    assert len(opened) == 1


def test_a_figure_that_is_refused_is_null_beside_its_error(ask: Ask) -> None:
    answer = ask('{ me { label } resultAsOf(resultId: "x", edition: 1) { title } }')
    assert answer["data"] == {"me": {"label": "system"}, "resultAsOf": None}
    assert answer["errors"][0]["extensions"] == {"code": "invalid", "field": "resultId"}


def test_a_figure_answers_its_dataclass(start: Begin, ask: Ask) -> None:
    with start() as work:
        make = Make(work)
        make.framework()
    answer = ask('{ linkCoverage(on: "2026-03-02") { unbroken { numerator denominator share } levels { level } } }')
    assert "errors" not in answer, answer
    assert answer["data"]["linkCoverage"]["unbroken"] == {"numerator": 0, "denominator": 0, "share": None}
