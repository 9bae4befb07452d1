"""Indicators whose figures cannot be computed: tried again ever later, given up, told once; the others go on."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from jobs.run import run_job
from rbm import bulk, ids
from rbm.access import SYSTEM
from rbm.model.notices import Notice
from rbm.model.reporting import Measurement
from rbm.model.rollup import DirtyMark, Figure, FigureExclusion
from rbm.services import marks, rollup
from rbm.services.rollup import Refreshed
from rbm.terms.jobs import JobOutcome
from rbm.terms.people import Role
from rbm.work import begin
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.services.iati.stored import rows
from tests.services.rollup.breaking import MESSAGE, breaking
from tests.services.rollup.test_refreshing import Chain, build, totals

MINUTE = timedelta(minutes=1)
QUIET = {"figures": 0, "values": 0, "nodes": 0, "changed": 0, "failed": 0, "given_up": 0}


@pytest.fixture
def chain(engine: sa.Engine) -> Chain:
    """The chain of the refreshing tests, marked and not rolled up, with somebody at headquarters who operates."""
    with begin(engine, SYSTEM, "build", now=NOW) as work:
        made = build(work)
        Make(work).actor(Role.HQ_RESULTS)
    return made


def refresh_at(engine: sa.Engine, now: datetime) -> dict[str, int]:
    with capture_logs():
        return rollup.refresh_due(engine, now)


def told(engine: sa.Engine) -> list[str]:
    """The kinds of notices about figures, in the order in which they were told."""
    query = sa.select(Notice.kind).where(Notice.kind.startswith("figures_")).order_by(Notice.told_at, Notice.id)
    with engine.connect() as connection:
        return [str(kind) for (kind,) in connection.execute(query)]


def marked(engine: sa.Engine, *names: str) -> list[tuple[object, ...]]:
    return rows(engine, DirtyMark, *names)


def test_akvo_036_a_failure_at_the_top_leaves_every_level_as_it_was(engine: sa.Engine, chain: Chain) -> None:
    with breaking(engine, chain.top.id), pytest.raises(Exception, match=MESSAGE), begin(engine, SYSTEM, "x") as work:
        rollup.refresh(work)
    assert rows(engine, Figure, "id") == rows(engine, FigureExclusion, "id") == []
    assert len(marked(engine, "id")) == 4


def test_one_that_fails_does_not_hold_up_the_others(engine: sa.Engine, chain: Chain) -> None:
    with breaking(engine, chain.alone.id):
        done = refresh_at(engine, NOW)
    assert totals(engine) == {"T": 7, "E": 3, "W": 4, "C1": 1, "C2": 2, "C3": 4}
    assert (done["failed"], done["given_up"]) == (1, 0)
    [(indicator, attempts, next_at, dead, fault)] = marked(
        engine, "indicator_id", "attempts", "next_at", "dead", "fault"
    )
    assert (indicator, attempts, next_at, dead) == (chain.alone.id, 1, NOW + MINUTE, False)
    assert str(fault).endswith(MESSAGE)


def test_it_is_tried_five_times_ever_later_and_then_given_up(engine: sa.Engine, chain: Chain) -> None:
    now = NOW
    with breaking(engine, chain.alone.id):
        for attempt, pause in enumerate((1, 2, 4, 8), 1):
            assert refresh_at(engine, now)["failed"] == 1
            assert marked(engine, "attempts", "next_at", "dead") == [(attempt, now + pause * MINUTE, False)]
            assert refresh_at(engine, now + pause * MINUTE - timedelta(seconds=1)) == QUIET
            now += pause * MINUTE
        done = refresh_at(engine, now)
        assert (done["failed"], done["given_up"]) == (1, 1)
        assert refresh_at(engine, now + timedelta(days=9)) == QUIET
    assert marked(engine, "attempts", "dead") == [(5, True)]
    assert told(engine) == ["figures_failed", "figures_given_up"]
    assert totals(engine) == {"T": 7, "E": 3, "W": 4, "C1": 1, "C2": 2, "C3": 4}


def test_what_was_given_up_is_computed_with_everything(engine: sa.Engine, chain: Chain, start: Begin) -> None:
    _give_up(engine, chain)
    with start() as work:
        assert rollup.refresh(work) == Refreshed(0, 0, 0, 0)
    with start(now=NOW + timedelta(days=1)) as work:
        rollup.refresh(work, full=True)
    assert (marked(engine, "id"), totals(engine)["A"]) == ([], 8)
    assert told(engine)[-1] == "figures_recovered"


def test_what_was_given_up_is_computed_when_it_changes_again(engine: sa.Engine, chain: Chain, start: Begin) -> None:
    _give_up(engine, chain)
    with start() as work:
        marks.mark(work, [chain.alone.id], "test")
    refresh_at(engine, NOW + timedelta(days=1))
    assert (marked(engine, "id"), totals(engine)["A"]) == ([], 8)


def _give_up(engine: sa.Engine, chain: Chain) -> None:
    with breaking(engine, chain.alone.id):
        for hour in range(5):
            refresh_at(engine, NOW + timedelta(hours=hour))
    assert marked(engine, "dead") == [(True,)]


def test_akvo_056_a_failure_and_its_end_are_told_once_and_success_alone_is_not(engine: sa.Engine, chain: Chain) -> None:
    with breaking(engine, chain.alone.id):
        refresh_at(engine, NOW)
        refresh_at(engine, NOW + MINUTE)
    assert told(engine) == ["figures_failed"]
    refresh_at(engine, NOW + 3 * MINUTE)
    assert told(engine) == ["figures_failed", "figures_recovered"]
    with begin(engine, SYSTEM, "x", now=NOW) as work:
        marks.mark(work, [chain.alone.id], "test")
    refresh_at(engine, NOW + 4 * MINUTE)
    assert told(engine) == ["figures_failed", "figures_recovered"]
    texts = [text for (text,) in rows(engine, Notice, "text")]
    assert texts[0].startswith("The figures of A Indicator could not be computed: ")
    assert "The figures of A Indicator, which had failed, are current." in texts


def test_a_new_change_is_tried_at_once_and_tells_nothing_again(engine: sa.Engine, chain: Chain, start: Begin) -> None:
    with breaking(engine, chain.alone.id):
        refresh_at(engine, NOW)
        with start() as work:
            marks.mark(work, [chain.alone.id], "another")
        assert refresh_at(engine, NOW)["failed"] == 1
    assert marked(engine, "attempts") == [(2,), (2,)]
    assert told(engine) == ["figures_failed"]


def test_many_changes_of_an_indicator_are_one_computation(engine: sa.Engine, chain: Chain, start: Begin) -> None:
    refresh_at(engine, NOW)
    with start() as work:
        bulk.update(work.session, Measurement, [{"id": chain.measurements[3].id, "value": 9}])
        for cause in ("one", "two", "three"):
            marks.mark(work, [chain.alone.id], cause)
    assert refresh_at(engine, NOW) == QUIET | {"figures": 1, "values": 1, "nodes": 1, "changed": 1}


def test_the_job_keeps_what_was_done_and_what_failed(engine: sa.Engine, chain: Chain) -> None:
    with breaking(engine, chain.alone.id), capture_logs() as logged:
        ran = run_job(engine, "rollup.refresh", NOW)
    assert (ran.outcome, ran.counts["failed"], ran.counts["given_up"]) == (JobOutcome.DONE, 1, 0)
    assert totals(engine) == {"T": 7, "E": 3, "W": 4, "C1": 1, "C2": 2, "C3": 4}
    assert [each["event"] for each in logged] == ["figures could not be computed"]


def test_nobody_is_told_before_there_is_a_headquarters(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        marks.mark(work, [ids.new()], "test")
    refresh_at(engine, NOW)
    assert (told(engine), marked(engine, "id")) == ([], [])
