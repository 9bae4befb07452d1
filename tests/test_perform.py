"""Perform: tried again when others are in the way, given up cleanly, and never longer than it may take."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM, Permission
from rbm.errors import Busy, Limited, Stale
from rbm.model.people import Office, Person
from rbm.work import PAUSES, Work, begin, perform
from tests.conftest import NOW, Begin
from tests.make import Make

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}


@pytest.fixture
def names(start: Begin) -> tuple[str, str]:
    with start() as work:
        make = Make(work)
        return make.person(name="A").email, make.person(name="B").email


def rename(*emails: str, meeting: Barrier | None = None) -> Callable[[Work], int]:
    """Change persons in this order; whoever is at the meeting has changed the first of his and wants the next."""
    attempts = []

    def act(work: Work) -> int:
        work.require(Permission.MANAGE_PEOPLE)
        attempts.append(1)
        for email in emails:
            work.session.scalars(sa.select(Person).where(Person.email == email)).one().name += "!"
            work.flush()
            if meeting and len(attempts) == 1 and email == emails[0]:
                meeting.wait(20)
        return len(attempts)

    return act


@contextmanager
def held(engine: sa.Engine, email: str) -> Iterator[Event]:
    """Somebody has changed a person and not committed, until the event is set or the block ends."""
    ready, done = Event(), Event()

    def hold() -> None:
        with begin(engine, SYSTEM, "hold", now=NOW) as work:
            rename(email)(work)
            ready.set()
            done.wait(30)

    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(hold)
        assert ready.wait(30)
        yield done
        done.set()
        holding.result()


def names_now(start: Begin) -> list[str]:
    with start() as work:
        return sorted(work.session.scalars(sa.select(Person.name)))


def test_c_06_a_deadlock_is_tried_again_and_both_are_done(
    engine: sa.Engine, start: Begin, names: tuple[str, str]
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("writers follow one another on SQLite")
    meeting, (one, two) = Barrier(2), names
    with ThreadPoolExecutor(2) as threads:
        acts = (rename(one, two, meeting=meeting), rename(two, one, meeting=meeting))
        tries = [threads.submit(perform, engine, SYSTEM, "rename", act) for act in acts]
        assert sorted(each.result() for each in tries) == [1, 2]
    assert names_now(start) == ["A!!", "B!!"]


def test_who_waits_too_long_for_others_is_busy_and_changed_nothing(
    engine: sa.Engine, start: Begin, names: tuple[str, str]
) -> None:
    attempts = []

    def act(work: Work) -> None:
        attempts.append(1)
        rename(names[0])(work)

    with held(engine, names[0]), pytest.raises(Busy) as refusal:
        perform(engine, SYSTEM, "rename", act, seconds=0.5)
    assert refusal.value.code == "busy"
    assert len(attempts) in {0, len(PAUSES) + 1}  # SQLite does not even begin
    assert names_now(start) == ["A!", "B"]


def test_who_waits_long_enough_is_not_told(engine: sa.Engine, start: Begin, names: tuple[str, str]) -> None:
    with held(engine, names[0]) as done, ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(perform, engine, SYSTEM, "rename", rename(names[0]), seconds=20)
        assert not waiting.done()
        done.set()
        waiting.result()
    assert names_now(start) == ["A!!", "B"]


def test_a_statement_that_takes_too_long_is_limited(engine: sa.Engine, start: Begin) -> None:
    with pytest.raises(Limited) as refusal, begin(engine, SYSTEM, "wait", writes=False, seconds=0.1) as work:
        work.session.connection().exec_driver_sql(ENDLESS[engine.dialect.name])
    assert refusal.value.code == "timeout"
    with start() as work:  # the connection is good, and its next transaction is not limited
        Make(work).person()


def test_many_statements_that_take_too_long_together_are_limited(engine: sa.Engine) -> None:
    with pytest.raises(Limited), begin(engine, SYSTEM, "wait", writes=False, seconds=60) as work:
        work.session.scalars(sa.select(Office)).all()
        work.end = 0.0
        work.session.scalars(sa.select(Office)).all()


def test_a_change_that_takes_too_long_leaves_nothing(engine: sa.Engine, start: Begin, names: tuple[str, str]) -> None:
    def act(work: Work) -> None:
        rename(*names)(work)
        work.session.connection().exec_driver_sql(ENDLESS[engine.dialect.name])

    with pytest.raises(Limited):
        perform(engine, SYSTEM, "rename", act, seconds=0.2)
    assert names_now(start) == ["A", "B"]


def test_c_05_twenty_writers_queue_on_sqlite_and_none_is_lost_on_postgresql(
    engine: sa.Engine, start: Begin, names: tuple[str, str]
) -> None:
    """On PostgreSQL a row that is wanted by so many at once may be refused to some; nobody's change is lost."""

    def attempt(_: int) -> bool:
        try:
            return bool(perform(engine, SYSTEM, "rename", rename(names[0]), seconds=20))
        except Stale:
            return False

    with ThreadPoolExecutor(20) as threads:
        done = sum(threads.map(attempt, range(20)))
    assert names_now(start) == ["A" + "!" * done, "B"]
    assert done == 20 or (engine.dialect.name == "postgresql" and done > 0)
