"""Turns: how many answers are computed at once, for all callers and for one of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from anyio import CapacityLimiter


class Turns:
    """Of one event loop. Who has as many turns as one caller may have waits, and takes none from the others."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self.threads = CapacityLimiter(most)
        self.most_of_one = most_of_one
        self._callers: WeakValueDictionary[str, CapacityLimiter] = WeakValueDictionary()

    def __len__(self) -> int:
        """How many callers have a turn or wait for one."""
        return len(self._callers)

    @asynccontextmanager
    async def of(self, caller: str) -> AsyncIterator[CapacityLimiter]:
        """The threads of all, once it is the turn of this caller."""
        own = self._callers.setdefault(caller, CapacityLimiter(self.most_of_one))
        async with own:
            yield self.threads
