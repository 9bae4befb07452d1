"""Fixtures of the evaluation room."""

import pytest

from tests.conftest import Begin
from tests.services.evaluation.scene import Scene, build


@pytest.fixture
def scene(start: Begin) -> Scene:
    """The evaluation office, a country office and their persons."""
    return build(start)
