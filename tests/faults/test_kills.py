"""Servers are killed inside changes: what was acknowledged is there, whole and once, with its entries in the trail."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.killing import Plan, kill_servers
from tests.faults.load import Answered

pytestmark = pytest.mark.long
KILLS, SEED, SPREAD = 20, 2026, 0.15
BACKENDS = {"sqlite": 0, "postgresql": 2}


def test_d_01_killed_servers_lose_nothing_and_leave_nothing_half(engine: sa.Engine, tmp_path: Path) -> None:
    plan = Plan(KILLS, SEED, check_each=KILLS // 2, backend_each=KILLS // 2, spread=SPREAD)
    outcome = kill_servers(engine, plan, tmp_path)
    assert outcome.faults() == []
    assert (outcome.kills, outcome.checks, outcome.answered[Answered.REFUSED]) == (KILLS, 2, 0)
    assert outcome.backends == BACKENDS[engine.dialect.name]
    assert outcome.inside > KILLS / 2
    assert outcome.answered[Answered.DONE] >= KILLS / 4
    assert outcome.again > 0
