"""Heads of the audit trail are read in every form in which they are told, and nothing else is."""

import json
from pathlib import Path

import pytest

from app.heads import read_heads
from rbm.errors import Invalid

FIRST, SECOND = "a" * 64, "b" * 64
LOGGED = {"event": "the audit trail was sealed", "level": "info", "number": 2, "hash": SECOND, "last_id": 7}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps({"number": 1, "hash": FIRST}, indent=2), {1: FIRST}),
        (f"1:{FIRST}\n2:{SECOND}\n", {1: FIRST, 2: SECOND}),
        (f"{json.dumps(LOGGED)}\n\n{json.dumps({'number': 1, 'hash': FIRST})}\n", {1: FIRST, 2: SECOND}),
    ],
)
def test_a_file_holds_one_head_or_many(text: str, expected: dict[int, str], tmp_path: Path) -> None:
    (tmp_path / "heads").write_text(text)
    assert read_heads([str(tmp_path / "heads")]) == expected


def test_words_and_files_are_taken_together(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text(f"1:{FIRST}")
    assert read_heads([f"2:{SECOND}", str(tmp_path / "heads"), f"1:{FIRST}"]) == {1: FIRST, 2: SECOND}
    assert read_heads([]) == {}


@pytest.mark.parametrize("given", ["", "3", f"0:{FIRST}", f"3:{'A' * 64}", f"3:{'a' * 63}", f"3:{FIRST}\n", "nowhere"])
def test_a_word_that_is_no_head_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_heads([given])
    assert refusal.value.field == "head"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"number": 3}', "3:zzz\n", f"1:{FIRST}\nzzz", "\ud800"])
def test_a_file_with_anything_else_in_it_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "heads").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Invalid) as refusal:
        read_heads([str(tmp_path / "heads")])
    assert refusal.value.field == "head"


def test_heads_that_contradict_one_another_are_refused() -> None:
    with pytest.raises(Invalid):
        read_heads([f"3:{FIRST}", f"3:{SECOND}"])
