"""Alembic migrations with a single head, and the function that brings a database to it."""

from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, made here so that no file has to be found."""
    made = Config()
    made.set_main_option("script_location", "rbm:migrations")
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest form; foreign keys rest meanwhile on SQLite and are checked after."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            _sqlite_foreign_keys(connection, on=False)
        with connection.execution_options(writes=True).begin():
            command.upgrade(config(connection), "head")
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() if sqlite else []
            if broken:
                raise RuntimeError(f"a migration left broken references: {broken[:5]}")
        if sqlite:
            _sqlite_foreign_keys(connection, on=True)


def _sqlite_foreign_keys(connection: sa.Connection, *, on: bool) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def at_head(engine: sa.Engine) -> bool:
    """Whether the database has the newest form."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory.from_config(config()).get_current_head()
