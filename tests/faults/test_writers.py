"""Twenty writers at once, at one server and at two: every change succeeds, and nobody meets a locked database."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.writing import WRITERS, write_at_once

EACH = 3


@pytest.mark.parametrize("nodes", [1, 2])
def test_c_05_every_change_of_twenty_writers_succeeds(engine: sa.Engine, tmp_path: Path, nodes: int) -> None:
    written = write_at_once(engine, nodes, EACH, tmp_path)
    assert written.faults() == []
    assert written.figures()["done"] == WRITERS * EACH
