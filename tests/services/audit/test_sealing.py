"""Sealing: one chain over all entries by id, in bytes that are the same on both databases."""

import hashlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from rbm import audit, bulk
from rbm.access import SYSTEM, Actor
from rbm.audit import AuditBlock, AuditKind
from rbm.services.audit import newest_head, seal
from rbm.services.audit.canonical import BEFORE_THE_FIRST, block_line, entry_line, trail
from rbm.work import begin
from tests.conftest import NOW
from tests.services.audit import trails

LINE = (
    '{"actor":"Zoë","at":"2026-01-01T08:30:15.000042+00:00","changes":{"Z":[null,true],'
    '"a":["1.50",1.5,10000000000000000000000],"é":["e\\u0001","e\u0301\\"/"]},"entity":"report",'
    '"entity_id":"01890a5d-ac96-774b-bcce-b302099a8057","id":1,"kind":"changed","operation":"example",'
    '"person_id":"01890a5d-ac96-774b-bcce-b302099a8057"}\n'
)
BLOCK = (
    '{"entries":1,"first_id":1,"last_id":1,"number":1,"previous":'
    f'"{BEFORE_THE_FIRST}","sealed_at":"2026-03-02T09:00:00.000000+00:00"}}\n'
)
HASH = "b1c0aea04bc3cd353292df713f130eb20301d44e7949c637e73ec41121542fb1"


def write_example(engine: sa.Engine) -> None:
    changes = {"é": ["e\u0001", 'e\u0301"/'], "a": ["1.50", 1.5, 10**22], "Z": [None, True]}
    with begin(engine, Actor("Zoë", trails.PERSON, system=True), "example", now=trails.EARLIER) as work:
        audit.note(work.session, AuditKind.CHANGED, "report", str(trails.PERSON), changes)


def test_l_06_the_written_example_has_the_written_bytes_and_hash_on_both_databases(engine: sa.Engine) -> None:
    write_example(engine)
    with begin(engine, SYSTEM, "look", writes=False) as work:
        assert [entry_line(entry).decode() for entry in bulk.stream(work.session, trail())] == [LINE]
    seal(engine, NOW)
    (block,) = trails.blocks(engine)
    assert block.hash == HASH == hashlib.sha256((LINE + BLOCK).encode()).hexdigest()
    assert block.previous == BEFORE_THE_FIRST


def test_l_06_the_example_of_the_documentation_is_true(engine: sa.Engine) -> None:
    page = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    changes = {"title": ["Plan", "Plan B"]}
    with begin(engine, Actor("Zoë", trails.PERSON, system=True), "revise_framework", now=trails.EARLIER) as work:
        audit.note(work.session, AuditKind.CHANGED, "framework", str(trails.PERSON), changes)
    seal(engine, NOW)
    (block,) = trails.blocks(engine)
    with begin(engine, SYSTEM, "look", writes=False) as work:
        (entry,) = [entry_line(each) for each in bulk.stream(work.session, trail())]
    assert (entry + block_line(AuditBlock(**block._asdict()))).decode() == example
    assert f"have the hash `{block.hash}`" in page


def test_l_06_how_the_database_spells_a_document_makes_no_difference(engine: sa.Engine) -> None:
    write_example(engine)
    seal(engine, NOW)
    spelled = json.dumps(json.loads(LINE)["changes"], ensure_ascii=False, indent=1).replace("'", "''")
    trails.tamper(engine, f"UPDATE audit_entry SET changes = '{spelled}'".replace("%", "%%"))  # noqa: S608
    assert trails.judged(engine).fault is None


def test_blocks_follow_one_another_without_a_gap_and_hold_at_most_what_they_may(engine: sa.Engine) -> None:
    trails.entries(engine, 7)
    sealed = seal(engine, NOW, most=3)
    made = trails.blocks(engine)
    assert (sealed.blocks, sealed.entries) == (3, 7)
    assert [(each.number, each.first_id, each.last_id, each.entries) for each in made] == [
        (1, 1, 3, 3),
        (2, 4, 6, 3),
        (3, 7, 7, 1),
    ]
    assert [each.previous for each in made] == [BEFORE_THE_FIRST, made[0].hash, made[1].hash]
    assert sealed.head is not None
    assert (sealed.head.number, sealed.head.hash, sealed.head.last_id) == (3, made[2].hash, 7)
    again = seal(engine, NOW + timedelta(minutes=1))
    assert (again.blocks, again.entries, again.head) == (0, 0, sealed.head)


def test_an_empty_trail_has_no_head_and_is_whole(engine: sa.Engine) -> None:
    sealed = seal(engine, NOW)
    assert (sealed.blocks, sealed.entries, sealed.head) == (0, 0, None)
    with begin(engine, SYSTEM, "look", writes=False) as work:
        assert newest_head(work) is None
    verdict = trails.judged(engine)
    assert (verdict.blocks, verdict.entries, verdict.unsealed, verdict.fault) == (0, 0, 0, None)


def test_l_08_the_order_is_that_of_ids_when_the_clock_goes_back(engine: sa.Engine) -> None:
    for hour in (9, 7, 8):
        with begin(engine, SYSTEM, f"at {hour}", now=datetime(2026, 3, 2, hour, tzinfo=UTC)) as work:
            audit.note(work.session, AuditKind.CHANGED, "report", "1", {})
    seal(engine, datetime(2020, 1, 1, tzinfo=UTC), most=2)
    assert [(each.first_id, each.last_id) for each in trails.blocks(engine)] == [(1, 2), (3, 3)]
    assert [each.operation for each in trails.kept(engine)] == ["at 9", "at 7", "at 8"]
    assert trails.judged(engine).fault is None


def test_l_04_two_writers_and_two_sealers_at_once_make_one_chain_and_lose_nothing(engine: sa.Engine) -> None:
    written, errors = 60, []

    def write() -> None:
        trails.entries(engine, written)

    def keep_sealing() -> None:
        while any(writer.is_alive() for writer in writers):
            seal(engine, NOW, most=5)

    def run(act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    writers = [threading.Thread(target=run, args=(write,)) for _ in range(2)]
    sealers = [threading.Thread(target=run, args=(keep_sealing,)) for _ in range(2)]
    for thread in [*writers, *sealers]:
        thread.start()
    for thread in [*writers, *sealers]:
        thread.join()
    seal(engine, NOW, most=5)
    assert errors == []
    made, verdict = trails.blocks(engine), trails.judged(engine)
    assert (verdict.entries, verdict.unsealed, verdict.fault) == (2 * written, 0, None)
    assert [each.number for each in made] == list(range(1, len(made) + 1))
    assert sum(each.entries for each in made) == 2 * written == len(trails.kept(engine))


def test_an_entry_that_is_not_committed_yet_is_waited_for_and_in_no_gap(engine: sa.Engine) -> None:
    """On PostgreSQL a writer that took its number earlier may commit later; on SQLite the writers queue."""
    if engine.dialect.name == "sqlite":
        return
    statement = (
        "INSERT INTO audit_entry (at, actor, operation, kind, entity, changes)"
        " VALUES ('2026-01-01 00:00:00', 'slow', 'o', 'created', 'e', '{}')"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
        sealer = threading.Thread(target=seal, args=(engine, NOW))
        sealer.start()
        _wait_until_somebody_waits(engine)
        quick = threading.Thread(target=trails.entries, args=(engine, 1))
        quick.start()
        assert trails.blocks(engine) == []
        connection.commit()
        sealer.join()
        quick.join()
    seal(engine, NOW)
    assert [each.actor for each in trails.kept(engine)] == ["slow", "system"]
    verdict = trails.judged(engine)
    assert (verdict.entries, verdict.unsealed, verdict.fault) == (2, 0, None)


def _wait_until_somebody_waits(engine: sa.Engine) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'"
    with engine.connect() as connection:
        while not connection.exec_driver_sql(waiting).scalar():
            connection.rollback()
