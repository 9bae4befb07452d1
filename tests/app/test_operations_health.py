"""Health: live and ready are two things, and neither tells more than it should."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from app.operations.health import Readiness, failing_check
from rbm.db import open_engine
from tests.app.conftest import post, serving
from tests.app.outage import outage


def probe(engine: sa.Engine, seconds: float = 30) -> Response:
    request = Request({"type": "http", "method": "GET", "path": "/readyz", "headers": []})
    return asyncio.run(Readiness(engine, seconds).answer(request))


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a database server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"postgresql+psycopg://nobody@127.0.0.1:{listening.getsockname()[1]}/none?connect_timeout=3"


def test_o_06_ready_is_503_while_the_database_is_away_and_recovers_by_itself(engine: sa.Engine) -> None:
    with serving(engine) as client:
        assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, {"status": "ok"})
        with outage(engine):
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert answer.json() == {"status": "unavailable", "failing": "database"}
            assert answer.headers["retry-after"] == "5"
            assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (200, {"status": "ok"})
        assert client.get("/readyz").status_code == 200
        assert post(client, "{ offices { totalCount } }").json() == {"data": {"offices": {"totalCount": 0}}}


def test_a_database_of_an_older_form_is_not_ready(engine: sa.Engine) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    answer = probe(engine)
    assert (answer.status_code, answer.body) == (503, b'{"status":"unavailable","failing":"migrations"}')


def test_d_11_a_connection_without_foreign_keys_is_not_ready(engine: sa.Engine) -> None:
    loose = sa.create_engine(engine.url)
    assert failing_check(loose) == ("foreign_keys" if engine.dialect.name == "sqlite" else None)
    assert failing_check(engine) is None
    loose.dispose()


def test_a_probe_does_not_wait_for_a_database_that_does_not_answer(silent: str) -> None:
    engine = open_engine(silent)
    answer = probe(engine, 0.05)
    assert (answer.status_code, answer.body) == (503, b'{"status":"unavailable","failing":"database"}')
    engine.dispose()


def test_probes_by_address_are_answered_whatever_names_the_service_has(engine: sa.Engine) -> None:
    with serving(engine, allowed_hosts=("results.example.org",)) as client:
        asked = {path: client.get(path).status_code for path in ("/healthz", "/readyz", "/graphql", "/metrics")}
    assert asked == {"/healthz": 200, "/readyz": 200, "/graphql": 400, "/metrics": 400}
