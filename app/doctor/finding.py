"""Findings: how a check ended, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What a check found, and what to do when it did not end well."""

    check: str
    health: Health
    told: str
    advice: str | None = None
