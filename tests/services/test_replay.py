"""Replay: an answer is stored under its person and key, for as long as it is kept, and for one request."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM, Actor
from rbm.errors import Conflict, Forbidden
from rbm.model.people import Person
from rbm.model.replay import StoredAnswer
from rbm.services import replay
from rbm.services.replay import Request
from rbm.work import begin
from tests.conftest import NOW, Begin
from tests.make import Make

KEY = UUID("019c0000-0000-7000-8000-000000000001")


@pytest.fixture
def request_of_someone(start: Begin) -> Request:
    with start() as work:
        return Request(Make(work).person().id, KEY, "payload")


def acting(request: Request) -> Actor:
    return Actor("someone", request.person_id)


def test_what_is_kept_is_recalled_byte_for_byte(start: Begin, request_of_someone: Request) -> None:
    with start(acting(request_of_someone)) as work:
        assert replay.recall(work, request_of_someone) is None
        replay.keep(work, request_of_someone, b'{"data":{}}')
    with start(acting(request_of_someone)) as work:
        assert replay.recall(work, request_of_someone) == b'{"data":{}}'


def test_a_key_stands_for_one_request(start: Begin, request_of_someone: Request) -> None:
    with start() as work:
        replay.keep(work, request_of_someone, b"answer")
    other = Request(request_of_someone.person_id, KEY, "another payload")
    with pytest.raises(Conflict) as refusal, start(acting(other)) as work:
        replay.recall(work, other)
    assert (refusal.value.code, refusal.value.field) == ("key_reused", "Idempotency-Key")


def test_keys_of_two_persons_are_two_keys(start: Begin, request_of_someone: Request) -> None:
    with start() as work:
        other = Request(Make(work).person().id, KEY, "another payload")
        replay.keep(work, request_of_someone, b"one")
        replay.keep(work, other, b"two")
        assert replay.recall(work, other) == b"two"
    with start(acting(other)) as work:
        assert [row.answer for row in work.session.scalars(sa.select(StoredAnswer))] == [b"two"]


def test_an_answer_expires_and_its_key_is_new_again(start: Begin, request_of_someone: Request) -> None:
    with start() as work:
        replay.keep(work, request_of_someone, b"old")
    with start(now=NOW + replay.lifetime() - timedelta(seconds=1)) as work:
        assert replay.recall(work, request_of_someone) == b"old"
    other = Request(request_of_someone.person_id, KEY, "another payload")
    with start(now=NOW + replay.lifetime()) as work:
        assert replay.recall(work, other) is None
        replay.keep(work, other, b"new")
        assert replay.recall(work, other) == b"new"


def test_expired_answers_are_forgotten_by_whoever_operates(start: Begin, request_of_someone: Request) -> None:
    later = NOW + timedelta(hours=1)
    fresh = Request(request_of_someone.person_id, uuid4(), "payload")
    with start() as work:
        replay.keep(work, request_of_someone, b"old")
    with start(now=later) as work:
        replay.keep(work, fresh, b"fresh")
    with pytest.raises(Forbidden), start(acting(fresh)) as work:
        replay.forget(work)
    with start(now=NOW + replay.lifetime()) as work:
        assert replay.forget(work) == 1
        assert replay.recall(work, fresh) == b"fresh"


def test_a_request_that_is_being_answered_elsewhere_is_a_conflict_on_postgresql(
    engine: sa.Engine, start: Begin, request_of_someone: Request
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("a transaction that writes is alone on SQLite")
    with start() as first:
        replay.recall(first, request_of_someone)
        with pytest.raises(Conflict) as refusal, start() as second:
            replay.recall(second, request_of_someone)
        assert refusal.value.code == "in_progress"
    with start() as third:
        assert replay.recall(third, request_of_someone) is None


def test_c_04_an_answer_is_gone_with_the_change_it_belongs_to(engine: sa.Engine, request_of_someone: Request) -> None:
    with pytest.raises(ZeroDivisionError), begin(engine, SYSTEM, "test", now=NOW) as work:
        Make(work).person(name="nobody")
        replay.keep(work, request_of_someone, b"answer")
        _ = 1 / 0
    with begin(engine, SYSTEM, "look", writes=False) as work:
        assert replay.recall(work, request_of_someone) is None
        assert work.session.scalars(sa.select(Person).where(Person.name == "nobody")).all() == []
