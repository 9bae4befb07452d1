"""Idempotency keys over HTTP: statuses, headers, and answers that are the same byte for byte."""

import json
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from rbm.model.people import Person
from rbm.terms.people import Role
from tests.app.conftest import serving
from tests.conftest import Begin
from tests.make import Make

KEY = "019c0000-0000-7000-8000-000000000001"
CREATE = 'mutation { createPerson(email: "%s", name: "New") { person { id email } problems { code } } }'


@pytest.fixture
def secret(start: Begin) -> str:
    with start() as work:
        make = Make(work)
        return make.token(make.actor(Role.ADMIN))


def create(client: httpx.Client, secret: str, email: str, key: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {secret}", "idempotency-key": key, "content-type": "application/json"}
    return client.post("/graphql", content=json.dumps({"query": CREATE % email}), headers=headers)


def emails(start: Begin) -> list[str]:
    with start() as work:
        return list(work.session.scalars(sa.select(Person.email).where(Person.name == "New").order_by(Person.email)))


def test_c_02_sent_again_it_is_answered_again_and_done_once(client: httpx.Client, start: Begin, secret: str) -> None:
    key = str(uuid4())
    first, second = create(client, secret, "a@b", key), create(client, secret, "a@b", f'"{key.upper()}"')
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert emails(start) == ["a@b"]


def test_c_02_another_payload_is_422(client: httpx.Client, start: Begin, secret: str) -> None:
    key = str(uuid4())
    create(client, secret, "a@b", key)
    answer = create(client, secret, "c@d", key)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (422, "key_reused")
    assert emails(start) == ["a@b"]


@pytest.mark.parametrize("key", ["", "1", "x" * 10_000, "' OR 1=1--", f"{KEY},{KEY}", f"{KEY}\x7f", "é"])
def test_c_02_what_is_no_uuid_is_400(client: httpx.Client, start: Begin, secret: str, key: str) -> None:
    assert create(client, secret, "a@b", key.encode("latin-1")).status_code == 400  # type: ignore[arg-type]
    assert emails(start) == []


def test_two_keys_are_400(client: httpx.Client, start: Begin, secret: str) -> None:
    headers = [("authorization", f"Bearer {secret}"), *(("idempotency-key", str(uuid4())) for _ in range(2))]
    assert client.post("/graphql", json={"query": CREATE % "a@b"}, headers=headers).status_code == 400
    assert emails(start) == []


def test_what_cannot_go_under_a_key_is_400(client: httpx.Client, start: Begin, secret: str) -> None:
    field = 'createExternalPlan(code: "%s", title: "X", kind: UNDAF) { problems { code } }'
    query = f"mutation {{ a: {field % 'a'} b: {field % 'b'} }}"
    headers = {"authorization": f"Bearer {secret}", "idempotency-key": str(uuid4())}
    answer = client.post("/graphql", json={"query": query}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["field"]) == (400, "Idempotency-Key")


def test_c_03_another_server_gives_the_same_answer(
    client: httpx.Client, engine: sa.Engine, start: Begin, secret: str
) -> None:
    """The key is known to the database and not to the process."""
    key = str(uuid4())
    first = create(client, secret, "a@b", key)
    with serving(engine) as other:
        assert create(other, secret, "a@b", key).content == first.content
    assert emails(start) == ["a@b"]
