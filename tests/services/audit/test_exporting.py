"""Export: a file that anybody can check with SHA-256 alone, whole or not there, and told in the trail."""

import hashlib
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.audit import AuditKind
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.services.audit import export, seal
from rbm.services.audit.canonical import BEFORE_THE_FIRST
from rbm.terms.people import Role
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.services.audit import trails


def test_the_file_holds_entries_and_blocks_and_its_hashes_can_be_computed_from_it(
    engine: sa.Engine, tmp_path: Path
) -> None:
    trails.entries(engine, 7)
    seal(engine, NOW, most=3)
    trails.entries(engine, 2)
    done = export(engine, SYSTEM, tmp_path / "trail.jsonl")
    content = (tmp_path / "trail.jsonl").read_bytes()
    assert (done.entries, done.blocks, done.sha256) == (9, 3, hashlib.sha256(content).hexdigest())
    previous, stretch, found, after = BEFORE_THE_FIRST, b"", [], 0
    for line in content.splitlines(keepends=True):
        facts = json.loads(line)
        if "hash" not in facts:
            stretch, after = stretch + line, after + 1
            continue
        told = facts.pop("hash")
        sealed = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        assert (facts["previous"], hashlib.sha256(stretch + sealed).hexdigest()) == (previous, told)
        previous, stretch, after = told, b"", 0
        found.append(told)
    assert found == [each.hash for each in trails.blocks(engine)]
    assert after == 2


def test_l_01_an_export_leaves_one_entry_with_who_how_many_and_the_hash_of_the_file(
    engine: sa.Engine, start: Begin, tmp_path: Path
) -> None:
    with start() as work:
        auditor = Make(work).actor(Role.OVERSIGHT)
    before = len(trails.kept(engine))
    done = export(engine, auditor, tmp_path / "trail.jsonl")
    (entry,) = trails.kept(engine)[before:]
    assert (entry.kind, entry.actor, entry.person_id) == (AuditKind.EXPORTED, auditor.label, auditor.person_id)
    assert (entry.operation, entry.entity, entry.entity_id) == ("export_audit", "audit_entry", None)
    assert entry.changes == {"file": "trail.jsonl", "entries": before, "blocks": 0, "sha256": done.sha256}


def test_a_refused_export_leaves_no_file_and_one_refused_entry(engine: sa.Engine, start: Begin, tmp_path: Path) -> None:
    with start() as work:
        head = Make(work).actor(Role.EVALUATION_HEAD)
    before = len(trails.kept(engine))
    with pytest.raises(Forbidden):
        export(engine, head, tmp_path / "trail.jsonl")
    assert [each.kind for each in trails.kept(engine)[before:]] == [AuditKind.REFUSED]
    assert list(tmp_path.glob("*trail*")) == []


def test_no_file_is_overwritten_and_no_folder_made(engine: sa.Engine, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text("mine")
    with pytest.raises(Conflict):
        export(engine, SYSTEM, kept)
    with pytest.raises(Invalid):
        export(engine, SYSTEM, tmp_path / "nowhere" / "trail.jsonl")
    assert kept.read_text() == "mine"
    assert trails.kept(engine) == []


def test_an_export_that_breaks_off_leaves_neither_file_nor_entry(engine: sa.Engine, tmp_path: Path) -> None:
    trails.entries(engine, 3)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("ALTER TABLE audit_block RENAME TO elsewhere")
    with pytest.raises(sa.exc.DBAPIError):
        export(engine, SYSTEM, tmp_path / "trail.jsonl")
    assert list(tmp_path.glob("*trail*")) == []
    assert len(trails.kept(engine)) == 3
