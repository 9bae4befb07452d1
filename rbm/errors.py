"""Refusals: what a caller may expect to be told. Everything else is a bug and is masked at the door."""

from typing import Self


class Refusal(Exception):
    """An expected no. Carries a message for people, a code for programs and the field it concerns."""

    code = "refused"
    about: tuple[str, str] | None = None
    """The table and key of the row that was wanted, for the audit trail."""

    def __init__(self, message: str, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or type(self).code

    def on(self, entity: str, key: object) -> Self:
        """The refusal itself, with the table and key of the row that was wanted."""
        self.about = (entity, str(key))
        return self


class NotFound(Refusal):
    """It does not exist, or the caller may not see it: the two are never told apart."""

    code = "not_found"


class Forbidden(Refusal):
    """The caller sees it and may not do this to it."""

    code = "forbidden"


class Invalid(Refusal):
    """The input is wrong; `field` names where."""

    code = "invalid"


class Conflict(Refusal):
    """The input is right and the present state does not allow it."""

    code = "conflict"


class Limited(Refusal):
    """Too much at once."""

    code = "limited"


class Stale(Conflict):
    """The input is based on an older version of a row than `version`; None when two changed it at the same moment."""

    def __init__(self, message: str, version: int | None = None) -> None:
        super().__init__(message, "version")
        self.version = version


class Busy(Refusal):
    """Others held what it needed for too long. Nothing was changed, and trying again may succeed."""

    code = "busy"
