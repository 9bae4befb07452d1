"""Words, numbers and shapes of cases, read strictly."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


class Unsupported(Exception):
    """A shape that is not understood; it is never passed over."""


def number(raw: Any, where: str) -> Decimal | None:
    """A number, a numeric string, or None for null. Unsupported otherwise."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        raise Unsupported(f"{where}: {raw!r} is no number")
    try:
        stated = Decimal(raw)
    except InvalidOperation:
        raise Unsupported(f"{where}: {raw!r} is no number") from None
    if not stated.is_finite():
        raise Unsupported(f"{where}: {raw!r} is no number")
    return stated


def table(raw: Any, where: str) -> dict[str, Any]:
    """An object. Unsupported when it is something else."""
    if not isinstance(raw, dict):
        raise Unsupported(f"{where}: {raw!r} is no object")
    return raw


def sequence(raw: Any, where: str) -> list[Any]:
    """A list. Unsupported when it is something else."""
    if not isinstance(raw, list):
        raise Unsupported(f"{where}: {raw!r} is no list")
    return raw


def known(raw: Iterable[str], names: Iterable[str], where: str) -> None:
    """Nothing, when every key is one of the names. Unsupported otherwise."""
    strange = sorted(set(raw) - set(names))
    if strange:
        raise Unsupported(f"{where}: {', '.join(strange)} is not understood")


def word(raw: Any, where: str) -> str:
    """A name. Unsupported when it is empty or something else."""
    if not isinstance(raw, str) or not raw:
        raise Unsupported(f"{where}: {raw!r} is no name")
    return raw


def words(raw: Any, where: str) -> tuple[str, ...]:
    """Names: one, or a list. Unsupported otherwise."""
    return tuple(word(each, where) for each in ([raw] if isinstance(raw, str) else sequence(raw, where)))


def flag(raw: Any, where: str) -> bool:
    """True or false. Unsupported otherwise."""
    if not isinstance(raw, bool):
        raise Unsupported(f"{where}: {raw!r} is neither true nor false")
    return raw


def block(raw: Any) -> Mapping[str, Any]:
    """An object; a bare value is one that holds it."""
    return raw if isinstance(raw, dict) else {"value": raw}
