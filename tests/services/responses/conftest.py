"""The scene of the tests of responses, and the organisation's time zone of some of them."""

from collections.abc import Iterator

import pytest

from rbm.settings import settings
from tests.conftest import Begin
from tests.services.responses.scene import Scene, set_scene


@pytest.fixture
def scene(start: Begin) -> Scene:
    return set_scene(start)


@pytest.fixture
def geneva(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An organisation in Geneva."""
    monkeypatch.setenv("RBM_TIME_ZONE", "Europe/Zurich")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
