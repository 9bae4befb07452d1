"""Statements: how many a request needs, and how long the database takes for them."""

import time
from typing import Any

import sqlalchemy as sa

from graph_schema import facts


def count_statements(engine: sa.Engine) -> None:
    """From now on statements and their time are counted for the request they are run for."""
    listeners = (("before_cursor_execute", _sent), ("after_cursor_execute", _answered), ("handle_error", _answered))
    for event, listener in listeners:
        if not sa.event.contains(engine, event, listener):
            sa.event.listen(engine, event, listener)


def _sent(*_: Any) -> None:
    known = facts.current()
    known.statements += 1
    known.sent_at = time.perf_counter()


def _answered(*_: Any) -> None:
    known = facts.current()
    if known.sent_at is not None:
        known.sql_seconds += time.perf_counter() - known.sent_at
        known.sent_at = None
