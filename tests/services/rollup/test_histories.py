"""Random histories: after every step, a refresh leaves exactly what a computation from scratch would."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbm.access import SYSTEM
from rbm.model.rollup import DirtyMark
from rbm.services import rollup
from rbm.work import begin
from tests import databases
from tests.conftest import NOW
from tests.services.rollup.histories import STEPS, History, Step
from tests.services.rollup.oracle import stored_totals, summed_totals

pytestmark = pytest.mark.long
HISTORIES = 1_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 50
NUMBERS = st.integers(0, 30)


def test_figures_follow_any_history(engine: sa.Engine, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    done: Counter[str] = Counter()
    beginning = History(engine)
    beginning.build()
    check(beginning)

    @settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(STEPS), NUMBERS, NUMBERS, NUMBERS), min_size=3, max_size=8))
    def live(steps: list[Step]) -> None:
        with databases.copy(request, tmp_path, engine) as copied:
            history = replace(beginning, engine=copied, done=Counter())
            for step in steps:
                if history.step(step):
                    check(history)
        done.update(history.done)

    live()
    assert len(set(STEPS) & set(done)) > len(set(STEPS)) / 2
    assert done["refused"] < done.total() * 2 / 3


def check(history: History) -> None:
    """A refresh drains every mark, and what is stored is what it should be."""
    assert rollup.refresh_due(history.engine, NOW)["failed"] == 0
    with begin(history.engine, SYSTEM, "check", now=NOW) as work:
        assert work.session.scalars(sa.select(DirtyMark)).all() == []
        assert rollup.reconcile(work) == []
        years = history.plans[0][2]
        stored = stored_totals(work, history.summed, years)
        assert stored == summed_totals(work, history.summed, years)
        assert stored
