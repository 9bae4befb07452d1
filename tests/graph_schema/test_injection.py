"""Injection: whatever a text says, it stays a value. It never becomes a part of a statement, a pattern or a header."""

import dataclasses
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import GraphQLInputObjectType, GraphQLNonNull, get_named_type

from graph_schema.schema import MUTATIONS, schema
from rbm.access import SYSTEM
from rbm.errors import Refusal
from rbm.mail import compose
from rbm.model.notices import Notice
from rbm.services import notices
from rbm.services.notices.composing import compose as compose_digest
from rbm.services.notices.composing import digest_of
from rbm.terms.notices import NoticeKind
from rbm.work import begin
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, Keys, build
from tests.make import Make

MARK = "zq"
PAYLOADS = [
    f'{MARK}\'; DROP TABLE office;-- " OR ""="',
    f"{MARK}\u02bc OR 1=1 \u2019\\'; SELECT pg_sleep(9);--",
    f"{MARK}%_\\[a+]+$(a+)+$:name %(name)s ? $1",
    f"{MARK}{{{{7*7}}}}${{7*7}}<script>alert(1)</script>\r\nBcc: victim@example.org",
]


class Undone(Exception):
    """Raised after a success, so that nothing stays."""


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The texts of the statements that run inside a block, without what is bound to them."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def world(start: Begin) -> Keys:
    with start() as work:
        return build(Make(work))


def text_arguments() -> list[tuple[str, str, str]]:
    """Every place of a query that takes free text: its field, the argument, and the field of an input or nothing."""
    found = []
    for name, field in schema.graphql_schema.query_type.fields.items():  # type: ignore[union-attr]
        for argument, given in field.args.items():
            kind = get_named_type(given.type)
            if kind.name in {"String", "ID"}:
                found.append((name, argument, ""))
            elif isinstance(kind, GraphQLInputObjectType):
                inner = ((one, get_named_type(each.type).name) for one, each in kind.fields.items())
                found += [(name, argument, one) for one, word in inner if word in {"String", "ID"}]
    return found


def question(name: str, argument: str, inner: str) -> str | None:
    """A query with a variable `$text` in this place; None where other arguments are required beside it."""
    field = schema.graphql_schema.query_type.fields[name]  # type: ignore[union-attr]
    if any(isinstance(each.type, GraphQLNonNull) for one, each in field.args.items() if one != argument):
        return None
    kind = get_named_type(field.args[argument].type)
    place: Any = kind.fields[inner] if isinstance(kind, GraphQLInputObjectType) else field.args[argument]
    value = f"{{{inner}: $text}}" if inner else "$text"
    fields = getattr(get_named_type(field.type), "fields", {})
    shown = "{ __typename totalCount edges { cursor } }" if "totalCount" in fields else "{ __typename }"
    return f"query ($text: {place.type}) {{ {name}({argument}: {value}) {shown if fields else ''} }}"


@pytest.mark.in_turn
@pytest.mark.parametrize("payload", PAYLOADS)
def test_e_01_no_text_of_a_query_becomes_a_part_of_a_statement(
    engine: sa.Engine, world: Keys, ask: Ask, payload: str
) -> None:
    asked = [query for place in text_arguments() if (query := question(*place))]
    assert len(asked) > 100
    with statements(engine) as found:
        for query in asked:
            text: Any = [payload] if "$text: [" in query else payload
            answer = ask(query, text=text)
            assert "correlationId" not in str(answer), query
            assert MARK not in str(answer.get("data")), query
    assert [statement for statement in found if MARK in statement] == []


@pytest.mark.in_turn
@pytest.mark.parametrize("payload", PAYLOADS)
def test_e_01_no_text_of_a_mutation_becomes_a_part_of_a_statement(engine: sa.Engine, world: Keys, payload: str) -> None:
    with statements(engine) as found:
        for name, service in MUTATIONS.items():
            bound = inspect.signature(service).bind(None, *ARGUMENTS[name](world), **KEYWORDS.get(name, {}))
            bound.apply_defaults()
            given = {key: poisoned(value, payload) for key, value in bound.arguments.items() if key != "work"}
            with pytest.raises((Undone, Refusal)), begin(engine, SYSTEM, name, now=NOW) as work:
                service(work, **given)
                raise Undone
    assert len(found) > len(MUTATIONS)
    assert [statement for statement in found if MARK in statement] == []


def poisoned(value: Any, payload: str) -> Any:
    """A value with every free text in it replaced."""
    if type(value) is str:
        return payload
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: poisoned(getattr(value, one.name), payload) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


def test_e_01_orders_and_fields_of_filters_are_words_of_the_schema(ask: Ask) -> None:
    for query in (
        '{ offices(orderBy: ["code; DROP TABLE office"]) { totalCount } }',
        "{ offices(orderBy: [NAME_ASC_DROP]) { totalCount } }",
        "{ offices(filter: {drop: 1}) { totalCount } }",
    ):
        answer = ask(query)
        assert "data" not in answer
        assert "correlationId" not in str(answer)


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("%", ["100%"]),
        ("_", ["a_b"]),
        ("\\", ["c\\d"]),
        ("a", ["a_b", "axb"]),
        ("%%", []),
        ("(a+)+$", []),
        ("'", ["o'n"]),
    ],
)
def test_e_02_a_part_of_a_text_is_no_pattern(start: Begin, data: Ask, part: str, found: list[str]) -> None:
    with start() as work:
        make = Make(work)
        for name in ("100%", "a_b", "axb", "c\\d", "o'n"):
            make.office(name=name)
    query = """query ($p: String) {
        offices(filter: {nameContains: $p, kind: COUNTRY}, orderBy: [NAME_ASC]) { edges { node { name } } } }"""
    assert sorted(edge["node"]["name"] for edge in data(query, p=part)["offices"]["edges"]) == found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_e_04_a_name_in_a_notice_makes_no_header_and_is_not_interpreted(start: Begin, payload: str) -> None:
    with start() as work:
        person = Make(work).person(name=payload)
        facts = dict.fromkeys(("by", "report", "period"), payload)
        notices.tell(work, NoticeKind.REPORT_SUBMITTED, [person.id], "report", facts)
        told = work.session.scalars(sa.select(Notice)).all()
        message = compose_digest("rbm@example.org", digest_of(person, told))
    body = message.get_content()
    assert message.get_content_type() == "text/plain"
    assert ("Bcc" in message, "\nBcc:" in body, "49" in body) == (False, False, False)
    assert MARK in body


def test_e_04_a_text_with_line_breaks_and_markup_is_sent_as_it_is() -> None:
    text = "<script>{{7*7}}\r\nBcc: victim@example.org"
    message = compose("rbm@example.org", "a@example.org", "Due", text)
    assert ("Bcc" in message, message.get_content_type()) == (False, "text/plain")
    assert "<script>{{7*7}}" in message.get_content()
