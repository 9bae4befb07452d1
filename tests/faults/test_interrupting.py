"""Refreshes are killed at any moment: the figures are the old ones or the new ones, never some of each."""

import pytest
import sqlalchemy as sa

from tests.faults.interrupting import interrupt

pytestmark = pytest.mark.long
KILLS, SEED = 12, 2026


def test_a_killed_refresh_leaves_old_or_new_figures_and_the_next_one_heals(engine: sa.Engine) -> None:
    outcome = interrupt(engine, KILLS, SEED)
    assert outcome.faults() == []
    assert outcome.kills == outcome.old + outcome.new == KILLS
    assert outcome.late < KILLS
    assert outcome.old > 0
