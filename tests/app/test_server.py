"""The HTTP door: statuses and media types, tokens, the page in a browser."""

import json
import re

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from rbm.model.people import ApiToken
from rbm.services import people
from rbm.settings import settings
from rbm.terms.people import Role
from tests.app.conftest import post
from tests.conftest import Begin
from tests.make import Make

SPECIAL = "application/graphql-response+json"
TYPED = {"content-type": "application/json"}
ME = "{ me { label roles } }"


def test_it_is_healthy(http: httpx.Client) -> None:
    answer = http.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (SPECIAL, SPECIAL),
        (f"{SPECIAL}, application/json;q=0.9", SPECIAL),
        (f"{SPECIAL};q=0.5, application/json", "application/json"),
        (f"text/html, {SPECIAL}; charset=utf-8", SPECIAL),
    ],
)
def test_the_answer_is_of_the_kind_that_is_accepted(http: httpx.Client, accept: str, kind: str) -> None:
    answer = post(http, "{ __typename }", {"accept": accept})
    assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}})
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query ($x: Int!) { offices(first: $x) { totalCount } }"])
def test_a_document_that_is_none_is_400_or_as_old_clients_expect_200(http: httpx.Client, query: str) -> None:
    answer = post(http, query, {"accept": SPECIAL})
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert post(http, query, {"accept": "application/json"}).status_code == 200


def test_a_refused_argument_is_no_bad_request(http: httpx.Client) -> None:
    answer = post(http, '{ offices(after: "?") { edges { cursor } } }', {"accept": SPECIAL})
    assert (answer.status_code, answer.json()["data"]) == (200, None)


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"query": "{ __typename }"', 400),
        (b"[]", 400),
        (b'[{"query": "{ __typename }"}]', 400),
        (b"1", 400),
        (b"{}", 400),
        (b'{"query": null}', 400),
        (b'{"query": 1}', 400),
        (b'{"query": "{ __typename }", "variables": []}', 400),
        (b'{"query": "{ __typename }", "variables": "{}"}', 400),
        (b'{"query": "{ __typename }", "operationName": 1}', 400),
        (b'{"query": "{ __typename }", "extensions": 1}', 400),
        (b'{"query": "{ __typename }", "variables": {"x": NaN}}', 400),
        (b'{"query": "{ __typename }", "variables": {"x": -Infinity}}', 400),
        (b'{"query": "{ __typename }", "variables": {"x": ' + b"1" * 5_000 + b"}}", 400),
        (b'{"query": "{ __typename }", "variables": {"x": ' + DEEP.encode() + b"}}", 400),
        (b'{"query": "{ __typename }", "variables": {"x": "\\ud800"}}', 400),
        (b'{"query": "{ __typename }", "variables": {"x": "\\u0000"}}', 400),
        (b'{"query": "{ __typename }", "variables": {"x": "\xff"}}', 400),
        ('{"query": "{ __typename }"}'.encode("utf-16"), 400),
        (b'{"query": "{ __typename }", "variables": {"x": "\\ud83d\\ude00"}}', 200),
        (b'{"query": "{", "query": "{ __typename }", "variables": null, "operationName": null, "more": 1}', 200),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else str(value),
)
def test_bodies(http: httpx.Client, body: bytes, status: int) -> None:
    answer = http.post("/graphql", content=body, headers=TYPED)
    assert answer.status_code == status
    assert ("data" in answer.json()) is (status == 200)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_other_content_is_415(http: httpx.Client, headers: dict[str, str]) -> None:
    assert http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers).status_code == 415


def test_none_of_the_accepted_kinds_is_406(http: httpx.Client) -> None:
    assert post(http, "{ __typename }", {"accept": "text/csv, application/json;q=0"}).status_code == 406


def test_a_body_up_to_the_limit_passes_and_a_larger_one_is_413(http: httpx.Client) -> None:
    body = b'{"query": "{ __typename }"}'
    assert http.post("/graphql", content=body.ljust(settings().most_body_bytes), headers=TYPED).status_code == 200
    assert http.post("/graphql", content=body.ljust(settings().most_body_bytes + 1), headers=TYPED).status_code == 413
    unannounced = (part for part in [body, b" " * settings().most_body_bytes])
    assert http.post("/graphql", content=unannounced, headers=TYPED).status_code == 413


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_405(http: httpx.Client, method: str) -> None:
    answer = http.request(method, "/graphql", params={"query": "{ __typename }"}, headers={"accept": SPECIAL})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_token_brings_the_roles_of_its_person(client: httpx.Client, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.REPORTER, make.office())
        secret = make.token(actor)
    signed = {"authorization": f"Bearer {secret}"}
    assert post(client, ME, signed).json()["data"]["me"] == {"label": actor.label, "roles": ["REPORTER"]}
    assert post(client, ME).json()["data"]["me"] == {"label": "public", "roles": []}
    with start() as work:
        people.revoke_token(work, work.session.scalars(sa.select(ApiToken.id)).one())
    assert post(client, ME, signed).status_code == 401


@pytest.mark.parametrize("header", ["Bearer rbm_unknown", "Bearer", "Basic abc", "", "rbm_x"])
def test_what_is_no_token_is_401(http: httpx.Client, header: str) -> None:
    answer = post(http, ME, {"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "data" not in answer.json()


def test_a_change_over_http(client: httpx.Client, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor, parent = make.actor(Role.ADMIN), make.headquarters().id
        secret = make.token(actor)
    query = """mutation ($p: ID!) { createOffice(code: "N", name: "Ñandú", kind: COUNTRY, parentId: $p) {
        office { name } problems { code } } }"""
    made = post(client, query, {"authorization": f"Bearer {secret}"}, p=str(parent)).json()["data"]["createOffice"]
    assert made == {"office": {"name": "Ñandú"}, "problems": []}
    refused = post(client, query, p=str(parent)).json()["data"]["createOffice"]
    assert refused == {"office": None, "problems": [{"code": "forbidden"}]}


def test_a_number_is_exact_on_its_way_in_and_out(client: httpx.Client, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.measurement(make.indicator(), make.year(), "1234567890123.456789")
        actor = make.actor(Role.HQ_RESULTS)
        secret = make.token(actor)
    query = "query ($v: Decimal) { measurements(filter: {value: $v}) { edges { node { value } } } }"
    body = json.dumps({"query": query, "variables": {"v": 0}}).replace('"v": 0', '"v": 1234567890123.456789')
    answer = client.post("/graphql", content=body, headers=TYPED | {"authorization": f"Bearer {secret}"})
    assert '"value":1234567890123.456789}' in answer.text


def test_nothing_leaks_when_the_database_is_not_there(client: httpx.Client, engine: sa.Engine) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP TABLE api_token"))
    with capture_logs() as logged:
        answer = post(client, ME, {"authorization": "Bearer rbm_x"})
    assert answer.status_code == 500
    (error,) = answer.json()["errors"]
    assert error == {"message": "internal error", "extensions": {"correlationId": logged[0]["correlation_id"]}}


def test_a_browser_gets_graphiql_and_all_of_it_is_here(http: httpx.Client) -> None:
    page = http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assets = re.findall(r'(?:src|href)="(graphiql/[^"]+)"', page.text)
    assert len(assets) == 6
    for asset in assets:
        assert http.get(f"/{asset}").status_code == 200
    assert "//" not in re.sub(r"<!doctype html>", "", page.text).replace("data:,", "")


def test_the_query_on_the_page_is_valid(http: httpx.Client) -> None:
    script = http.get("/graphiql/page.js").text
    (query,) = re.findall(r"FIRST_QUERY = `(.*?)`", script, re.DOTALL)
    assert "errors" not in post(http, query).json()
