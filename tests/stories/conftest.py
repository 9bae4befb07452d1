"""Stories are told to a real server on loopback."""

from tests.app.conftest import client

__all__ = ["client"]
