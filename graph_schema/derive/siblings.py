"""Siblings: what is asked of one row is loaded for all rows that were loaded with it, in one statement."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
MOST_AT_ONCE = 5_000


class Batch:
    """Rows that were loaded together, and what has been loaded for them since."""

    __slots__ = ("_known", "rows")

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, load: Callable[[], T]) -> T:
        """What `load` brings, brought once."""
        if key not in self._known:
            self._known[key] = load()
        found: T = self._known[key]
        return found


class Item(NamedTuple):
    """A row as resolvers see it: with its siblings."""

    row: Any
    batch: Batch


def together(rows: Sequence[Any]) -> list[Item]:
    """Rows that were loaded together."""
    batch = Batch(rows)
    return [Item(row, batch) for row in rows]


def portions(values: Iterable[T]) -> Iterator[list[T]]:
    """Different values in their order, as many at once as both databases take in one statement."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), MOST_AT_ONCE):
        yield distinct[start : start + MOST_AT_ONCE]
