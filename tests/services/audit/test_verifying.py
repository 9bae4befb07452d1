"""Verification names the first block that is not as it was sealed, whatever was done to the trail."""

import pytest
import sqlalchemy as sa

from rbm.audit import SEALED
from rbm.services.audit import Fault, seal
from tests.conftest import NOW
from tests.services.audit import trails

CHANGED = "an entry, or the block itself, was changed after it was sealed"
ANEW = "it does not follow the block before it: one of the two was made anew"
OTHER = "its hash is not that of the head that was kept: the chain was made anew"
FORGED = (
    "INSERT INTO audit_entry (id, at, actor, operation, kind, entity, changes)"
    " VALUES ({}, '2026-01-01 00:00:00', 'forger', 'o', 'created', 'e', '{{}}')"
)


@pytest.fixture
def sealed(engine: sa.Engine) -> dict[int, str]:
    """Five blocks of three entries and one entry after them; the hashes by number. Id 5 is free: it was rolled back."""
    trails.entries(engine, 4)
    trails.tamper(engine, FORGED.format(6))
    if engine.dialect.name == "postgresql":
        trails.tamper(engine, "SELECT setval('audit_entry_id_seq', 6)")
    trails.entries(engine, 10)
    seal(engine, NOW, most=3)
    trails.entries(engine, 1)
    return {each.number: each.hash for each in trails.blocks(engine)}


def test_an_untouched_trail_is_whole_and_tells_what_is_not_sealed(engine: sa.Engine, sealed: dict[int, str]) -> None:
    verdict = trails.judged(engine, sealed)
    assert (verdict.blocks, verdict.entries, verdict.unsealed, verdict.fault) == (5, 15, 1, None)
    assert verdict.head is not None
    assert (verdict.head.number, verdict.head.hash, verdict.head.last_id) == (5, sealed[5], 16)
    assert [(each.first_id, each.last_id) for each in trails.blocks(engine)][:3] == [(1, 3), (4, 7), (8, 10)]


TAMPERINGS = {
    "an entry is edited": ("UPDATE audit_entry SET actor = 'nobody' WHERE id = 9", 3, CHANGED),
    "a document is edited": ("UPDATE audit_entry SET changes = '{}' WHERE id = 9", 3, CHANGED),
    "a document says a thing twice": (
        """UPDATE audit_entry SET changes = '{"value": [9, 9], "value": [6, 7]}' WHERE id = 9""",
        3,
        CHANGED,
    ),
    "a document is no document": ("UPDATE audit_entry SET changes = '[1]' WHERE id = 9", 3, CHANGED),
    "a kind is not known": ("UPDATE audit_entry SET kind = 'unheard' WHERE id = 9", 3, CHANGED),
    "a moment is moved": ("UPDATE audit_entry SET at = '2026-03-02 09:00:00.000001' WHERE id = 9", 3, CHANGED),
    "an entry is deleted": ("DELETE FROM audit_entry WHERE id = 9", 3, "1 of its entries are missing"),
    "the last entry of a block is deleted": (
        "DELETE FROM audit_entry WHERE id = 10",
        3,
        "1 of its entries are missing",
    ),
    "an entry is put between": (FORGED.format(5), 2, "1 of its entries were put in after it was sealed"),
    "an entry is put before all": (FORGED.format(-1), 1, "1 of its entries were put in after it was sealed"),
    "an entry takes another's place": (
        "UPDATE audit_entry SET id = 5 WHERE id = 4",
        2,
        "its entries are not those that were sealed",
    ),
    "two entries are swapped": (
        (
            "UPDATE audit_entry SET id = 500 WHERE id = 8; UPDATE audit_entry SET id = 8 WHERE id = 9;"
            "UPDATE audit_entry SET id = 9 WHERE id = 500"
        ),
        3,
        CHANGED,
    ),
    "entries of two blocks are swapped": (
        (
            "UPDATE audit_entry SET id = 500 WHERE id = 8; UPDATE audit_entry SET id = 8 WHERE id = 11;"
            "UPDATE audit_entry SET id = 11 WHERE id = 500"
        ),
        3,
        CHANGED,
    ),
    "the moment of a block is edited": (
        "UPDATE audit_block SET sealed_at = '2020-01-01 00:00:00' WHERE number = 3",
        3,
        CHANGED,
    ),
    "the hash of a block is edited": ("UPDATE audit_block SET hash = 'a' WHERE number = 3", 3, CHANGED),
    "the previous hash of a block is edited": ("UPDATE audit_block SET previous = 'a' WHERE number = 3", 3, CHANGED),
    "the reach of a block is edited": (
        "UPDATE audit_block SET last_id = 9 WHERE number = 3",
        3,
        "1 of its entries are missing",
    ),
    "the first block is missing": (
        "DELETE FROM audit_block WHERE number = 1",
        1,
        "the block is missing; the next one is 2",
    ),
    "a block is missing": ("DELETE FROM audit_block WHERE number = 3", 3, "the block is missing; the next one is 4"),
    "a block is missing and the rest renumbered": (
        (
            "DELETE FROM audit_block WHERE number = 3; UPDATE audit_block SET number = 3 WHERE number = 4;"
            "UPDATE audit_block SET number = 4 WHERE number = 5"
        ),
        3,
        "3 of its entries were put in after it was sealed",
    ),
    "two blocks are swapped": (
        (
            "UPDATE audit_block SET number = 500 WHERE number = 3; UPDATE audit_block SET number = 3 WHERE number = 4;"
            "UPDATE audit_block SET number = 4 WHERE number = 500"
        ),
        3,
        "3 of its entries were put in after it was sealed",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_l_03_the_broken_block_is_named(name: str, engine: sa.Engine, sealed: dict[int, str]) -> None:
    statements, number, reason = TAMPERINGS[name]
    trails.tamper(engine, *statements.split(";"))
    verdict = trails.judged(engine)
    assert verdict.fault == Fault(number, reason)
    assert verdict.blocks == number - 1


def test_l_03_a_moment_that_is_none_is_a_broken_block(engine: sa.Engine, sealed: dict[int, str]) -> None:
    if engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL keeps nothing but moments there")
    trails.tamper(engine, "UPDATE audit_block SET sealed_at = 'x' WHERE number = 3")
    assert trails.judged(engine).fault == Fault(3, CHANGED)


def test_l_03_of_several_broken_blocks_the_first_is_named(engine: sa.Engine, sealed: dict[int, str]) -> None:
    trails.tamper(engine, "UPDATE audit_entry SET actor = 'nobody' WHERE id IN (4, 9, 14)")
    assert trails.judged(engine).fault == Fault(2, CHANGED)


def test_l_03_a_block_that_was_sealed_anew_alone_breaks_the_chain(engine: sa.Engine, sealed: dict[int, str]) -> None:
    trails.tamper(engine, "UPDATE audit_entry SET actor = 'nobody' WHERE id = 9")
    later = trails.blocks(engine)[3:]
    trails.forge(engine, 3)
    for each in later:
        facts = f"previous = '{each.previous}', hash = '{each.hash}'"
        trails.tamper(engine, f"UPDATE audit_block SET {facts} WHERE number = {each.number}")  # noqa: S608
    assert trails.judged(engine).fault == Fault(4, ANEW)
    assert trails.judged(engine, {3: sealed[3]}).fault == Fault(3, OTHER)


def test_l_03_a_chain_that_was_made_anew_is_shown_by_a_head_alone(engine: sa.Engine, sealed: dict[int, str]) -> None:
    trails.tamper(engine, "UPDATE audit_entry SET actor = 'nobody' WHERE id = 9")
    trails.forge(engine, 3)
    assert trails.judged(engine).fault is None
    assert trails.judged(engine, {2: sealed[2]}).fault is None
    assert trails.judged(engine, {5: sealed[5]}).fault == Fault(5, OTHER)
    assert trails.judged(engine, sealed).fault == Fault(3, OTHER)


def test_l_03_a_tail_that_was_cut_is_shown_by_a_head_alone(engine: sa.Engine, sealed: dict[int, str]) -> None:
    trails.tamper(engine, "DELETE FROM audit_entry WHERE id > 10", "DELETE FROM audit_block WHERE number > 3")
    verdict = trails.judged(engine)
    assert (verdict.blocks, verdict.entries, verdict.unsealed, verdict.fault) == (3, 9, 0, None)
    missing = Fault(4, "the block is missing: the trail ends before block 5, whose head was kept")
    assert trails.judged(engine, {5: sealed[5]}).fault == missing
    trails.entries(engine, 9)
    seal(engine, NOW, most=3)
    assert trails.judged(engine, {5: sealed[5]}).fault == Fault(5, OTHER)


def test_l_03_a_trail_that_was_emptied_is_shown_by_a_head_alone(engine: sa.Engine, sealed: dict[int, str]) -> None:
    trails.tamper(engine, "DELETE FROM audit_entry", "DELETE FROM audit_block")
    assert trails.judged(engine).fault is None
    missing = Fault(1, "the block is missing: the trail ends before block 5, whose head was kept")
    assert trails.judged(engine, {5: sealed[5]}).fault == missing


@pytest.mark.parametrize("table", ["audit_entry", "audit_block"])
def test_l_02_the_trail_is_append_only_for_everybody(table: str, engine: sa.Engine, sealed: dict[int, str]) -> None:
    acts = [f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}", f"DELETE FROM {table} WHERE id = 2"]  # noqa: S608
    acts += [f"UPDATE {table} SET id = 99 WHERE id = 1"]  # noqa: S608
    acts += [f"TRUNCATE {table}", f"TRUNCATE {table} CASCADE"] if engine.dialect.name == "postgresql" else []
    copied = f"INTO {table} SELECT * FROM {table} WHERE true"  # noqa: S608
    acts += [f"INSERT {copied} ON CONFLICT (id) DO UPDATE SET id = excluded.id"]
    acts += [f"REPLACE {copied}", f"INSERT OR REPLACE {copied}"] if engine.dialect.name == "sqlite" else []
    before = (trails.kept(engine), trails.blocks(engine))
    for act in acts:
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append only"):
            connection.exec_driver_sql(act)
    assert (trails.kept(engine), trails.blocks(engine)) == before


def test_l_02_a_block_is_not_replaced_by_another_of_its_number(engine: sa.Engine, sealed: dict[int, str]) -> None:
    columns = "number, first_id, last_id, entries, sealed_at, previous, hash"
    word = "INSERT OR REPLACE" if engine.dialect.name == "sqlite" else "INSERT"
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=r"append only|unique"):
        connection.exec_driver_sql(f"{word} INTO audit_block ({columns}) SELECT {columns} FROM audit_block")  # noqa: S608
    assert {each.number: each.hash for each in trails.blocks(engine)} == sealed


def test_l_02_the_triggers_are_there_at_head(engine: sa.Engine) -> None:
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if engine.dialect.name == "postgresql":
        names = "SELECT tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
    with engine.connect() as connection:
        found = set(connection.exec_driver_sql(names).scalars())
    if engine.dialect.name == "postgresql":
        assert found == {"audit_entry_no_change O", "audit_block_no_change O"}
    else:
        assert found == {f"{table}_no_{act}" for table in SEALED for act in ("update", "delete", "replace")}
