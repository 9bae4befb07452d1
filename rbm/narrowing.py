"""Criteria that narrow every statement, with their key in the cache of compiled statements made only once."""

from itertools import count
from typing import Any

from sqlalchemy.orm.util import LoaderCriteriaOption

_NUMBERS: dict[Any, int] = {}
_NEXT = count()


class Narrowing(LoaderCriteriaOption):
    """Criteria of one row class for one actor, put on thousands of statements.

    SQLAlchemy keeps compiled statements by a key that says how they are built, and asks each option for its part of the
    key with every execution. The part of a criterion never changes: it is made once, and stands as a number that all
    criteria of the same build share. The values in it are handed over each time, as SQLAlchemy does it itself.
    """

    __slots__ = ("_known",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        made = LoaderCriteriaOption(*arguments, **named)._generate_cache_key()  # noqa: SLF001
        if made is None:
            raise TypeError(f"the criteria of {self.entity} cannot be kept")
        self._known = (Narrowing, _NUMBERS.setdefault(made.key, next(_NEXT))), made.bindparams

    def _gen_cache_key(self, _names: Any, values: list[Any]) -> Any:
        key, known = self._known
        values.extend(known)
        return key
