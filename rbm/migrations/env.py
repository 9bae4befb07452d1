"""Run by alembic: hand it the connection that `rbm.migrations.upgrade` opened, and put the triggers back after."""

from typing import Any

from alembic import context

from rbm import model
from rbm.audit import restore_triggers
from rbm.db import Row

assert model


def run() -> None:
    """Run the migrations inside the caller's transaction."""
    connection: Any = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=Row.metadata)
    context.run_migrations()
    restore_triggers(connection)


run()
