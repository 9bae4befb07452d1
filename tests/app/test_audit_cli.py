"""The audit trail on the command line: verified against heads that were kept, exported, told."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.services.audit import seal
from tests.app.commands import rbm
from tests.conftest import NOW
from tests.services.audit import trails


@pytest.fixture
def url(engine: sa.Engine) -> str:
    """The address of a database with seven entries in three blocks, and one entry more."""
    trails.entries(engine, 7)
    seal(engine, NOW, most=3)
    trails.entries(engine, 1)
    return engine.url.render_as_string(hide_password=False)


def head(engine: sa.Engine, number: int) -> str:
    return next(f"{number}:{each.hash}" for each in trails.blocks(engine) if each.number == number)


def test_a_whole_trail_is_said_to_be_whole(engine: sa.Engine, url: str) -> None:
    told = rbm(url, "audit", "verify", "--json")
    facts = told.document
    assert told.code == 0
    assert facts["head"]["number"] == 3
    assert {name: facts[name] for name in ("whole", "blocks", "entries", "unsealed", "fault")} == {
        "whole": True,
        "blocks": 3,
        "entries": 7,
        "unsealed": 1,
        "fault": None,
    }
    said = rbm(url, "audit", "verify")
    assert said.out == "7 entries in 3 blocks are as they were sealed.\n1 entries are not sealed yet.\n"


def test_a_broken_block_is_named_and_the_command_exits_with_1(engine: sa.Engine, url: str) -> None:
    trails.tamper(engine, "DELETE FROM audit_entry WHERE id = 5")
    told = rbm(url, "audit", "verify", "--json")
    assert told.code == 1
    assert told.document["whole"] is False
    assert told.document["fault"] == {"block": 2, "reason": "1 of its entries are missing"}
    said = rbm(url, "audit", "verify")
    assert said.code == 1
    assert said.out.splitlines()[1] == "Block 2 is broken: 1 of its entries are missing."


def test_the_head_is_printed_and_shows_a_tail_that_was_cut(engine: sa.Engine, url: str, tmp_path: Path) -> None:
    assert rbm(url, "audit", "head").out == f"{head(engine, 3)}\n"
    (tmp_path / "head.json").write_text(rbm(url, "audit", "head", "--json").out)
    facts = json.loads((tmp_path / "head.json").read_text())
    assert facts.pop("hash") == trails.blocks(engine)[2].hash
    assert facts == {"number": 3, "last_id": 7, "sealed_at": "2026-03-02T09:00:00+00:00"}
    assert rbm(url, "audit", "verify", "--head", tmp_path / "head.json").code == 0
    trails.tamper(engine, "DELETE FROM audit_entry WHERE id > 6", "DELETE FROM audit_block WHERE number = 3")
    assert rbm(url, "audit", "verify", "--head", head(engine, 2)).code == 0
    told = rbm(url, "audit", "verify", "--head", tmp_path / "head.json", "--json")
    assert (told.code, told.document["fault"]["block"]) == (1, 3)


def test_what_is_no_head_is_refused(url: str) -> None:
    told = rbm(url, "audit", "verify", "--head", "nowhere.json", "--json")
    assert (told.code, told.document["problems"][0]["field"]) == (1, "head")


def test_there_is_no_head_before_anything_is_sealed(engine: sa.Engine) -> None:
    told = rbm(engine.url.render_as_string(hide_password=False), "audit", "head", "--json")
    assert (told.code, told.document["problems"][0]["code"]) == (1, "not_found")


def test_the_trail_is_exported_once_and_told(engine: sa.Engine, url: str, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    facts = rbm(url, "audit", "export", file, "--json").document
    assert facts == {
        "file": "trail.jsonl",
        "entries": 8,
        "blocks": 3,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    lines: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    assert ["hash" in line for line in lines] == [False] * 3 + [True] + [False] * 3 + [True, False, True, False]
    newest = trails.kept(engine)[-1]
    assert (newest.kind, newest.changes) == ("exported", facts)
    assert newest.actor.endswith("the command line")
    again = rbm(url, "audit", "export", file, "--json")
    assert (again.code, again.document["problems"][0]["field"]) == (1, "file")
