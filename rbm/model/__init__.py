"""Rows: what is kept. One module a room, one class a table."""

from rbm import audit, work
from rbm.model import iati, indicators, people, projects, reporting, rollup, strategy

__all__ = ["audit", "iati", "indicators", "people", "projects", "reporting", "rollup", "strategy", "work"]
