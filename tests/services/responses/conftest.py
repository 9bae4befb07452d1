"""The scene of the tests of responses."""

import pytest

from tests.conftest import Begin
from tests.services.responses.scene import Scene, set_scene


@pytest.fixture
def scene(start: Begin) -> Scene:
    return set_scene(start)
