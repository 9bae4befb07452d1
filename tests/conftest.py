"""Fixtures: a fresh database of each kind, units of work, and the shared reference data."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest
import sqlalchemy as sa
from hypothesis import settings

from rbm.access import SYSTEM, Actor
from rbm.memory import settle
from rbm.work import Work, begin
from tests import databases
from tests.make import Make

settings.register_profile("nightly", max_examples=1_000, deadline=None)
if "HYPOTHESIS_PROFILE" in os.environ:
    settings.load_profile(os.environ["HYPOTHESIS_PROFILE"])

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
TURNING = tuple(f"tests/services/{room}/" for room in ("planning", "findings", "evaluation", "responses"))
"""Rooms whose services ask for rows alone and leave SQL in columns to other rooms: their tests take turns."""
Begin = Callable[..., AbstractContextManager[Work]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each case of a sweep marked `in_turn` to one of the two databases, and begin with the long files."""
    left = {item for item in items if not THOROUGH and turning(item) and not in_turn(item)}
    config.hook.pytest_deselected(items=list(left))
    items[:] = sorted((item for item in items if item not in left), key=not_long)


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave thousands of tests alone: it would stop a test for seconds."""
    settle()


def turning(item: pytest.Item) -> bool:
    """Whether a test is one whose cases take turns on the databases."""
    return item.get_closest_marker("in_turn") is not None or item.nodeid.startswith(TURNING)


def in_turn(item: pytest.Item) -> bool:
    """Whether it is this database's turn: the case's name says which, so that it is the same one in every run."""
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    kinds = [value for value in values if isinstance(value, str) and value in databases.KINDS]
    case = item.nodeid.replace(kinds[0], "") if kinds else item.nodeid
    return not kinds or databases.KINDS[crc32(case.encode()) % 2] == kinds[0]


def not_long(item: pytest.Item) -> bool:
    """Whether a test stands in no file marked as long."""
    return item.get_closest_marker("long") is None


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return databases.make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """A running PostgreSQL server of this test process, in a folder that its own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="rbm-postgresql-", dir=databases.quick_place()))
    with databases.start_postgresql(folder, *databases.HASTY) as address:
        yield address
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=databases.KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A fresh, migrated, empty database: every test that takes it runs on both kinds."""
    with databases.fresh(request, tmp_path) as made:
        yield made


@pytest.fixture
def start(engine: sa.Engine) -> Begin:
    """Begin a unit of work as somebody (the system unless an actor is given) at the fixed moment of the tests."""

    def start_work(actor: Actor = SYSTEM, operation: str = "test", now: datetime = NOW) -> AbstractContextManager[Work]:
        return begin(engine, actor, operation, now=now)

    return start_work


@pytest.fixture
def work(start: Begin) -> Iterator[Work]:
    """One unit of work as the system, committed at the end of the test."""
    with start() as made:
        yield made


@pytest.fixture
def make(work: Work) -> Make:
    """Builders of rows, one line for each fact that matters."""
    return Make(work)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared reference data; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("RBM_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.exists():
        pytest.skip("RBM_SHARED is not there")
    return folder
