"""Asking the GraphQL door, and counting the statements it takes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.execute import execute
from rbm.access import SYSTEM, Actor
from tests import databases
from tests.graph_schema.stage import Stage, play

Ask = Callable[..., dict[str, Any]]
Selects = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def ask(engine: sa.Engine) -> Ask:
    """Ask as somebody (the system unless an actor is given); keyword arguments are variables."""

    def ask_as(document: str, actor: Actor = SYSTEM, **variables: Any) -> dict[str, Any]:
        return execute(engine, actor, document, variables)

    return ask_as


@pytest.fixture
def data(ask: Ask) -> Ask:
    """Ask, expect no errors, and take the data."""

    def ask_for_data(document: str, actor: Actor = SYSTEM, **variables: Any) -> dict[str, Any]:
        answer = ask(document, actor, **variables)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found

    return ask_for_data


@pytest.fixture
def selects(engine: sa.Engine) -> Selects:
    """Collect the SELECTs that run inside a block."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        found: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("SELECT") and "set_config" not in statement:
                found.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        yield found
        sa.event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture(scope="session", params=databases.KINDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage on one database, set once."""
    with databases.fresh(request, tmp_path_factory.mktemp("stage")) as engine:
        yield play(engine)
