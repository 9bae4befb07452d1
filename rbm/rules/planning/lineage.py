"""The items that an item of a plan continues: of editions before, and of the plan it was carried over from."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def continued(key: Key, links: Mapping[Key, Sequence[Key]]) -> set[Key]:
    """The key and all that it continues, directly or through others."""
    reached, waiting = {key}, [key]
    while waiting:
        fresh = [one for one in links.get(waiting.pop(), ()) if one not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return reached
