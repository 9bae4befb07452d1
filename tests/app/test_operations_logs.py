"""Log lines: one for each request, none that a client can forge, no secret in any."""

import logging
import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import structlog

from app.operations.logs import HIDDEN, hidden, log_as_json
from app.operations.watching import correlation_of
from rbm import clock
from rbm.services import people
from rbm.settings import LogLevel
from rbm.terms.people import Role
from tests.app import logged
from tests.app.conftest import post, serving
from tests.conftest import Begin
from tests.make import Make

Captured = pytest.CaptureFixture[str]
OURS = re.compile(r"[0-9a-f]{32}")
FORGED = 'x"}\n{"event": "request", "status": 999, "level": "info"}\r\n\x1b[31mred\x1b[0m\u2028\u202e'
TOKEN = "rbm_" + "Zq7-" * 8
ACCESS = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSJ9.c2VjcmV0"
PASSWORD = "Sesame-open-4711"  # noqa: S105


def test_a_request_leaves_one_line_that_tells_who_asked_what_and_how_long_it_took(
    engine: sa.Engine, start: Begin, capsys: Captured
) -> None:
    with start(now=clock.read()) as work:
        make = Make(work)
        actor = make.actor(Role.REPORTER, make.office())
        _, secret = people.issue_token(work, actor.person_id or make.person().id, "laptop")
    with serving(engine) as client:
        given = {"authorization": f"Bearer {secret}", "x-request-id": "from-the-gateway.1_2"}
        post(client, "query Mine { me { label } offices { totalCount } }", given)
    (line,) = logged.requests(logged.lines(capsys))
    assert line.pop("duration_ms") > 0
    assert line.pop("sql_ms") > 0
    assert line.pop("statements") > 0
    assert line.pop("cost") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "app",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "kind": "query",
        "operation": "Mine",
        "refusals": None,
        "person_id": str(actor.person_id),
        "correlation_id": "from-the-gateway.1_2",
    }


def test_e_06_a_client_cannot_forge_a_line(engine: sa.Engine, capsys: Captured) -> None:
    forged = "".join(letter for letter in FORGED if letter not in "\r\n\u2028\u202e\x1b")
    with serving(engine) as client:
        client.post("/graphql", json={"query": "query A { __typename }", "operationName": FORGED})
        client.post("/graphql", json={"query": FORGED, "variables": {FORGED: FORGED}})
        client.get(f"/{quote(FORGED)}")
        client.get(f"/graphiql/{quote(FORGED)}")
        post(client, "{ __typename }", {"x-request-id": forged, "user-agent": forged, "referer": forged})
        client.request("PUT", "/graphql", params={FORGED: FORGED})
    text = capsys.readouterr().err
    assert not set(text) & set("\r\x1b\u2028\u202e")
    found = logged.requests(logged.parsed(text))
    assert [line["status"] for line in found] == [200, 200, 404, 404, 200, 405]
    assert all(OURS.fullmatch(line["correlation_id"]) for line in found)
    assert [line["operation"] for line in found] == [None] * 6


def test_g_23_a_name_with_odd_characters_is_logged_as_escapes(capsys: Captured) -> None:
    log_as_json(LogLevel.INFO)
    structlog.get_logger("app").info("told", name="Ñandú \u202e\u200b😀")
    assert capsys.readouterr().err.isascii()


def test_a_10_secrets_fed_everywhere_are_in_no_line(engine: sa.Engine, capsys: Captured) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("ALTER TABLE framework RENAME TO hidden_framework")
    query = f'query Ask($v: String) {{ framework(code: $v) {{ id }} other: framework(code: "{PASSWORD}") {{ id }} }}'
    with serving(engine, log_level=LogLevel.DEBUG) as client:
        for authorization in (f"Bearer {TOKEN}", f"Bearer {ACCESS}", f"Basic {PASSWORD}", TOKEN, ACCESS):
            post(client, query, {"authorization": authorization})
        for value in (TOKEN, ACCESS, PASSWORD):
            asked = {"query": query, "variables": {"v": value}, "operationName": "Ask"}
            answer = client.post("/graphql", json=asked, headers={"cookie": f"session={value}"})
            assert answer.json()["errors"][0]["message"] == "internal error"
            client.post("/graphql", json={"query": query, "operationName": value})
            client.post("/graphql", params={"token": value, "access_token": value}, json={"query": "{ __typename }"})
        for value in (TOKEN, ACCESS):
            client.get(f"/graphql/{value}")
            post(client, "{ __typename }", {"x-request-id": value})
            post(client, f"query {TOKEN.replace('-', '_')} {{ __typename }}")
    text = capsys.readouterr().err
    assert text.count("unexpected error") == 6
    assert [secret for secret in (TOKEN, TOKEN.replace("-", "_"), ACCESS, PASSWORD) if secret in text] == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("postgresql://rbm:s3cret@db/rbm", f"postgresql://{HIDDEN}@db/rbm"),
        ("Authorization: Bearer abc.def", f"Authorization: {HIDDEN}"),
        (f"no such token {TOKEN}!", f"no such token {HIDDEN}!"),
        ({"a": [{"b": ACCESS}], TOKEN: 1}, {"a": [{"b": HIDDEN}], HIDDEN: 1}),
        ("rbm_demo and rbm_requests_total", "rbm_demo and rbm_requests_total"),
        (12, 12),
        (None, None),
    ],
)
def test_what_looks_like_a_secret_is_hidden(told: object, kept: object) -> None:
    assert hidden(told) == kept


def test_lines_of_libraries_are_json_too_with_their_tracebacks(capsys: Captured) -> None:
    log_as_json(LogLevel.INFO)
    try:
        raise ValueError(f"one\ntwo {TOKEN}")
    except ValueError:
        logging.getLogger("library").exception("it %s", "broke", extra={"more": ACCESS})
    (line,) = logged.lines(capsys)
    assert (line["event"], line["level"], line["more"]) == ("it broke", "error", HIDDEN)
    assert "Traceback" in line["exception"]
    assert TOKEN not in line["exception"]


def test_below_the_level_nothing_is_written(capsys: Captured) -> None:
    log_as_json(LogLevel.WARNING)
    structlog.get_logger("app").info("quiet")
    structlog.get_logger("app").warning("loud")
    logging.getLogger("library").info("quiet")
    assert [line["event"] for line in logged.lines(capsys)] == ["loud"]
    log_as_json(LogLevel.INFO)


@pytest.mark.parametrize("given", ["a", "A1._-", "x" * 64, "0198c1de-7f3a-7cc0-8000-0123456789ab"])
def test_a_good_correlation_id_is_kept(given: str) -> None:
    assert correlation_of([given]) == given


@pytest.mark.parametrize("given", [[], [""], ["x" * 65], ["a b"], ["a\n"], ["é"], ["a", "a"], [TOKEN], ["a;b"]])
def test_another_one_gives_way_to_one_of_ours(given: list[str]) -> None:
    assert OURS.fullmatch(correlation_of(given))
