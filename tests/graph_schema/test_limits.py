"""Limits on variables, time and answers, what is told of the schema, and rates."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
from limits.storage import MemoryStorage
from structlog.testing import capture_logs

from graph_schema.execute import execute, reply
from graph_schema.limits import Limits
from graph_schema.limits.rates import REFUSED_COST, Rates, TooOften, caller_of, wait
from graph_schema.limits.terms import Terms
from graph_schema.question import Question
from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.settings import Introspection, settings
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.graph_schema.quiet import LIMITS, limited, refused, under, untouched
from tests.make import Make

FILTERED = "query ($f: OfficeFilter) { offices(filter: $f) { totalCount } }"
SCHEMA = "{ __schema { queryType { name } } }"


def nested(levels: int) -> dict[str, Any]:
    value: Any = "x"
    for _ in range(levels - 1):
        value = {"place": value}
    return {"f": value}


def test_variables_nest_as_deeply_as_the_limit_says(engine: sa.Engine) -> None:
    terms = under(most_variable_depth=3)
    given = {"f": {"place": {"code": "x"}}}
    assert execute(engine, SYSTEM, FILTERED, given, terms=terms) == {"data": {"offices": {"totalCount": 0}}}
    assert refused(engine, FILTERED, {"f": {"codeIn": [["x"]]}}, terms) == limited("variable_depth", 3)
    assert refused(engine, FILTERED, nested(21)) == limited("variable_depth", 20)
    assert refused(engine, FILTERED, nested(50_000)) == limited("variable_depth", 20)


def test_variables_hold_as_many_values_as_the_limit_says(engine: sa.Engine) -> None:
    terms = under(most_variable_values=4)
    assert "errors" not in execute(
        engine, SYSTEM, FILTERED, {"f": {"codeIn": ["a", "b", "c"], "name": "d"}}, terms=terms
    )
    five = {"f": {"codeIn": ["a", "b", "c"], "name": "d", "nameIn": []}}
    assert refused(engine, FILTERED, five, terms) == limited("variable_values", 4, 5)
    many = {"f": {"codeIn": ["a"] * 10_001}}
    assert refused(engine, FILTERED, many) == limited("variable_values", 10_000, 10_001)


def test_variables_that_nothing_reads_count_as_well(engine: sa.Engine) -> None:
    assert refused(engine, "{ __typename }", {"x": list(range(10_001))}) == limited("variable_values", 10_000, 10_001)


def test_a_query_that_takes_too_long_is_refused(engine: sa.Engine) -> None:
    answer = execute(engine, SYSTEM, '{ me { label } office(code: "HQ") { code } }', terms=under(query_seconds=1e-9))
    assert answer["data"] == {"me": {"label": "system"}, "office": None}
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "timeout", "field": None}]


def test_a_mutation_that_takes_too_long_is_refused_and_changes_nothing(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        office = Make(work).headquarters().id
    document = """mutation ($o: ID!) { createProject(code: "P", title: "P", officeId: $o) {
        project { code } problems { code } } }"""
    answer = execute(engine, SYSTEM, document, {"o": str(office)}, terms=under(mutation_seconds=1e-9))
    assert answer["data"]["createProject"] == {"project": None, "problems": [{"code": "timeout"}]}
    assert execute(engine, SYSTEM, "{ projects { totalCount } }")["data"]["projects"]["totalCount"] == 0


def test_an_answer_is_as_long_as_the_limit_says(engine: sa.Engine) -> None:
    question, body = Question("{ me { label } }"), b'{"data":{"me":{"label":"public"}}}'
    assert reply(engine, PUBLIC, question, terms=under(most_answer_bytes=len(body))).body == body
    replied = reply(engine, PUBLIC, question, terms=under(most_answer_bytes=len(body) - 1))
    answer = orjson.loads(replied.body)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == limited("answer_bytes", len(body) - 1, len(body))
    assert replied.executed


@pytest.fixture
def cast(start: Begin) -> dict[str, Actor]:
    """The public, a reporter and an administrator."""
    with start() as work:
        make = Make(work)
        return {"public": PUBLIC, "reporter": make.actor(Role.REPORTER), "admin": make.actor(Role.ADMIN)}


@pytest.mark.parametrize(
    "document",
    [SCHEMA, '{ __type(name: "Office") { name } }', "{ ...F } fragment F on Query { __schema { queryType { name } } }"],
)
@pytest.mark.parametrize(
    ("introspection", "allowed"),
    [
        (Introspection.ALL, {"public", "reporter", "admin"}),
        (Introspection.ADMINS, {"admin"}),
        (Introspection.NONE, set()),
    ],
)
def test_the_schema_is_shown_to_whom_the_setting_says(
    engine: sa.Engine, cast: dict[str, Actor], introspection: Introspection, allowed: set[str], document: str
) -> None:
    terms = under(introspection=introspection)
    for _ in range(2):
        for name, actor in cast.items():
            with untouched(engine):
                answer = execute(engine, actor, document, terms=terms)
            assert ("data" in answer) is (name in allowed)
            assert len(answer.get("errors", ())) == (name not in allowed)


def test_the_name_of_a_type_is_always_told(engine: sa.Engine) -> None:
    document = "{ __typename me { __typename } }"
    answer = execute(engine, PUBLIC, document, terms=under(introspection=Introspection.NONE))
    assert answer == {"data": {"__typename": "Query", "me": {"__typename": "Me"}}}


MISSPELT: list[tuple[str, dict[str, Any]]] = [
    ("{ office { totalCount } }", {}),
    ("{ officess { totalCount } }", {}),
    ("{ me }", {}),
    ("{ offices(frist: 1) { totalCount } }", {}),
    ("{ offices(orderBy: [CODE_ASCC]) { totalCount } }", {}),
    ('{ offices(filter: {kind: "REGIONAL"}) { totalCount } }', {}),
    ("{ offices(filter: {cod: 1}) { totalCount } }", {}),
    ("{ ...F } fragment F on Querry { __typename }", {}),
    ("{ ... on Querry { __typename } }", {}),
    ("query ($x: OfficeFiltr) { __typename }", {}),
    ("query ($o: [OfficeOrder!]) { offices(orderBy: $o) { totalCount } }", {"o": ["CODE_ASCC"]}),
    ("query ($o: [OfficeOrder!]) { offices(orderBy: $o) { totalCount } }", {"o": [1]}),
    ("query ($f: OfficeFilter) { offices(filter: $f) { totalCount } }", {"f": {"cod": "x"}}),
    ("{ __typename @skipp(if: true) }", {}),
    ("{ __typename @skip(iff: true) }", {}),
]


@pytest.mark.parametrize(("document", "variables"), MISSPELT)
def test_g_04_nothing_is_suggested_but_to_administrators(
    engine: sa.Engine, cast: dict[str, Actor], document: str, variables: dict[str, Any]
) -> None:
    for name in ("admin", "public", "reporter", "admin"):
        with untouched(engine):
            answer = execute(engine, cast[name], document, variables)
        assert "data" not in answer
        assert name == "admin" or "Did you mean" not in str(answer)


def test_g_04_administrators_are_told_what_might_have_been_meant(engine: sa.Engine, cast: dict[str, Actor]) -> None:
    (error,) = execute(engine, cast["admin"], "{ officess { totalCount } }")["errors"]
    assert "Did you mean 'offices'" in error["message"]
    (error,) = execute(engine, PUBLIC, "{ officess { totalCount } }")["errors"]
    assert error["message"] == "Cannot query field 'officess' on type 'Query'."


def counting(points: int, address: str = "192.0.2.1", storage: str = "memory://") -> Terms:
    """Terms with counts of their own."""
    configured = settings().model_copy(update={"cost_a_minute": points, "rate_storage": storage})
    return Terms(LIMITS, Rates.of(configured), address)


def too_often(engine: sa.Engine, actor: Actor, document: str, terms: Terms) -> TooOften:
    """The refusal of a question that comes too often."""
    with untouched(engine), pytest.raises(TooOften) as refusal:
        execute(engine, actor, document, terms=terms)
    return refusal.value


def test_a_caller_spends_the_cost_of_what_it_asks(engine: sa.Engine) -> None:
    terms = counting(10)
    for _ in range(3):
        assert "data" in execute(engine, PUBLIC, "{ me { label } }", terms=terms)
    refusal = too_often(engine, PUBLIC, "{ me { label } }", terms)
    assert (refusal.code, refusal.limit, refusal.most) == ("limited", "rate", 10)
    assert 1 <= refusal.seconds <= 120
    assert execute(engine, PUBLIC, "{ __typename }", terms=terms) == {"data": {"__typename": "Query"}}
    too_often(engine, PUBLIC, "{ __typename }", terms)
    too_often(engine, PUBLIC, "{", terms)


def test_a_mutation_that_comes_too_often_changes_nothing(engine: sa.Engine, cast: dict[str, Actor]) -> None:
    document = 'mutation { createPerson(email: "a@example.org", name: "A") { problems { code } } }'
    terms = counting(2 * (500 + 2 + 2 + 10) - 1)
    assert execute(engine, cast["admin"], document, terms=terms)["data"]["createPerson"]["problems"] == []
    too_often(engine, cast["admin"], document, terms)


def test_each_person_and_each_address_has_points_of_its_own(engine: sa.Engine, cast: dict[str, Actor]) -> None:
    terms = counting(3)
    for asked in (terms, replace(terms, address="192.0.2.2"), replace(terms, address="2001:db8::1")):
        execute(engine, PUBLIC, "{ me { label } }", terms=asked)
        too_often(engine, PUBLIC, "{ me { label } }", asked)
    execute(engine, cast["reporter"], "{ me { label } }", terms=terms)
    too_often(engine, cast["reporter"], "{ me { label } }", replace(terms, address="192.0.2.9"))
    execute(engine, cast["admin"], "{ me { label } }", terms=terms)


def test_a_question_that_is_not_answered_costs_as_well(engine: sa.Engine) -> None:
    terms = counting(REFUSED_COST)
    assert "data" not in execute(engine, PUBLIC, "{ nothing }", terms=terms)
    too_often(engine, PUBLIC, "{ nothing }", terms)


def test_an_error_of_ours_while_a_question_is_read_costs_as_well(engine: sa.Engine) -> None:
    terms = counting(REFUSED_COST)
    with pytest.raises(AttributeError):
        execute(engine, PUBLIC, None, terms=terms)  # type: ignore[arg-type]
    too_often(engine, PUBLIC, "{ nothing }", terms)


def test_what_costs_more_than_a_minute_takes_all_of_it(engine: sa.Engine) -> None:
    terms = counting(2)
    assert "data" in execute(engine, PUBLIC, "{ me { label } }", terms=terms)
    too_often(engine, PUBLIC, "{ __typename }", terms)


def test_two_doors_count_apart(engine: sa.Engine) -> None:
    for _ in range(2):
        assert "data" in execute(engine, PUBLIC, "{ me { label } }", terms=counting(3))


class AwayStorage(MemoryStorage):
    """A storage that nobody reaches."""

    STORAGE_SCHEME = ["away"]  # noqa: RUF012  # the library declares it so
    base_exceptions = ConnectionError

    def get_sliding_window(self, *_: object) -> Any:
        raise ConnectionError("nobody is there")

    def acquire_sliding_window_entry(self, *_: object, **__: object) -> Any:
        raise ConnectionError("nobody is there")


def test_while_nothing_can_be_counted_questions_are_answered(engine: sa.Engine) -> None:
    with capture_logs() as logged:
        answer = execute(engine, PUBLIC, "{ me { label } }", terms=counting(1, storage="away://"))
    assert "data" in answer
    assert {entry["event"] for entry in logged} == {"rates are not counted"}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_the_public_is_counted_by_its_address_or_site(address: str, counted: str) -> None:
    assert caller_of(PUBLIC, address) == counted
    person = UUID(int=7)
    assert caller_of(Actor("somebody", person), address) == str(person)


@pytest.mark.parametrize(
    ("previous", "current", "most", "left", "seconds"),
    [
        (0, 10, 0, 30, 90),
        (0, 10, 5, 30, 60),
        (10, 0, 0, 30, 30),
        (10, 0, 4, 30, 6),
        (10, 2, 4, 30, 18),
        (0, 0, 10, 30, 1),
    ],
)
def test_when_it_makes_sense_to_ask_again(previous: int, current: int, most: int, left: int, seconds: int) -> None:
    assert wait(previous, current, most, left) == seconds


def test_limits_are_read_from_the_settings() -> None:
    changed = {name: number for number, name in enumerate(Limits.__dataclass_fields__, start=1)}
    assert vars(Limits.of(settings().model_copy(update=changed))) == changed
