"""Heads of the audit trail that were kept outside of the database, in any form in which they were told."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rbm.errors import Invalid

HEAD = re.compile(r"([1-9]\d{0,18}):([0-9a-f]{64})")


def read_heads(given: Sequence[str]) -> dict[int, str]:
    """Hashes by number of block, of words NUMBER:HASH and of files of them, as the command and the log write them.

    Invalid when one cannot be read, or two contradict one another.
    """
    found: dict[int, str] = {}
    for number, digest in (pair for one in given for pair in _pairs(one)):
        if found.setdefault(number, digest) != digest:
            raise Invalid(f"two heads of block {number} contradict one another", "head")
    return found


def _pairs(given: str) -> Iterator[tuple[int, str]]:
    if stated := HEAD.fullmatch(given):
        yield int(stated[1]), stated[2]
        return
    try:
        text = Path(given).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise Invalid(f"{given[:80]} is neither NUMBER:HASH nor a file", "head") from None
    pairs = [_pair(part) for part in _documents(text)]
    if not pairs or None in pairs:
        raise Invalid(f"{given[:80]} holds something that is no head", "head")
    yield from (pair for pair in pairs if pair)


def _documents(text: str) -> list[Any]:
    """One JSON document, or one a line; a line may be NUMBER:HASH as well."""
    try:
        return [json.loads(text)]
    except ValueError:
        return [_line(line) for line in text.splitlines() if line.strip()]


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line.strip()


def _pair(part: Any) -> tuple[int, str] | None:
    stated = f"{part.get('number')}:{part.get('hash')}" if isinstance(part, dict) else str(part)
    found = HEAD.fullmatch(stated)
    return (int(found[1]), found[2]) if found else None
