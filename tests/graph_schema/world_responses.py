"""The responses room of the small world: rows on which its mutations act, and the arguments with which they do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.make import Make

Keys = dict[str, UUID]


def rows(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """Rows of this room by name; `known` are those of the rooms before (office, evaluation, project, person …)."""
    return {}


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {}
KEYWORDS: dict[str, dict[str, Any]] = {}
