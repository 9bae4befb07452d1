"""Identifiers of public nouns: UUIDv7 (RFC 9562), 16 bytes, monotonic within the process."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new() -> UUID:
    """A fresh identifier, greater than every one made before it in this process."""
    return uuid7()
