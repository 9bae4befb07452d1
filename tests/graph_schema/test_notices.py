"""Notices and runs of jobs through the GraphQL door: one's own, the newest first; runs for those who operate."""

from datetime import UTC, datetime

import sqlalchemy as sa

from jobs.run import run_job
from rbm.access import Actor
from rbm.model.people import Person
from rbm.services import notices
from rbm.services.people import actor_of_person
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask
from tests.make import Make

MINE = "{ notifications { totalCount edges { node { id kind text stage readAt } } } }"
READ = "mutation ($n: ID!) { readNotification(noticeId: $n) { notice { readAt } problems { code } } }"
RUNS = "{ jobRuns { edges { node { job outcome byHand counts } } } }"


def reader(start: Begin) -> Actor:
    """Somebody without any role, told twice."""
    with start() as work:
        person = Make(work).person()
        notices.tell(work, NoticeKind.FLAG_CLEARED, [person.id], "one", {"office": "Chad", "rule": "off track"})
    with start(now=datetime(2026, 3, 3, tzinfo=UTC)) as work:
        notices.tell(Make(work).work, NoticeKind.FLAG_RAISED, [person.id], "two", {})
        return actor_of_person(work, work.get(Person, person.id))


def test_notifications_are_read_the_newest_first_and_marked(start: Begin, data: Ask) -> None:
    mine = reader(start)
    found = data(MINE, mine)["notifications"]
    assert found["totalCount"] == 2
    newest, oldest = (edge["node"] for edge in found["edges"])
    assert (newest["kind"], oldest["text"]) == (
        "FLAG_RAISED",
        "Chad, off track: the cause is gone and the flag is cleared.",
    )
    assert (oldest["stage"], oldest["readAt"]) == ("WAITING", None)
    answer = data(READ, mine, n=oldest["id"])["readNotification"]
    assert answer["problems"] == []
    assert answer["notice"]["readAt"]
    with start() as work:
        other = Make(work).actor(Role.VIEWER)
    assert data(MINE, other)["notifications"]["totalCount"] == 0
    assert data(READ, other, n=oldest["id"])["readNotification"]["problems"] == [{"code": "not_found"}]


def test_runs_of_jobs_are_for_those_who_operate(engine: sa.Engine, start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        operator, viewer = make.actor(Role.HQ_RESULTS), make.actor(Role.VIEWER)
    run_job(engine, "periods.lock", NOW)
    (edge,) = data(RUNS, operator)["jobRuns"]["edges"]
    assert edge["node"] == {
        "job": "periods.lock",
        "outcome": "NOTHING_DUE",
        "byHand": True,
        "counts": {"closed": 0},
    }
    assert data(RUNS, viewer)["jobRuns"]["edges"] == []
