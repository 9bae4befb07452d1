"""Many hands: the same work done on several things at once, where that is worth it."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

One = TypeVar("One")
Made = TypeVar("Made")
HANDS = os.cpu_count() or 1
WORTH = 4_000_000
"""In less room hands get in the way of one another: numpy lets go of the interpreter only while it works."""


class Each(Protocol):
    """What comes of each thing, in their order."""

    def __call__(self, work: Callable[[One], Made], things: Iterable[One], /) -> Iterable[Made]: ...


@contextmanager
def hands(room: int) -> Iterator[Each]:
    """How to do work on each thing of a layout with so much room; the things must have nothing in common."""
    if room < WORTH or HANDS == 1:
        yield map
        return
    with ThreadPoolExecutor(HANDS) as pool:
        yield pool.map
