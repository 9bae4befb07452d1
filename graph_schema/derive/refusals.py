"""Refusals among errors: what a caller is told, and what is masked."""

import sqlalchemy as sa

from rbm.errors import Refusal


def refused(error: BaseException | None) -> Refusal | None:
    """The refusal in an error: itself, or one that a column kind raised inside a statement."""
    inner = error.orig if isinstance(error, sa.exc.StatementError) else error
    return inner if isinstance(inner, Refusal) else None
