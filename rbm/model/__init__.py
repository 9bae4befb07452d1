"""Rows: what is kept. One module a room, one class a table."""

from rbm import audit, stages
from rbm.model import (
    iati,
    indicators,
    jobs,
    notices,
    people,
    performance,
    projects,
    quality,
    replay,
    reporting,
    rollup,
    series,
    strategy,
)

__all__ = [
    "audit",
    "iati",
    "indicators",
    "jobs",
    "notices",
    "people",
    "performance",
    "projects",
    "quality",
    "replay",
    "reporting",
    "rollup",
    "series",
    "stages",
    "strategy",
]
