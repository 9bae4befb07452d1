"""Once: a change under a key is done once, and its answer comes back byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from graph_schema.execute import reply
from graph_schema.once import Replied
from graph_schema.question import Question
from rbm.access import PUBLIC, Actor, Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Invalid
from rbm.model.people import Office
from rbm.model.replay import StoredAnswer
from rbm.terms.people import OfficeKind, Role
from tests.conftest import Begin
from tests.make import Make

CREATE = """mutation Create($code: String!, $parent: ID!) {
  createOffice(code: $code, name: "New", kind: COUNTRY, parentId: $parent) {
    office { id code posts { totalCount } } problems { code field } } }"""


class Door:
    """The door of one database, at which an administrator and a reporter stand."""

    def __init__(self, engine: sa.Engine, start: Begin) -> None:
        self.engine, self.start = engine, start
        with start() as work:
            make = Make(work)
            self.parent = make.headquarters().id
            self.admin, self.other = make.actor(Role.ADMIN), make.actor(Role.ADMIN)
            self.reporter = make.actor(Role.REPORTER)

    def create(self, code: str, key: UUID | None, actor: Actor | None = None) -> Replied:
        variables: dict[str, Any] = {"code": code, "parent": str(self.parent)}
        return reply(self.engine, actor or self.admin, Question(CREATE, variables), key)

    def codes(self) -> list[str]:
        with self.start() as work:
            return list(work.session.scalars(sa.select(Office.code).where(Office.code != "HQ").order_by(Office.code)))

    def entries(self, kind: AuditKind) -> int:
        query = sa.select(AuditEntry).where(AuditEntry.kind == kind, AuditEntry.operation == "create_office")
        with self.start() as work:
            return len(
                work.session.scalars(query.where(AuditEntry.actor.in_([self.admin.label, self.reporter.label]))).all()
            )

    def stored(self) -> int:
        with self.start() as work:
            return len(work.session.scalars(sa.select(StoredAnswer)).all())


@pytest.fixture
def door(engine: sa.Engine, start: Begin) -> Door:
    return Door(engine, start)


def test_c_02_after_the_answer_the_same_answer(door: Door) -> None:
    key = uuid4()
    first, second = door.create("A", key), door.create("A", key)
    assert b'"code":"A"' in first.body
    assert second == Replied(first.body, replayed=True)
    assert door.codes() == ["A"]
    assert door.entries(AuditKind.CREATED) == 2  # the office and its place in the tree


def test_c_02_another_payload_under_the_key_is_refused(door: Door) -> None:
    key = uuid4()
    door.create("A", key)
    with pytest.raises(Conflict) as refusal:
        door.create("B", key)
    assert refusal.value.code == "key_reused"
    assert door.codes() == ["A"]


def test_an_answer_is_not_given_to_credentials_that_are_limited_otherwise(door: Door) -> None:
    key = uuid4()
    door.create("A", key)
    with pytest.raises(Conflict) as refusal:
        door.create("A", key, replace(door.admin, scopes=frozenset({Permission.SEE})))
    assert refusal.value.code == "key_reused"


def test_c_02_the_key_of_another_person_is_another_key(door: Door) -> None:
    key = uuid4()
    door.create("A", key)
    other = door.create("B", key, door.other)
    assert (other.replayed, door.codes()) == (False, ["A", "B"])


def test_c_02_while_it_is_being_answered_it_is_a_conflict(door: Door) -> None:
    """Somebody else holds what the first one needs, so that the second comes while it waits."""
    key, busy, done = uuid4(), Event(), Event()

    def hold() -> None:
        with door.start() as work:
            work.require(Permission.MANAGE_PEOPLE)
            work.add(Office(code="A", name="Held", kind=OfficeKind.COUNTRY))
            busy.set()
            done.wait(20)
            work.remove(work.find(Office, "A"))

    with ThreadPoolExecutor(2) as threads:
        holding = threads.submit(hold)
        assert busy.wait(20)
        first = threads.submit(door.create, "A", key)
        refusals = []
        while not refusals:
            try:
                assert not first.done()
                door.create("A", key)
            except Conflict as refusal:
                refusals.append(refusal.code)
            else:
                pytest.fail("it was answered twice")
        done.set()
        holding.result()
        assert refusals == ["in_progress"]
        assert first.result().body == door.create("A", key).body
    assert door.codes() == ["A"]


def test_a_refusal_is_kept_too_and_its_attempt_is_audited_once(door: Door) -> None:
    key = uuid4()
    first, second = door.create("A", key, door.reporter), door.create("A", key, door.reporter)
    assert b"forbidden" in first.body
    assert second == Replied(first.body, replayed=True)
    assert (door.codes(), door.entries(AuditKind.REFUSED)) == ([], 1)


def test_a_refused_value_leaves_nothing_but_its_answer(door: Door) -> None:
    door.create("A", uuid4())
    key = uuid4()
    assert b"conflict" in door.create("A", key).body
    assert door.create("A", key).replayed
    assert door.codes() == ["A"]


@pytest.mark.parametrize("table", ["post", "office_placement"])
def test_what_was_not_done_or_answered_to_its_end_is_undone_and_may_be_sent_again(door: Door, table: str) -> None:
    """The answer reads posts; the change itself writes a placement."""
    key = uuid4()
    with door.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text(f"ALTER TABLE {table} RENAME TO hidden"))
    assert b"correlationId" in door.create("A", key).body
    assert (door.codes(), door.stored()) == ([], 0)
    with door.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text(f"ALTER TABLE hidden RENAME TO {table}"))
    assert not door.create("A", key).replayed
    assert (door.codes(), door.stored()) == (["A"], 1)


PLAN = 'createExternalPlan(code: "x", title: "X", kind: UNDAF) { problems { code } }'


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ a: {PLAN} b: {PLAN} }}",
        f"mutation {{ ...F }} fragment F on Mutation {{ {PLAN} }}",
        'mutation { issueToken(personId: "x", name: "n") { secret } }',
    ],
)
def test_a_key_goes_with_one_mutation_that_keeps_no_secret(door: Door, document: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reply(door.engine, door.admin, Question(document), uuid4())
    assert refusal.value.field == "Idempotency-Key"
    assert door.stored() == 0


def test_a_query_and_the_public_have_no_keys(door: Door) -> None:
    key = uuid4()
    query = reply(door.engine, door.admin, Question("{ offices { totalCount } }"), key)
    assert (query.body, query.replayed) == (b'{"data":{"offices":{"totalCount":1}}}', False)
    assert b"forbidden" in door.create("A", key, PUBLIC).body
    assert door.stored() == 0


def test_a_mutation_that_changes_nothing_has_no_key(door: Door) -> None:
    replied = reply(door.engine, door.admin, Question("mutation { __typename }"), uuid4())
    assert (replied.body, replied.replayed) == (b'{"data":{"__typename":"Mutation"}}', False)
    assert door.stored() == 0


def test_numbers_of_any_size_are_part_of_the_request(door: Door) -> None:
    key, variables = uuid4(), {"code": "A", "parent": str(door.parent)}
    first, second = (
        reply(door.engine, door.admin, Question(CREATE, variables | {"unused": 2**70}), key) for _ in range(2)
    )
    assert (second.body, second.replayed) == (first.body, True)
    with pytest.raises(Conflict):
        reply(door.engine, door.admin, Question(CREATE, variables | {"unused": 2**70 + 1}), key)


def test_with_a_key_the_answer_is_the_one_without(door: Door) -> None:
    with door.start() as work:
        make = Make(work)
        indicator, actor = str(make.indicator().id), make.actor(Role.HQ_RESULTS)
        targets = [
            {"indicatorId": indicator, "periodId": str(make.year(year).id), "value": Decimal("5.50")}
            for year in (2026, 2027)
        ]
    document = """mutation ($t: TargetInput!) { setTarget(target: $t) {
        target { value indicator { code } } problems { code message } } }"""
    plain = reply(door.engine, actor, Question(document, {"t": targets[0]})).body
    keyed = reply(door.engine, actor, Question(document, {"t": targets[1]}), uuid4()).body
    assert b'"value":5.5,' in plain
    assert keyed == plain
