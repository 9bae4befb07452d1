"""Asking under limits of one's own, and seeing that the database was left alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from graph_schema.execute import execute
from graph_schema.limits import Limits
from graph_schema.limits.terms import Terms
from rbm.access import PUBLIC, Actor
from rbm.settings import settings

LIMITS = Limits.of(settings())


def under(**changed: Any) -> Terms:
    """The usual terms with some limits changed."""
    return Terms(replace(LIMITS, **changed))


@contextmanager
def untouched(engine: sa.Engine) -> Iterator[None]:
    """No statement runs inside the block, and no transaction begins."""
    seen: list[str] = []

    def note_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def note_transaction(_connection: object) -> None:
        seen.append("BEGIN")

    sa.event.listen(engine, "before_cursor_execute", note_statement)
    sa.event.listen(engine, "begin", note_transaction)
    yield
    sa.event.remove(engine, "before_cursor_execute", note_statement)
    sa.event.remove(engine, "begin", note_transaction)
    assert seen == []


def refused(
    engine: sa.Engine,
    document: str,
    variables: dict[str, Any] | None = None,
    terms: Terms | None = None,
    actor: Actor = PUBLIC,
) -> dict[str, Any]:
    """The extensions of the one error of a question that must not reach the database."""
    with untouched(engine):
        answer = execute(engine, actor, document, variables, terms=terms)
    assert list(answer) == ["errors"], answer
    (error,) = answer["errors"]
    extensions: dict[str, Any] = error["extensions"]
    return extensions


def limited(limit: str, most: int, found: int | None = None, field: str | None = None) -> dict[str, Any]:
    """The extensions of the error of a limit."""
    return {"code": "limited", "field": field, "limit": limit, "most": most, "found": found}
