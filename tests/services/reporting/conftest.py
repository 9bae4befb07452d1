"""The scene in which reports are written."""

import pytest

from tests.conftest import Begin
from tests.services.reporting.scene import Scene, build


@pytest.fixture
def scene(start: Begin) -> Scene:
    """The scene on a fresh database."""
    return build(start)
