"""A real server on loopback, in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from app.server import make_app
from rbm.settings import settings
from tests import databases


@contextmanager
def serving(engine: sa.Engine, **configured: Any) -> Iterator[httpx.Client]:
    """A client of a server that runs inside the block, with these settings changed."""
    app = make_app(engine, settings().model_copy(update=configured))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(engine: sa.Engine) -> Iterator[httpx.Client]:
    """A client of a running server over the test's database."""
    with serving(engine) as made:
        yield made


@pytest.fixture(scope="session")
def http(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one server for all tests that concern HTTP alone: they change nothing."""
    with databases.sqlite(sqlite_template, tmp_path_factory.mktemp("http")) as engine, serving(engine) as made:
        yield made


def post(client: httpx.Client, query: str, headers: dict[str, str] | None = None, **variables: Any) -> httpx.Response:
    """Ask a question as most clients do."""
    return client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
