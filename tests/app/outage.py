"""An outage: a database that is not there for a while, and then is again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def outage(engine: sa.Engine) -> Iterator[None]:
    """Inside the block nobody reaches the database, and connections there were are lost."""
    with _no_file(engine) if engine.dialect.name == "sqlite" else _no_server(engine):
        yield


@contextmanager
def _no_file(engine: sa.Engine) -> Iterator[None]:
    folder = Path(str(engine.url.database)).parent
    gone = folder.with_name(f"{folder.name}-gone")
    engine.dispose()
    folder.rename(gone)
    try:
        yield
    finally:
        gone.rename(folder)


@contextmanager
def _no_server(engine: sa.Engine) -> Iterator[None]:
    name = engine.url.database
    main = sa.create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with main.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.exec_driver_sql(END_OTHERS, (name,))
        try:
            yield
        finally:
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    main.dispose()
