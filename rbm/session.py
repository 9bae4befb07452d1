"""The session: what the database refuses of what is sent to it, as refusals that name the field."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm.exc import StaleDataError

from rbm.errors import Conflict, Stale

CHANGED = "somebody else changed this meanwhile; read it again"


class Session(orm.Session):
    """A session whose every flush, also one before a query, refuses a broken constraint or a row changed meanwhile."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Send what changed to the database. Conflict names the field; Stale when somebody else was faster."""
        try:
            super().flush(objects)
        except StaleDataError as error:
            raise Stale(CHANGED) from error
        except sa.exc.IntegrityError as error:
            raise Conflict(_constraint(error), _column(error)) from error


def _constraint(error: sa.exc.IntegrityError) -> str:
    text = str(error.orig).lower()
    return (
        "another row has this value already" if "unique" in text else "something that depends on it stands against it"
    )


def _column(error: sa.exc.IntegrityError) -> str | None:
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        prefix, name = f"uq_{diagnostics.table_name}_", diagnostics.constraint_name or ""
        return name.removeprefix(prefix) if name.startswith(prefix) else None
    _, _, columns = str(error.orig).partition("UNIQUE constraint failed: ")
    return columns.rpartition(".")[2] or None
