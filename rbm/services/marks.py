"""Dirty marks: whoever changes what a figure is made of says so in the same transaction."""

from collections.abc import Iterable
from uuid import UUID

from rbm import bulk
from rbm.model.rollup import DirtyMark
from rbm.work import Work


def mark(work: Work, indicators: Iterable[UUID], cause: str) -> None:
    """Mark indicators whose figures, and those above them, must be computed again; `cause` is the operation."""
    rows = [{"indicator_id": key, "cause": cause, "marked_at": work.now} for key in sorted(set(indicators))]
    bulk.insert(work.session, DirtyMark, rows)
