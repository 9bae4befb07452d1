"""The organisation's time zone, for the tests of services that tell days from moments."""

from collections.abc import Iterator

import pytest

from rbm.settings import settings


@pytest.fixture
def geneva(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An organisation in Geneva."""
    monkeypatch.setenv("RBM_TIME_ZONE", "Europe/Zurich")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
