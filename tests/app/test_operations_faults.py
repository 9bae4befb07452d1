"""What goes wrong is masked under the id of the request, and told in full in the log under the same id."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from rbm import clock
from rbm.services import people
from rbm.settings import settings
from rbm.terms.people import Role
from tests.app import logged
from tests.app.conftest import post, serving
from tests.app.outage import outage
from tests.conftest import Begin
from tests.make import Make

Captured = pytest.CaptureFixture[str]
OFFICES = "{ offices { totalCount } }"
GIVEN = {"x-request-id": "fault-1"}
MASKED = {"message": "internal error", "extensions": {"correlationId": "fault-1"}}
AWAY = {
    "message": "this cannot be answered now; try again later",
    "extensions": {"code": "unavailable", "correlationId": "fault-1"},
}


def break_table(engine: sa.Engine, name: str) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO broken_{name}")


def leaks(engine: sa.Engine, answer: httpx.Response) -> list[str]:
    words = [
        str(engine.url.database),
        engine.url.host or "SELECT",
        "SELECT",
        "sqlite",
        "psycopg",
        "Traceback",
        ".py",
        "broken",
    ]
    return [word for word in words if word.lower() in (answer.text + str(answer.headers)).lower()]


def faults(capsys: Captured) -> list[dict[str, Any]]:
    return [line for line in logged.lines(capsys) if line["event"] == "unexpected error"]


def test_g_16_an_unexpected_error_in_a_resolver(engine: sa.Engine, capsys: Captured) -> None:
    break_table(engine, "office")
    with serving(engine) as client:
        answer = post(client, OFFICES, GIVEN)
    (error,) = answer.json()["errors"]
    assert answer.json()["data"] is None
    assert {name: error[name] for name in MASKED} == MASKED
    assert (answer.status_code, answer.headers["x-request-id"], leaks(engine, answer)) == (200, "fault-1", [])
    (told,) = faults(capsys)
    assert (told["correlation_id"], told["level"]) == ("fault-1", "error")
    assert all(word in told["traceback"] for word in ("Traceback", "office", "SELECT"))


def test_g_16_an_unexpected_error_at_the_door(engine: sa.Engine, capsys: Captured) -> None:
    break_table(engine, "api_token")
    with serving(engine) as client:
        answer = post(client, OFFICES, GIVEN | {"authorization": "Bearer rbm_" + "x" * 43})
    assert (answer.status_code, answer.json()) == (500, {"errors": [MASKED]})
    assert leaks(engine, answer) == []
    (told,) = faults(capsys)
    assert told["correlation_id"] == "fault-1"
    assert "api_token" in told["traceback"]
    assert "xxx" not in told["traceback"]


@pytest.mark.parametrize("signed", [{}, {"authorization": "Bearer rbm_" + "x" * 43}])
def test_g_16_the_database_is_away(engine: sa.Engine, capsys: Captured, signed: dict[str, str]) -> None:
    with serving(engine) as client, outage(engine):
        answer = post(client, OFFICES, GIVEN | signed)
    (error,) = answer.json()["errors"]
    assert {name: error[name] for name in AWAY} == AWAY
    assert (answer.status_code, answer.headers["retry-after"], leaks(engine, answer)) == (503, "5", [])
    told = faults(capsys)
    assert {line["correlation_id"] for line in told} == {"fault-1"}
    assert "OperationalError" in told[0]["traceback"]


def test_d_10_a_change_while_the_database_is_away_is_503_and_the_next_try_is_done(
    engine: sa.Engine, start: Begin
) -> None:
    with start(now=clock.read()) as work:
        make = Make(work)
        actor, parent = make.actor(Role.ADMIN), make.headquarters().id
        _, secret = people.issue_token(work, actor.person_id or parent, "laptop")
    query = (
        'mutation ($p: ID!) { createOffice(code: "N", name: "N", kind: COUNTRY, parentId: $p) { problems { code } } }'
    )
    signed = {"authorization": f"Bearer {secret}"}
    with serving(engine) as client:
        assert post(client, OFFICES, signed).json() == {"data": {"offices": {"totalCount": 1}}}
        with outage(engine):
            assert post(client, query, signed, p=str(parent)).status_code == 503
        assert post(client, OFFICES, signed).json() == {"data": {"offices": {"totalCount": 1}}}
        assert post(client, query, signed, p=str(parent)).json() == {"data": {"createOffice": {"problems": []}}}


def test_g_16_what_takes_too_long_is_ended_and_told_without_detail(
    engine: sa.Engine, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RBM_QUERY_SECONDS", "0.0000001")
    settings.cache_clear()
    try:
        with serving(engine) as client:
            answer = post(client, OFFICES, GIVEN)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("it took too long", "timeout")
    assert (answer.headers["x-request-id"], leaks(engine, answer)) == ("fault-1", [])
    (line,) = logged.requests(logged.lines(capsys))
    assert (line["correlation_id"], line["refusals"]) == ("fault-1", ["timeout"])
