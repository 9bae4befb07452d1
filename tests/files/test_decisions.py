"""Files of decisions: CSV and JSON lines, and what is refused by line and field."""

from pathlib import Path

import pytest

from rbm.errors import Invalid
from rbm.files.decisions import DecisionRecord, read_decisions
from rbm.terms.indicators import OverUnits

GOOD = [
    DecisionRecord(2, "goal/4.2a/number", OverUnits.SUM, "people depart once, and so on"),
    DecisionRecord(3, "outcome/15.2/number", OverUnits.NONE, "an average"),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "decisions"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        (
            "key,operator,reason\n"
            'goal/4.2a/number,sum,"people depart once, and so on"\n'
            "outcome/15.2/number,none,an average\n"
        ),
        (
            "\ufeffnote,key,reason,operator\r\n"
            ',goal/4.2a/number,"people depart once, and so on",sum\r\n'
            ",outcome/15.2/number,an average, none\r\n"
        ),
        (
            "\n"
            '{"key": "goal/4.2a/number", "operator": "sum", "reason": "people depart once, and so on"}\n'
            '{"key": "outcome/15.2/number", "operator": "none", "reason": "an average"}\n'
        ),
    ],
)
def test_decisions_are_read_with_their_lines(tmp_path: Path, text: str) -> None:
    assert read_decisions(written(tmp_path, text)) == GOOD


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("key,operator\nx,sum\n", "reason", "line 1: there is no column reason"),
        ("key,operator,reason\ngoal/1/number,total,why\n", "operator", "line 2: 'total' is no operator"),
        ("key,operator,reason\ngoal/1/number,sum,\n", "reason", "line 2: reason is missing"),
        ("key,operator,reason\ngoal/1/number,sum\n", "reason", "line 2: reason is missing"),
        ("key,operator,reason\na,sum,b\na,max,b\n", "key", "line 3: a is decided in line 2 already"),
        ('{"key": 4, "operator": "sum", "reason": "why"}\n', "key", "line 1: key is missing"),
        ('{"key": "a", "operator": "sum", "reason": "b"}\n[]\n', "decisions", "line 2: it is no JSON object"),
        ('{"key": "a"\n', "decisions", "line 1: it is no JSON object"),
        ('key,operator,reason\n"a"b,sum,c\n', "decisions", "line 2: "),
        ("key,operator,reason\na,sum,because, in short\n", "decisions", "line 2: it has more fields"),
        ("key,operator,reason\na,sum,b\0c\n", "reason", "line 2: reason holds what is no text"),
        ('{"key": "a", "operator": "sum", "reason": "\\ud800"}\n', "reason", "line 1: reason holds what is no text"),
    ],
)
def test_a_bad_row_is_refused_by_line_and_field(tmp_path: Path, text: str, field: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_decisions(written(tmp_path, text))
    assert refusal.value.field == field
    assert refusal.value.message.startswith(words)


def test_a_line_ends_where_a_line_of_the_file_ends(tmp_path: Path) -> None:
    text = '{"key": "a", "operator": "sum", "reason": "b\u2028c"}\n{"key": "d", "operator": "max", "reason": "e"}\n'
    assert [(each.line, each.reason) for each in read_decisions(written(tmp_path, text))] == [(1, "b\u2028c"), (2, "e")]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    for path in (tmp_path / "none", tmp_path, tmp_path / "bytes"):
        with pytest.raises(Invalid) as refusal:
            read_decisions(path)
        assert refusal.value.field == "decisions"
